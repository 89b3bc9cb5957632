"""The command `cchc-ml`: parse, call one function, print."""

from __future__ import annotations

import functools
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from .. import __version__

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


ModelOption = Annotated[Path | None, typer.Option("--model", "-m", help="Model file; default: the one that ships with the package.")]
ForceOption = Annotated[bool, typer.Option("--force", help="Overwrite existing files.")]
ColumnOption = Annotated[str | None, typer.Option("--text-column", help="The column with the text; default: text, noi_dung, content …")]
JobsOption = Annotated[int, typer.Option("--jobs", callback=check_jobs, help="Processes; -1 for one a core.")]


PAGE = 110  # columns, where there is no terminal to ask


class Format(StrEnum):
    """How tagged paragraphs are printed."""

    table = "table"
    jsonl = "jsonl"
    csv = "csv"


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


def main() -> None:
    """Run the command line; text is UTF-8 wherever it goes, and a run that is ended cleans up behind itself."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf8", errors="backslashreplace")
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name) and signal.getsignal(getattr(signal, name)) is not signal.SIG_IGN:  # as under nohup
            signal.signal(getattr(signal, name), ended)
    app(prog_name="cchc-ml")


def ended(number: int, _: Any) -> None:
    """Leave, cleaning up; what threads of a pool say that is torn down meanwhile is not told."""
    threading.excepthook = lambda _: None
    sys.exit(128 + number)


def version(value: bool) -> None:
    """Print the version and leave."""
    if value:
        print(f"cchc-ml {__version__}")
        raise typer.Exit


@app.callback()
def options(show: Annotated[bool, typer.Option("--version", callback=version, is_eager=True, help="Print the version.")] = False) -> None:
    """Tag the paragraphs of Vietnamese articles by pillar of administrative reform (cải cách hành chính)."""


def free(path: Path, force: bool) -> None:
    """Refuse a path that may not be written."""
    from ..files import check_target

    check_target(path)
    if path.exists() and not force:
        raise FileExistsError(f"{path} exists; give --force to overwrite it")


@contextmanager
def output(path: Path | None) -> Iterator[TextIO]:
    """Give standard output, or a file that appears whole when the block ends well."""
    from ..files import atomic

    if path is None:
        yield sys.stdout
        return
    with atomic(path) as temporary, open(temporary, "w", encoding="utf8", newline="") as file:
        yield file


def screen(stderr: bool = False) -> Console:
    """Return a Rich console; one that is no terminal is as wide as a page."""
    from rich.console import Console

    console = Console(stderr=stderr, highlight=False)
    if not console.is_terminal:
        console.width = PAGE
    return console


@contextmanager
def bar(description: str) -> Iterator[Callable[[int, int | None], None]]:
    """Show a progress bar on standard error, where that is a terminal; give the function that moves it."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=screen(stderr=True), transient=True) as progress:
        task = progress.add_task(description, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def counted(rows: Iterator[Any], progress: Callable[[int, int | None], None]) -> Iterator[Any]:
    """Pass rows on and tell how many there were."""
    for done, row in enumerate(rows, 1):
        yield row
        if done % 256 == 0:
            progress(done, None)


@command
def predict(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT...",
            help="Articles (.txt .html .docx .pdf), tables (.jsonl .csv .tsv .xlsx .parquet .gz), folders or patterns ('*.html'), or -.",
        ),
    ],
    model: ModelOption = None,
    format: Annotated[
        Format | None, typer.Option("--format", "-f", help="Default: by the name of -o; else table on a terminal, jsonl in a pipe.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Write to this file: .jsonl .csv .tsv .xlsx .parquet, .gz; or .parquet files to a folder."),
    ] = None,
    column: ColumnOption = None,
    keep_furniture: Annotated[bool, typer.Option("--keep-furniture", help="Tag menus, captions and by-lines of pages too.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Stop at the first file that cannot be read.")] = False,
    jobs: Annotated[
        int | None, typer.Option("--jobs", callback=check_jobs, help="Processes; -1 for one a core. Worth it from 10,000 paragraphs on.")
    ] = None,
    dask: Annotated[str | None, typer.Option("--dask", help="Tag .parquet files on this cluster (tcp://HOST:8786), or local.")] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where an interrupted run with --resume stopped (-o FILE.jsonl or FOLDER).")
    ] = False,
    force: ForceOption = False,
) -> None:
    """Tag paragraphs: which pillars each is evidence for, how sure, and which sentence carries it."""
    from ..model.storage import read_model
    from ..reading.inputs import expand, read_file, read_inputs
    from ..reading.tables import TABLES, kind_of
    from ..tagging.resume import tag_files
    from ..tagging.rows import tag_lines, tag_rows
    from ..tagging.writers import export, write_csv, write_jsonl

    out = None if str(out) == "-" else out
    if dask is not None or (out is not None and (out.is_dir() or not (out.suffix or format))):
        if out is None or format or kind_of(out) in TABLES:
            raise ValueError("--dask and folders are for .parquet files: -o FOLDER, without --format")
        files = [file for file in expand(inputs) if out.resolve() not in Path(file).resolve().parents]
        tag_folder(files, out, model, column=column, jobs=jobs, dask=dask, strict=strict, resume=resume, force=force)
        return
    if out is not None:
        free(out, force)
    if resume and (out is None or out.suffix.lower() != ".jsonl" or format not in (None, Format.jsonl) or jobs not in (None, 1)):
        raise ValueError("--resume goes with -o FILE.jsonl, in one process, or with .parquet files and -o FOLDER")
    trained, files = read_model(model), [file for file in expand(inputs) if out is None or Path(file) != out]
    failures: dict[str, str] = {}
    failed = None if strict or len(files) == 1 else failures.__setitem__
    with bar("files" if len(files) > 1 else "rows") if out is not None else nullcontext() as progress:
        begun = (lambda number: progress(number, len(files))) if progress and len(files) > 1 else None
        if resume and out is not None:

            def read(name: str) -> Iterator[Any]:
                return read_file(name, column=column, keep_furniture=keep_furniture)

            tag_files(trained, files, out, read=read, failed=failed, begun=begun)
        else:
            items = read_inputs(files, column=column, keep_furniture=keep_furniture, failed=failed, begun=begun)
            if progress and len(files) == 1:
                items = counted(items, progress)
            if format is None and out is None:
                format = Format.table if sys.stdout.isatty() else Format.jsonl
            kind = f".{format}" + ".gz" * (out is not None and out.suffix.lower() == ".gz") if format else None
            tag: Any = tag_lines if ".jsonl" in (kind or kind_of(out or Path())) else tag_rows
            rows = tag(trained, items, n_jobs=jobs or 1, failed=failed)
            if format is Format.table:
                from rich.console import Console

                from .console import print_tagged

                with output(out) as file:
                    print_tagged(rows, screen() if out is None else Console(file=file, width=PAGE))
            elif out is not None:
                export(rows, out, kind)
            else:
                with output(None) as file:
                    (write_csv if format is Format.csv else write_jsonl)(rows, file)
    tell([failures[file] for file in files if file in failures], len(files))


def tell(failures: list[str], n: int) -> None:
    """Tell which of n files could not be read, and leave with status 1 where there are any."""
    for reason in failures:
        print("cchc-ml:", " ".join(reason.split()), file=sys.stderr)
    if failures:
        print(f"cchc-ml: {len(failures)} of {n} files could not be read to the end", file=sys.stderr)
        raise typer.Exit(1)


def tag_folder(
    files: list[str],
    out: Path,
    model: Path | None,
    *,
    column: str | None,
    jobs: int | None,
    dask: str | None,
    strict: bool,
    resume: bool,
    force: bool,
) -> None:
    """Tag .parquet files into a folder, on this machine or on a cluster."""
    from ..files import needs
    from ..model.storage import read_model
    from ..tagging.parquet import plan, tag_partitions

    partitions = plan(files, out, column)
    if resume:
        partitions = [partition for partition in partitions if not Path(partition.target).exists()]
    if not out.parent.is_dir():
        raise FileNotFoundError(f"no folder {out.parent} to make {out.name} in")
    if taken := next((partition.target for partition in partitions if Path(partition.target).exists() and not force), None):
        raise FileExistsError(f"{taken} exists; give --force to overwrite it, or --resume to go on with the others")
    if dask not in (None, "local") and jobs is not None:
        raise ValueError("--jobs is for this machine; how many processes a cluster has is said where its workers are started")
    needs("pyarrow", "cluster", ".parquet files")
    trained = read_model(model)
    failures = []
    with ExitStack() as stack:
        if dask is None:
            out.mkdir(exist_ok=True)
            finished = tag_partitions(trained, partitions, jobs or 1)
        else:
            needs("distributed", "cluster", "files with --dask")
            from ..tagging import dask as cluster

            client = stack.enter_context(cluster.connect(dask, None if jobs == -1 else jobs))
            out.mkdir(exist_ok=True)
            finished = cluster.tag_partitions(client, trained, partitions)
        progress = stack.enter_context(bar("files"))
        rows = 0
        for number, done in enumerate(finished, 1):
            progress(number, len(partitions))
            rows += done.rows
            if done.error and (strict or len(files) == 1):
                raise done.error
            if done.error:
                failures.append(str(done.error))
    print(f"wrote {rows} rows in {len(partitions) - len(failures)} files to {out}", file=sys.stderr)
    tell(failures, len(files))


@command
def explain(
    inputs: Annotated[list[str] | None, typer.Argument(metavar="INPUT...", help="As for predict.")] = None,
    model: ModelOption = None,
    pillar: Annotated[str | None, typer.Option("--pillar", "-p", help="Only this pillar, tagged or not: a slug, or its name.")] = None,
    whole: Annotated[bool, typer.Option("--global", help="The strongest terms of each pillar, for and against, in any text.")] = False,
    column: ColumnOption = None,
    keep_furniture: Annotated[bool, typer.Option("--keep-furniture", help="Menus, captions and by-lines of pages too.")] = False,
) -> None:
    """Say why paragraphs are tagged, or not: their words shaded by weight, and the sum that each decision is."""
    from ..model.explanation import explain, strongest_terms
    from ..model.storage import read_model
    from ..pillars import PILLARS, parse_pillar
    from ..reading.inputs import expand, read_file
    from .console import explained_paragraph, strongest_table

    if bool(inputs) == whole:
        raise ValueError("name an article or a table to explain, or give --global")
    only = parse_pillar(pillar) if pillar else None
    trained, console = read_model(model), screen()
    if whole:
        strongest = strongest_terms(trained)
        for one in [only] if only else PILLARS:
            console.print(strongest_table(strongest, one))
        return
    for file in expand(inputs or []):
        console.rule(file, style="dim")
        for row, name in read_file(file, column=column, keep_furniture=keep_furniture):
            shaded = console.color_system is not None and not console.no_color
            console.print(explained_paragraph(row[name], explain(trained, row[name]), only, shaded=shaded))


@command
def train(
    data: Annotated[
        list[Path] | None, typer.Argument(help="CSV or JSONL of text and labels, or packed; default: the data that ships with the package.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--output", help="Model file; metrics.json and README.md are written beside it.")
    ] = None,
    with_default_data: Annotated[bool, typer.Option("--with-default-data", help="Train on DATA and the shipped data together.")] = False,
    objective: Annotated[str, typer.Option("--objective", help="What thresholds are chosen for: f1, or precision=0.9.")] = "f1",
    column: ColumnOption = None,
    jobs: JobsOption = -1,
    force: ForceOption = False,
) -> None:
    """Train a model. Rows whose `split` is another than train are left out, and each such split is measured."""
    from ..files import shipped
    from ..learning.model_card import check_card
    from ..learning.train import train_model
    from .console import metrics_table

    rebuilt = (
        out is None and not data and objective == "f1" and Path("models/pillars.npz").resolve() == shipped("models/pillars.npz").resolve()
    )
    if rebuilt:
        out = Path("models/pillars.npz")  # the build product of a checkout
    if out is None:
        raise ValueError("with data or an objective of your own, or outside a checkout, say where the model goes: -o FOLDER/MODEL.npz")
    if with_default_data and not data:
        raise ValueError("--with-default-data goes with data of your own; without any, the default data is what is trained on")
    if out.suffix != ".npz":
        raise ValueError(f"a model is an .npz file; found {out}")
    for path in (out, out.parent / "README.md", out.parent / "metrics.json"):
        free(path, force or rebuilt)
    check_card(out.parent)
    with bar("training") as progress:
        measured = train_model(
            data or [], out, with_default_data=with_default_data, objective=objective, column=column, n_jobs=jobs, progress=progress
        )
    for title, table in measured.items():
        screen().print(metrics_table(table, title))
    print(f"wrote {out}", file=sys.stderr)


@command
def evaluate(
    data: Annotated[
        list[Path] | None, typer.Argument(help="Labelled CSV or JSONL; default: the validation rows that ship with the package.")
    ] = None,
    model: ModelOption = None,
    column: ColumnOption = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the numbers to this file too.")] = None,
    report: Annotated[Path | None, typer.Option("--report", help="Write a page with tables, plots and the worst errors (.html).")] = None,
    baselines: Annotated[
        list[Path] | None, typer.Option("--baselines", help="Labelled text to train the usual pipelines on; DATA must be text.")
    ] = None,
    splits: Annotated[bool, typer.Option("--splits", help="Train on the shipped data again, by kinds of split (some minutes).")] = False,
    stress: Annotated[bool, typer.Option("--stress", help="Measure ways of writing the same text; default DATA: own-heldout.")] = False,
    force: ForceOption = False,
) -> None:
    """Measure a model on labelled paragraphs, with 95 % intervals, beside what it has to beat."""
    import json

    from ..evaluation.evaluate import assess
    from .console import evaluation_tables

    for path in (json_file, report):
        if path is not None:
            free(path, force)
    title = ", ".join(map(str, data)) if data else "own-heldout" if stress else "validation"
    with bar("measuring") as progress:
        assessed = assess(
            data or [],
            model,
            baselines=baselines or [],
            splits=splits,
            stress=stress,
            column=column,
            page=report is not None,
            title=title,
            progress=progress,
        )
    for path, text in ((json_file, json.dumps(assessed.measured, indent=1) + "\n"), (report, assessed.page)):
        if path is not None:
            with output(path) as file:
                file.write(text)
    for table in evaluation_tables(assessed.measured, title):
        screen().print(table)


@command
def codebook() -> None:
    """Print what the six pillars are called, what counts for them and what does not."""
    from .console import codebook_pages

    for page in codebook_pages():
        screen().print(page)


@command
def report(
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT...", help="As for predict; or with --verify, pages written before.")],
    out: Annotated[Path | None, typer.Option("-o", "--output", help="A page (.html), or a dossier (.docx .xlsx).")] = None,
    by: Annotated[str | None, typer.Option("--by", help="Group by this column; default: the outlet.")] = None,
    check: Annotated[bool, typer.Option("--verify", help="Say whether inputs, model and page are still what they were.")] = False,
    model: ModelOption = None,
    column: ColumnOption = None,
    jobs: JobsOption = 1,
    force: ForceOption = False,
) -> None:
    """Write an overview of articles as one page, or their evidence as a dossier for the files."""
    from ..files import shipped
    from ..model.storage import read_model
    from ..reading.inputs import expand, read_inputs
    from ..reporting.dossier import DOSSIERS, read_dossier, write_dossier
    from ..reporting.overview import build, overview_page
    from ..reporting.prevalence import training_prior
    from ..reporting.provenance import make_receipt, read_page, verify
    from ..tagging.rows import tag_rows

    if check == (out is not None):
        raise ValueError("give -o PAGE.html to write a page, or --verify and pages that were written")
    model_file = model or shipped("models/pillars.npz")
    if check:
        differences = []
        for name in expand(inputs):
            receipt, content = (read_dossier if Path(name).suffix.lower() in DOSSIERS else read_page)(Path(name))
            differences += [f"{name}: {difference}" for difference in verify(receipt, content, name, model_file)]
        print("\n".join(differences) or "all is as it was")
        if differences:
            raise typer.Exit(1)
        return
    assert out is not None
    free(out, force)
    kind = out.suffix.lower()
    if kind not in (".html", ".htm", *DOSSIERS):
        raise ValueError(f"a report is an .html, .docx or .xlsx file; found {out}")
    files = [file for file in expand(inputs) if Path(file) != out]
    if "-" in files:
        raise ValueError("a report is made of files, whose hashes it keeps; found standard input")
    trained = read_model(model)
    receipt = make_receipt(files, model_file, trained, {"by": by, "text_column": column})
    with bar("rows") as progress:
        items = counted(read_inputs(files, column=column), progress)
        overview = build(tag_rows(trained, items, n_jobs=jobs), training_prior(trained), by=by, column=column, receipt=receipt)
    if kind in DOSSIERS:
        write_dossier(overview, out)
    else:
        with output(out) as file:
            file.write(overview_page(overview))
    print(f"wrote {out} ({out.stat().st_size / 1e6:.1f} MB)", file=sys.stderr)


@command
def app_(
    out: Annotated[Path, typer.Option("-o", "--output", help="The page (.html).")],
    model: ModelOption = None,
    force: ForceOption = False,
) -> None:
    """Write the tagger as one page that works in a browser, offline, without Python."""
    from ..model.storage import read_model
    from ..web.offline_page import app_page

    free(out, force)
    with output(out) as file:
        file.write(app_page(read_model(model)))
    print(f"wrote {out} ({out.stat().st_size / 1e6:.1f} MB)", file=sys.stderr)


@command
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; by default only this machine reaches it.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0 for any that is free.", min=0, max=65535)] = 8000,
    model: ModelOption = None,
) -> None:
    """Answer over HTTP: POST /v1/tag, POST /v1/articles, GET /v1/pillars; /docs says how. No input is kept or logged."""
    from ..files import needs
    from ..model.storage import read_model

    for library in ("fastapi", "uvicorn", "python_multipart"):
        needs(library, "serve", "requests over HTTP")
    from ..web import service

    if not service.is_loopback(host):
        print(f"cchc-ml: {host} is reached by others too, without a password", file=sys.stderr)
    service.serve(read_model(model), host, port, ready=lambda url: print(f"listening on {url}", file=sys.stderr))


@command
def pack(
    rows: Annotated[list[Path], typer.Argument(metavar="ROWS...", help="JSONL or CSV with text and labels.")],
    out: Annotated[Path | None, typer.Option("-o", "--output", help="Write the counts here (.jsonl.gz).")] = None,
    check: Annotated[Path | None, typer.Option("--check", help="Say whether this file holds the same counts.")] = None,
    column: ColumnOption = None,
    force: ForceOption = False,
) -> None:
    """Replace text by its SHA-256 and counts of lexicon terms, so that labels of protected text can be shared."""
    from ..files import write_gzip
    from ..learning.corpus import default_lexicon, pack_files, same_rows

    if (out is None) == (check is None):
        raise ValueError("give either -o COUNTS.jsonl.gz to write, or --check COUNTS.jsonl.gz to compare")
    if out is not None:
        free(out, force)
        if not out.name.endswith(".jsonl.gz"):
            raise ValueError(f"packed rows are a .jsonl.gz file; found {out}")
        packed = pack_files(rows, default_lexicon(), column=column)
        write_gzip(out, packed)
        print(f"packed {packed.count(chr(10))} rows into {out}", file=sys.stderr)
    elif check is not None:
        difference = same_rows(pack_files(rows, default_lexicon(), column=column), check)
        if difference:
            raise ValueError(difference)
        print(f"{check} holds the counts of this text")


@command
def lexicon(
    rows: Annotated[
        list[Path], typer.Argument(metavar="ROWS...", help="JSONL or CSV with text and labels; only rows of split train are read.")
    ],
    out: Annotated[Path, typer.Option("-o", "--output", help="Write the terms here, one a line.")],
    max_terms: Annotated[int, typer.Option(help="How many terms, beside the codebook's.", min=1)] = 20000,
    jobs: JobsOption = -1,
    force: ForceOption = False,
) -> None:
    """Learn the lexicon from labelled text, with underthesea's word segmentation."""
    from ..learning.corpus import read_corpus
    from ..learning.learn_lexicon import learn_lexicon

    free(out, force)
    corpus = read_corpus(*rows).training()
    if corpus.packed:
        raise ValueError("a lexicon is learned from text; a row is packed")
    learned = learn_lexicon(corpus.texts, corpus.y, corpus.documents, max_terms=max_terms, n_jobs=jobs)
    with output(out) as file:
        file.write("\n".join(learned.terms) + "\n")
    print(f"{len(learned)} terms from {len(corpus)} paragraphs", file=sys.stderr)


if __name__ == "__main__":
    main()
