"""Tagging pandas data frames, as Spark gives them, and Parquet files, a piece at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .export import RESULTS
from .files import atomic, needs
from .inputs import READING_ERRORS
from .parallel import spread
from .pillars import PILLARS
from .storage import read_model
from .tables import open_parquet, text_column
from .tagging import results

if TYPE_CHECKING:
    import pandas as pd

    from .model import Model

__all__ = ["SPARK_RESULTS", "Done", "Partition", "plan", "tag_frames", "tag_partition", "tag_partitions"]

# Rows that are read, tagged and written together.
PIECE = 8192

# The columns that tagging adds, as Spark's schemas are written.
SPARK_RESULTS = f"pillars array<string>, scores struct<{', '.join(f'{p.value}: double' for p in PILLARS)}>, evidence map<string, string>"

_model = lru_cache(maxsize=4)(read_model)


def tag_frames(
    frames: Iterable[pd.DataFrame], model: Model | str | Path | None = None, column: str | None = None
) -> Iterator[pd.DataFrame]:
    """Add `pillars`, `scores` and `evidence` to data frames; the body of Spark's ``mapInPandas``.

    Parameters
    ----------
    frames : iterable of DataFrame
        A row a paragraph.
    model : Model or path, optional
        By default the one that ships with the package. A path is read once a process.
    column : str, optional
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
        name = text_column(map(str, frame.columns), column)
        if name is None:
            raise ValueError(f"no column {column or 'text'!r}; found: {', '.join(map(str, frame.columns)) or 'none'}")
        if taken := next((result for result in RESULTS if result in frame.columns), None):
            raise ValueError(f"a column {taken!r} is there already, which the result needs; rename or drop it")
        texts = frame[name].tolist()
        for number, text in enumerate(texts, 1):
            if not isinstance(text, str) or not text.strip():
                raise ValueError(f"row {number} without text ({name} is {text!r:.60})")
        rows = [results(found, text) for found, text in zip(trained.annotate(texts), texts, strict=True)]
        yield frame.assign(**{result: [row[result] for row in rows] for result in RESULTS})


class Partition(NamedTuple):
    """A Parquet file to be tagged.

    Attributes
    ----------
    source, target : str
        The file to read and the file to write.
    column : str or None
        The column with the text.
    """

    source: str
    target: str
    column: str | None = None


class Done(NamedTuple):
    """What came of a partition: how many rows were written, or why none were."""

    partition: Partition
    rows: int
    error: Exception | None


def plan(files: Iterable[str], folder: Path, column: str | None = None) -> list[Partition]:
    """Return a partition for each Parquet file, to be written under its name in a folder.

    Raises
    ------
    ValueError
        A file is no Parquet file, is in the folder itself, or has the name of another.
    """
    partitions = [Partition(file, str(folder / Path(file).name), column) for file in files]
    named: dict[str, str] = {}
    for source, target, _ in partitions:
        if Path(source).suffix.lower() != ".parquet":
            raise ValueError(f"{source} is no .parquet file; into a folder go .parquet files only")
        if Path(source).resolve() == Path(target).resolve():
            raise ValueError(f"{source} would be overwritten; choose another folder")
        if (other := named.setdefault(target, source)) != source:
            raise ValueError(f"{other} and {source} have the same name; tag them into two folders")
    return partitions


def tag_partitions(model: Model, partitions: Iterable[Partition], n_jobs: int | None = 1) -> Iterator[Done]:
    """Tag Parquet files on this machine, in order, a process a file at a time."""
    return spread(tag_partition, model, partitions, n_jobs)


def tag_partition(model: Model, partition: Partition) -> Done:
    """Tag a Parquet file into another, all of it or nothing.

    Every column keeps its type and values; the three that are added have those of `SPARK_RESULTS`.
    """
    try:
        return Done(partition, _tag_parquet(model, *partition), None)
    except READING_ERRORS as error:
        return Done(partition, 0, error)


def _tag_parquet(model: Model, source: str, target: str, column: str | None) -> int:
    pa, parquet = needs("pyarrow", "cluster", ".parquet files"), needs("pyarrow.parquet", "cluster", ".parquet files")
    pandas = needs("pandas", "cluster", "folders of .parquet files")
    text = pa.string()
    added = [pa.list_(text), pa.struct([(p.value, pa.float64()) for p in PILLARS]), pa.map_(text, text)]
    done = 0
    with open_parquet(Path(source)) as file, atomic(target) as temporary:
        schema = pa.schema([*file.schema_arrow.remove_metadata(), *map(pa.field, RESULTS, added)])
        with parquet.ParquetWriter(temporary, schema) as writer:
            for piece in file.iter_batches(batch_size=PIECE):
                frame = pa.Table.from_batches([piece]).to_pandas(types_mapper=pandas.ArrowDtype, ignore_metadata=True)
                try:
                    (tagged,) = tag_frames([frame], model, column)
                except ValueError as error:
                    raise ValueError(f"{source}, rows from {done + 1} on: {error}") from None
                columns = [*piece.columns, *(pa.array(values, kind) for values, kind in zip(_plain(tagged), added, strict=True))]
                writer.write_table(pa.Table.from_arrays(columns, schema=schema))
                done += len(frame)
    return done


def _plain(tagged: pd.DataFrame) -> Iterator[list[object]]:
    """Return the columns that were added as Arrow takes them: a map is a list of pairs."""
    for name in RESULTS:
        yield [list(value.items()) if name == "evidence" else value for value in tagged[name]]
