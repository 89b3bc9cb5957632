"""Tagged rows as JSON Lines, CSV, Excel and Parquet."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from ..files import atomic_write, require_extra
from ..pillars import PILLARS
from ..reading.tables import TABLES, Row, check_free, table_kind

__all__ = ["RESULTS", "export", "json_lines", "write_csv", "write_jsonl"]

# What tagging adds to a row.
RESULTS = ("pillars", "scores", "evidence", "evidence_spans")


_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


def json_lines(rows: Iterable[Row]) -> Iterator[str]:
    """Write each row as a line of JSON, Vietnamese letters as they are."""
    for row in rows:
        line = _JSON.encode(row) + "\n"
        try:
            line.encode("utf8")
        except UnicodeEncodeError:  # half a character in a field: JSON can say it in ASCII
            line = json.dumps(row) + "\n"
        yield line


def write_jsonl(rows: Iterable[Row | str], file: TextIO) -> None:
    """Write rows, or lines of rows that were written already, as JSON Lines, each as soon as it comes."""
    for row in rows:
        file.writelines([row] if isinstance(row, str) else json_lines([row]))


def _flat(row: Row) -> Row:
    """Return a tagged row as cells: its own columns, `pillars`, and for each pillar its probability and its evidence."""
    cells = {
        k: json.dumps(v, ensure_ascii=False) if isinstance(v, dict | list) else v
        for k, v in row.items()
        if k not in RESULTS
    }
    cells["pillars"] = ";".join(row["pillars"])
    for pillar in PILLARS:
        new = {f"{pillar}_probability": row["scores"][pillar], f"{pillar}_evidence": row["evidence"].get(pillar, "")}
        check_free("a row", cells, new)
        cells |= new
    return cells


def _check_fields(row: Row, columns: Iterable[str]) -> None:
    if extra := ", ".join(sorted(row.keys() - set(columns))):
        raise ValueError(
            f"rows differ in their fields ({extra} is not in the first); choose --format jsonl, or give the inputs one by one"
        )


def _uniform(rows: Iterable[Row]) -> Iterator[Row]:
    """Pass flat rows on, as long as they have the columns of the first."""
    first = None
    for row in map(_flat, rows):
        first = first or list(row)
        _check_fields(row, first)
        yield {column: row.get(column) for column in first}


def write_csv(rows: Iterable[Row], file: TextIO, delimiter: str = ",") -> None:
    """Write tagged rows as CSV: their own columns, `pillars`, and for each pillar its probability and its evidence.

    Raises
    ------
    ValueError
        A row has a field that the first one has not.
    """
    writer = None
    for row in _uniform(rows):
        if writer is None:
            writer = csv.DictWriter(file, list(row), lineterminator="\n", delimiter=delimiter)
            writer.writeheader()
        writer.writerow(row)


# What Excel cannot hold.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
CELL = 32_000
SHEET = 1_048_576


def _write_xlsx(rows: Iterable[Row], path: Path) -> None:
    """Write a workbook a clerk can work in: a row a paragraph, a column a pillar, evidence in bold inside the text.

    Cells are strings, numbers or empty, never formulas: what begins with = stays text.
    """
    xlsxwriter = require_extra("xlsxwriter", "office", ".xlsx files")
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "in_memory": False}
    book = xlsxwriter.Workbook(str(path), options)
    head = book.add_format({"bold": True, "bg_color": "#DDE7F3", "text_wrap": True, "valign": "top", "border": 1})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    bold = book.add_format({"bold": True})
    share = book.add_format({"num_format": "0%", "valign": "top", "align": "center"})
    tagged = book.add_format(
        {"num_format": "0%", "valign": "top", "align": "center", "bold": True, "bg_color": "#C6E7C8"}
    )
    sheet = book.add_worksheet("CCHC")
    sheet.freeze_panes(1, 0)
    try:
        number = 0
        columns: list[str] = []
        for number, row in enumerate(rows, 1):
            if number >= SHEET:
                raise ValueError(
                    f"an Excel sheet holds {SHEET - 1:,} rows, this is more; write .csv or .parquet, or part the input"
                )
            own = {k: v for k, v in row.items() if k not in RESULTS}
            if not columns:
                columns = list(own)
                text = max(columns, key=lambda k: len(str(own[k])) if isinstance(own[k], str) else 0)
                heads = [*columns, *(p.short for p in PILLARS), "pillars"]
                for j, name in enumerate(heads):
                    sheet.write_string(0, j, name, head)
                    sheet.set_column(j, j, 90 if name == text else 13)
            _check_fields(own, columns)
            for j, name in enumerate(columns):
                _write_cell(
                    sheet, number, j, own.get(name), list(row["evidence"].values()) if name == text else [], wrap, bold
                )
            for j, pillar in enumerate(PILLARS, len(columns)):
                sheet.write_number(number, j, row["scores"][pillar], tagged if pillar in row["pillars"] else share)
            sheet.write_string(number, len(columns) + len(PILLARS), ";".join(row["pillars"]), wrap)
        if columns:
            sheet.autofilter(0, 0, number, len(columns) + len(PILLARS))
    finally:
        book.close()


def _write_cell(sheet: Any, i: int, j: int, value: Any, evidence: list[str], wrap: Any, bold: Any) -> None:
    if value is None:
        return
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15:
        sheet.write_number(i, j, value, wrap)
        return
    text = _CONTROL.sub(
        " ", json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list | bool) else str(value)
    )[:CELL]
    sentences = {_CONTROL.sub(" ", sentence) for sentence in evidence}
    spans = sorted((text.find(s), text.find(s) + len(s)) for s in sentences if s and s in text)
    pieces: list[Any] = []
    at = 0
    for a, b in spans:
        if a >= at:
            pieces += [text[at:a]] * (a > at) + [bold, text[a:b]]
            at = b
    pieces += [text[at:]] * (at < len(text))
    if spans and len(pieces) > 2:
        sheet.write_rich_string(i, j, *pieces, wrap)
    else:
        sheet.write_string(i, j, text, wrap)


# Rows that are written to a Parquet file together.
ROW_GROUP = 4096


def _write_parquet(rows: Iterable[Row], path: Path) -> None:
    pyarrow, parquet = (
        require_extra("pyarrow", "office", ".parquet files"),
        require_extra("pyarrow.parquet", "office", ".parquet files"),
    )
    stream = iter(rows)
    writer = None
    try:
        while batch := list(islice(stream, ROW_GROUP)):
            flat = [row | {name: list(row[name].items()) for name in ("evidence", "evidence_spans")} for row in batch]
            if writer is None:
                text = pyarrow.string()
                known = {
                    "evidence": pyarrow.map_(text, text),
                    "evidence_spans": pyarrow.map_(text, pyarrow.list_(pyarrow.int32())),
                    "pillars": pyarrow.list_(text),
                }
                guessed = pyarrow.Table.from_pylist(batch).schema
                fields = [
                    (f.name, known.get(f.name) or (text if pyarrow.types.is_null(f.type) else f.type)) for f in guessed
                ]
                writer = parquet.ParquetWriter(path, pyarrow.schema(fields))
            for row in batch:
                _check_fields(row, writer.schema.names)
            table = pyarrow.Table.from_pylist(flat, schema=writer.schema)
            writer.write_table(table)
    except pyarrow.ArrowInvalid as error:
        raise ValueError(f"rows differ in their fields or types: {str(error).splitlines()[0]}") from None
    finally:
        if writer:
            writer.close()


@contextmanager
def _text_file(path: Path, kind: str, encoding: str) -> Iterator[TextIO]:
    if kind.endswith(".gz"):
        with (
            open(path, "wb") as raw,
            gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packed,
            io.TextIOWrapper(packed, encoding, newline="") as file,
        ):
            yield file
    else:
        with open(path, "w", encoding=encoding, newline="") as file:
            yield file


def export(rows: Iterable[Any], path: Path, kind: str | None = None) -> None:
    """Write tagged rows to a file of the kind that its name tells, all of it or nothing.

    Parameters
    ----------
    rows : iterable
        As `cchc_ml.tagging.rows.tag_rows` gives them; for JSON Lines, lines too.
    kind : str, optional
        The ending to go by instead, such as ``".csv"``.

    Raises
    ------
    ValueError
        The name tells no kind that is written.
    """
    kind = kind or table_kind(path)
    if kind not in TABLES:
        raise ValueError(f"{path}: the name tells no kind of table; want one of {', '.join(TABLES)}, or give --format")
    with atomic_write(path) as temporary:
        if kind == ".xlsx":
            _write_xlsx(rows, temporary)
        elif kind == ".parquet":
            _write_parquet(rows, temporary)
        else:
            # With the mark, Excel reads a file as UTF-8.
            with _text_file(temporary, kind, "utf8" if ".jsonl" in kind else "utf-8-sig") as file:
                if ".jsonl" in kind:
                    write_jsonl(rows, file)
                else:
                    write_csv(rows, file, "\t" if ".tsv" in kind else ",")
