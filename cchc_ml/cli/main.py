"""The start of the program `cchc-ml`. It imports nothing else of the package before it knows what to do at Ctrl-C."""

from __future__ import annotations

import os
import signal
import sys
import threading
from io import TextIOBase, TextIOWrapper
from typing import Any

__all__ = ["main"]


def main() -> None:
    """Run the command line. Output is UTF-8 everywhere, and temporary files are removed if the run is ended."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # Windows does not have all of them
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # nohup ignores SIGHUP
            signal.signal(number, on_signal)
    _replace_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf8", errors="backslashreplace")
    # Ctrl-C may come while all this is imported.
    from .commands import app

    try:
        app(prog_name="cchc-ml")
    finally:
        # Only worker processes are still ended. An exception while Python does that would be printed.
        signal.signal(signal.SIGINT, signal.SIG_IGN)


class _Closed(TextIOBase):
    """Standard output that was closed before the start: whoever prints to it gets an error."""

    def write(self, _: str) -> int:
        from ..messages import message

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


if __name__ == "__main__":
    main()
