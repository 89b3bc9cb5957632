"""`cchc-ml pack`: replace text by counts of terms."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..messages import message, plural
from .common import CodebookOption, ColumnOption, ForceOption, command, tell
from .settings import say


@command
def pack(
    rows: Annotated[list[Path], typer.Argument(metavar="ROWS", help="JSONL or CSV with text and labels.")],
    out: Annotated[Path | None, typer.Option("-o", "--output", help="Write the counts here (.jsonl.gz).")] = None,
    check: Annotated[
        Path | None, typer.Option("--check", help="Check that this file holds the counts of ROWS.")
    ] = None,
    documents: Annotated[
        list[Path] | None,
        typer.Option(
            "--documents", help="JSONL with the whole documents of ROWS. Their counts go to documents.npz.xz beside it."
        ),
    ] = None,
    text_column: ColumnOption = None,
    codebook: CodebookOption = None,
    force: ForceOption = False,
) -> None:
    """Replace text by its SHA-256 and counts of lexicon terms, so that labels of protected text can be shared."""
    from ..learning.packing import verify_packed, write_packed
    from ..model.storage import codebook_of

    known = codebook_of(codebook)
    if out is not None and check is None:
        n_rows = write_packed(rows, out, documents or [], text_column=text_column, codebook=known, overwrite=force)
        tell(plural("packed {n:,} row into {out}", "packed {n:,} rows into {out}", n_rows, out=out))
    elif check is not None and out is None:
        verify_packed(rows, check, documents or [], text_column=text_column, codebook=known)
        print(say(message("{path} holds the counts of this text", path=check)))
    else:
        raise ValueError(message("give either -o COUNTS.jsonl.gz to write, or --check COUNTS.jsonl.gz to compare"))
