"""Tables and marked text for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, ConsoleRenderable, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ..learning.metric_tables import format_cell
from ..messages import Message, joined, message, number
from ..model.notebook import LISTED_TERMS, shades
from ..pillars import CCHC, PILLARS, AnyPillar, Codebook, Pillar
from ..reading.columns import find_text_column
from ..reading.tables import Row
from ..text.normalize import printable
from ..text.spans import spans
from .settings import say, settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..learning.metric_tables import Table as MetricTable
    from ..model.explanation import Explanation, Explanations, Strongest

__all__ = [
    "codebook_pages",
    "explained_paragraph",
    "print_tagged",
    "rich_table",
    "strongest_table",
]

# More characters than any table has in a line.
WIDE = 1000

# The colours of the six pillars, which every terminal has. Other categories have those of their codebook.
COLOURS = dict(zip(PILLARS, ("magenta", "cyan", "yellow", "green", "red", "blue"), strict=True))


def _colour(category: AnyPillar) -> str:
    return COLOURS[category] if isinstance(category, Pillar) else category.colour


def print_tagged(
    rows: Iterable[Row], console: Console, text_column: str | None = None, codebook: Codebook = CCHC
) -> None:
    """Print tagged paragraphs. Evidence is underlined in the colour of its pillar; without colours it is quoted."""
    source, tagged, total = None, 0, 0
    for total, row in enumerate(rows, 1):
        column = find_text_column(row, text_column) or "text"
        if row.get("source") != source:
            source = row.get("source")
            console.rule(Text(_plain(str(source))), style="dim")
        tagged += bool(row["pillars"])
        grid = Table.grid(padding=(0, 1))
        grid.add_column(justify="right", style="dim", min_width=3)
        grid.add_column()
        grid.add_row(str(row.get("paragraph", total)), _marked(row, column, codebook))
        for slug in row["pillars"]:
            pillar = codebook.parse(slug)
            line = Text.assemble(
                ("■ ", _colour(pillar)), (_name(pillar), f"bold {_colour(pillar)}"), f"  {row['scores'][slug]:.0%}"
            )
            if (console.color_system is None or console.no_color) and slug in row["evidence"]:
                line.append(f"  ← {_ends(_plain(row['evidence'][slug]))}")
            grid.add_row("", line)
        console.print(grid)
        console.print()
    console.print(say(message("{tagged}/{all} paragraphs with evidence", tagged=tagged, all=total)), style="dim")


def _name(pillar: AnyPillar) -> str:
    """Return the name of a pillar in the language of the run."""
    return pillar.vi if settings.language == "vi" else pillar.en


def _plain(text: str) -> str:
    """Return text that cannot control a terminal, in composed letters, which all terminals show."""
    return printable(unicodedata.normalize("NFC", text), one_line=True)


def _marked(row: Row, column: str, codebook: Codebook) -> Text:
    """Return a text with its evidence underlined, each sentence in the colour of its most probable pillar."""
    places = {slug: row["evidence_spans"][slug] for slug in row["pillars"] if slug in row["evidence_spans"]}
    text = Text(style="" if row["pillars"] else "dim")
    at = 0
    for piece, marked in spans(row[column], places.values()):
        style = ""
        if marked:
            slug = next(slug for slug, (start, end) in places.items() if start <= at < end)
            style = f"underline {_colour(codebook.parse(slug))}"
        text.append(_plain(piece), style)
        at += len(piece)
    return text


def _ends(sentence: str, words: int = 5) -> str:
    """Return the first and last words of a long sentence."""
    parts = sentence.split()
    return sentence if len(parts) <= 2 * words + 1 else " ".join([*parts[:words], "…", *parts[-words:]])


# Columns that are left out of a table that is wider than the terminal, the first ones first.
LEFT_OUT_FIRST = (
    ("TP", "FP", "FN"),
    ("ECE",),
    ("AP",),
    ("support",),
    ("documents",),
    ("labels",),
    ("rows",),
    ("precision", "recall"),
)


def rich_table(table: MetricTable) -> ConsoleRenderable:
    """Lay out a table of numbers with its title above it and its note below it. Names are never cut."""
    return _FittedTable(table)


class _FittedTable:
    """A table that leaves out columns if the terminal is narrower than the table."""

    def __init__(self, table: MetricTable) -> None:
        self.table = table

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        table, left_out = self.table, list[str]()
        for names in LEFT_OUT_FIRST:
            width = Measurement.get(console, options.update(max_width=WIDE), _lay_out(table)).minimum
            if width <= options.max_width:
                break
            left_out += [name for name in names if name in table.head]
            table = table.select(*(name for name in table.head if name not in names))
        yield Text(say(table.title), "italic")
        yield _lay_out(table)
        if table.note:
            yield Text(say(table.note))
        if left_out:
            told = message("Columns that do not fit here: {names}.", names=joined(", ", left_out))
            yield Text(say(told), "dim")


def _lay_out(table: MetricTable) -> Table:
    laid_out = Table()
    longest = max(cell_len(say(format_cell(row[0]))) for row in [*table.rows, *table.summary, table.head])
    for k, name in enumerate(table.head):
        if k:
            laid_out.add_column(say(name), justify="right", overflow="fold")
        else:
            laid_out.add_column(say(name), no_wrap=True, overflow="fold", min_width=longest)
    for row in table.rows:
        laid_out.add_row(*(say(format_cell(cell)) for cell in row))
    laid_out.add_section()
    for row in table.summary:
        laid_out.add_row(*(say(format_cell(cell)) for cell in row))
    return laid_out


def codebook_pages(codebook: Codebook) -> Iterator[Group]:
    """Yield the codebook, one pillar at a time."""
    vietnamese = settings.language == "vi"
    for pillar in codebook:
        entry, reason = pillar.entry, "why_vi" if vietnamese else "why"
        other_name = entry.en if vietnamese else entry.vi
        definitions = (entry.definition_vi, entry.definition) if vietnamese else (entry.definition, entry.definition_vi)
        lines: list[RenderableType] = [
            Text.assemble(
                (_name(pillar), f"bold {_colour(pillar)}"),
                "  " + " · ".join(filter(None, (pillar.value, other_name, entry.source))),
            ),
            Padding(Text(definitions[0] or definitions[1]), (0, 0, 1, 2)),
            *(Padding(_example("✓", example, reason), (0, 0, 0, 2)) for example in entry.counts),
            *(Padding(_example("✗", example, reason), (0, 0, 0, 2)) for example in entry.does_not_count),
            Padding(Text.assemble((say(message("names")), "bold"), "  ", ", ".join(entry.names)), (1, 0, 0, 2)),
            Padding(Text.assemble((say(message("terms")), "bold"), "  ", ", ".join(entry.patterns)), (0, 0, 1, 2)),
        ]
        yield Group(*lines)


def _example(mark: str, example: Mapping[str, str], reason: str) -> Text:
    why = example.get(reason) or example["why"]
    return Text(f"{mark} {example['text']}{f' ({why})' if why else ''}")


def explained_paragraph(
    text: str, explained: Explanations, pillar: AnyPillar | None = None, *, shaded: bool = True
) -> Group:
    """Return why a paragraph has its tags: its words shaded by weight, and each decision as a sum.

    Parameters
    ----------
    text : str
    explained : dict of Pillar to Explanation
        As `cchc_ml.model.explanation.explain` returns it for this text.
    pillar : Pillar, optional
        Show only this one. Default: the pillars that are tagged, and the one that came nearest without being tagged.
    shaded : bool, optional
        If False, the text is shown once, without colours.
    """
    shown = [pillar] if pillar else explained.shown()
    lines: list[RenderableType] = [] if shaded else [Text(_plain(text))]
    for p in shown:
        why = explained[p]
        verdict = "" if why.tagged else message("why not? {missing:.2f} is missing", missing=-why.decision)
        if not why.has_threshold:
            verdict = message("never tagged: no threshold is precise enough")
        lines += [
            Text.assemble(
                ("■ " if why.tagged else "□ ", _colour(p)),
                (_name(p), f"bold {_colour(p)}"),
                f"  {why.probability:.0%}  {say(verdict)}".rstrip(),
            ),
            *([Padding(_shaded(why), (0, 0, 0, 2))] if shaded else []),
            Padding(Text(say(_sum(why)), "dim"), (0, 0, 0, 2)),
            *(
                Padding(Text.assemble((sign, "bold"), " ", say(joined(", ", terms))), (0, 0, 0, 2))
                for sign, terms in _signed(why)
                if terms
            ),
        ]
    return Group(*lines, "")


def _sum(why: Explanation) -> Message:
    """Write a decision as a sum: terms, codebook, the rest of the article, intercept, minus the threshold."""
    addends: list[tuple[float, str]] = [
        (why.total(kind="term", scope="paragraph"), message("words of the paragraph")),
        (why.total(kind="term", scope="sentence"), message("words of the sentence")),
        (why.total(kind="codebook", scope="paragraph"), message("codebook, paragraph")),
        (why.total(kind="codebook", scope="sentence"), message("codebook, sentence")),
        *_context_addend(why),
        (why.intercept, message("intercept")),
    ]
    if why.has_threshold:
        addends.append((-why.threshold, message("threshold")))
    written = joined(" ", [message("{value:+.3f} ({name})", value=value, name=name) for value, name in addends])
    return message("{decision:+.3f} = {n}", decision=why.decision, n=written) if why.has_threshold else written


def _context_addend(why: Explanation) -> list[tuple[float, str]]:
    """Say what the rest of the article adds; nothing for a paragraph that is read alone."""
    if why.context is None:
        return []
    name = message(
        "{carrying}/{others} other paragraphs of the article are about it",
        carrying=why.context.carrying,
        others=why.context.others,
    )
    return [(why.context.weight, name)]


def _signed(why: Explanation) -> list[tuple[str, list[Message]]]:
    """Return the heaviest terms for the pillar, under "+", and against it, under "−"."""
    terms = [(weight, joined(" ", [_plain(term), number(weight, "+.2f")])) for term, weight in why.by_term().items()]
    positive = [term for weight, term in terms if weight > 0]
    negative = [term for weight, term in terms if weight < 0]
    return [("+", positive[:LISTED_TERMS]), ("−", negative[:LISTED_TERMS])]


def _shaded(why: Explanation) -> Text:
    """Return the text with each character on the colour of its weight."""
    shaded = Text()
    for character, colour in zip(why.text, shades(why.weights()), strict=True):
        shaded.append(character if character.isprintable() else " ", f"black on {colour}" if colour else "")
    return shaded


def strongest_table(strongest: Mapping[AnyPillar, Strongest], pillar: AnyPillar) -> Table:
    """Return the terms with the largest weights for a pillar and against it, and those of its codebook, as a table."""
    terms = strongest[pillar]
    columns = (terms.positive, terms.negative, terms.codebook)
    table = Table(
        title=f"{_name(pillar)} · {pillar.value}", title_justify="left", title_style=f"bold {_colour(pillar)}"
    )
    for head in (message("for"), "", message("against"), "", message("codebook"), ""):
        table.add_column(say(head), justify="left" if head else "right")
    for row in zip_longest(*columns):
        pairs = ((pair[0], say(number(pair[1], "+.2f"))) if pair else ("", "") for pair in row)
        table.add_row(*(cell for pair in pairs for cell in pair))
    return table
