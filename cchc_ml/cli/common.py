"""What every command shares: the application, options, errors, progress and files to write."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

if TYPE_CHECKING:
    from rich.console import Console

app = typer.Typer(
    help="Tag the paragraphs of Vietnamese articles by pillar of administrative reform (cải cách hành chính).",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

MOST_JOBS = 256


def check_jobs(jobs: int | None) -> int | None:
    """Refuse a number of processes that is none."""
    if jobs is not None and jobs != -1 and not 1 <= jobs <= MOST_JOBS:
        raise typer.BadParameter(f"{jobs} processes; want 1 to {MOST_JOBS}, or -1 for one a core")
    return jobs


ModelOption = Annotated[
    Path | None, typer.Option("--model", "-m", help="Model file; default: the one that ships with the package.")
]

ForceOption = Annotated[bool, typer.Option("--force", help="Overwrite existing files.")]

ColumnOption = Annotated[
    str | None, typer.Option("--text-column", help="The column with the text; default: text, noi_dung, content …")
]

JobsOption = Annotated[int, typer.Option("--jobs", callback=check_jobs, help="Processes; -1 for one a core.")]

PAGE = 110  # columns, where there is no terminal to ask


def command(function: Callable[..., None]) -> Callable[..., None]:
    """Register a command whose errors are one line on standard error and exit status 2."""

    @app.command(function.__name__.rstrip("_"))
    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            function(*args, **kwargs)
        except BrokenPipeError:  # the reader, such as `head`, has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except (ValueError, TypeError, OSError, ImportError) as error:
            print("cchc-ml:", " ".join(str(error).split()), file=sys.stderr)
            raise typer.Exit(2) from None

    return run


def check_writable(path: Path, force: bool) -> None:
    """Refuse a path that may not be written."""
    from ..files import check_target

    check_target(path)
    if path.exists() and not force:
        raise FileExistsError(f"{path} exists; give --force to overwrite it")


@contextmanager
def open_output(path: Path | None) -> Iterator[TextIO]:
    """Give standard output, or a file that appears whole when the block ends well."""
    from ..files import atomic_write

    if path is None:
        yield sys.stdout
        return
    with atomic_write(path) as temporary, open(temporary, "w", encoding="utf8", newline="") as file:
        yield file


def make_console(stderr: bool = False) -> Console:
    """Return a Rich console; one that is no terminal is as wide as a page."""
    from rich.console import Console

    console = Console(stderr=stderr, highlight=False)
    if not console.is_terminal:
        console.width = PAGE
    return console


@contextmanager
def progress_bar(description: str) -> Iterator[Callable[[int, int | None], None]]:
    """Show a progress bar on standard error, where that is a terminal; give the function that moves it."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=make_console(stderr=True), transient=True) as progress:
        task = progress.add_task(description, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def with_progress(rows: Iterator[Any], progress: Callable[[int, int | None], None]) -> Iterator[Any]:
    """Pass rows on and tell how many there were."""
    for done, row in enumerate(rows, 1):
        yield row
        if done % 256 == 0:
            progress(done, None)


def report_failures(failures: list[str], n: int) -> None:
    """Tell which of n files could not be read, and leave with status 1 where there are any."""
    for reason in failures:
        print("cchc-ml:", " ".join(reason.split()), file=sys.stderr)
    if failures:
        print(f"cchc-ml: {len(failures)} of {n} files could not be read to the end", file=sys.stderr)
        raise typer.Exit(1)
