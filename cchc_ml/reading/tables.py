"""Tables of text: rows of JSON Lines, CSV, TSV, Excel and Parquet files, each with the place it stands, so that an error can name it."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
import zlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, time
from functools import lru_cache
from itertools import chain
from math import isfinite
from pathlib import Path
from typing import IO, Any, NoReturn

from ..files import require_extra
from ..text.encodings import sniff
from .documents import check_archive

__all__ = [
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
TABLES = (".jsonl", ".csv", ".tsv", ".jsonl.gz", ".csv.gz", ".tsv.gz", ".xlsx", ".parquet")
TEXT_COLUMNS = ("text", "noi_dung", "nội dung", "nội_dung", "noi dung", "content", "đoạn", "doan")
HEAD = 65_536
LONGEST_LINE = 16_000_000


def find_text_column(columns: Iterable[str], wanted: str | None = None) -> str | None:
    """Return the column that holds the text: the one wanted, or the first that goes by a usual name."""
    return _text_column(tuple(columns), wanted)


@lru_cache(maxsize=64)  # every row of a table asks
def _text_column(columns: tuple[str, ...], wanted: str | None) -> str | None:
    names = {str(column).strip().casefold(): column for column in reversed(columns)}
    for name in [wanted] if wanted else TEXT_COLUMNS:
        if name.casefold() in names:
            return names[name.casefold()]
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


def _lines(file: IO[bytes], name: str) -> Iterator[str]:
    """Decode a file line by line, in the encoding that its beginning shows; an error names the line."""
    head = file.read(HEAD)
    if not head:
        raise ValueError(f"{name} is empty")
    codec = sniff(head[: head.rfind(b"\n") + 1] or head)
    if codec is None:
        kind = "binary content" if b"\0" in head else "not UTF-8, nor UTF-16, Windows-1258, TCVN3 or VNI"
        raise ValueError(f"{name}, line {_bad_line(head)}: {kind}; save it as UTF-8 text")
    number = 0
    try:
        if codec.startswith("utf-16"):
            wrapped: Any = _Chained(head, file)
            for line in io.TextIOWrapper(wrapped, codec, newline="\n"):
                number += 1
                yield line
            return
        for number, raw in enumerate(_byte_lines(head, file, name), 1):
            if b"\0" in raw:
                raise ValueError(f"{name}, line {number}: binary content; save it as UTF-8 text")
            yield raw.decode(codec if number == 1 else codec.removesuffix("-sig"))
    except UnicodeDecodeError:
        raise ValueError(f"{name}, line {number}: not {codec.removesuffix('-sig').upper()}; save it as UTF-8") from None


class _Chained(io.RawIOBase):
    """Bytes that were read already, then the rest of the file."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self.head, self.rest = head, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = self.head[: len(buffer)] or self.rest.read(len(buffer))
        self.head = self.head[len(buffer) :]
        buffer[: len(chunk)] = chunk
        return len(chunk)


def _byte_lines(head: bytes, rest: IO[bytes], name: str) -> Iterator[bytes]:
    *whole, last = head.split(b"\n")
    for line in whole:
        yield line + b"\n"
    last += rest.readline(LONGEST_LINE)
    while last:
        if len(last) >= LONGEST_LINE:
            raise ValueError(f"{name}: a line is longer than {LONGEST_LINE // 1_000_000} MB")
        yield last
        last = rest.readline(LONGEST_LINE)


def _bad_line(head: bytes) -> int:
    for number, line in enumerate(head.split(b"\n"), 1):
        if b"\0" in line:
            return number
        try:
            line.decode("utf8")
        except UnicodeDecodeError:
            return number
    return 1


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


_JSON = json.JSONDecoder(parse_constant=_no_constant)


def parse_jsonl(file: Any, name: str) -> Iterator[tuple[str, Row]]:
    """Read rows from JSON Lines; see `read_rows`."""
    for number, line in enumerate(_lines(file, name), 1):
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


def parse_csv(file: Any, name: str, delimiter: str | None = None) -> Iterator[tuple[str, Row]]:
    """Read rows from a CSV; see `read_rows`."""
    lines = _lines(file, name)
    first, skipped = next(lines, ""), 0
    if first.lower().startswith("sep="):  # what Excel writes to itself
        delimiter, first, skipped = first[4:5], next(lines, ""), 1
    # Excel writes semicolons where the comma is the decimal sign, as in Vietnam.
    delimiter = delimiter or max(",;\t", key=first.count)
    csv.field_size_limit(max(csv.field_size_limit(), sys.maxsize >> 32))
    reader = csv.reader(chain([first], lines), delimiter=delimiter, strict=True)
    try:
        columns = next(reader, [])
        if not columns:
            raise ValueError(f"{name} has no row of column names")
        while columns and not columns[-1]:
            columns.pop()  # empty columns at the right edge of a sheet
        if len(set(columns)) != len(columns):
            raise ValueError(f"{name}: two columns have the same name: {', '.join(columns)}")
        for cells in reader:
            where = f"{name}, line {reader.line_num + skipped}"
            if not any(cells):
                continue
            if len(cells) < len(columns) or any(cells[len(columns) :]):
                raise ValueError(f"{where}: {len(cells)} cells for {len(columns)} columns")
            yield where, dict(zip(columns, cells, strict=False))
    except csv.Error as error:
        raise ValueError(f"{name}, line {reader.line_num + skipped}: broken CSV: {error}") from None


def _xlsx(path: Path) -> Iterator[tuple[str, Row]]:
    """Read the first sheet that has rows, its first row as heads."""
    openpyxl = require_extra("openpyxl", "office", ".xlsx files")
    check_archive(path)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises what it likes on damaged files
        raise ValueError(f"{path} is damaged, or no Excel workbook: {type(error).__name__}") from None
    try:
        for sheet in [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]:
            rows = enumerate(sheet.iter_rows(values_only=True), 1)
            heads = next((row for _, row in rows if any(cell is not None for cell in row)), None)
            if heads is None:
                continue
            columns = [None if head is None else str(head).strip() for head in heads]
            named = [column for column in columns if column]
            if len(set(named)) != len(named):
                raise ValueError(f"{path}: two columns have the same name: {', '.join(named)}")
            for number, cells in rows:
                if any(cell is not None for cell in cells):
                    pairs = zip(columns, cells, strict=False)
                    yield f"{path}, row {number}", {column: _plain(cell) for column, cell in pairs if column}
            return
        raise ValueError(f"{path} has no rows")
    finally:
        book.close()


@contextmanager
def open_parquet(path: Path) -> Iterator[Any]:
    """Open a Parquet file as pyarrow's `ParquetFile`.

    Raises
    ------
    ValueError
        The file is damaged, or two of its columns have the same name.
    """
    parquet = require_extra("pyarrow.parquet", "office", ".parquet files")
    try:
        file = parquet.ParquetFile(path)
    except FileNotFoundError:
        raise FileNotFoundError(f"no file {path}") from None
    except (OSError, ValueError) as error:
        raise ValueError(f"{path} is damaged, or no Parquet file: {str(error).splitlines()[0]}") from None
    with file:
        names = file.schema_arrow.names
        if len(set(names)) != len(names):
            raise ValueError(f"{path}: two columns have the same name: {', '.join(names)}")
        yield file


def _parquet(path: Path) -> Iterator[tuple[str, Row]]:
    with open_parquet(path) as file:
        number = 0
        for batch in file.iter_batches(batch_size=1024):
            for row in batch.to_pylist():
                number += 1
                yield f"{path}, row {number}", {column: _plain(value) for column, value in row.items()}


def _plain(value: Any) -> Any:
    """Return a cell as JSON can hold it: dates and times as text, what is no number as nothing."""
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return value if value is None or isinstance(value, str | int) else str(value)


def table_kind(path: Path) -> str:
    """Return the ending that tells a table's kind, with `.gz` where it has that."""
    return "".join(path.suffixes[-2:] if path.suffix.lower() == ".gz" else path.suffixes[-1:]).lower()


def read_rows(path: str | Path) -> Iterator[tuple[str, Row]]:
    """Read the rows of a `.jsonl`, `.csv` or `.tsv` file, gzipped or not, or of an `.xlsx` or `.parquet` file, one at a time.

    Yields
    ------
    where : str
        File and line, for messages.
    row : dict
        The fields; of a CSV all strings.

    Raises
    ------
    FileNotFoundError, ValueError
        No such file; in no known encoding, binary, broken, empty, or of another kind.
    ImportError
        The library that reads the file is not installed; the message says what to install.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"no file {path}")
    kind = table_kind(path)
    if kind not in TABLES:
        raise ValueError(f"{path} is no table; want one of {', '.join(TABLES)}")
    if kind in (".xlsx", ".parquet"):
        if not path.stat().st_size:
            raise ValueError(f"{path} is empty")
        where = str(path)
        try:
            for where, row in (_xlsx if kind == ".xlsx" else _parquet)(path):
                yield where, row
        except (ValueError, ImportError):
            raise
        except Exception as error:  # the libraries raise what they like on damaged files
            raise ValueError(f"{path} is damaged after {where}: {type(error).__name__}") from None
        return
    with open(path, "rb") as raw:
        file: Any = gzip.GzipFile(fileobj=raw) if kind.endswith(".gz") else raw
        try:
            if ".jsonl" in kind:
                yield from parse_jsonl(file, str(path))
            else:
                yield from parse_csv(file, str(path), "\t" if ".tsv" in kind else None)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise ValueError(f"{path} is not a whole gzip file: {error}") from None
