"""`cchc-ml check`: look for what is wrong in labelled data."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..messages import joined, message, plural
from .common import (
    CodebookOption,
    ColumnOption,
    ForceOption,
    JobsOption,
    check_writable,
    command,
    make_console,
    print_note,
    progress_bar,
    tell,
)
from .settings import say

if TYPE_CHECKING:
    from ..review.check import Checked

# The start of a text that the table shows, in characters.
SHOWN_CHARS = 60


@command
def check(
    data: Annotated[
        list[Path],
        typer.Argument(
            metavar="DATA", help="Labelled tables (.jsonl .csv .xlsx), or review sheets that are filled in."
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Write the doubtful labels to this .xlsx or .csv, to correct and merge."),
    ] = None,
    number: Annotated[int, typer.Option("-n", "--number", help="How many of each kind to print.", min=1)] = 30,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            help="For a pipeline: exit with status 1 if anything is found. Probable label errors alone do not count: "
            "they are a model's opinion.",
        ),
    ] = False,
    codebook: CodebookOption = None,
    text_column: ColumnOption = None,
    jobs: JobsOption = -1,
    force: ForceOption = False,
) -> None:
    """Look for probable label errors, near-duplicates with other labels, leaks between splits, and odd rows.

    A label is doubtful if a model that is trained on the other documents gives it less than 10 %. Correct the sheet of
    -o, then: cchc-ml review merge DATA SHEET -o corrected.jsonl.
    """
    from ..model.storage import codebook_of
    from ..reading.names import quoted
    from ..review.categories import categories
    from ..review.check import check_data, write_findings
    from ..review.sheet import SHEET_KINDS

    if out is not None:
        if out.suffix.lower() not in SHEET_KINDS:
            raise ValueError(
                message(
                    "{path} is not a sheet; want a name that ends in {kinds}",
                    path=out,
                    kinds=joined(message(" or "), SHEET_KINDS),
                )
            )
        check_writable(out, force, data)
    chosen = codebook_of(codebook)
    known = categories(chosen)
    with progress_bar(message("checking"), message("steps")) as progress:
        checked = check_data(data, known, codebook=chosen, text_column=text_column, n_jobs=jobs, progress=progress)
    _print_findings(checked, number)
    for note in checked.notes:
        print_note(note)
    if checked.unfinished:
        print_note(
            plural(
                "{n} row without labels, or not looked at in full, was passed over",
                "{n} rows without labels, or not looked at in full, were passed over",
                checked.unfinished,
            )
        )
    if out is not None:
        written = write_findings(checked.findings, out, known)
        tell(
            plural(
                "wrote {n:,} paragraph to {out}; correct it, then: "
                "cchc-ml review merge {files} {out} -o corrected.jsonl{own}",
                "wrote {n:,} paragraphs to {out}; correct them, then: "
                "cchc-ml review merge {files} {out} -o corrected.jsonl{own}",
                written,
                out=quoted(out),
                files=" ".join(map(quoted, data)),
                own=f" --codebook {quoted(codebook)}" if codebook else "",
            )
        )
    if strict and checked.certain:
        raise typer.Exit(1)


def _print_findings(checked: Checked, number: int) -> None:
    from rich.table import Table
    from rich.text import Text

    counts = Counter(finding.kind for finding in checked.findings)
    console = make_console()
    if counts:
        table = Table(title=say(message("Found in {rows} labelled rows", rows=checked.rows)), title_justify="left")
        for head in (message("what"), message("where"), message("found"), message("text")):
            table.add_column(say(head), overflow="fold")
        shown = Counter[str]()
        for finding in checked.findings:
            shown[finding.kind] += 1
            if shown[finding.kind] <= number:
                start = " ".join(finding.text.split())[:SHOWN_CHARS]
                cells = (finding.kind.said, message("{where}", where=finding.place), finding.message, start)
                table.add_row(*(Text(say(cell)) for cell in cells))
        console.print(table)
    told = [
        plural("{n:,} row", "{n:,} rows", checked.rows),
        plural("{n:,} finding", "{n:,} findings", len(checked.findings)),
    ]
    kinds = joined(", ", (message("{n} × {kind}", n=n, kind=kind.said) for kind, n in counts.items()))
    console.print(say(joined(": ", [joined(", ", told), *[kinds] * bool(counts)])), soft_wrap=True)
