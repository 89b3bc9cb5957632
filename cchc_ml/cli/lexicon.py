"""`cchc-ml lexicon`: learn a lexicon."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from .common import (
    ForceOption,
    JobsOption,
    check_writable,
    command,
    open_output,
)


@command
def lexicon(
    rows: Annotated[
        list[Path],
        typer.Argument(metavar="ROWS...", help="JSONL or CSV with text and labels; only rows of split train are read."),
    ],
    out: Annotated[Path, typer.Option("-o", "--output", help="Write the terms here, one a line.")],
    max_terms: Annotated[int, typer.Option(help="How many terms, beside the codebook's.", min=1)] = 20000,
    jobs: JobsOption = -1,
    force: ForceOption = False,
) -> None:
    """Learn the lexicon from labelled text, with underthesea's word segmentation."""
    from ..learning.corpus import read_corpus
    from ..learning.learn_lexicon import learn_lexicon

    check_writable(out, force)
    corpus = read_corpus(*rows).training()
    if corpus.packed:
        raise ValueError("a lexicon is learned from text; a row is packed")
    learned = learn_lexicon(corpus.texts, corpus.y, corpus.documents, max_terms=max_terms, n_jobs=jobs)
    with open_output(out) as file:
        file.write("\n".join(learned.terms) + "\n")
    print(f"{len(learned)} terms from {len(corpus)} paragraphs", file=sys.stderr)
