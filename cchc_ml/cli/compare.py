"""`cchc-ml compare`: compare two models."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..messages import catalogued, joined, message
from ..messages import number as figure
from ..pillars import spoken
from .common import (
    ColumnOption,
    ForceOption,
    check_writable,
    command,
    make_console,
    open_output,
    print_warning,
    printed_notes,
)
from .settings import say, settings

if TYPE_CHECKING:
    from rich.table import Table

# The start of a text that the table shows, in characters.
SHOWN_CHARS = 60


@command
def compare(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="Model file (.npz), or default: the shipped model.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="Model file (.npz), or default: the shipped model.")],
    data: Annotated[
        list[Path], typer.Argument(metavar="DATA", help="Labelled tables that neither model was trained on.")
    ],
    out: Annotated[
        Path | None, typer.Option("-o", "--output", help="Also write what flipped to this file (.csv).")
    ] = None,
    report: Annotated[Path | None, typer.Option("--report", help="Also write a page (.html).")] = None,
    number: Annotated[int, typer.Option("-n", "--number", help="How many flips to print.", min=1)] = 20,
    text_column: ColumnOption = None,
    force: ForceOption = False,
) -> None:
    """Compare two models on labelled paragraphs: how sure the difference is, what flipped, which terms moved.

    p is two-sided, from the paired bootstrap by document; there is none below 10 documents.
    """
    from ..evaluation.compare import compare as compare_files
    from ..evaluation.compare import comparison_page, write_flips
    from ..reading.names import short_names

    for path, kind in ((out, ".csv"), (report, ".html")):
        if path is not None:
            if path.suffix.lower() != kind:
                raise ValueError(message("found {path}, want a name that ends in {kind}", path=path, kind=kind))
            check_writable(path, force, [old, new, *data])
    first, second = (None if str(path) == "default" and not path.exists() else path for path in (old, new))
    with printed_notes() as on_note:
        comparison = compare_files(first, second, data, text_column=text_column, on_note=on_note)
    console = make_console()
    rows = [
        (catalogued(name), figure(old_f1, ".3f"), figure(new_f1, ".3f"), figure(new_f1 - old_f1, "+.3f"))
        for (name, old_f1), new_f1 in zip(comparison.old_f1.items(), comparison.new_f1.values(), strict=True)
    ]
    console.print(_table("F1", (comparison.codebook.noun, message("old"), message("new"), message("difference")), rows))
    moves = [
        (spoken(t.pillar), t.term, str(t.paragraphs), figure(t.old, "+.3f"), figure(t.new, "+.3f"))
        for t in comparison.terms
    ]
    heads = (comparison.codebook.noun, message("term"), message("paragraphs"), message("old"), message("new"))
    console.print(_table(message("The terms that moved most"), heads, moves))
    flips = [
        (
            str(flip.row.get("id", "")),
            joined("", ["+" if flip.new else "-", spoken(flip.pillar)]),
            message("better") if flip.better else message("worse"),
            joined(" → ", [figure(flip.old_probability, ".2f"), figure(flip.new_probability, ".2f")]),
            " ".join(flip.text.split())[:SHOWN_CHARS],
        )
        for flip in comparison.flips[:number]
    ]
    if flips:
        title = message("What flipped ({shown} of {all})", shown=len(flips), all=len(comparison.flips))
        flip_heads = ("id", message("tag"), "", message("probability"), message("text"))
        console.print(_table(title, flip_heads, flips))
    else:
        console.print(say(message("nothing flipped: both models give the same tags")))
    console.print(say(comparison.sentence()), soft_wrap=True)
    if comparison.old_seen or comparison.new_seen:
        print_warning(comparison.warning())
    if out is not None:
        write_flips(comparison.flips, out)
    if report is not None:
        names = " → ".join(short_names((old, new), (old, new)).values())
        with open_output(report) as file:
            file.write(comparison_page(comparison, names, settings.language))


def _table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(title=say(title), title_justify="left")
    for head in heads:
        table.add_column(say(head), overflow="fold")
    for row in rows:
        table.add_row(*(Text(say(cell)) for cell in row))
    return table
