"""The command `cchc-ml`: registers the commands and runs them."""

from __future__ import annotations

import signal
import sys
import threading
from io import TextIOWrapper
from typing import Annotated, Any

import typer

from ..version import __version__

# Each module registers its command, in the order of the help.
from . import predict, explain, train, evaluate, codebook, report, app as _app, serve, pack, lexicon  # isort: skip  # noqa: F401
from .common import app

__all__ = ["app", "main"]


def main() -> None:
    """Run the command line; text is UTF-8 wherever it goes, and a run that is ended cleans up behind itself."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf8", errors="backslashreplace")
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name) and signal.getsignal(getattr(signal, name)) is not signal.SIG_IGN:  # as under nohup
            signal.signal(getattr(signal, name), on_signal)
    app(prog_name="cchc-ml")


def on_signal(number: int, _: Any) -> None:
    """Leave, cleaning up; what threads of a pool say that is torn down meanwhile is not told."""
    threading.excepthook = lambda _: None
    sys.exit(128 + number)


def version(value: bool) -> None:
    """Print the version and leave."""
    if value:
        print(f"cchc-ml {__version__}")
        raise typer.Exit


@app.callback()
def options(
    show: Annotated[
        bool, typer.Option("--version", callback=version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Tag the paragraphs of Vietnamese articles by pillar of administrative reform (cải cách hành chính)."""


if __name__ == "__main__":
    main()
