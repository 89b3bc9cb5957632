"""`cchc-ml codebook`: print the codebook."""

from __future__ import annotations

from ..messages import message
from .common import CodebookOption, ModelOption, command, make_console


@command
def codebook(model: ModelOption = None, codebook_file: CodebookOption = None) -> None:
    """Print the codebook: the names of the pillars, what counts as evidence for each, and what does not.

    With --codebook, your own one is checked too.
    """
    from ..model.storage import codebook_of
    from .console import codebook_pages

    if model is not None and codebook_file is not None:
        raise ValueError(message("--model and --codebook both name a codebook; give one of them"))
    console = make_console()
    for page in codebook_pages(codebook_of(model or codebook_file)):
        console.print(page)
