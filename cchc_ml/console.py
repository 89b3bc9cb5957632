"""Tables and marked text for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from .pillars import PILLARS, Pillar, codebook
from .tables import Row, text_column

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["codebook_pages", "evaluation_tables", "metrics_table", "print_tagged"]

COLOURS = dict(zip(PILLARS, ("magenta", "cyan", "yellow", "green", "red", "blue"), strict=True))


def print_tagged(rows: Iterable[Row], console: Console) -> None:
    """Print tagged paragraphs, the evidence sentence of each pillar underlined in its colour, or quoted where there is none."""
    source, tagged, total = None, 0, 0
    for total, row in enumerate(rows, 1):
        column = text_column(row) or "text"
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
            line = Text.assemble(("■ ", COLOURS[pillar]), (pillar.vi, f"bold {COLOURS[pillar]}"), f"  {row['scores'][slug]:.0%}")
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
    """Lay out what `cchc_ml.evaluation.metrics` or `evaluate` returns."""
    table = Table(title=f"{title} (n = {measured['n']})", title_justify="left")
    spread, calibrated = measured.get("intervals"), measured.get("calibration")
    for name in ("pillar", "support", "TP", "FP", "FN", "precision", "recall", "F1", *(["95 %"] if spread else []), "AP"):
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
    """Lay out what `cchc_ml.assessment.assess` measures, part by part."""
    yield metrics_table(measured, title)
    yield _plain_table("against the baselines", ("", "macro-F1", "micro-F1"), ((name, *row) for name, row in measured["baselines"].items()))
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
        yield _plain_table(f"two annotators (n = {a['n']}, exact {a['exact_match']:.3f})", ("pillar", "kappa", "F1"), kappas)


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
