"""`cchc-ml pack`: replace text by counts of terms."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from .common import (
    ColumnOption,
    ForceOption,
    check_writable,
    command,
)


@command
def pack(
    rows: Annotated[list[Path], typer.Argument(metavar="ROWS...", help="JSONL or CSV with text and labels.")],
    out: Annotated[Path | None, typer.Option("-o", "--output", help="Write the counts here (.jsonl.gz).")] = None,
    check: Annotated[Path | None, typer.Option("--check", help="Say whether this file holds the same counts.")] = None,
    text_column: ColumnOption = None,
    force: ForceOption = False,
) -> None:
    """Replace text by its SHA-256 and counts of lexicon terms, so that labels of protected text can be shared."""
    from ..files import write_gzip
    from ..learning.corpus import default_lexicon, pack_files, same_rows

    if (out is None) == (check is None):
        raise ValueError("give either -o COUNTS.jsonl.gz to write, or --check COUNTS.jsonl.gz to compare")
    if out is not None:
        check_writable(out, force)
        if not out.name.endswith(".jsonl.gz"):
            raise ValueError(f"packed rows are a .jsonl.gz file; found {out}")
        packed = pack_files(rows, default_lexicon(), text_column=text_column)
        write_gzip(out, packed)
        print(f"packed {packed.count(chr(10))} rows into {out}", file=sys.stderr)
    elif check is not None:
        difference = same_rows(pack_files(rows, default_lexicon(), text_column=text_column), check)
        if difference:
            raise ValueError(difference)
        print(f"{check} holds the counts of this text")
