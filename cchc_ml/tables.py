"""Tables of text: rows of JSON Lines and CSV files, each with the place it stands, so that an error can name it."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

__all__ = ["TABLES", "Row", "parse_jsonl", "read_rows"]

Row = dict[str, Any]
TABLES = (".jsonl", ".csv", ".jsonl.gz", ".csv.gz")


def _lines(file: Iterable[bytes], name: str) -> Iterator[str]:
    """Decode a file line by line; an error names the line."""
    number = 0
    for number, line in enumerate(file, 1):
        if b"\0" in line:
            raise ValueError(f"{name}, line {number}: binary or UTF-16 content; save it as UTF-8 text")
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf8")
        except UnicodeDecodeError:
            raise ValueError(f"{name}, line {number}: not UTF-8; save it as UTF-8") from None
    if not number:
        raise ValueError(f"{name} is empty")


def parse_jsonl(file: Iterable[bytes], name: str) -> Iterator[tuple[str, Row]]:
    """Read rows from the lines of JSON Lines; see `read_rows`."""
    for number, line in enumerate(_lines(file, name), 1):
        if not line.strip():
            continue
        where = f"{name}, line {number}"
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{where}: broken JSON: {getattr(error, 'msg', error)}") from None
        if not isinstance(row, dict):
            raise ValueError(f"{where}: found {type(row).__name__}, want one JSON object a line")
        yield where, row


def parse_csv(file: Iterable[bytes], name: str) -> Iterator[tuple[str, Row]]:
    """Read rows from the lines of a CSV; see `read_rows`."""
    lines = _lines(file, name)
    first = next(lines)
    # Excel writes semicolons where the comma is the decimal sign, as in Vietnam.
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader((line for part in ([first], lines) for line in part), delimiter=delimiter, strict=True)
    try:
        columns = next(reader)
        if len(set(columns)) != len(columns):
            raise ValueError(f"{name}: two columns have the same name: {', '.join(columns)}")
        for cells in reader:
            where = f"{name}, line {reader.line_num}"
            if not cells:
                continue
            if len(cells) != len(columns):
                raise ValueError(f"{where}: {len(cells)} cells for {len(columns)} columns")
            yield where, dict(zip(columns, cells, strict=True))
    except csv.Error as error:
        raise ValueError(f"{name}, line {reader.line_num}: broken CSV: {error}") from None


def read_rows(path: str | Path) -> Iterator[tuple[str, Row]]:
    """Read the rows of a `.jsonl` or `.csv` file, gzipped or not.

    Yields
    ------
    where : str
        File and line, for messages.
    row : dict
        The fields; of a CSV all strings.

    Raises
    ------
    FileNotFoundError, ValueError
        No such file; not UTF-8, binary, broken, empty, or of another kind.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"no file {path}")
    kind = "".join(path.suffixes[-2:] if path.suffix == ".gz" else path.suffixes[-1:]).lower()
    if kind not in TABLES:
        raise ValueError(f"{path} is no table; want one of {', '.join(TABLES)}")
    with open(path, "rb") as raw:
        file: Iterable[bytes] = gzip.GzipFile(fileobj=raw) if kind.endswith(".gz") else raw
        try:
            yield from (parse_jsonl if ".jsonl" in kind else parse_csv)(file, str(path))
        except (gzip.BadGzipFile, EOFError) as error:
            raise ValueError(f"{path} is not a whole gzip file: {error}") from None
