"""`cchc-ml codebook`: print the codebook."""

from __future__ import annotations

from .common import (
    command,
    make_console,
)


@command
def codebook() -> None:
    """Print what the six pillars are called, what counts for them and what does not."""
    from .console import codebook_pages

    for page in codebook_pages():
        make_console().print(page)
