"""Read rows from JSON Lines, CSV, TSV, Excel and Parquet files. Each row comes with its place, for error messages."""

from __future__ import annotations

import csv
import gzip
import json
import sys
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, time
from decimal import Decimal
from itertools import chain, islice
from math import isfinite
from pathlib import Path
from typing import Any, NoReturn

from ..files import require_extra
from ..messages import message, message_of, placed
from .columns import find_text_column
from .csv_cells import unguard_cell
from .decode import check_not_empty, decode_lines, line_blocks
from .heads import MAX_ROWS_ABOVE, Head, check_unique, find_head, first_filled_row, is_total, told_apart
from .workbooks import WORKBOOKS, read_workbook

__all__ = [
    "CSV_DELIMITERS",
    "TABLES",
    "WRITTEN_TABLES",
    "OnOpen",
    "PlacedRow",
    "Row",
    "check_free",
    "check_is_file",
    "decode_cell",
    "jsonl_blocks",
    "open_parquet",
    "parquet_batches",
    "parse_csv",
    "parse_json_lines",
    "parse_jsonl",
    "read_rows",
    "table_kind",
]

Row = dict[str, Any]
# A row with its place: "a.csv, line 7".
PlacedRow = tuple[str, Row]

# See `read_rows`.
OnOpen = Callable[[Callable[[], float]], None]

# The file endings of tables.
TABLES = (".jsonl", ".csv", ".tsv", ".jsonl.gz", ".csv.gz", ".tsv.gz", ".parquet", *WORKBOOKS)
# The file endings of tables that are also written.
WRITTEN_TABLES = tuple(kind for kind in TABLES if kind not in WORKBOOKS or kind == ".xlsx")
CSV_DELIMITERS = ",;\t"
# A longer line of a CSV does not hold the names of its columns.
MAX_HEADER_CHARS = 10_000
# Rows that are read from a Parquet file together.
PARQUET_BATCH_ROWS = 1024


def check_free(where: str, columns: Collection[str], names: Iterable[str]) -> None:
    """Raise if a table already has a column that the result needs.

    Parameters
    ----------
    where : str
        What has the columns, for the message: "a row", "data frame", the path of a file.
    columns : collection of str
        The columns of the input.
    names : iterable of str
        The columns that are to be added.

    Raises
    ------
    ValueError
        One of `names` is among `columns`.

    Examples
    --------
    >>> check_free("a.csv", ["text", "scores"], ["pillars", "scores"])
    Traceback (most recent call last):
    ValueError: a.csv already has a column 'scores', which the result needs; rename or drop it
    """
    if taken := next((name for name in names if name in columns), None):
        raise ValueError(
            message(
                "{where} already has a column {taken}, which the result needs; rename or drop it",
                where=where,
                taken=repr(taken),
            )
        )


def _reject_constant(name: str) -> NoReturn:
    raise ValueError(message("{name} is not JSON", name=name))


def _finite(number: str) -> float:
    if isfinite(value := float(number)):
        return value
    raise ValueError(message("the number {number} is too large", number=f"{number:.40}"))


_JSON = json.JSONDecoder(parse_constant=_reject_constant, parse_float=_finite)  # NaN and Infinity


def parse_jsonl(stream: Any, name: str, on_bad_row: Callable[[str], None] | None = None) -> Iterator[PlacedRow]:
    """Read rows from a stream of JSON Lines; see `read_rows`."""
    return parse_json_lines(decode_lines(stream, name), name, on_bad_row)


def parse_json_lines(
    lines: Iterable[str], name: str, on_bad_row: Callable[[str], None] | None = None, first: int = 1
) -> Iterator[PlacedRow]:
    """Read rows from lines of JSON, of which the first has the number `first`; see `read_rows`."""
    for number, line in enumerate(lines, first):
        if not line.strip():
            continue
        where = f"{name}, line {number}"
        try:
            row = _json_object(where, line)
        except ValueError as error:
            if on_bad_row is None:
                raise
            on_bad_row(message_of(error))
        else:
            yield where, row


def _json_object(where: str, line: str) -> Row:
    try:
        row = _JSON.decode(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(placed(where, message("broken JSON: {error}", error=getattr(error, "msg", error)))) from None
    if not isinstance(row, dict):
        raise ValueError(placed(where, message("found {type}, want one JSON object a line", type=type(row).__name__)))
    return row


def parse_csv(
    stream: Any,
    name: str,
    delimiter: str | None = None,
    text_column: str | None = None,
    on_note: Callable[[str], None] | None = None,
) -> Iterator[PlacedRow]:
    """Read rows from a stream of CSV; see `read_rows`.

    Parameters
    ----------
    delimiter : str, optional
        By default the one of comma, semicolon and tab that gives a row with the name of the column with the text, or
        else the most columns: where the comma is the decimal sign, as in Vietnam, Excel writes semicolons.
    text_column : str, optional
        The column with the text. Default: any usual name.
    on_note : callable, optional
        Called with a sentence that names the columns that got a number because another one has the same name. Without
        it, such columns raise.
    """
    lines = decode_lines(stream, name)
    first = next(lines, "")
    lines_before = 0
    if first.lower().startswith("sep="):  # Excel writes this line for itself
        delimiter = first[4:5]
        first = next(lines, "")
        lines_before = 1
    csv.field_size_limit(max(csv.field_size_limit(), sys.maxsize >> 32))
    first_lines, delimiter, head = _csv_head(chain([first], lines), delimiter, text_column)
    if head is None:
        raise ValueError(message("{name} has no row of column names; want one as its first line", name=name))
    reader = csv.reader(chain(first_lines, lines), delimiter=delimiter, strict=True)
    try:
        for _ in range(head.first_row):
            next(reader)
        columns = _csv_columns(told_apart(name, head, text_column, on_note))
        for cells in reader:
            if not any(cells):
                continue
            where = f"{name}, line {reader.line_num + lines_before}"
            if len(cells) < len(columns) and is_total(cells):
                cells += [""] * (len(columns) - len(cells))
            if len(cells) < len(columns) or any(cells[len(columns) :]):
                raise ValueError(
                    placed(
                        where, message("{cells} cells for {columns} columns", cells=len(cells), columns=len(columns))
                    )
                )
            named = zip(columns, cells, strict=False)
            yield where, {column: unguard_cell(cell) for column, cell in named if column is not None}
    except csv.Error as error:
        raise ValueError(
            placed(f"{name}, line {reader.line_num + lines_before}", message("broken CSV: {error}", error=error))
        ) from None


def _csv_head(
    lines: Iterator[str], delimiter: str | None, text_column: str | None
) -> tuple[list[str], str, Head | None]:
    """Return the lines that were read, the delimiter, and the names of the columns.

    One line is read below the names and no more: rows of a pipe are passed on as they arrive.
    """
    delimiters = delimiter or CSV_DELIMITERS

    def heads() -> dict[str, Head]:
        found = {mark: find_head(_csv_rows(read, mark), text_column, is_table=True) for mark in delimiters}
        return {mark: head for mark, head in found.items() if head}

    def fit(mark: str) -> tuple[int, bool]:
        """Return how many columns there are, and whether the line below has as many cells: names can be one alone."""
        n_columns = len(found[mark].columns)
        return n_columns, len(_csv_rows(read, mark)[-1]) == n_columns

    read: list[str] = []
    for line in lines:
        read.append(line)
        if heads():
            read += islice(lines, 1)  # the names may go on in a second row
            found = heads()
            mark = max(found, key=fit)
            return read, mark, found[mark]
        if len(read) == MAX_ROWS_ABOVE or len(line) > MAX_HEADER_CHARS:
            break
    mark = max(delimiters, key=lambda mark: max(map(len, _csv_rows(read[:1], mark)), default=0))
    return read, mark, first_filled_row(_csv_rows(read, mark))


def _csv_rows(lines: Iterable[str], delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return []


def _csv_columns(head: Head) -> list[str | None]:
    """Return the column names, without the empty columns at the right edge of a sheet."""
    columns = list(head.columns)
    while columns and not columns[-1]:
        columns.pop()
    return [None if column is None else unguard_cell(column) for column in columns]


@contextmanager
def open_parquet(path: Path) -> Iterator[Any]:
    """Open a Parquet file as pyarrow's `ParquetFile`.

    Raises
    ------
    FileNotFoundError
        The file does not exist.
    ValueError
        The file is damaged, or two of its columns have the same name.
    """
    parquet = require_extra("pyarrow.parquet", "office", message("{ending} files", ending=".parquet"))
    try:
        file = parquet.ParquetFile(path)
    except FileNotFoundError:
        raise FileNotFoundError(message("no file {path}", path=path)) from None
    except (OSError, ValueError) as error:
        raise ValueError(
            message("{path} is damaged or is not a Parquet file: {error}", path=path, error=str(error).splitlines()[0])
        ) from None
    with file:
        check_unique(str(path), file.schema_arrow.names)
        yield file


def _read_sheets(
    path: Path, text_column: str | None, on_note: Callable[[str], None] | None, on_open: OnOpen | None
) -> Iterator[PlacedRow]:
    for where, row in read_workbook(path, text_column, on_note, on_open):
        yield where, _as_row(row, find_text_column(row, text_column))


def parquet_batches(file: Any, path: str | Path, batch_rows: int) -> Iterator[Any]:
    """Yield the rows of an open Parquet file as record batches.

    Raises
    ------
    ValueError
        The file is damaged inside. The message names the file and the last row that could be read.
    """
    batches = file.iter_batches(batch_size=batch_rows)
    done = 0
    while True:
        try:
            batch = next(batches, None)
            if batch is None:
                return
            batch.validate(full=True)  # text that is not UTF-8
        except (OSError, ValueError) as error:
            reason = str(error).partition("\n")[0]
            raise ValueError(
                message("{path} is damaged after row {done}: {reason}", path=path, done=done, reason=reason)
            ) from None
        yield batch
        done += len(batch)


def _read_parquet(path: Path, text_column: str | None, on_open: OnOpen | None) -> Iterator[PlacedRow]:
    with open_parquet(path) as file:
        text = find_text_column(file.schema_arrow.names, text_column)
        number = 0
        if on_open and (n_rows := file.metadata.num_rows):
            on_open(lambda: number / n_rows)
        batches = parquet_batches(file, path, PARQUET_BATCH_ROWS)
        rows = (row for batch in batches for row in batch.to_pylist())
        for number, row in enumerate(rows, 1):
            yield f"{path}, row {number}", _as_row(row, text)


def _as_row(row: Row, text_column: str | None) -> Row:
    """Return a row with values that JSON has. A text that is not a string stays as it is: `require_text` rejects it."""
    cells = {column: _as_json(value) for column, value in row.items()}
    if text_column is not None and text_column in row:
        cells[text_column] = decode_cell(row[text_column])
    return cells


def decode_cell(value: Any) -> Any:
    r"""Return the text of a binary value, if it is UTF-8. Other values are returned as they are.

    Impala, Hive and Spark can write text as binary values.

    Examples
    --------
    >>> decode_cell("Xã họp".encode()), decode_cell(b"\xff"), decode_cell(5)
    ('Xã họp', b'\xff', 5)
    """
    if isinstance(value, bytes):
        with suppress(UnicodeDecodeError):
            return value.decode("utf8")
    return value


def _as_json(value: Any) -> Any:
    """Return a cell as a value that JSON has: dates and times as text, NaN and infinity as None."""
    if isinstance(value, bytes):
        value = decode_cell(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        value = int(value) if value.is_finite() and value == value.to_integral_value() else float(value)
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, list | tuple):
        return [_as_json(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _as_json(item) for key, item in value.items()}
    return value if value is None or isinstance(value, str | int) else str(value)


def table_kind(path: Path) -> str:
    """Return the ending that gives the kind of a table, in lower case, with `.gz` if the file is compressed.

    Examples
    --------
    >>> table_kind(Path("a.2026.CSV.gz")), table_kind(Path("a.xlsx"))
    ('.csv.gz', '.xlsx')
    """
    endings = path.suffixes[-2:] if path.suffix.lower() == ".gz" else path.suffixes[-1:]
    return "".join(endings).lower()


def read_rows(
    path: str | Path,
    text_column: str | None = None,
    on_note: Callable[[str], None] | None = None,
    on_open: OnOpen | None = None,
    on_bad_row: Callable[[str], None] | None = None,
) -> Iterator[PlacedRow]:
    """Read the rows of a table one at a time: `.jsonl`, `.csv`, `.tsv` (also `.gz`), `.parquet` or a workbook.

    In a CSV and in a sheet, the first row that names the column with the text has the names of the columns; if there is
    none, the first row that is not empty. What stands above is a title. All visible sheets with such a row are read.

    Parameters
    ----------
    text_column : str, optional
        The column with the text. Default: any usual name; see `cchc_ml.reading.columns.COLUMN_NAMES`.
    on_note : callable, optional
        Called with a sentence that names the sheets of a workbook that are not read, or the columns of a CSV or a sheet
        that got a number because another one has the same name. Without it, such columns raise.
    on_open : callable, optional
        Called when the file is open, with a function that returns which share of it has been read, from 0 to 1. Not
        called if that is not known.
    on_bad_row : callable, optional
        Called with what is wrong with a line that is not JSON; the next lines are read. Without it, the error is
        raised.

    Yields
    ------
    where : str
        File and line, for error messages.
    row : dict
        The fields. All fields of a CSV are strings.

    Raises
    ------
    FileNotFoundError
        The file does not exist.
    ImportError
        The library that reads the file is not installed; the message says what to install.
    ValueError
        The file is of another kind, empty, binary, in an unknown encoding, or damaged. The message names file and line.

    Examples
    --------
    >>> where, row = next(read_rows("data/articles.jsonl"))
    >>> where, row["id"]
    ('data/articles.jsonl, line 1', 'A1-01-1')
    """
    path = Path(path)
    check_is_file(path)
    kind = table_kind(path)
    if kind not in TABLES:
        raise ValueError(message("{path} is not a table; want one of {tables}", path=path, tables=", ".join(TABLES)))
    if kind in WORKBOOKS:
        yield from _read_binary(path, _read_sheets(path, text_column, on_note, on_open))
    elif kind == ".parquet":
        yield from _read_binary(path, _read_parquet(path, text_column, on_open))
    else:
        yield from _read_text(path, kind, text_column, on_note, on_open, on_bad_row)


def _read_binary(path: Path, rows: Iterator[PlacedRow]) -> Iterator[PlacedRow]:
    """Yield rows. An unexpected error of the library becomes a ValueError that says how far the file was read."""
    check_not_empty(path)
    where = str(path)
    try:
        for where, row in rows:
            yield where, row
    except (ValueError, ImportError):
        raise
    except Exception as error:  # the libraries raise errors of any type for damaged files
        raise ValueError(
            message("{path} is damaged after {where} ({type})", path=path, where=where, type=type(error).__name__)
        ) from None


def _read_text(
    path: Path,
    kind: str,
    text_column: str | None,
    on_note: Callable[[str], None] | None,
    on_open: OnOpen | None,
    on_bad_row: Callable[[str], None] | None,
) -> Iterator[PlacedRow]:
    with _opened(path, kind, on_open) as stream:
        if ".jsonl" in kind:
            yield from parse_jsonl(stream, str(path), on_bad_row)
        else:
            yield from parse_csv(stream, str(path), "\t" if ".tsv" in kind else None, text_column, on_note)


@contextmanager
def _opened(path: Path, kind: str, on_open: OnOpen | None) -> Iterator[Any]:
    """Open a table of lines, compressed or not."""
    with open(path, "rb") as raw:
        if on_open and (size := path.stat().st_size):
            on_open(lambda: 1 if raw.closed else raw.tell() / size)
        try:
            yield gzip.GzipFile(fileobj=raw) if kind.endswith(".gz") else raw
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise ValueError(message("{path} is not a complete gzip file: {error}", path=path, error=error)) from None


def check_is_file(path: Path) -> None:
    """Raise if there is no file of this name.

    Raises
    ------
    FileNotFoundError
    """
    if path.is_file():
        return
    if path.is_dir():
        raise FileNotFoundError(
            message("{path} is a folder; name the tables in it, such as {example}", path=path, example=path / "a.xlsx")
        )
    raise FileNotFoundError(message("no file {path}", path=path))


def jsonl_blocks(path: str | Path, on_open: OnOpen | None = None) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a JSON Lines file in blocks; see `cchc_ml.reading.decode.line_blocks` and `read_rows`."""
    path = Path(path)
    check_is_file(path)
    with _opened(path, table_kind(path), on_open) as stream:
        yield from line_blocks(stream, str(path))
