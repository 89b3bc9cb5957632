"""Tables and marked text for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from itertools import accumulate, zip_longest
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ..learning.metric_tables import format_cell
from ..pillars import PILLARS, Pillar, codebook
from ..reading.tables import Row, find_text_column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..learning.metric_tables import Table as MetricTable
    from ..model.explanation import Explanation, Part, Strongest

__all__ = [
    "codebook_pages",
    "explained_paragraph",
    "print_tagged",
    "rich_table",
    "strongest_table",
]

COLOURS = dict(zip(PILLARS, ("magenta", "cyan", "yellow", "green", "red", "blue"), strict=True))


def print_tagged(rows: Iterable[Row], console: Console) -> None:
    """Print tagged paragraphs, the evidence sentence of each pillar underlined in its colour, or quoted where there is none."""
    source, tagged, total = None, 0, 0
    for total, row in enumerate(rows, 1):
        column = find_text_column(row) or "text"
        if row.get("source") != source:
            source = row.get("source")
            console.rule(Text(_plain(str(source))), style="dim")
        tagged += bool(row["pillars"])
        grid = Table.grid(padding=(0, 1))
        grid.add_column(justify="right", style="dim", min_width=3)
        grid.add_column()
        grid.add_row(str(row.get("paragraph", total)), _marked(row, column))
        for slug in row["pillars"]:
            pillar = Pillar(slug)
            line = Text.assemble(
                ("■ ", COLOURS[pillar]), (pillar.vi, f"bold {COLOURS[pillar]}"), f"  {row['scores'][slug]:.0%}"
            )
            if (console.color_system is None or console.no_color) and slug in row["evidence"]:
                line.append(f"  ← {_ends(_plain(row['evidence'][slug]))}")
            grid.add_row("", line)
        console.print(grid)
        console.print()
    console.print(f"{tagged}/{total} đoạn có bằng chứng (paragraphs with evidence)", style="dim")


def _plain(text: str) -> str:
    """Return text without the codes that steer a terminal."""
    return "".join(c if c.isprintable() or c == " " else " " for c in unicodedata.normalize("NFC", text))


def _marked(row: Row, column: str) -> Text:
    text = _plain(row[column])
    marked = Text(text, "" if row["pillars"] else "dim")
    for slug in reversed(row["pillars"]):
        sentence = _plain(row["evidence"].get(slug, ""))
        if sentence:
            start = text.find(sentence)
            marked.stylize(f"underline {COLOURS[Pillar(slug)]}", start, start + len(sentence))
    return marked


def _ends(sentence: str, words: int = 5) -> str:
    """Return the first and last words of a long sentence."""
    parts = sentence.split()
    return sentence if len(parts) <= 2 * words + 1 else " ".join([*parts[:words], "…", *parts[-words:]])


def rich_table(table: MetricTable) -> Group:
    """Lay out a table of numbers with its title above it and its note below it."""
    laid_out = Table(title=table.title, title_justify="left")
    for number, name in enumerate(table.head):
        laid_out.add_column(name, justify="right" if number else "left")
    for row in table.rows:
        laid_out.add_row(*map(format_cell, row))
    laid_out.add_section()
    for row in table.summary:
        laid_out.add_row(*map(format_cell, row))
    return Group(laid_out, *([Text(table.note)] if table.note else []))


def codebook_pages() -> Iterator[Group]:
    """Lay out the codebook, a pillar at a time."""
    for pillar, entry in codebook().items():
        lines: list[RenderableType] = [
            Text.assemble((entry.vi, f"bold {COLOURS[pillar]}"), f"  {pillar} · {entry.en} · {entry.source}"),
            Padding(entry.definition, (0, 0, 1, 2)),
            *(Padding(f"✓ {example['text']} ({example['why']})", (0, 0, 0, 2)) for example in entry.counts),
            *(Padding(f"✗ {example['text']} ({example['why']})", (0, 0, 0, 2)) for example in entry.does_not_count),
            Padding(Text.assemble(("names  ", "bold"), ", ".join(entry.names)), (1, 0, 0, 2)),
            Padding(Text.assemble(("terms  ", "bold"), ", ".join(entry.patterns)), (0, 0, 1, 2)),
        ]
        yield Group(*lines)


# Backgrounds for what speaks for a pillar and against it, from hardly to strongly; the letters on them are black.
FOR = ("#e5f5e0", "#c7e9c0", "#a1d99b", "#74c476")
AGAINST = ("#fee0d2", "#fcbba1", "#fc9272", "#fb6a4a")
# How many terms of an explanation are listed for, and against.
TERMS = 6


def explained_paragraph(
    text: str, explained: Mapping[Pillar, Explanation], pillar: Pillar | None = None, *, shaded: bool = True
) -> Group:
    """Lay out why a paragraph has its tags: its words `shaded` by weight, and what each decision is the sum of.

    Shown are the pillars that are tagged and the one that came nearest without, or `pillar` alone.
    """
    ranked = sorted(explained, key=lambda p: -explained[p].decision)
    tagged = [p for p in ranked if explained[p].tagged]
    shown = [pillar] if pillar else tagged + ranked[len(tagged) : len(tagged) + 1]
    lines: list[RenderableType] = [] if shaded else [Text(_plain(text))]
    for p in shown:
        why = explained[p]
        verdict = "" if why.tagged else f"  vì sao không? thiếu {-why.decision:.2f} (why not)"
        lines += [
            Text.assemble(
                ("■ " if why.tagged else "□ ", COLOURS[p]),
                (p.vi, f"bold {COLOURS[p]}"),
                f"  {why.probability:.0%}{verdict}",
            ),
            *([Padding(_shaded(text, why.parts), (0, 0, 0, 2))] if shaded else []),
            Padding(Text(_sum(why), "dim"), (0, 0, 0, 2)),
            *(
                Padding(Text.assemble((sign, "bold"), " ", ", ".join(terms)), (0, 0, 0, 2))
                for sign, terms in _signed(why)
                if terms
            ),
        ]
    return Group(*lines, "")


def _sum(why: Explanation) -> str:
    """Return a decision as the sum that it is."""
    addends = {
        "từ ngữ của đoạn": why.total(kind="term", scope="paragraph"),
        "từ ngữ của câu": why.total(kind="term", scope="sentence"),
        "bộ mã, đoạn": why.total(kind="codebook", scope="paragraph"),
        "bộ mã, câu": why.total(kind="codebook", scope="sentence"),
        "hệ số chặn": why.intercept,
        "ngưỡng": -why.threshold,
    }
    return f"{why.decision:+.3f} = " + " ".join(f"{value:+.3f} ({name})" for name, value in addends.items())


def _signed(why: Explanation) -> list[tuple[str, list[str]]]:
    terms = why.by_term().items()
    return [
        (sign, [f"{_plain(t)} {w:+.2f}" for t, w in terms if w * side > 0][:TERMS])
        for sign, side in (("+", 1), ("−", -1))
    ]


def _shaded(text: str, parts: Sequence[Part]) -> Text:
    """Colour each character by what the terms that it is part of add, each term's weight parted equally among its characters."""
    weights = [0.0] * (len(text) + 1)
    for part in parts:
        weights[part.start] += part.weight / (part.end - part.start)
        weights[part.end] -= part.weight / (part.end - part.start)
    weights = list(accumulate(weights))
    most = max(map(abs, weights), default=0) or 1.0
    shaded = Text()
    for character, weight in zip(text, weights, strict=False):
        level = min(int(abs(weight) / most * (len(FOR) + 1)), len(FOR)) - 1
        style = f"black on {(FOR if weight > 0 else AGAINST)[level]}" if level >= 0 else ""
        shaded.append(character if character.isprintable() else " ", style)
    return shaded


def strongest_table(strongest: Mapping[Pillar, Strongest], pillar: Pillar) -> Table:
    """Lay out the terms that say most about a pillar."""
    found = strongest[pillar]
    columns = (found.positive, found.negative, found.codebook)
    table = Table(title=f"{pillar.vi} · {pillar.value}", title_justify="left", title_style=f"bold {COLOURS[pillar]}")
    for head in ("for", "", "against", "", "codebook", ""):
        table.add_column(head, justify="left" if head else "right")
    for row in zip_longest(*columns):
        table.add_row(*(cell for pair in row for cell in ((pair[0], f"{pair[1]:+.2f}") if pair else ("", ""))))
    return table
