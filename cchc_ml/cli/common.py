"""What all commands share: the application, options, errors, progress and output."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from ..files import atomic_write
from ..files import check_writable as check_writable  # every command that writes needs it

if TYPE_CHECKING:
    from rich.console import Console

app = typer.Typer(
    help="Tag the paragraphs of Vietnamese articles by pillar of administrative reform (cải cách hành chính).",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

MAX_JOBS = 256
# Width of printed tables if the output is not a terminal, in characters.
PAGE_CHARS = 110


def check_jobs(jobs: int | None) -> int | None:
    """Reject a --jobs value that is not -1 or between 1 and 256."""
    if jobs is not None and jobs != -1 and not 1 <= jobs <= MAX_JOBS:
        raise typer.BadParameter(f"--jobs must be -1 or between 1 and {MAX_JOBS}, got {jobs}")
    return jobs


ModelOption = Annotated[
    Path | None, typer.Option("--model", "-m", help="Model file. Default: the model that ships with the package.")
]

ForceOption = Annotated[bool, typer.Option("--force", help="Overwrite existing files.")]

ColumnOption = Annotated[
    str | None,
    typer.Option("--text-column", help="The column with the text. Default: text, noi_dung, content and so on."),
]

JobsOption = Annotated[
    int, typer.Option("--jobs", callback=check_jobs, help="Number of processes; -1 is one per core.")
]

KeepBoilerplateOption = Annotated[
    bool, typer.Option("--keep-boilerplate", help="Keep menus, captions and by-lines of web pages.")
]

# The name of --keep-boilerplate before version 0.1.0.
KeepFurnitureOption = Annotated[bool, typer.Option("--keep-furniture", hidden=True)]


def command(function: Callable[..., None], of: typer.Typer = app) -> Callable[..., None]:
    """Register a function as a command. Its errors become one line on standard error and exit status 2."""

    @of.command(function.__name__.rstrip("_"))
    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            function(*args, **kwargs)
        except BrokenPipeError:  # the program that reads our output, such as `head`, has stopped
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except (ValueError, TypeError, OSError, ImportError) as error:
            print_error(str(error))
            raise typer.Exit(2) from None

    return run


def print_error(message: str) -> None:
    """Print a message as one line on standard error."""
    print("cchc-ml:", " ".join(message.split()), file=sys.stderr)


def report_failures(failures: Iterable[str], n_files: int) -> None:
    """Print why files could not be read. If there are any, exit with status 1."""
    failures = list(failures)
    for reason in failures:
        print_error(reason)
    if failures:
        print_error(f"{len(failures)} of {n_files} files could not be read to the end")
        raise typer.Exit(1)


@contextmanager
def open_output(path: Path) -> Iterator[TextIO]:
    """Yield a text file that appears under its name only once the block has ended without an error."""
    with atomic_write(path) as temporary, open(temporary, "w", encoding="utf8", newline="") as file:
        yield file


def make_console(file: TextIO | None = None) -> Console:
    """Return a Rich console for a file, by default standard output. If it is not a terminal, its width is fixed."""
    from rich.console import Console

    console = Console(file=file, highlight=False)
    if not console.is_terminal:
        console.width = PAGE_CHARS
    return console


@contextmanager
def progress_bar(description: str) -> Iterator[Callable[[int, int | None], None]]:
    """Show a progress bar on standard error if it is a terminal. Yield a function of (done, total) that moves it."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=make_console(sys.stderr), transient=True) as progress:
        task = progress.add_task(description, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
