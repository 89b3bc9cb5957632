"""Find the row of column names among the first rows of a sheet: under titles, in two rows, above a row of numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise, zip_longest
from typing import Any, NamedTuple

from ..messages import message, placed
from ..pillars import is_pillar
from .columns import COLUMN_NAMES, find_column, find_text_column, fold_name

__all__ = [
    "MAX_ROWS_ABOVE",
    "ROWS_BELOW",
    "Head",
    "check_unique",
    "find_head",
    "first_filled_row",
    "is_total",
    "told_apart",
]

Cells = Sequence[Any]
# A rectangle of merged cells: (first row, first column), (last row, last column), from 0.
Merged = tuple[tuple[int, int], tuple[int, int]]

# The column names are looked for in this many rows.
MAX_ROWS_ABOVE = 30
# A longer cell is not a name.
MAX_NAME_CHARS = 100
# So many cells below a name show whether it heads a column, or is an item of a list of names.
ROWS_BELOW = 6

# A cell of the row that numbers the columns of a printed table: (1), 2, A.
_COLUMN_NUMBER = re.compile(r"\(?\s*(\d{1,2}|[A-Za-z])\s*\)?")
_TOTAL = re.compile(
    r"(?:tổng|cộng|total|grand total)"
    r"|(?:tổng cộng|tổng số|tổng|total)(?: (?:số|tin|bài|đoạn|mục|dòng|tháng|quý|năm|rows|of|\d+)){0,5}"
)


class Head(NamedTuple):
    """The names of the columns of a sheet.

    Attributes
    ----------
    columns : list of str or None
        The name of each column. None: the column has no name and is left out.
    first_row : int
        The index of the first row below the names.
    """

    columns: list[str | None]
    first_row: int

    def names(self) -> list[str]:
        """Return the names that are not empty."""
        return [name for name in self.columns if name]

    def fields(self) -> set[str]:
        """Return what the columns hold: the field of a usual name, or the name itself."""
        return {_field_of(name) or fold_name(name) for name in self.names()}


def find_head(
    rows: Sequence[Cells], text_column: str | None = None, merged: Iterable[Merged] = (), *, is_table: bool = False
) -> Head | None:
    """Return the names of the columns: those of the first row that names the column with the text. None without one.

    Parameters
    ----------
    rows : sequence of sequence
        The first rows of a sheet.
    text_column : str, optional
        The column with the text. Default: any usual name.
    merged : iterable, optional
        The merged cells of the sheet.
    is_table : bool
        Whether the rows are certainly a table. Otherwise they may explain one, and list the names of its columns.

    Examples
    --------
    >>> find_head([["TIN BÀI THÁNG 9", None], ["STT", "Nội dung"], [1, "Xã họp."]])
    Head(columns=['STT', 'Nội dung'], first_row=2)
    """
    candidates = [
        (i, column)
        for i, cells in enumerate(rows[:MAX_ROWS_ABOVE])
        if (column := _text_index(cells, text_column)) is not None and (is_table or not _is_list(rows, i, column))
    ]
    if not candidates:
        return None
    # A title may be a usual name too. It stands alone in its row.
    i, column = next(((i, column) for i, column in candidates if _count(rows[i]) > 1), candidates[0])
    return _head_at(rows, i, column, [area for area in merged if area[0][0] in (i - 1, i)])


def first_filled_row(rows: Sequence[Cells]) -> Head | None:
    """Return the first row that is not empty as the names of the columns."""
    i = next((i for i, cells in enumerate(rows) if _count(cells)), None)
    return None if i is None else Head([_name(cell) for cell in rows[i]], i + 1)


def check_unique(where: str, columns: Sequence[str]) -> None:
    """Raise if two columns have the same name."""
    if len(set(columns)) != len(columns):
        raise _not_unique(where, [name for name in columns if columns.count(name) > 1])


def _not_unique(where: str, twice: Sequence[str]) -> ValueError:
    names = ", ".join(twice)[:MAX_NAME_CHARS]
    return ValueError(
        placed(where, message("two columns have the same name: {twice}; rename one of them", twice=names))
    )


def told_apart(
    where: str, head: Head, text_column: str | None = None, on_note: Callable[[str], None] | None = None
) -> Head:
    """Return names of which each is there once: the second column called "a" becomes "a (2)".

    Parameters
    ----------
    where : str
        The table, for messages.
    text_column : str, optional
        The column with the text. Default: any usual name.
    on_note : callable, optional
        Called with a sentence about the columns that got a number. Without it, no two names may be the same.

    Raises
    ------
    ValueError
        Two columns have the same name, and nobody can say which of them holds the text or the labels.

    Examples
    --------
    >>> told_apart("a.csv", Head(["text", "ghi chú", "ghi chú"], 1), on_note=print).columns
    a.csv: columns with the same name are numbered: ghi chú (2)
    ['text', 'ghi chú', 'ghi chú (2)']
    """
    names = head.names()
    text = find_text_column(names, text_column)
    twice = [name for name in names if names.count(name) > 1]
    if not twice:
        return head
    if on_note is None or any(name == text or _field_of(name) == "labels" or is_pillar(name) for name in twice):
        raise _not_unique(where, twice)
    taken = set(names)
    seen: set[str] = set()
    numbered: list[str] = []
    columns: list[str | None] = []
    for name in head.columns:
        if name and name in seen:
            number = 2
            while f"{name} ({number})" in taken:
                number += 1
            numbered.append(f"{name} ({number})")
            taken.add(numbered[-1])
            columns.append(numbered[-1])
        else:
            columns.append(name)
        seen.add(name or "")
    on_note(
        message(
            "{where}: columns with the same name are numbered: {names}",
            where=where,
            names=", ".join(numbered)[:MAX_NAME_CHARS],
        )
    )
    return Head(columns, head.first_row)


def is_total(cells: Iterable[Any]) -> bool:
    """Whether a row is a sum over other rows: its first cell that is not empty says "tổng cộng" or the like.

    Examples
    --------
    >>> is_total([None, "Tổng cộng:", 12]), is_total(["Tổng cục Thuế họp."])
    (True, False)
    """
    first = next((cell for cell in cells if cell not in (None, "")), None)
    return isinstance(first, str) and len(first) <= MAX_NAME_CHARS and bool(_TOTAL.fullmatch(fold_name(first)))


def _count(cells: Cells) -> int:
    return sum(cell not in (None, "") for cell in cells)


def _name(cell: Any) -> str | None:
    return None if cell is None else " ".join(str(cell).split()) or None


def _is_name(cell: Any) -> bool:
    """Whether a cell can be the name of a column: a short string that is not a number."""
    return isinstance(cell, str) and 0 < len(cell) <= MAX_NAME_CHARS and not fold_name(cell).replace(" ", "").isdigit()


def _field_of(name: str) -> str | None:
    return next((field for field, names in COLUMN_NAMES.items() if find_column([name], *names)), None)


def _text_index(cells: Cells, text_column: str | None) -> int | None:
    names = [cell for cell in cells if isinstance(cell, str) and len(cell) <= MAX_NAME_CHARS]
    column = find_text_column(names, text_column)
    return None if column is None else list(cells).index(column)


def _is_list(rows: Sequence[Cells], i: int, column: int) -> bool:
    """Whether the cells below a name are names too: a sheet that explains the columns or the pillars lists them so.

    A row with the names of several fields is a head, whatever is below.
    """
    if len({_field_of(cell) for cell in rows[i] if _is_name(cell)} - {None}) > 1:
        return False
    below = [cells[column] for cells in rows[i + 1 : i + 1 + ROWS_BELOW] if column < len(cells)]
    filled = [cell for cell in below if cell not in (None, "")]
    listed = [cell for cell in filled if _is_name(cell) and (_field_of(cell) or is_pillar(cell))]
    return len(listed) * 2 > len(filled)


def _head_at(rows: Sequence[Cells], i: int, text: int, merged: Sequence[Merged]) -> Head:
    """Return the names in row `i`, completed by the row above or below it if the names are written in two rows."""
    columns = [_name(cell) for cell in rows[i]]
    last = i
    if i + 1 < len(rows) and _is_second_row(rows[i], rows[i + 1], text, [area for area in merged if area[0][0] == i]):
        columns = _joined(columns, [_name(cell) for cell in rows[i + 1]])
        last = i + 1
    elif i and (_count(rows[i - 1]) > 1 or any(area[1][0] == i for area in merged)):
        above = [_name(cell) for cell in rows[i - 1]]
        columns = [name or upper for name, upper in zip_longest(columns, above)]
    if last + 1 < len(rows) and _numbers_columns(rows[last + 1], text):
        last += 1
    return Head(columns, last + 1)


def _is_second_row(head: Cells, below: Cells, text: int, merged: Sequence[Merged]) -> bool:
    """Whether the row below the names has more names: for parts of a merged cell, or for columns without a name."""
    if not _count(below) or not all(_is_name(cell) for cell in below if cell not in (None, "")):
        return False
    parts = [below[left : right + 1] for (_, left), (_, right) in merged if right > left]
    splits = any(_count(part) > 1 for part in parts)
    if text < len(below) and below[text] not in (None, ""):
        return splits and any(left <= text <= right for (_, left), (_, right) in merged if right > left)
    return splits or any(upper in (None, "") and lower not in (None, "") for upper, lower in zip_longest(head, below))


def _joined(upper: Sequence[str | None], lower: Sequence[str | None]) -> list[str | None]:
    """Return one name for each column of two rows of names: the lower, unless only the upper is a usual name."""
    columns: list[str | None] = []
    group = None
    for above, below in zip_longest(upper, lower):
        group = above or (group if below else None)
        name = below or above
        if below and group and not _field_of(below) and (_field_of(group) and group not in columns):
            name = group
        elif below and group and (below in columns or lower.count(below) > 1):
            name = f"{group} {below}"
        columns.append(name)
    return columns


def _numbers_columns(cells: Cells, text: int) -> bool:
    """Whether a row numbers the columns of a printed table, the one with the text too: (1), (2), (3) or A, B, 1, 2."""
    if text >= len(cells) or cells[text] in (None, ""):
        return False
    filled = [_name(cell) or "" for cell in cells if cell not in (None, "")]
    numbers = [match[1] for name in filled if (match := _COLUMN_NUMBER.fullmatch(name))]
    if len(numbers) < len(filled) or not (len(filled) > 2 or all("(" in name for name in filled)):
        return False
    follows = all(b == "1" or b == (str(int(a) + 1) if a.isdigit() else chr(ord(a) + 1)) for a, b in pairwise(numbers))
    return numbers[0] in ("1", "A", "a") and follows
