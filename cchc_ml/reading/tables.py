"""Read rows from JSON Lines, CSV, TSV, Excel and Parquet files. Each row comes with its place, for error messages."""

from __future__ import annotations

import csv
import gzip
import json
import sys
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, time
from functools import lru_cache
from itertools import chain
from math import isfinite
from pathlib import Path
from typing import Any, NoReturn

from ..files import require_extra
from .decode import check_not_empty, decode_lines
from .documents import check_archive

__all__ = [
    "CSV_DELIMITERS",
    "TABLES",
    "TEXT_COLUMNS",
    "Row",
    "check_free",
    "find_text_column",
    "open_parquet",
    "parse_csv",
    "parse_jsonl",
    "read_rows",
    "table_kind",
]

Row = dict[str, Any]
# A row with its place: "a.csv, line 7".
PlacedRow = tuple[str, Row]

# The file endings of tables.
TABLES = (".jsonl", ".csv", ".tsv", ".jsonl.gz", ".csv.gz", ".tsv.gz", ".xlsx", ".parquet")
# The usual names of the column that holds the text, the most usual first.
TEXT_COLUMNS = ("text", "noi_dung", "nội dung", "nội_dung", "noi dung", "content", "đoạn", "doan")
CSV_DELIMITERS = ",;\t"
# Rows that are read from a Parquet file together.
PARQUET_BATCH_ROWS = 1024


def find_text_column(columns: Iterable[str], wanted: str | None = None) -> str | None:
    """Return the column that holds the text, or None: `wanted` if it is given, else the first column of a usual name.

    Upper and lower case and white space at the ends do not matter.

    Examples
    --------
    >>> find_text_column(["id", "Nội dung"]), find_text_column(["id", "text"], "body")
    ('Nội dung', None)
    """
    return _find_text_column(tuple(columns), wanted)


@lru_cache(maxsize=64)  # it is called for every row of a table
def _find_text_column(columns: tuple[str, ...], wanted: str | None) -> str | None:
    by_folded_name = {str(column).strip().casefold(): column for column in reversed(columns)}
    for name in [wanted] if wanted else TEXT_COLUMNS:
        if name.casefold() in by_folded_name:
            return by_folded_name[name.casefold()]
    return None


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
        raise ValueError(f"{where} already has a column {taken!r}, which the result needs; rename or drop it")


def _check_unique(where: str, columns: Sequence[str]) -> None:
    if len(set(columns)) != len(columns):
        raise ValueError(f"{where}: two columns have the same name: {', '.join(columns)}; rename one of them")


def _reject_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_JSON = json.JSONDecoder(parse_constant=_reject_constant)  # NaN and Infinity


def parse_jsonl(stream: Any, name: str) -> Iterator[PlacedRow]:
    """Read rows from a stream of JSON Lines; see `read_rows`."""
    for number, line in enumerate(decode_lines(stream, name), 1):
        if not line.strip():
            continue
        where = f"{name}, line {number}"
        try:
            row = _JSON.decode(line)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{where}: broken JSON: {getattr(error, 'msg', error)}") from None
        if not isinstance(row, dict):
            raise ValueError(f"{where}: found {type(row).__name__}, want one JSON object a line")
        yield where, row


def parse_csv(stream: Any, name: str, delimiter: str | None = None) -> Iterator[PlacedRow]:
    """Read rows from a stream of CSV; see `read_rows`.

    Parameters
    ----------
    delimiter : str, optional
        By default the one of comma, semicolon and tab that is in the first line most often: where the comma is the
        decimal sign, as in Vietnam, Excel writes semicolons.
    """
    lines = decode_lines(stream, name)
    first = next(lines, "")
    lines_before = 0
    if first.lower().startswith("sep="):  # Excel writes this line for itself
        delimiter = first[4:5]
        first = next(lines, "")
        lines_before = 1
    delimiter = delimiter or max(CSV_DELIMITERS, key=first.count)
    csv.field_size_limit(max(csv.field_size_limit(), sys.maxsize >> 32))
    reader = csv.reader(chain([first], lines), delimiter=delimiter, strict=True)
    try:
        columns = _csv_columns(next(reader, []), name)
        for cells in reader:
            if not any(cells):
                continue
            where = f"{name}, line {reader.line_num + lines_before}"
            if len(cells) < len(columns) or any(cells[len(columns) :]):
                raise ValueError(f"{where}: {len(cells)} cells for {len(columns)} columns")
            yield where, dict(zip(columns, cells, strict=False))
    except csv.Error as error:
        raise ValueError(f"{name}, line {reader.line_num + lines_before}: broken CSV: {error}") from None


def _csv_columns(header: list[str], name: str) -> list[str]:
    """Return the column names, without the empty columns at the right edge of a sheet."""
    if not header:
        raise ValueError(f"{name} has no row of column names; want one as its first line")
    columns = list(header)
    while columns and not columns[-1]:
        columns.pop()
    _check_unique(name, columns)
    return columns


def _read_xlsx(path: Path) -> Iterator[PlacedRow]:
    """Read the first visible sheet that has rows. Its first row that is not empty holds the column names."""
    with _open_workbook(path) as book:
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                continue
            rows = enumerate(sheet.iter_rows(values_only=True), 1)
            header = next((cells for _, cells in rows if _is_filled(cells)), None)
            if header is None:
                continue
            columns = _xlsx_columns(header, path)
            for number, cells in rows:
                if _is_filled(cells):
                    yield f"{path}, row {number}", _xlsx_row(columns, cells)
            return
        raise ValueError(f"{path} has no rows; want column names and rows on a visible sheet")


@contextmanager
def _open_workbook(path: Path) -> Iterator[Any]:
    openpyxl = require_extra("openpyxl", "office", ".xlsx files")
    check_archive(path)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises errors of any type for damaged files
        raise ValueError(f"{path} is damaged or is not an Excel workbook ({type(error).__name__})") from None
    try:
        yield book
    finally:
        book.close()


def _is_filled(cells: Iterable[Any]) -> bool:
    return any(cell is not None for cell in cells)


def _xlsx_columns(header: Iterable[Any], path: Path) -> list[str | None]:
    """Return a name for each column; None and "" are columns without a name."""
    columns = [None if cell is None else str(cell).strip() for cell in header]
    _check_unique(str(path), [column for column in columns if column])
    return columns


def _xlsx_row(columns: Iterable[str | None], cells: Iterable[Any]) -> Row:
    """Return the cells of the columns that have a name."""
    return {column: _as_json(cell) for column, cell in zip(columns, cells, strict=False) if column}


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
    parquet = require_extra("pyarrow.parquet", "office", ".parquet files")
    try:
        file = parquet.ParquetFile(path)
    except FileNotFoundError:
        raise FileNotFoundError(f"no file {path}") from None
    except (OSError, ValueError) as error:
        raise ValueError(f"{path} is damaged or is not a Parquet file: {str(error).splitlines()[0]}") from None
    with file:
        _check_unique(str(path), file.schema_arrow.names)
        yield file


def _read_parquet(path: Path) -> Iterator[PlacedRow]:
    with open_parquet(path) as file:
        batches = file.iter_batches(batch_size=PARQUET_BATCH_ROWS)
        rows = (row for batch in batches for row in batch.to_pylist())
        for number, row in enumerate(rows, 1):
            yield f"{path}, row {number}", {column: _as_json(value) for column, value in row.items()}


def _as_json(value: Any) -> Any:
    """Return a cell as a value that JSON has: dates and times as text, NaN and infinity as None."""
    if isinstance(value, date | time):
        return value.isoformat()
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


def read_rows(path: str | Path) -> Iterator[PlacedRow]:
    """Read the rows of a table one at a time: `.jsonl`, `.csv`, `.tsv` (also `.gz`), `.xlsx` or `.parquet`.

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
    if not path.is_file():
        raise FileNotFoundError(f"no file {path}")
    kind = table_kind(path)
    if kind not in TABLES:
        raise ValueError(f"{path} is not a table; want one of {', '.join(TABLES)}")
    if kind == ".xlsx":
        yield from _read_binary(path, _read_xlsx(path))
    elif kind == ".parquet":
        yield from _read_binary(path, _read_parquet(path))
    else:
        yield from _read_text(path, kind)


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
        raise ValueError(f"{path} is damaged after {where} ({type(error).__name__})") from None


def _read_text(path: Path, kind: str) -> Iterator[PlacedRow]:
    with open(path, "rb") as raw:
        stream: Any = gzip.GzipFile(fileobj=raw) if kind.endswith(".gz") else raw
        try:
            if ".jsonl" in kind:
                yield from parse_jsonl(stream, str(path))
            else:
                yield from parse_csv(stream, str(path), "\t" if ".tsv" in kind else None)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise ValueError(f"{path} is not a complete gzip file: {error}") from None
