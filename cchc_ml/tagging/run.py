"""Tag what a user names: files, folders and patterns in, one file or a folder of Parquet files out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from ..files import atomic_write, check_writable, is_stream, require_extra
from ..messages import message
from ..reading.choose import choose_inputs
from ..reading.inputs import OnNote, UnparsedItem, read_inputs, read_unparsed
from ..reading.progress import InputProgress
from ..reading.tables import TABLES, Row, table_kind
from .checks import RowChecks
from .parquet import Partition, PartitionResult, count_rows, plan_partitions, tag_parquet, tag_partitions
from .resume import tag_files
from .rows import tag_lines, tag_rows
from .tally import Counted, NoRowsError, OnProgress, Tally
from .writers import export

if TYPE_CHECKING:
    from ..model.model import Model

__all__ = ["Summary", "TagOptions", "tag_inputs"]

OnError = Callable[[str, str], None]
RowWriter = Callable[[Iterable[Row], TextIO], None]


@dataclass(frozen=True)
class TagOptions:
    """How to read, tag and write.

    Attributes
    ----------
    format : str, optional
        ``"jsonl"``, ``"csv"``, or another kind of table. Default: what the name of the output file ends in, or
        ``"jsonl"``.
    text_column : str, optional
        The column with the text. Default: the first with a usual name.
    context : bool, optional
        Read rows with the others of their document; see `cchc_ml.tagging.rows.tag_rows`.
    keep_boilerplate : bool
        Tag menus, captions and by-lines of web pages too.
    n_jobs : int, optional
        Number of processes, as joblib counts them. Default: one, and on a local Dask cluster one per core.
    dask : str, optional
        Tag Parquet files on the cluster of this scheduler, or ``"local"``.
    resume : bool
        Continue an interrupted run; see `cchc_ml.tagging.resume.tag_files`.
    overwrite : bool
        Replace existing files.
    """

    format: str | None = None
    text_column: str | None = None
    context: bool | None = None
    keep_boilerplate: bool = False
    n_jobs: int | None = None
    dask: str | None = None
    resume: bool = False
    overwrite: bool = False


@dataclass(frozen=True)
class Summary:
    """What a run did.

    Attributes
    ----------
    files : tuple of str
        The input files, in the order in which they were read.
    failures : dict of str to str
        The files that could not be read to the end, and why, in the same order.
    rows : int
        Number of rows that were written. If a run into a ``.jsonl`` was resumed, those of the earlier run too.
    tagged : int
        Number of those rows that are paragraphs and evidence for a pillar.
    written : int
        Number of files that this run wrote. 0: no input had a row, and an older output was kept.
    passed_over : dict of str to str
        Files of folders and patterns that were left out, and why.
    uncounted : int
        Number of those rows that are no paragraphs; see `cchc_ml.reading.context.is_paragraph`.
    """

    files: tuple[str, ...]
    failures: dict[str, str]
    rows: int
    tagged: int
    written: int = 1
    passed_over: dict[str, str] = field(default_factory=dict)
    uncounted: int = 0

    @property
    def paragraphs(self) -> int:
        """Number of paragraphs that were written: the rows without headlines, sub-headings and boilerplate."""
        return self.rows - self.uncounted


def tag_inputs(
    model: Model,
    inputs: Iterable[str | Path],
    out: Path | TextIO,
    options: TagOptions | None = None,
    *,
    write: RowWriter | None = None,
    on_error: OnError | None = None,
    on_note: OnNote | None = None,
    on_progress: OnProgress | None = None,
) -> Summary:
    """Tag articles and tables, and write the result. This is all that ``cchc-ml predict`` does.

    Parameters
    ----------
    model : Model
    inputs : iterable of str or Path
        Files, folders and patterns; see `cchc_ml.reading.finding.expand`. In a folder and among the files of a pattern,
        the output and the results of earlier runs are left out.
    out : Path or text file
        A file to write; or a folder, into which each Parquet file is tagged under its own name. A path that does not
        exist and has no ending is a folder.
    options : TagOptions, optional
    write : callable, optional
        Writes the rows to a text file in a format of its own. Default: by `options.format` and the name of `out`.
    on_error : callable, optional
        Called with the path of a file that cannot be read, or that has a row that cannot be tagged or written, and the
        reason; the other files are still tagged, and the rows before that one. Without it, or if there is only one
        file, the error is raised and nothing is written.
    on_note : callable, optional
        Called with a sentence about rows without text, rows of totals and sheets that are passed over. Without it, such
        a row is an error; see `cchc_ml.reading.inputs.TextRows`.
    on_progress : callable, optional
        Called with how many rows are done, and how many there are: an estimate, or None if it is not known.

    Raises
    ------
    FileNotFoundError, FileExistsError, ValueError, ImportError
        An input or the output cannot be used, or two options exclude each other. The message says why.

    Examples
    --------
    >>> import sys
    >>> from cchc_ml.files import data_path
    >>> from cchc_ml.model.storage import read_model
    >>> def write(rows, file):
    ...     for row in rows:
    ...         print(row["paragraph"], ", ".join(row["pillars"]), file=file)
    >>> page = data_path("data/samples/mot-cua-xa.txt")
    >>> summary = tag_inputs(read_model(), [page], sys.stdout, write=write)  # doctest: +ELLIPSIS
    1 ...
    >>> summary.rows, summary.failures
    (10, {})
    """
    options = options or TagOptions()
    to_folder = _is_folder(out, options)
    files, passed_over = choose_inputs(inputs, _file_of(out))
    if not to_folder:
        _check_file(out, options)
    failures: dict[str, str] = {}

    def note_failure(name: str, reason: str) -> None:
        failures.setdefault(name, reason)
        if on_error:
            on_error(name, reason)

    keep_going = note_failure if on_error and len(files) > 1 else None
    written = 1
    try:
        if to_folder:
            assert isinstance(out, Path)
            tally, written = _tag_to_folder(model, files, out, options, keep_going, on_note, on_progress)
        else:
            tally = _tag_to_file(model, files, out, options, write, keep_going, on_note, on_progress)
    except NoRowsError:
        if not failures:
            raise ValueError(
                message("{files} has no paragraph to tag", files=files[0] if len(files) == 1 else message("the input"))
            ) from None
        tally, written = Tally(), 0
    in_order = {file: failures[file] for file in files if file in failures}
    return Summary(tuple(files), in_order, tally.rows, tally.tagged, written, passed_over, tally.uncounted)


def _file_of(out: Path | TextIO) -> Path | int | None:
    """Return a path, or the descriptor of an open file; None if it is not a file of the system."""
    if isinstance(out, Path):
        return out
    try:
        return out.fileno()
    except (OSError, ValueError):
        return None


def _is_folder(out: Path | TextIO, options: TagOptions) -> bool:
    """Whether Parquet files are tagged into a folder. Raise if they should be, but `out` is not a folder."""
    named = isinstance(out, Path) and (out.is_dir() or not (out.suffix or options.format or is_stream(out)))
    if options.dask is None and not named:
        return False
    if not isinstance(out, Path) or options.format or table_kind(out) in TABLES:
        raise ValueError(message("--dask and folders are for .parquet files: give -o FOLDER, and no --format"))
    return True


def _check_file(out: Path | TextIO, options: TagOptions) -> None:
    if isinstance(out, Path):
        check_writable(out, options.overwrite)
    jsonl = isinstance(out, Path) and out.suffix.lower() == ".jsonl" and options.format in (None, "jsonl")
    if options.resume and not (jsonl and options.n_jobs in (None, 1)):
        raise ValueError(
            message(
                "--resume needs -o FILE.jsonl and a single process, or -o FOLDER and .parquet files; "
                "change -o, or leave out --resume"
            )
        )


def _check_no_context(options: TagOptions) -> None:
    if options.context:
        raise ValueError(
            message(
                "--context does not work from .parquet to .parquet, where every row is tagged alone; "
                "leave it out, or write .jsonl"
            )
        )


def _tag_to_file(
    model: Model,
    files: Sequence[str],
    out: Path | TextIO,
    options: TagOptions,
    write: RowWriter | None,
    on_error: OnError | None,
    on_note: OnNote | None,
    on_progress: OnProgress | None,
) -> Tally:
    """Tag files into one file, and count the rows that were written."""
    column, keep = options.text_column, options.keep_boilerplate
    # Rows that are read in context are put together by document before they are tagged.
    reader = read_inputs if options.context else read_unparsed
    only_parquet = all(table_kind(Path(file)) == ".parquet" for file in files)
    progress = InputProgress(files, count_rows(files) if only_parquet and on_progress else None)
    if options.resume and isinstance(out, Path):

        def read(file: str) -> Iterator[UnparsedItem]:
            return reader([file], text_column=column, keep_boilerplate=keep, on_note=on_note, check=RowChecks(".jsonl"))

        def on_file(number: int, rows: int) -> None:
            progress.begin_file(number)
            if on_progress:
                on_progress(rows, progress.total(rows))

        return tag_files(
            model,
            files,
            out,
            context=options.context,
            options=(column, keep),
            read=read,
            on_error=on_error,
            on_note=on_note,
            on_file=on_file,
        )
    n_jobs = options.n_jobs or 1
    kind = _kind(out, options.format)
    if isinstance(out, Path) and kind == ".parquet" and only_parquet:
        _check_no_context(options)
        return tag_parquet(
            model,
            files,
            out,
            column,
            n_jobs=n_jobs,
            on_error=on_error,
            on_note=on_note,
            on_progress=on_progress,
            required=True,
        )
    as_lines = write is None and kind.startswith((".jsonl", ".csv", ".tsv"))
    items = (reader if as_lines and ".jsonl" in kind else read_inputs)(
        files,
        text_column=column,
        keep_boilerplate=keep,
        on_error=on_error,
        on_note=on_note,
        check=RowChecks(kind if write is None else ".jsonl", model.codebook),
        progress=progress,
    )
    tag = partial(tag_lines, kind=kind) if as_lines else tag_rows
    tagged = tag(
        model, items, context=options.context, n_jobs=n_jobs, on_error=on_error, on_note=on_note, progress=progress
    )
    counted = Counted(tagged, progress, on_progress, required=isinstance(out, Path))
    if write is not None:
        with _opened(out) as file:
            write(counted, file)
    elif isinstance(out, Path):
        export(counted, out, kind, text_column=column, codebook=model.codebook)
    elif kind in (".jsonl", ".csv"):
        for lines in counted:
            out.write(lines.data.decode())
    else:
        raise ValueError(
            message("{format} cannot be written to an open text file; want jsonl or csv", format=repr(options.format))
        )
    return counted.tally


def _kind(out: Path | TextIO, format: str | None) -> str:
    """Return the kind of table to write, as an ending: ``".csv.gz"``."""
    if not isinstance(out, Path):
        return f".{format or 'jsonl'}"
    if format is None:
        return table_kind(out) or (".jsonl" if is_stream(out) else "")
    return f".{format}.gz" if out.suffix.lower() == ".gz" else f".{format}"


@contextmanager
def _opened(out: Path | TextIO) -> Iterator[TextIO]:
    """Yield `out`, or a text file that appears under its name only once it is complete."""
    if isinstance(out, Path):
        with atomic_write(out) as temporary, open(temporary, "w", encoding="utf8", newline="") as file:
            yield file
    else:
        yield out


def _tag_to_folder(
    model: Model,
    files: Sequence[str],
    out: Path,
    options: TagOptions,
    on_error: OnError | None,
    on_note: OnNote | None,
    on_progress: OnProgress | None,
) -> tuple[Tally, int]:
    """Tag Parquet files into a folder. Count the rows and the files that were written."""
    _check_no_context(options)
    partitions = plan_partitions(files, out, options.text_column, strict=on_note is None)
    if options.resume:
        partitions = [partition for partition in partitions if not Path(partition.target).exists()]
    if not out.parent.is_dir():
        raise FileNotFoundError(message("no folder {parent} to make {name} in", parent=out.parent, name=out.name))
    existing = [partition.target for partition in partitions if Path(partition.target).exists()]
    if existing and not options.overwrite:
        raise FileExistsError(
            message(
                "{existing} exists; give --force to overwrite it, or --resume to tag only the other files",
                existing=existing[0],
            )
        )
    if options.dask not in (None, "local") and options.n_jobs is not None:
        raise ValueError(
            message(
                "--jobs counts processes of this machine; those of a cluster are chosen where its "
                "workers are started: leave out --jobs"
            )
        )
    file_of = {os.path.abspath(file): file for file in files}
    tally, written = Tally(), 0
    total = count_rows(partition.source for partition in partitions) if on_progress else None
    with _partition_results(model, partitions, out, options) as results:
        for result in results:
            if result.error and not on_error:
                raise result.error
            if result.error and on_error:
                on_error(file_of[result.partition.source], str(result.error))
            else:
                tally, written = tally.plus(result), written + 1
                if on_note:
                    for note in result.notes:
                        on_note(note)
            if on_progress:
                on_progress(tally.rows, total)
    return tally, written


@contextmanager
def _partition_results(
    model: Model, partitions: Sequence[Partition], out: Path, options: TagOptions
) -> Iterator[Iterator[PartitionResult]]:
    """Tag partitions on this machine or on a cluster. Yield their results as they come."""
    require_extra("pyarrow", "cluster", message("{ending} files", ending=".parquet"))
    if options.dask is None:
        out.mkdir(exist_ok=True)
        yield tag_partitions(model, partitions, options.n_jobs or 1)
        return
    require_extra("distributed", "cluster", message("files with --dask"))
    from . import dask

    with dask.connect(options.dask, None if options.n_jobs == -1 else options.n_jobs) as client:
        out.mkdir(exist_ok=True)
        yield dask.tag_partitions(client, model, partitions)
