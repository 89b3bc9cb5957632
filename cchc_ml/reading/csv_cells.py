"""Cells of CSV files that a spreadsheet would take for formulas: text from elsewhere must stay text."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from typing import Any, TextIO

__all__ = ["FORMULA", "GuardedWriter", "guard_cell", "unguard_cell"]

# The start of a cell that a spreadsheet takes for a formula, and of one that has an apostrophe before it already.
FORMULA = re.compile("'*[=+\\-@\t\r]")


def guard_cell(value: Any) -> Any:
    """Return a value as a cell that is no formula: text that starts like one gets an apostrophe before it.

    Text that has such an apostrophe gets one more, so that `unguard_cell` gives back what was written.

    Examples
    --------
    >>> guard_cell("=1+1"), guard_cell("- Xã họp."), guard_cell("Xã họp."), guard_cell(-1)
    ("'=1+1", "'- Xã họp.", 'Xã họp.', -1)
    """
    return f"'{value}" if isinstance(value, str) and FORMULA.match(value) else value


def unguard_cell(cell: str) -> str:
    """Return the text of a cell, without the apostrophe of `guard_cell`.

    Examples
    --------
    >>> unguard_cell("'=1+1"), unguard_cell("''- Xã"), unguard_cell("'Xã'"), unguard_cell("=1")
    ('=1+1', "'- Xã", "'Xã'", '=1')
    """
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


class GuardedWriter:
    """Writes rows as CSV whose cells are no formulas. Lines end with a line feed.

    Parameters
    ----------
    file : text file
    delimiter : str
    """

    def __init__(self, file: TextIO, delimiter: str = ",") -> None:
        self._file = file
        # The csv module puts a cell with a carriage return in quotation marks only if its own lines end with one.
        self._writer = csv.writer(self, lineterminator="\r\n", delimiter=delimiter)

    def write_row(self, cells: Iterable[Any]) -> None:
        """Write a row, or the names of the columns."""
        self._writer.writerow(map(guard_cell, cells))

    def write(self, line: str) -> None:
        """Take a line from the csv module."""
        self._file.write(line.removesuffix("\r\n") + "\n")
