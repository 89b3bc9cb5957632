"""Read the sheets of Excel and OpenDocument workbooks, with python-calamine."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from ..files import require_extra
from ..messages import joined, message
from .documents import check_archive
from .heads import MAX_ROWS_ABOVE, ROWS_BELOW, Head, find_head, first_filled_row, told_apart
from .kinds import check_office_file

__all__ = ["WORKBOOKS", "open_workbook", "read_workbook", "sheet_cells"]

WORKBOOKS = (".xlsx", ".xls", ".ods", ".xlsb")
SHEET_COLUMN = "sheet"
# A sheet is held in memory, with its empty cells. One with a single cell in its last corner would fill the memory.
MAX_SHEET_CELLS = 20_000_000

_CELL_COLUMNS = re.compile(rb'\br="([A-Z]{1,3})\d+"')
_CELL_ROWS = re.compile(rb'\br="[A-Z]{1,3}(\d+)"')


class _Sheet(NamedTuple):
    name: str
    content: Any  # a CalamineSheet
    head: Head


def read_workbook(
    path: Path,
    text_column: str | None = None,
    on_note: Callable[[str], None] | None = None,
    on_open: Callable[[Callable[[], float]], None] | None = None,
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the rows of all sheets that have a column with the text, each with its place.

    If there is no such sheet, the first row of the first visible sheet holds the column names. If several sheets are
    read, each row has a column `sheet`, and all rows have the columns of all sheets.

    Parameters
    ----------
    text_column : str, optional
        The column with the text. Default: any usual name.
    on_note : callable, optional
        Called with a sentence that names the sheets that are not read, or the columns that got a number because another
        one has the same name. Without it, such columns raise.
    on_open : callable, optional
        See `cchc_ml.reading.tables.read_rows`.

    Raises
    ------
    ImportError
        python-calamine is not installed.
    ValueError
        The file is damaged, is not a workbook, needs a password, or is larger than a workbook should be.
    """
    with open_workbook(path) as book:
        sheets, passed_over = _tables(book, path, text_column, on_note)
        if on_note and passed_over:
            on_note(message("{path}: not read: {sheets}", path=path, sheets=joined(", ", passed_over)))
        several = len(sheets) > 1
        done = 0
        if on_open:
            n_rows = sum(sheet.content.end[0] + 1 for sheet in sheets)
            on_open(lambda: done / n_rows)
        columns = list(dict.fromkeys(name for sheet in sheets for name in sheet.head.names()))
        for sheet in sheets:
            place = f"{path}, sheet {sheet.name!r}" if several else str(path)
            for number, cells in enumerate(sheet_cells(sheet.content), 1):
                done += 1
                if number <= sheet.head.first_row or not any(cell is not None for cell in cells):
                    continue
                row = dict.fromkeys(columns) if several else {}
                row |= {name: cell for name, cell in zip(sheet.head.columns, cells, strict=True) if name}
                if several:
                    row.setdefault(SHEET_COLUMN, sheet.name)
                yield f"{place}, row {number}", row


def sheet_cells(sheet: Any) -> Iterator[list[Any]]:
    """Yield the rows of a CalamineSheet as lists of cells. An empty cell is None, a whole number an int."""
    for cells in sheet.iter_rows():
        yield [_cell(cell) for cell in cells]


def _cell(value: Any) -> Any:
    if value == "":
        return None
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _tables(
    book: Any, path: Path, text_column: str | None, on_note: Callable[[str], None] | None
) -> tuple[list[_Sheet], list[str]]:
    """Return the sheets to read, and the others, each with the reason."""
    shown, passed_over = _visible_sheets(book)
    if not shown:
        raise ValueError(message("{path} has no rows; want column names and rows on a visible sheet", path=path))
    tables = []
    for name, content, first_rows in shown:
        left = content.start[1]
        merged = [((a, b - left), (c, d - left)) for (a, b), (c, d) in content.merged_cell_ranges or ()]
        if head := find_head(first_rows, text_column, merged):
            tables.append(_Sheet(name, content, head))
    if not tables:
        name, content, first_rows = shown[0]
        head = first_filled_row(first_rows)
        assert head is not None
        tables = [_Sheet(name, content, head)]
    best = max(tables, key=lambda table: len(table.head.fields())).head.fields()
    # A sheet that explains the others can have a column of a usual name, but few other columns are the same.
    tables = [table for table in tables if 2 * len(table.head.fields() & best) >= len(table.head.fields())]
    tables = [
        _Sheet(name, content, told_apart(f"{path}, sheet {name!r}", head, text_column, on_note))
        for name, content, head in tables
    ]
    taken = {table.name for table in tables}
    passed_over = [
        message("sheet {name} (no column with text)", name=repr(name)) for name, _, _ in shown if name not in taken
    ] + passed_over
    return tables, passed_over


def _visible_sheets(book: Any) -> tuple[list[tuple[str, Any, list[list[Any]]]], list[str]]:
    """Return the visible sheets that are not empty, with their first rows; and the names of the hidden ones."""
    shown = []
    hidden: list[str] = []
    for facts in book.sheets_metadata:
        if not str(facts.typ).endswith("WorkSheet"):
            continue
        if not str(facts.visible).endswith(".Visible"):
            hidden.append(message("sheet {name} (hidden)", name=repr(facts.name)))
            continue
        content = book.get_sheet_by_name(facts.name)
        if content.start is not None:  # it is not empty
            first_rows = list(islice(sheet_cells(content), MAX_ROWS_ABOVE + ROWS_BELOW))
            shown.append((facts.name, content, first_rows))
    return shown, hidden


@contextmanager
def open_workbook(path: Path) -> Iterator[Any]:
    """Open a workbook as a CalamineWorkbook. `read_workbook` says what it raises."""
    calamine = require_extra("python_calamine", "office", message("{ending} files", ending=path.suffix))
    if path.suffix.lower() != ".xls":
        check_office_file(str(path), path)
        check_archive(str(path), path)
    if path.suffix.lower() == ".xlsx":
        _check_size(path)
    try:
        with calamine.CalamineWorkbook.from_path(str(path)) as book:
            yield book
    except calamine.PasswordError:
        raise ValueError(message("{path} is protected by a password; save it without one", path=path)) from None
    except calamine.CalamineError as error:
        raise ValueError(
            message("{path} is damaged or is not a workbook ({type})", path=path, type=type(error).__name__)
        ) from None
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # an error inside calamine; it is not an Exception
            raise ValueError(message("{path} is damaged or is not a workbook", path=path)) from None
        raise


def _check_size(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if not name.startswith("xl/worksheets/"):
                continue
            try:
                content = archive.read(name)
            except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError) as error:
                raise ValueError(message("{path} is damaged: {error}", path=path, error=error)) from None
            last_row = max(map(int, set(_CELL_ROWS.findall(content))), default=0)
            last_column = max(map(_column_number, set(_CELL_COLUMNS.findall(content))), default=0)
            if last_row * last_column > MAX_SHEET_CELLS:
                raise ValueError(
                    message(
                        "{path} has a sheet of {last_row:,} rows and {last_column:,} columns; delete the empty ones",
                        path=path,
                        last_row=last_row,
                        last_column=last_column,
                    )
                )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
