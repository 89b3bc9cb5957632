"""`cchc-ml codebook`: print the codebook."""

from __future__ import annotations

from .common import command, make_console


@command
def codebook() -> None:
    """Print the codebook: the names of the six pillars, what counts as evidence for each, and what does not."""
    from .console import codebook_pages

    console = make_console()
    for page in codebook_pages():
        console.print(page)
