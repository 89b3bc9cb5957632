"""The application of `cchc-ml`: it registers the commands, and has the options that all of them share."""

from __future__ import annotations

from typing import Annotated

import typer

from ..version import __version__

# Each module registers its command, in the order of the help.
from . import predict, explain, train, evaluate, compare, check, plan  # isort: skip  # noqa: F401
from . import codebook, report, review, app as _app, serve, pack, lexicon  # isort: skip  # noqa: F401
from .common import QuietOption, app
from .settings import LANGUAGE_VARIABLE, Language, settings

__all__ = ["app"]


def version(value: bool) -> None:
    """Print the version and exit."""
    if value:
        print(f"cchc-ml {__version__}")
        raise typer.Exit


@app.callback()
def options(
    show: Annotated[
        bool, typer.Option("--version", "-V", callback=version, is_eager=True, help="Print the version.")
    ] = False,
    lang: Annotated[
        Language | None,
        typer.Option(
            "--lang",
            envvar=LANGUAGE_VARIABLE,
            help="Language of all that is printed: Vietnamese or English. Default: that of the system.",
        ),
    ] = None,
    quiet: QuietOption = False,
) -> None:
    """Tag the paragraphs of Vietnamese articles by pillar of administrative reform (cải cách hành chính)."""
    settings.quiet |= quiet
