"""What all commands share: the application, options, errors, progress and output."""

from __future__ import annotations

import functools
import inspect
import os
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer
from typer.core import TyperCommand, TyperGroup

from ..files import atomic_write, system_reason
from ..files import check_writable as check_writable  # every command that writes needs it
from ..messages import Message, joined, message, message_of, number, plural
from .settings import Language, language_of, say, settings
from .usage import TyperUsageError, translate_fixed_strings, translate_help, translate_parameter, usage_message

if TYPE_CHECKING:
    from rich.console import Console

MAX_JOBS = 256
# Width of printed tables if the output is not a terminal and COLUMNS does not say it, in characters.
PAGE_CHARS = 110
# Width of the bar of a progress display, in characters.
BAR_CHARS = 16
# A longer message is cut in the middle.
MAX_MESSAGE_CHARS = 1000
# How many files are named that were passed over for one reason.
LISTED = 5
# A narrower page than this holds no table.
LEAST_CHARS = 20


def check_jobs(jobs: int | None) -> int | None:
    """Reject a --jobs value that is not -1 or between 1 and 256."""
    if jobs is not None and jobs != -1 and not 1 <= jobs <= MAX_JOBS:
        raise typer.BadParameter(
            message("--jobs must be -1 or between 1 and {most}, got {jobs}", most=MAX_JOBS, jobs=jobs)
        )
    return jobs


ModelOption = Annotated[
    Path | None, typer.Option("--model", "-m", help="Model file. Default: the model that ships with the package.")
]

CodebookOption = Annotated[
    Path | None,
    typer.Option(
        "--codebook",
        help="Your own categories: a codebook (.yaml), or a model (.npz) that carries one. Default: the six pillars.",
    ),
]

ForceOption = Annotated[bool, typer.Option("--force", help="Overwrite existing files.")]

ColumnOption = Annotated[
    str | None,
    typer.Option("--text-column", help="The column with the text. Default: text, noi_dung, content and so on."),
]

ContextOption = Annotated[
    bool | None,
    typer.Option(
        "--context/--no-context",
        help="Read paragraphs with the others of their article. Default: articles yes, tables no (they need a column "
        "'document').",
    ),
]
JobsOption = Annotated[
    int, typer.Option("--jobs", callback=check_jobs, help="Number of processes; -1 is one per core.")
]

KeepBoilerplateOption = Annotated[
    bool, typer.Option("--keep-boilerplate", help="Keep menus, captions and by-lines of web pages.")
]

# The name of --keep-boilerplate before version 0.1.0.
KeepFurnitureOption = Annotated[bool, typer.Option("--keep-furniture", hidden=True)]

LanguageOption = Annotated[
    Language | None,
    typer.Option("--lang", help="Language of all that is printed: Vietnamese or English. Default: that of the system."),
]

QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Print errors and warnings only.")]


class _ReaderLeftError(Exception):
    """A broken pipe, for which Typer would exit with status 1."""


@contextmanager
def _reader_may_leave() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise _ReaderLeftError from None


class _Help:
    """A command or a group whose reader may leave early while the help is printed."""

    def get_usage(self, ctx: Any) -> str:
        usage: str = super().get_usage(ctx)  # type: ignore[misc]
        return usage.replace("Usage: ", say(message("Usage: ")), 1)

    def get_help_option(self, ctx: Any) -> Any:
        option = super().get_help_option(ctx)  # type: ignore[misc]
        translate_parameter(option)
        return option

    def format_help(self, ctx: Any, formatter: Any) -> None:
        translate_fixed_strings()
        try:
            super().format_help(ctx, formatter)  # type: ignore[misc]
        except SystemExit:  # of the console of Typer
            raise BrokenPipeError from None


class Command(_Help, TyperCommand):
    """A command that takes each option once: with two values, one would be ignored."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Raise if an option is given twice; then parse."""
        _, _, order = self.make_parser(ctx).parse_args(args=list(args))
        for parameter, times in Counter(order).items():
            if times > 1 and parameter.param_type_name == "option" and not parameter.multiple:
                names = joined(message(" or "), parameter.opts)
                ctx.fail(message("{names} is given {times} times; give it once", names=names, times=times))
        return super().parse_args(ctx, args)


class Group(_Help, TyperGroup):
    """Commands whose wrong options are one line on standard error, and for which a reader may leave early."""

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        """Parse the options of the program; this prints its help and its version."""
        with _reader_may_leave():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; this prints its help too."""
        with _reader_may_leave():
            return super().invoke(ctx)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run in the language of the user, and exit with the status."""
        settings.language = language_of(sys.argv[1:] if args is None else args)
        settings.quiet = False
        translate_help(self)
        run = functools.partial(super().main, args, prog_name, complete_var, False, windows_expand_args, **extra)
        if not standalone_mode:
            return run()
        status: Any = 0
        try:
            status = run()
            sys.stdout.flush()
        except TyperUsageError as error:
            if error.format_message():  # type: ignore[attr-defined]  # a group without arguments has printed its help
                print_error(usage_message(error))
            status = 2
        except (BrokenPipeError, _ReaderLeftError):
            _ignore_stdout()
        except OSError as error:
            print_error(_reason(error))
            status = 2
        sys.exit(status if isinstance(status, int) else 0)


app = typer.Typer(
    cls=Group,
    help="Tag the paragraphs of Vietnamese articles by pillar of administrative reform (cải cách hành chính).",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)


def command(function: Callable[..., None], of: typer.Typer = app) -> Callable[..., None]:
    """Register a function as a command, with the options that all commands have.

    Its errors become one line on standard error and exit status 2.
    """

    @functools.wraps(function)
    def run(*args: Any, lang: LanguageOption = None, quiet: QuietOption = False, **kwargs: Any) -> None:
        settings.quiet |= quiet
        try:
            function(*args, **kwargs)
            sys.stdout.flush()
        except BrokenPipeError:  # the program that reads our output, such as `head`, has stopped
            _ignore_stdout()
        except (ValueError, TypeError, OSError, ImportError, MemoryError) as error:
            print_error(_reason(error))
            raise typer.Exit(2) from None

    own = inspect.signature(function, eval_str=True)
    common = (
        inspect.Parameter("lang", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=LanguageOption),
        inspect.Parameter("quiet", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=QuietOption),
    )
    run.__signature__ = own.replace(parameters=[*own.parameters.values(), *common])  # type: ignore[attr-defined]
    of.command(function.__name__.rstrip("_"), cls=Command)(run)
    return run


def _ignore_stdout() -> None:
    """Write nothing more to standard output: what Python still holds back for it would fail at the end."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _reason(error: Exception) -> str:
    """Return the message of an error. One of the system says which file it is about."""
    if isinstance(error, MemoryError):
        return message("not enough memory")
    if isinstance(error, ModuleNotFoundError) and error.name:  # left out of a slim install
        return message(
            "this command needs {library}; install all that it depends on with: pip install cchc_ml", library=error.name
        )
    if isinstance(error, OSError) and error.strerror:
        reason = system_reason(error)
        return message("{file}: {reason}", file=error.filename, reason=reason) if error.filename else reason
    return message_of(error) or type(error).__name__


def one_line(message: str) -> str:
    r"""Return a message that cannot control a terminal, in one line and not too long.

    Examples
    --------
    >>> one_line("no file \x1b[31m.txt\nhere")
    'no file \\x1b[31m.txt here'
    """
    line = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in " ".join(message.split()))
    if len(line) <= MAX_MESSAGE_CHARS:
        return line
    half = MAX_MESSAGE_CHARS // 2
    return f"{line[:half]} … {line[-half:]}"


def print_error(text: str) -> None:
    """Print what went wrong, as one line on standard error."""
    _print_line(message("cchc-ml: {error}", error=text))


def print_warning(text: str) -> None:
    """Print what the user must know about the result, as one line on standard error."""
    _print_line(message("cchc-ml: warning: {warning}", warning=text))


def print_note(text: str) -> None:
    """Print a remark about the input as one line on standard error, unless --quiet is given."""
    if not settings.quiet:
        _print_line(message("cchc-ml: {note}", note=text))


def tell(text: str) -> None:
    """Print one line about what was done on standard error, unless --quiet is given."""
    if not settings.quiet:
        _print_line(text)


def _print_line(text: str) -> None:
    with suppress(OSError):  # nobody can read it
        print(one_line(say(text)), file=sys.stderr)


def describe_passed_over(passed_over: Mapping[str, str]) -> Message:
    """Return how many files of folders and patterns were left out, why, and the names of the first ones."""
    from ..reading.finding import NOT_READ, not_read_note

    not_read = [file for file, why in passed_over.items() if why == NOT_READ]
    others = {file: why for file, why in passed_over.items() if why != NOT_READ}
    told = [_describe_left_out(others)] * bool(others) + [not_read_note(not_read)] * bool(not_read)
    return joined("; ", told)


def _describe_left_out(passed_over: Mapping[str, str]) -> Message:
    names: dict[str, list[str]] = {}
    for file, why in passed_over.items():
        names.setdefault(why, []).append(Path(file).name)
    reasons = (
        message("{reason}: {names}", reason=why, names=", ".join(some[:LISTED]) + ", …" * (len(some) > LISTED))
        for why, some in names.items()
    )
    return plural(
        "{n:,} file passed over ({reasons})",
        "{n:,} files passed over ({reasons})",
        len(passed_over),
        reasons=joined("; ", reasons),
    )


@contextmanager
def printed_notes() -> Iterator[Callable[[str], None]]:
    """Yield a function that takes notes about the input. They are printed on standard error at the end of the block."""
    notes: list[str] = []
    try:
        yield notes.append
    finally:
        for note in notes:
            print_note(note)


@contextmanager
def printed_warnings() -> Iterator[None]:
    """Print each warning of the package once, as one line on standard error, without its place in the code."""
    printed = set()

    def show(warning: Warning | str, *_: Any) -> None:
        text = message_of(warning) if isinstance(warning, Warning) else warning
        if text not in printed:
            print_warning(text)
            printed.add(text)

    with warnings.catch_warnings():
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = show  # type: ignore[assignment]
        yield


def report_failures(failures: Iterable[str], n_files: int) -> None:
    """Print why files could not be read. If there are any, exit with status 1."""
    failures = list(failures)
    for reason in failures:
        print_error(reason)
    if failures:
        print_error(message("{n} of {files} files could not be read to the end", n=len(failures), files=n_files))
        raise typer.Exit(1)


@contextmanager
def print_if_nothing_is_written(failures: Mapping[str, str]) -> Iterator[None]:
    """Before an error about the output, print why files could not be read."""
    try:
        yield
    except ValueError:
        for reason in failures.values():
            print_error(reason)
        raise


@contextmanager
def open_output(path: Path) -> Iterator[TextIO]:
    """Yield a text file that appears under its name only once the block has ended without an error."""
    with atomic_write(path) as temporary, open(temporary, "w", encoding="utf8", newline="") as file:
        yield file


def make_console(file: TextIO | None = None) -> Console:
    """Return a Rich console for a file, by default standard output.

    If it is not a terminal, its width is that of the environment variable COLUMNS, or else fixed.
    """
    from rich.console import Console

    class PipeConsole(Console):
        def on_broken_pipe(self) -> None:  # Rich would exit with status 1
            raise BrokenPipeError

    console = PipeConsole(file=file, highlight=False)
    if not console.is_terminal:
        columns = os.environ.get("COLUMNS", "")
        console.width = max(int(columns), LEAST_CHARS) if columns.isdecimal() and int(columns) else PAGE_CHARS
    return console


@contextmanager
def progress_bar(description: str, unit: str = "") -> Iterator[Callable[[float, float | None], None]]:
    """Show a progress bar on standard error if it is a terminal. Yield a function of (done, total) that moves it.

    It shows how much is done and how long the rest takes; with a `unit`, also how many of these are done in a second.
    """
    if settings.quiet or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.progress import BarColumn, Progress, ProgressColumn, TaskProgressColumn, TextColumn
    from rich.table import Column
    from rich.text import Text

    class Count(ProgressColumn):
        # Rich forgets the speed whenever the total changes, and ours is an estimate.
        def render(self, task: Any) -> Text:
            return Text(say(progress_text(task.completed, task.total, task.elapsed or 0, unit)))

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=BAR_CHARS),
        TaskProgressColumn(),
        Count(table_column=Column(no_wrap=True)),
    )
    with Progress(*columns, console=make_console(sys.stderr), transient=True) as progress:
        task = progress.add_task(say(description), total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def progress_text(done: float, total: float | None, seconds: float, unit: str = "") -> Message:
    """Return how much is done, how fast, and how long the rest takes.

    Examples
    --------
    >>> progress_text(300, 1200, 2, "rows"), progress_text(300, None, 2, "rows")
    ('300/1,200 rows, 150/s, 0:00:06 left', '300 rows, 150/s')
    """
    counted = joined("/", [number(n, ",.0f") for n in (done, total) if n is not None])
    text = joined(" ", [counted, unit] if unit else [counted])
    if not done or seconds <= 0:
        return text
    rate = done / seconds
    text = message("{done}, {rate}/s", done=text, rate=number(rate, ",.0f" if rate >= 1 else ".2f"))
    if total is None:
        return text
    left = timedelta(seconds=round(max(total - done, 0) / rate))
    return message("{done}, {time} left", done=text, time=left)
