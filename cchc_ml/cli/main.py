"""The program `cchc-ml`: registers the commands and runs them."""

from __future__ import annotations

import signal
import sys
import threading
from io import TextIOWrapper
from typing import Annotated, Any

import typer

from ..version import __version__

# Each module registers its command, in the order of the help.
from . import predict, explain, train, evaluate, codebook, report, review, app as _app, serve, pack, lexicon  # isort: skip  # noqa: F401
from .common import app

__all__ = ["app", "main"]


def main() -> None:
    """Run the command line. Output is UTF-8 everywhere, and temporary files are removed if the run is ended."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf8", errors="backslashreplace")
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # Windows does not have all of them
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # nohup ignores SIGHUP
            signal.signal(number, on_signal)
    app(prog_name="cchc-ml")


def on_signal(number: int, _: Any) -> None:
    """Exit so that temporary files are removed.

    Errors from pool threads are not printed: the pool is shut down at the same time.
    """
    threading.excepthook = lambda _: None
    sys.exit(128 + number)


def version(value: bool) -> None:
    """Print the version and exit."""
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
