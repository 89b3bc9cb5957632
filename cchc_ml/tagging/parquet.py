"""Tag Parquet files, and the pandas data frames that Spark gives, without changing the types of their columns."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..files import atomic_write, require_extra
from ..messages import message, message_of, placed
from ..model.parallel import parallel_map
from ..model.storage import read_model
from ..reading.columns import find_text_column
from ..reading.context import UNCOUNTED_KINDS
from ..reading.inputs import READING_ERRORS, OnNote, is_blank, passed_over, require_text
from ..reading.tables import check_free, decode_cell, open_parquet, parquet_batches
from .results import as_fields, tag_texts
from .schema import RESULTS, SPARK_RESULTS, TaggedRow, add_results, result_arrays, spark_results
from .tally import NoRowsError, OnProgress, Tally

if TYPE_CHECKING:
    import pandas as pd

    from ..model.model import Model

__all__ = [
    "SPARK_RESULTS",
    "Partition",
    "PartitionResult",
    "count_rows",
    "plan_partitions",
    "spark_results",
    "tag_frames",
    "tag_parquet",
    "tag_partition",
    "tag_partitions",
]

# Rows that are read and tagged together.
BATCH_ROWS = 1024
# Rows that are written together; a multiple of the above.
ROW_GROUP_ROWS = 8192

# What reading a Parquet file may raise. pyarrow raises the last two for types that it cannot convert.
PARQUET_ERRORS = (*READING_ERRORS, NotImplementedError, KeyError)

_model = lru_cache(maxsize=4)(read_model)


def tag_frames(
    frames: Iterable[pd.DataFrame], model: Model | str | Path | None = None, text_column: str | None = None
) -> Iterator[pd.DataFrame]:
    """Add the columns of `RESULTS` to data frames. Spark's ``mapInPandas`` can call this function.

    Parameters
    ----------
    frames : iterable of DataFrame
        One paragraph per row.
    model : Model or path, optional
        Default: the model that ships with the package. Each process reads a path once.
    text_column : str, optional
        The column with the text. Default: the first with a usual name.

    Raises
    ------
    ValueError
        There is no such column, a text is empty or not a string, or a frame already has one of the new columns.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"text": ["Tỷ lệ giải ngân vốn đầu tư công mới đạt 9%."]})
    >>> next(tag_frames([frame])).pillars[0]
    ['public_finance']
    """
    trained = _model(model) if model is None or isinstance(model, str | Path) else model
    for frame in frames:
        name = _text_column("data frame", list(map(str, frame.columns)), text_column)
        texts = list(map(decode_cell, frame[name].tolist()))
        for number, text in enumerate(texts, 1):
            require_text(f"data frame, row {number}", {name: text}, name)
        rows: list[Any] = _tag(trained, texts)
        yield frame.assign(**{result: [row[result] for row in rows] for result in RESULTS})


def _text_column(where: str, columns: list[str], wanted: str | None) -> str:
    """Return the name of the column with the text. Raise if a column of the result exists already."""
    check_free(where, columns, RESULTS)
    name = find_text_column(columns, wanted)
    if name is None:
        raise ValueError(
            placed(
                where,
                message(
                    "no column {wanted}; found: {columns}",
                    wanted=repr(wanted or "text"),
                    columns=", ".join(columns) or message("none"),
                ),
            )
        )
    return name


def _tag(model: Model, texts: list[str]) -> list[TaggedRow]:
    return [as_fields(tags, text) for tags, text in zip(tag_texts(model, texts), texts, strict=True)]


class Partition(NamedTuple):
    """A Parquet file to tag.

    Attributes
    ----------
    source, target : str
        The file to read and the file to write.
    text_column : str or None
        The column with the text. None: the first with a usual name.
    strict : bool
        Whether a row without text is an error. Otherwise it is passed over.
    """

    source: str
    target: str
    text_column: str | None = None
    strict: bool = True


class PartitionResult(NamedTuple):
    """How many rows of a partition were written, or why none were; and what was passed over."""

    partition: Partition
    rows: int
    error: Exception | None
    notes: tuple[str, ...] = ()
    tagged: int = 0
    uncounted: int = 0


def plan_partitions(
    files: Iterable[str], folder: Path, text_column: str | None = None, *, strict: bool = True
) -> list[Partition]:
    """Return one partition per Parquet file, to be written under the same name in a folder.

    Parameters
    ----------
    files : iterable of str
        A file that is named twice is tagged once. Paths become absolute: a worker may run in another folder.
    folder : Path
    text_column : str, optional
        The column with the text.
    strict : bool
        Whether a row without text is an error.

    Raises
    ------
    ValueError
        A file is not a Parquet file, is in the folder itself, or has the same name as another.
    """
    partitions: dict[str, Partition] = {}
    for source, name in {os.path.abspath(name): name for name in files}.items():
        target = os.path.join(os.path.abspath(folder), os.path.basename(source))
        if Path(source).suffix.lower() != ".parquet":
            raise ValueError(
                message(
                    "{source} is not a .parquet file, and only these are written to a folder; to write a table, give "
                    "it a name with an ending, such as {table}",
                    source=name,
                    table=f"{folder.name}.xlsx",
                )
            )
        if os.path.realpath(source) == os.path.realpath(target):
            raise ValueError(message("{source} would be overwritten; choose another folder", source=source))
        if other := partitions.get(target.casefold()):  # Windows and macOS ignore case
            raise ValueError(
                message(
                    "{source} and {source2} have the same name; tag them into two folders",
                    source=other.source,
                    source2=source,
                )
            )
        partitions[target.casefold()] = Partition(source, target, text_column, strict)
    return list(partitions.values())


def tag_partitions(model: Model, partitions: Sequence[Partition], n_jobs: int | None = 1) -> Iterator[PartitionResult]:
    """Tag Parquet files on this machine and yield the results in order. Each process tags one file at a time.

    Parameters
    ----------
    model : Model
    partitions : sequence of Partition
    n_jobs : int, optional
        Number of processes, as joblib counts them.
    """
    return parallel_map(tag_partition, model, partitions, n_jobs)


def tag_partition(model: Model, partition: Partition) -> PartitionResult:
    """Tag a Parquet file into another. If that fails, no file is written.

    Every column keeps its type and its values. The new columns have the types of `SPARK_RESULTS`.
    """
    notes: list[str] = []
    on_note = None if partition.strict else notes.append
    try:
        tally = tag_parquet(model, [partition.source], partition.target, partition.text_column, on_note=on_note)
    except PARQUET_ERRORS as error:
        return PartitionResult(partition, 0, error)
    return PartitionResult(partition, tally.rows, None, tuple(notes), tally.tagged, tally.uncounted)


def tag_parquet(
    model: Model,
    sources: Iterable[str],
    target: str | Path,
    text_column: str | None = None,
    *,
    n_jobs: int | None = 1,
    on_error: Callable[[str, str], None] | None = None,
    on_note: OnNote | None = None,
    on_progress: OnProgress | None = None,
    required: bool = False,
) -> Tally:
    """Tag Parquet files with the same columns into one file, and count its rows.

    Every column keeps its type and its values. The new columns have the types of `SPARK_RESULTS`. The file appears only
    once it is complete.

    Parameters
    ----------
    n_jobs : int, optional
        Number of processes, as joblib counts them. The file does not depend on it.
    on_error, on_note : callable, optional
        See `cchc_ml.reading.inputs.read_inputs`. The rows before the one that cannot be read are tagged.
    on_progress : callable, optional
        Called with how many rows have been tagged, and how many there are.
    required : bool
        Raise NoRowsError if there is no row, before the file is replaced.

    Raises
    ------
    ValueError
        The columns of a source differ from those of the first in name or type.
    """
    parquet = require_extra("pyarrow.parquet", "office", message("{ending} files", ending=".parquet"))
    pc = require_extra("pyarrow.compute", "office", message("{ending} files", ending=".parquet"))
    sources = list(sources)
    total = count_rows(sources) if on_progress else None
    tally = Tally()

    def counted(tables: Iterable[Any]) -> Iterator[Any]:
        nonlocal tally
        for table in tables:
            tagged = pc.greater(pc.list_value_length(table.column("pillars")), 0)
            counts = _are_paragraphs(table, pc)
            in_paragraphs = tagged if counts is None else pc.and_(tagged, counts)
            uncounted = 0 if counts is None else len(table) - (pc.sum(counts).as_py() or 0)
            tally = tally.plus(Tally(len(table), pc.sum(in_paragraphs).as_py() or 0, uncounted))
            yield table
            if on_progress:
                on_progress(tally.rows, total)

    batches = _read_batches(sources, text_column, on_error, on_note)
    groups = _grouped(counted(parallel_map(_tag_batch, model, batches, n_jobs)))
    with atomic_write(target) as temporary:
        first = next(groups, None)
        if first is None:  # no source could be read
            first = add_results(
                require_extra("pyarrow", "office", message("{ending} files", ending=".parquet")).schema([]),
                model.codebook,
            ).empty_table()
        with parquet.ParquetWriter(temporary, first.schema) as writer:
            for group in chain([first], groups):
                writer.write_table(group)
        if required and not tally.rows:
            raise NoRowsError
    return tally


def _are_paragraphs(table: Any, pc: Any) -> Any:
    """Return for each row whether it is a paragraph; None if all are. See `cchc_ml.reading.context.is_paragraph`."""
    pa = require_extra("pyarrow", "office", message("{ending} files", ending=".parquet"))
    if "kind" not in table.column_names or not pa.types.is_string(table.schema.field("kind").type):
        return None
    return pc.invert(pc.is_in(table.column("kind"), value_set=pa.array([str(kind) for kind in UNCOUNTED_KINDS])))


def count_rows(sources: Iterable[str]) -> int:
    """Return how many rows Parquet files have. One that cannot be opened counts as empty."""
    rows = 0
    for source in sources:
        with suppress(*PARQUET_ERRORS), open_parquet(Path(source)) as file:
            rows += file.metadata.num_rows
    return rows


# The name of a source's column with the text, and some of the source's rows as a pyarrow.RecordBatch.
Batch = tuple[str, Any]


def _read_batches(
    sources: Iterable[str],
    text_column: str | None,
    on_error: Callable[[str, str], None] | None,
    on_note: OnNote | None,
) -> Iterator[Batch]:
    first: tuple[str, Any] | None = None
    for source in sources:
        try:
            with open_parquet(Path(source)) as file:
                name = _text_column(source, file.schema_arrow.names, text_column)
                schema = file.schema_arrow.remove_metadata()
                first = first or (source, schema)
                if not schema.equals(first[1]):
                    raise _DifferentColumnsError(_difference(source, schema, *first))
                for batch in _checked_batches(file, source, name, on_note):
                    yield name, batch
        except _DifferentColumnsError:
            raise
        except PARQUET_ERRORS as error:
            if not on_error:
                raise
            on_error(source, message_of(error))


class _DifferentColumnsError(ValueError):
    """Two sources cannot be written to one file, although each can be read."""


def _difference(source: str, schema: Any, first: str, wanted: Any) -> str:
    def columns(one: Any, other: Any) -> str:
        names = [str(field).removeprefix("pyarrow.Field<").removesuffix(">") for field in one if field not in other]
        return ", ".join(names) or message("the same in another order")

    return message(
        "{source} and {other} differ in their columns ({columns}; {other_columns}); "
        "tag them into a folder with -o FOLDER, or write .jsonl",
        source=source,
        other=first,
        columns=columns(schema, wanted),
        other_columns=columns(wanted, schema),
    )


def _checked_batches(file: Any, source: str, name: str, on_note: OnNote | None) -> Iterator[Any]:
    """Yield the rows of a file that have a text as record batches. An empty file is one batch.

    A row without text is passed over and counted in a note; without `on_note` it is an error.
    """
    pa = require_extra("pyarrow", "office", message("{ending} files", ending=".parquet"))
    if not file.metadata.num_rows:
        yield pa.RecordBatch.from_pylist([], schema=file.schema_arrow)
    done = 0
    empty: list[str] = []
    for batch in parquet_batches(file, source, BATCH_ROWS):
        kept: list[int] = []
        for number, text in enumerate(map(decode_cell, batch.column(name).to_pylist())):
            where = f"{source}, row {done + number + 1}"
            if on_note and is_blank(text):
                empty.append(where)
                continue
            try:
                require_text(where, {name: text}, name)
            except ValueError:
                yield batch.take(pa.array(kept, pa.int64()))
                raise
            kept.append(number)
        yield batch if len(kept) == len(batch) else batch.take(pa.array(kept, pa.int64()))
        done += len(batch)
    if on_note and empty:
        on_note(passed_over(source, [(message("{n:,} without text", n=len(empty)), empty)]))


def _tag_batch(model: Model, batch: Batch) -> Any:
    """Return the rows of a batch and their results as a pyarrow.Table."""
    pa = require_extra("pyarrow", "office", message("{ending} files", ending=".parquet"))
    name, rows = batch
    results = result_arrays(_tag(model, list(map(decode_cell, rows.column(name).to_pylist()))), model.codebook)
    return pa.Table.from_arrays([*rows.columns, *results], schema=add_results(rows.schema, model.codebook))


def _grouped(tables: Iterable[Any]) -> Iterator[Any]:
    """Join small tables to tables of the size of a row group."""
    pa = require_extra("pyarrow", "office", message("{ending} files", ending=".parquet"))
    group: list[Any] = []
    for table in tables:
        group.append(table)
        if sum(map(len, group)) >= ROW_GROUP_ROWS:
            yield pa.concat_tables(group)
            group = []
    if group:
        yield pa.concat_tables(group)
