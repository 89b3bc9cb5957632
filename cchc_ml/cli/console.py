"""Tables and marked text for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from itertools import accumulate, zip_longest
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ..pillars import PILLARS, Pillar, codebook
from ..reading.tables import Row, find_text_column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..model.explanation import Explanation, Part, Strongest

__all__ = [
    "codebook_pages",
    "evaluation_tables",
    "explained_paragraph",
    "metrics_table",
    "print_tagged",
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


def metrics_table(measured: Mapping[str, Any], title: str) -> Table:
    """Lay out what `cchc_ml.learning.metrics.metrics` or `evaluate` returns."""
    table = Table(title=f"{title} (n = {measured['n']})", title_justify="left")
    spread, calibrated = measured.get("intervals"), measured.get("calibration")
    for name in (
        "pillar",
        "support",
        "TP",
        "FP",
        "FN",
        "precision",
        "recall",
        "F1",
        *(["95 %"] if spread else []),
        "AP",
    ):
        table.add_column(name, justify="left" if name == "pillar" else "right")
    if calibrated:
        table.add_column("ECE", justify="right")

    def cells(name: str, row: Mapping[str, Any]) -> list[str]:
        interval = [f"{spread[name][0]:.2f}-{spread[name][1]:.2f}" if name in spread else ""] if spread else []
        return [*(f"{row[k]:.3f}" for k in ("precision", "recall", "f1")), *interval]

    for slug, row in measured["pillars"].items():
        if not row["tp"] + row["fp"] + row["fn"]:
            table.add_row(slug, "0", "0", "0", "0", *["–"] * (len(table.columns) - 5))
            continue
        counts = [str(row[k]) for k in ("support", "tp", "fp", "fn")]
        ap = "–" if row["average_precision"] is None else f"{row['average_precision']:.3f}"
        table.add_row(slug, *counts, *cells(slug, row), ap, *([f"{calibrated[slug]['ece']:.3f}"] if calibrated else []))
    table.add_section()
    for name in ("macro", "micro", "samples"):
        table.add_row(name, "", "", "", "", *cells(name, measured[name]))
    table.add_row("exact match", "", "", "", "", "", "", f"{measured['exact_match']:.3f}")
    return table


def _plain_table(title: str, head: Iterable[str], rows: Iterable[Iterable[Any]]) -> Table:
    table = Table(title=title, title_justify="left")
    for number, name in enumerate(head):
        table.add_column(name, justify="right" if number else "left")
    for row in rows:
        table.add_row(*(f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in row))
    return table


def evaluation_tables(measured: Mapping[str, Any], title: str) -> Iterator[Table | str]:
    """Lay out what `cchc_ml.evaluation.evaluate.assess` measures, part by part."""
    yield metrics_table(measured, title)
    yield _plain_table(
        "against the baselines",
        ("", "macro-F1", "micro-F1"),
        ((name, *row) for name, row in measured["baselines"].items()),
    )
    c = measured["comparison"]
    yield f"against {c['baseline']}: {c['difference']:+.3f} macro-F1 (95 % {c['low']:+.3f} to {c['high']:+.3f}), one-sided p = {c['p']:.4f}"
    if o := measured.get("objective"):
        yield (
            f"objective {o['name']}: precision {o['precision']:.3f} (at the thresholds for F1 {o['precision_at_f1']:.3f}), "
            f"recall {o['recall']:.3f} ({o['recall_at_f1']:.3f}); {o['for_review']} paragraphs for review"
        )
    if "splits" in measured:
        kinds = ((name, m["n"], m["macro"]["f1"], m["micro"]["f1"]) for name, m in measured["splits"].items())
        yield _plain_table("by what is kept apart", ("split", "n", "macro-F1", "micro-F1"), kinds)
    if "stress" in measured:
        variants = ((name, m["macro_f1"], m["drop"], m["same"]) for name, m in measured["stress"].items())
        yield _plain_table("ways of writing", ("text", "macro-F1", "drop", "same tags"), variants)
    if "agreement" in measured:
        a = measured["agreement"]
        kappas = ((slug, m["kappa"], m["f1"]) for slug, m in a["pillars"].items())
        yield _plain_table(
            f"two annotators (n = {a['n']}, exact {a['exact_match']:.3f})", ("pillar", "kappa", "F1"), kappas
        )


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
