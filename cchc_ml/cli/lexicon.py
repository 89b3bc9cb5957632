"""`cchc-ml lexicon`: learn a lexicon."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..messages import message
from .common import CodebookOption, ForceOption, JobsOption, command, printed_notes, tell


@command
def lexicon(
    rows: Annotated[
        list[Path],
        typer.Argument(
            metavar="ROWS", help="JSONL or CSV with text and labels. If rows have a `split`, only train is read."
        ),
    ],
    out: Annotated[Path, typer.Option("-o", "--output", help="Write the terms here, one per line.")],
    max_terms: Annotated[
        int, typer.Option(help="Number of syllables and pairs. Long words and the codebook's terms are added.", min=1)
    ] = 40_000,
    jobs: JobsOption = -1,
    codebook: CodebookOption = None,
    force: ForceOption = False,
) -> None:
    """Learn the lexicon from text: the most frequent syllables and pairs, and long words of underthesea."""
    from ..learning.learn_lexicon import write_lexicon
    from ..model.storage import codebook_of

    with printed_notes() as on_note:
        n_terms, n_paragraphs = write_lexicon(
            rows,
            out,
            max_terms=max_terms,
            n_jobs=jobs,
            overwrite=force,
            on_note=on_note,
            codebook=codebook_of(codebook),
        )
    tell(message("{terms:,} terms from {paragraphs:,} paragraphs", terms=n_terms, paragraphs=n_paragraphs))
