"""Tables and marked text for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from .pillars import PILLARS, Pillar
from .tables import Row

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["metrics_table", "print_tagged"]

COLOURS = dict(zip(PILLARS, ("magenta", "cyan", "yellow", "green", "red", "blue"), strict=True))


def print_tagged(rows: Iterable[Row], console: Console) -> None:
    """Print tagged paragraphs, the evidence sentence of each pillar underlined in its colour, or quoted where there is none."""
    source, tagged, total = None, 0, 0
    for total, row in enumerate(rows, 1):
        if row.get("source") != source:
            source = row.get("source")
            console.rule(Text(str(source)), style="dim")
        tagged += bool(row["pillars"])
        grid = Table.grid(padding=(0, 1))
        grid.add_column(justify="right", style="dim", min_width=3)
        grid.add_column()
        grid.add_row(str(row.get("paragraph", total)), _marked(row))
        for slug in row["pillars"]:
            pillar = Pillar(slug)
            line = Text.assemble(("■ ", COLOURS[pillar]), (pillar.vi, f"bold {COLOURS[pillar]}"), f"  {row['scores'][slug]:.0%}")
            if console.color_system is None and slug in row["evidence"]:
                line.append(f"  ← {_ends(row['evidence'][slug])}")
            grid.add_row("", line)
        console.print(grid)
        console.print()
    console.print(f"{tagged}/{total} đoạn có bằng chứng (paragraphs with evidence)", style="dim")


def _marked(row: Row) -> Text:
    text = unicodedata.normalize("NFC", row["text"])
    marked = Text(text, "" if row["pillars"] else "dim")
    for slug in reversed(row["pillars"]):
        sentence = row["evidence"].get(slug)
        if sentence:
            start = text.find(sentence)
            marked.stylize(f"underline {COLOURS[Pillar(slug)]}", start, start + len(sentence))
    return marked


def _ends(sentence: str, words: int = 5) -> str:
    """Return the first and last words of a long sentence."""
    parts = sentence.split()
    return sentence if len(parts) <= 2 * words + 1 else " ".join([*parts[:words], "…", *parts[-words:]])


def metrics_table(measured: Mapping[str, Any], title: str) -> Table:
    """Lay out what `cchc_ml.evaluation.metrics` returns."""
    table = Table(title=f"{title} (n = {measured['n']})", title_justify="left")
    for name in ("pillar", "support", "TP", "FP", "FN", "precision", "recall", "F1", "AP"):
        table.add_column(name, justify="left" if name == "pillar" else "right")
    for slug, row in measured["pillars"].items():
        counts = [str(row[k]) for k in ("support", "tp", "fp", "fn")]
        ap = "–" if row["average_precision"] is None else f"{row['average_precision']:.3f}"
        table.add_row(slug, *counts, *(f"{row[k]:.3f}" for k in ("precision", "recall", "f1")), ap)
    table.add_section()
    for name in ("macro", "micro", "samples"):
        table.add_row(name, "", "", "", "", *(f"{measured[name][k]:.3f}" for k in ("precision", "recall", "f1")), "")
    table.add_row("exact match", "", "", "", "", "", "", f"{measured['exact_match']:.3f}", "")
    return table
