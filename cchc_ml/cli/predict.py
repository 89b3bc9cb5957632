"""`cchc-ml predict`: tag paragraphs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, nullcontext
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from .common import (
    PAGE,
    ColumnOption,
    ForceOption,
    ModelOption,
    check_jobs,
    check_writable,
    command,
    make_console,
    open_output,
    progress_bar,
    report_failures,
    with_progress,
)


class Format(StrEnum):
    """How tagged paragraphs are printed."""

    table = "table"
    jsonl = "jsonl"
    csv = "csv"


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
        Format | None,
        typer.Option("--format", "-f", help="Default: by the name of -o; else table on a terminal, jsonl in a pipe."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            help="Write to this file: .jsonl .csv .tsv .xlsx .parquet, .gz; or .parquet files to a folder.",
        ),
    ] = None,
    text_column: ColumnOption = None,
    keep_boilerplate: Annotated[
        bool, typer.Option("--keep-boilerplate", help="Tag menus, captions and by-lines of pages too.")
    ] = False,
    keep_furniture: Annotated[bool, typer.Option("--keep-furniture", hidden=True)] = False,  # its name before 0.1.0
    strict: Annotated[bool, typer.Option("--strict", help="Stop at the first file that cannot be read.")] = False,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs", callback=check_jobs, help="Processes; -1 for one a core. Worth it from 10,000 paragraphs on."
        ),
    ] = None,
    dask: Annotated[
        str | None, typer.Option("--dask", help="Tag .parquet files on this cluster (tcp://HOST:8786), or local.")
    ] = None,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume", help="Go on where an interrupted run with --resume stopped (-o FILE.jsonl or FOLDER)."
        ),
    ] = False,
    force: ForceOption = False,
) -> None:
    """Tag paragraphs: which pillars each is evidence for, how sure, and which sentence carries it."""
    from ..model.storage import read_model
    from ..reading.inputs import expand, read_file, read_inputs
    from ..reading.tables import TABLES, table_kind
    from ..tagging.resume import tag_files
    from ..tagging.rows import tag_lines, tag_rows
    from ..tagging.writers import export, write_csv, write_jsonl

    keep = keep_boilerplate or keep_furniture
    out = None if str(out) == "-" else out
    if dask is not None or (out is not None and (out.is_dir() or not (out.suffix or format))):
        if out is None or format or table_kind(out) in TABLES:
            raise ValueError("--dask and folders are for .parquet files: -o FOLDER, without --format")
        files = [file for file in expand(inputs) if out.resolve() not in Path(file).resolve().parents]
        tag_folder(
            files, out, model, text_column=text_column, jobs=jobs, dask=dask, strict=strict, resume=resume, force=force
        )
        return
    if out is not None:
        check_writable(out, force)
    if resume and (
        out is None or out.suffix.lower() != ".jsonl" or format not in (None, Format.jsonl) or jobs not in (None, 1)
    ):
        raise ValueError("--resume goes with -o FILE.jsonl, in one process, or with .parquet files and -o FOLDER")
    trained, files = read_model(model), [file for file in expand(inputs) if out is None or Path(file) != out]
    failures: dict[str, str] = {}
    on_error = None if strict or len(files) == 1 else failures.__setitem__
    with progress_bar("files" if len(files) > 1 else "rows") if out is not None else nullcontext() as progress:
        on_file = (lambda number: progress(number, len(files))) if progress and len(files) > 1 else None
        if resume and out is not None:

            def read(name: str) -> Iterator[Any]:
                return read_file(name, text_column=text_column, keep_boilerplate=keep)

            tag_files(trained, files, out, read=read, on_error=on_error, on_file=on_file)
        else:
            items = read_inputs(
                files, text_column=text_column, keep_boilerplate=keep, on_error=on_error, on_file=on_file
            )
            if progress and len(files) == 1:
                items = with_progress(items, progress)
            if format is None and out is None:
                format = Format.table if sys.stdout.isatty() else Format.jsonl
            kind = f".{format}" + ".gz" * (out is not None and out.suffix.lower() == ".gz") if format else None
            tag: Any = tag_lines if ".jsonl" in (kind or table_kind(out or Path())) else tag_rows
            rows = tag(trained, items, n_jobs=jobs or 1, on_error=on_error)
            if format is Format.table:
                from rich.console import Console

                from .console import print_tagged

                with open_output(out) as file:
                    print_tagged(rows, make_console() if out is None else Console(file=file, width=PAGE))
            elif out is not None:
                export(rows, out, kind)
            else:
                with open_output(None) as file:
                    (write_csv if format is Format.csv else write_jsonl)(rows, file)
    report_failures([failures[file] for file in files if file in failures], len(files))


def tag_folder(
    files: list[str],
    out: Path,
    model: Path | None,
    *,
    text_column: str | None,
    jobs: int | None,
    dask: str | None,
    strict: bool,
    resume: bool,
    force: bool,
) -> None:
    """Tag .parquet files into a folder, on this machine or on a cluster."""
    from ..files import require_extra
    from ..model.storage import read_model
    from ..tagging.parquet import plan_partitions, tag_partitions

    partitions = plan_partitions(files, out, text_column)
    if resume:
        partitions = [partition for partition in partitions if not Path(partition.target).exists()]
    if not out.parent.is_dir():
        raise FileNotFoundError(f"no folder {out.parent} to make {out.name} in")
    if taken := next(
        (partition.target for partition in partitions if Path(partition.target).exists() and not force), None
    ):
        raise FileExistsError(f"{taken} exists; give --force to overwrite it, or --resume to go on with the others")
    if dask not in (None, "local") and jobs is not None:
        raise ValueError(
            "--jobs is for this machine; how many processes a cluster has is said where its workers are started"
        )
    require_extra("pyarrow", "cluster", ".parquet files")
    trained = read_model(model)
    failures = []
    with ExitStack() as stack:
        if dask is None:
            out.mkdir(exist_ok=True)
            finished = tag_partitions(trained, partitions, jobs or 1)
        else:
            require_extra("distributed", "cluster", "files with --dask")
            from ..tagging import dask as cluster

            client = stack.enter_context(cluster.connect(dask, None if jobs == -1 else jobs))
            out.mkdir(exist_ok=True)
            finished = cluster.tag_partitions(client, trained, partitions)
        progress = stack.enter_context(progress_bar("files"))
        rows = 0
        for number, done in enumerate(finished, 1):
            progress(number, len(partitions))
            rows += done.rows
            if done.error and (strict or len(files) == 1):
                raise done.error
            if done.error:
                failures.append(str(done.error))
    print(f"wrote {rows} rows in {len(partitions) - len(failures)} files to {out}", file=sys.stderr)
    report_failures(failures, len(files))
