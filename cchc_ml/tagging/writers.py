"""Write tagged rows as JSON Lines, CSV, Excel and Parquet."""

from __future__ import annotations

import gzip
import io
import json
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from ..files import (
    MAX_XLSX_CELL_CHARS,
    atomic_write,
    require_extra,
    xlsx_formats,
    xlsx_page,
    xlsx_row_height,
    xlsx_workbook,
)
from ..messages import message
from ..pillars import CCHC, Codebook
from ..reading.columns import find_text_column
from ..reading.csv_cells import GuardedWriter
from ..reading.tables import WRITTEN_TABLES, Row, table_kind
from ..text.normalize import printable
from ..text.spans import spans
from .results import Tags, as_cells, as_fields, as_json
from .schema import RESULTS, guess_schema, result_arrays

__all__ = ["Lines", "Tagged", "encode_csv", "encode_csv_head", "encode_jsonl", "export", "json_lines"]

# Vietnamese letters are not escaped.
_encode_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


class Lines(NamedTuple):
    """Tagged rows as lines of JSON or CSV, in UTF-8.

    Attributes
    ----------
    data : bytes
    rows, tagged, uncounted : int
        How many rows there are, how many paragraphs among them are evidence for a pillar, and how many of the rows are
        no paragraphs.
    """

    data: bytes
    rows: int
    tagged: int
    uncounted: int


# A row, its text and what the model says of it.
Tagged = tuple[Row, str, Tags]


def json_lines(rows: Iterable[Row]) -> Iterator[str]:
    """Yield each row as a line of JSON."""
    for row in rows:
        line = _encode_json(row) + "\n"
        try:
            line.encode("utf8")
        except UnicodeEncodeError:  # half a character (a lone surrogate) in a field; ASCII JSON can hold it
            line = json.dumps(row) + "\n"
        yield line


def encode_jsonl(tagged: Sequence[Tagged]) -> bytes:
    """Return tagged rows as JSON Lines: their own fields, then those of `cchc_ml.tagging.schema.TaggedRow`."""
    lines = [f"{_encode_json(row)[:-1]}, {as_json(tags, text)}}}\n" for row, text, tags in tagged]
    try:
        return "".join(lines).encode()
    except UnicodeEncodeError:  # half a character in a field
        return "".join(json_lines({**row, **as_fields(tags, text)} for row, text, tags in tagged)).encode()


def encode_csv(tagged: Iterable[Tagged], columns: Sequence[str], delimiter: str) -> bytes:
    """Return tagged rows as CSV: the columns of their own, then those of `cchc_ml.tagging.results.as_cells`.

    Text that a spreadsheet would take for a formula gets an apostrophe before it; `read_rows` takes it away again.
    """
    rows = []
    for row, text, tags in tagged:
        _check_fields(row, columns)
        rows.append([*(_cell(row.get(name)) for name in columns), *as_cells(tags, text)])
    return _csv(rows, delimiter)


def encode_csv_head(columns: Iterable[str], delimiter: str) -> bytes:
    """Return the names of columns as a line of CSV."""
    return _csv([columns], delimiter)


def _csv(rows: Iterable[Iterable[Any]], delimiter: str) -> bytes:
    file = io.StringIO()
    writer = GuardedWriter(file, delimiter)
    for cells in rows:
        writer.write_row(cells)
    return file.getvalue().encode()


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def _check_fields(row: Row, columns: Iterable[str]) -> None:
    if extra := ", ".join(sorted(row.keys() - columns)):
        raise ValueError(
            message(
                "rows differ in their fields: the first row does not have {extra}; choose --format "
                "jsonl, or tag the inputs one by one",
                extra=extra,
            )
        )


# Rows of an Excel sheet, the head among them.
MAX_XLSX_ROWS = 1_048_576
# Widths of the columns, in characters.
TEXT_COLUMN_CHARS = 90
OTHER_COLUMN_CHARS = 13
SHARE_COLUMN_CHARS = 9
EVIDENCE_COLUMN_CHARS = 60
# The head of the column with the evidence sentences. No reader takes a column of this name for text or labels.
EVIDENCE_HEAD = "câu bằng chứng"


def _write_xlsx(rows: Iterable[Row], path: Path, text_column: str | None, codebook: Codebook) -> None:
    """Write a workbook for clerks: one row per paragraph, one column per pillar, the evidence in bold in the text."""
    columns: list[str] = []
    number = 0
    with xlsx_workbook(path, constant_memory=True) as book:
        formats = xlsx_formats(book)
        sheet = book.add_worksheet("CCHC" if codebook.is_default else "Kết quả")
        sheet.freeze_panes(1, 0)
        xlsx_page(sheet)
        for number, row in enumerate(rows, 1):
            if number >= MAX_XLSX_ROWS:
                raise ValueError(
                    message(
                        "an Excel sheet holds {max_xlsx_rows:,} rows, and there are more; write .csv or "
                        ".parquet, or split the input",
                        max_xlsx_rows=MAX_XLSX_ROWS - 1,
                    )
                )
            own = {name: value for name, value in row.items() if name not in RESULTS}
            if not columns:
                columns = list(own)
                text_column = find_text_column(columns, text_column)
                _write_head(sheet, columns, text_column, formats["head"], codebook)
            _check_fields(own, columns)
            evidence = "\n".join(dict.fromkeys(row["evidence"].values()))[:MAX_XLSX_CELL_CHARS]
            texts = [(str(value), _width(name, text_column)) for name, value in own.items() if value is not None]
            sheet.set_row(number, xlsx_row_height([*texts, (evidence, EVIDENCE_COLUMN_CHARS)]))
            for j, name in enumerate(columns):
                places = row["evidence_spans"].values() if name == text_column else ()
                _write_cell(sheet, number, j, own.get(name), places, formats)
            for j, pillar in enumerate(codebook, len(columns)):
                tagged = pillar in row["pillars"]
                sheet.write_number(number, j, row["scores"][pillar], formats["tagged_share" if tagged else "share"])
            last = len(columns) + len(codebook)
            sheet.write_string(number, last, ";".join(row["pillars"]), formats["wrap"])
            if evidence:
                sheet.write_string(number, last + 1, printable(evidence), formats["wrap"])
        if columns:
            sheet.autofilter(0, 0, number, len(columns) + len(codebook) + 1)


def _write_head(sheet: Any, columns: Sequence[str], text_column: str | None, head: Any, codebook: Codebook) -> None:
    names = [*columns, *(p.short for p in codebook), "pillars", EVIDENCE_HEAD]
    widths = [_width(name, text_column) for name in columns] + [SHARE_COLUMN_CHARS] * len(codebook)
    widths += [OTHER_COLUMN_CHARS, EVIDENCE_COLUMN_CHARS]
    sheet.set_row(0, xlsx_row_height(zip(names, widths, strict=True)))
    for j, (name, width) in enumerate(zip(names, widths, strict=True)):
        sheet.write_string(0, j, name, head)
        sheet.set_column(j, j, width)


def _width(column: str, text_column: str | None) -> int:
    return TEXT_COLUMN_CHARS if column == text_column else OTHER_COLUMN_CHARS


def _write_cell(sheet: Any, i: int, j: int, value: Any, places: Iterable[Sequence[int]], formats: Any) -> None:
    """Write a value; the places of a text are set in bold."""
    if value is None:
        return
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15:
        sheet.write_number(i, j, value, formats["wrap"])
        return
    if isinstance(value, dict | list | bool):
        value = json.dumps(value, ensure_ascii=False)
    text = printable(str(value))[:MAX_XLSX_CELL_CHARS]
    pieces = spans(text, places)
    if len(pieces) > 1:  # the library takes no rich string of a single piece
        rich = [part for piece, marked in pieces for part in ([formats["bold"], piece] if marked else [piece])]
        sheet.write_rich_string(i, j, *rich, formats["wrap"])
    else:
        sheet.write_string(i, j, text, formats["wrap"])


# Rows of a row group. The types of the columns are guessed from the first group.
ROW_GROUP_ROWS = 4096


def _write_parquet(rows: Iterable[Row], path: Path, codebook: Codebook) -> None:
    """Write rows as Parquet, with types that are guessed from the first rows."""
    pa = require_extra("pyarrow", "office", message("{ending} files", ending=".parquet"))
    parquet = require_extra("pyarrow.parquet", "office", message("{ending} files", ending=".parquet"))
    stream = iter(rows)
    group = list(islice(stream, ROW_GROUP_ROWS))
    try:
        schema = guess_schema(group, codebook)
        own = pa.schema([field for field in schema if field.name not in RESULTS])
        whole = [field.name for field in own if pa.types.is_integer(field.type)]
        with parquet.ParquetWriter(path, schema) as writer:
            while group:
                for row in group:
                    _check_fields(row, schema.names)
                    if broken := next((name for name in whole if isinstance(row.get(name), float)), None):
                        # pyarrow would write 1 for 1.5 without a word.
                        raise pa.ArrowInvalid(
                            message(
                                "{row} in column {broken}, whose first rows are whole numbers",
                                row=row[broken],
                                broken=repr(broken),
                            )
                        )
                columns = [*pa.Table.from_pylist(group, schema=own).columns, *result_arrays(group, codebook)]
                writer.write_table(pa.Table.from_arrays(columns, schema=schema))
                group = list(islice(stream, ROW_GROUP_ROWS))
    except (pa.ArrowInvalid, pa.ArrowTypeError, NotImplementedError, OverflowError) as error:
        raise ValueError(
            message(
                "rows differ in their types, or hold a value that Parquet cannot hold: {error}; write .jsonl",
                error=str(error).splitlines()[0],
            )
        ) from None


@contextmanager
def _opened(path: Path, kind: str) -> Iterator[Any]:
    with open(path, "wb") as raw:
        if kind.endswith(".gz"):
            with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packed:
                yield packed
        else:
            yield raw


def export(
    rows: Iterable[Any],
    path: Path,
    kind: str | None = None,
    *,
    text_column: str | None = None,
    codebook: Codebook = CCHC,
) -> None:
    """Write tagged rows to a file of the kind that its name ends in. If that fails, no file is written.

    Parameters
    ----------
    rows : iterable
        Rows of `cchc_ml.tagging.rows.tag_rows` for Excel and Parquet, lines of `tag_lines` for JSON Lines and CSV.
    kind : str, optional
        The kind to write, whatever the name of the file: for example ``".csv"``.
    text_column : str, optional
        The column with the text, in which a workbook shows the evidence. Default: the first with a usual name.
    codebook : Codebook
        The categories that the rows were tagged with.

    Raises
    ------
    ValueError
        The name ends in no kind of table that can be written.
    """
    kind = kind or table_kind(path)
    if kind not in WRITTEN_TABLES:
        raise ValueError(
            message(
                "{path} does not name a kind of table; want one of {written_tables}, or give --format",
                path=path,
                written_tables=", ".join(WRITTEN_TABLES),
            )
        )
    with atomic_write(path) as temporary:
        if kind == ".xlsx":
            _write_xlsx(rows, temporary, text_column, codebook)
        elif kind == ".parquet":
            _write_parquet(rows, temporary, codebook)
        else:
            with _opened(temporary, kind) as file:
                if ".jsonl" not in kind:
                    file.write(BOM_UTF8)  # Excel needs it to read a CSV as UTF-8
                for lines in rows:
                    file.write(lines.data)
