"""Tagging pandas data frames, as Spark gives them, and Parquet files, a piece at a time."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..files import atomic_write, require_extra
from ..model.parallel import parallel_map
from ..model.storage import read_model
from ..pillars import PILLARS
from ..reading.inputs import READING_ERRORS, require_text
from ..reading.tables import Row, check_free, find_text_column, open_parquet
from .rows import as_row
from .writers import RESULTS

if TYPE_CHECKING:
    import pandas as pd

    from ..model.model import Model

__all__ = [
    "SPARK_RESULTS",
    "Partition",
    "PartitionResult",
    "plan_partitions",
    "tag_frames",
    "tag_partition",
    "tag_partitions",
]

# Rows that are read, tagged and written together.
PIECE = 8192

# The columns that tagging adds, as Spark's schemas are written.
SPARK_RESULTS = f"pillars array<string>, scores struct<{', '.join(f'{p.value}: double' for p in PILLARS)}>, evidence map<string, string>, evidence_spans map<string, array<int>>"

_model = lru_cache(maxsize=4)(read_model)


def tag_frames(
    frames: Iterable[pd.DataFrame], model: Model | str | Path | None = None, text_column: str | None = None
) -> Iterator[pd.DataFrame]:
    """Add the fields of `TaggedRow` to data frames as columns; the body of Spark's ``mapInPandas``.

    Parameters
    ----------
    frames : iterable of DataFrame
        A row a paragraph.
    model : Model or path, optional
        By default the one that ships with the package. A path is read once a process.
    text_column : str, optional
        The column with the text; by default the first of a usual name.

    Raises
    ------
    ValueError
        There is no such column, a text is no string or empty, or a result's column is there already.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"text": ["Tỷ lệ giải ngân vốn đầu tư công mới đạt 9%."]})
    >>> next(tag_frames([frame])).pillars[0]
    ['public_finance']
    """
    trained = _model(model) if model is None or isinstance(model, str | Path) else model
    for frame in frames:
        name = _check_columns("data frame", list(map(str, frame.columns)), text_column)
        yield frame.assign(**_tag(trained, "data frame", 1, name, frame[name].tolist()))


def _check_columns(where: str, columns: list[str], text_column: str | None) -> str:
    """Return the name of the column with the text."""
    check_free(where, columns, RESULTS)
    if (name := find_text_column(columns, text_column)) is None:
        raise ValueError(f"{where}: no column {text_column or 'text'!r}; found: {', '.join(columns) or 'none'}")
    return name


def _tag(model: Model, where: str, first: int, name: str, texts: list[Any]) -> dict[str, list[Any]]:
    """Return the four columns of rows that are numbered from `first`."""
    for number, text in enumerate(texts, first):
        require_text(f"{where}, row {number}", {name: text}, name)
    rows: list[Row] = [{**as_row(found, text)} for found, text in zip(model.annotate(texts), texts, strict=True)]
    return {result: [row[result] for row in rows] for result in RESULTS}


class Partition(NamedTuple):
    """A Parquet file to be tagged.

    Attributes
    ----------
    source, target : str
        The file to read and the file to write.
    text_column : str or None
        The column with the text.
    """

    source: str
    target: str
    text_column: str | None = None


class PartitionResult(NamedTuple):
    """What came of a partition: how many rows were written, or why none were."""

    partition: Partition
    rows: int
    error: Exception | None


def plan_partitions(files: Iterable[str], folder: Path, text_column: str | None = None) -> list[Partition]:
    """Return a partition for each Parquet file, to be written under its name in a folder.

    Parameters
    ----------
    files : iterable of str
        One that is named twice is tagged once. Paths become absolute: a worker may stand in another folder.
    folder : Path
    text_column : str, optional
        The column with the text.

    Raises
    ------
    ValueError
        A file is no Parquet file, is in the folder itself, or has the name of another.
    """
    partitions: dict[str, Partition] = {}
    for source in dict.fromkeys(map(os.path.abspath, files)):
        target = os.path.join(os.path.abspath(folder), os.path.basename(source))
        if Path(source).suffix.lower() != ".parquet":
            raise ValueError(f"{source} is no .parquet file; into a folder go .parquet files only")
        if os.path.realpath(source) == os.path.realpath(target):
            raise ValueError(f"{source} would be overwritten; choose another folder")
        if other := partitions.get(target.casefold()):
            raise ValueError(f"{other.source} and {source} have the same name; tag them into two folders")
        partitions[target.casefold()] = Partition(source, target, text_column)
    return list(partitions.values())


def tag_partitions(model: Model, partitions: Sequence[Partition], n_jobs: int | None = 1) -> Iterator[PartitionResult]:
    """Tag Parquet files on this machine, in order, a process a file at a time.

    Parameters
    ----------
    model : Model
    partitions : sequence of Partition
    n_jobs : int, optional
        Processes, as joblib counts them.
    """
    return parallel_map(tag_partition, model, partitions, n_jobs)


def tag_partition(model: Model, partition: Partition) -> PartitionResult:
    """Tag a Parquet file into another, all of it or nothing.

    Every column keeps its type and values; the four that are added have those of `SPARK_RESULTS`.
    """
    try:
        return PartitionResult(partition, _tag_parquet(model, *partition), None)
    except (
        *READING_ERRORS,
        NotImplementedError,
        KeyError,
    ) as error:  # the latter two by pyarrow, of what it cannot convert
        return PartitionResult(partition, 0, error)


def _tag_parquet(model: Model, source: str, target: str, text_column: str | None) -> int:
    pa, parquet = (
        require_extra("pyarrow", "cluster", ".parquet files"),
        require_extra("pyarrow.parquet", "cluster", ".parquet files"),
    )
    text = pa.string()
    types = {
        "pillars": pa.list_(text),
        "scores": pa.struct([(p.value, pa.float64()) for p in PILLARS]),
        "evidence": pa.map_(text, text),
        "evidence_spans": pa.map_(text, pa.list_(pa.int32())),
    }
    done = 0
    with open_parquet(Path(source)) as file, atomic_write(target) as temporary:
        name = _check_columns(source, file.schema_arrow.names, text_column)
        schema = pa.schema([*file.schema_arrow.remove_metadata(), *types.items()])
        with parquet.ParquetWriter(temporary, schema) as writer:
            for piece in file.iter_batches(batch_size=PIECE):
                added = _tag(model, source, done + 1, name, piece.column(name).to_pylist())
                for result in ("evidence", "evidence_spans"):  # maps, as Arrow takes them
                    added[result] = [list(pairs.items()) for pairs in added[result]]
                columns = [*piece.columns, *(pa.array(added[result], kind) for result, kind in types.items())]
                writer.write_table(pa.Table.from_arrays(columns, schema=schema))
                done += len(piece)
    return done
