"""`cchc-ml check`: look for what is wrong in labelled data."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .common import (
    ColumnOption,
    ForceOption,
    JobsOption,
    check_writable,
    command,
    make_console,
    print_error,
    progress_bar,
    tell,
)

if TYPE_CHECKING:
    from ..review.check import Checked

# The start of a text that the table shows, in characters.
SHOWN_CHARS = 60


@command
def check(
    data: Annotated[
        list[Path],
        typer.Argument(help="Labelled tables (.jsonl .csv .xlsx), or review sheets that are filled in."),
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
    text_column: ColumnOption = None,
    jobs: JobsOption = -1,
    force: ForceOption = False,
) -> None:
    """Look for probable label errors, near-duplicates with other labels, leaks between splits, and odd rows.

    A label is doubtful if a model that is trained on the other documents gives it less than 10 %. Correct the sheet of
    -o, then: cchc-ml review merge DATA SHEET -o corrected.jsonl.
    """
    from ..review.categories import categories
    from ..review.check import check_data, write_findings
    from ..review.sheet import SHEET_KINDS

    if out is not None:
        if out.suffix.lower() not in SHEET_KINDS:
            raise ValueError(f"{out} is not a sheet; want a name that ends in {' or '.join(SHEET_KINDS)}")
        check_writable(out, force, data)
    known = categories()
    with progress_bar("checking", "steps") as progress:
        checked = check_data(data, known, text_column=text_column, n_jobs=jobs, progress=progress)
    _print_findings(checked, number)
    for note in checked.notes:
        print_error(note)
    if checked.unfinished:
        print_error(f"{checked.unfinished} rows without labels, or not looked at in full, were passed over")
    if out is not None:
        written = write_findings(checked.findings, out, known)
        files = " ".join(map(str, data))
        tell(
            f"wrote {written} paragraphs to {out}; correct them, then: "
            f"cchc-ml review merge {files} {out} -o corrected.jsonl"
        )
    if strict and checked.certain:
        raise typer.Exit(1)


def _print_findings(checked: Checked, number: int) -> None:
    from rich.table import Table
    from rich.text import Text

    counts = Counter(finding.kind for finding in checked.findings)
    console = make_console()
    if counts:
        table = Table(title=f"Found in {checked.rows} labelled rows", title_justify="left")
        for head in ("what", "where", "found", "text"):
            table.add_column(head, overflow="fold")
        shown = Counter[str]()
        for finding in checked.findings:
            shown[finding.kind] += 1
            if shown[finding.kind] <= number:
                start = " ".join(finding.text.split())[:SHOWN_CHARS]
                table.add_row(*map(Text, (finding.kind, finding.place, finding.message, start)))
        console.print(table)
    kinds = ", ".join(f"{count} × {kind}" for kind, count in counts.items())
    console.print(
        f"{checked.rows} rows, {len(checked.findings)} findings{f': {kinds}' if kinds else ''}", soft_wrap=True
    )
