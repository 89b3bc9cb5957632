"""The program `cchc-ml`: registers the commands and runs them."""

from __future__ import annotations

import os
import signal
import sys
import threading
from io import TextIOBase, TextIOWrapper
from typing import Annotated, Any

import typer

from ..messages import message
from ..version import __version__

# Each module registers its command, in the order of the help.
from . import predict, explain, train, evaluate, compare, check, plan  # isort: skip  # noqa: F401
from . import codebook, report, review, app as _app, serve, pack, lexicon  # isort: skip  # noqa: F401
from .common import QuietOption, app
from .settings import LANGUAGE_VARIABLE, Language, settings

__all__ = ["app", "main"]


def main() -> None:
    """Run the command line. Output is UTF-8 everywhere, and temporary files are removed if the run is ended."""
    _replace_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf8", errors="backslashreplace")
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # Windows does not have all of them
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # nohup ignores SIGHUP
            signal.signal(number, on_signal)
    app(prog_name="cchc-ml")


class _Closed(TextIOBase):
    """Standard output that was closed before the start: whoever prints to it gets an error."""

    def write(self, _: str) -> int:
        raise OSError(message("standard output is closed; give -o FILE, or open it"))


def _replace_closed_streams() -> None:
    """Make a closed standard stream one that can be used. cron, services and ``>&-`` start programs like that."""
    for descriptor in range(3):  # else the next file that is opened would get this number, and what is printed
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    if sys.stdout is None:
        sys.stdout = _Closed()
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf8")  # noqa: SIM115


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


if __name__ == "__main__":
    main()
