"""How much of the input files has been read, as a share of their sizes."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Sequence

__all__ = ["InputProgress"]


class InputProgress:
    """How much of some files has been read, and how much of that is done.

    Shares are by the sizes of the files. What takes rows in batches says with `begin_batch` and `end_batch` which of
    them are done; otherwise all that was read is done.

    Parameters
    ----------
    files : sequence of str
        As `expand` returns them.
    rows : int, optional
        How many rows they have, if that is known.
    """

    def __init__(self, files: Sequence[str], rows: int | None = None) -> None:
        self._rows = rows
        self._sizes = [_size(file) for file in files]
        self._number = 0
        self._share_of_file: Callable[[], float] = float  # 0
        self._batches: deque[float | None] = deque()
        self._done: float | None = 0.0
        self._in_batches = False

    @property
    def file_number(self) -> int:
        """The number of the file that is being read; the first is 0."""
        return self._number

    def begin_file(self, number: int) -> None:
        """Say that all files before this one have been read."""
        self._number, self._share_of_file = number, float

    def open_file(self, share: Callable[[], float]) -> None:
        """Set the function that returns how much of the file has been read; see `cchc_ml.reading.tables.read_rows`."""
        self._share_of_file = share

    def begin_batch(self) -> None:
        """Say that all that has been read up to now is in a batch."""
        self._in_batches = True
        self._batches.append(self._share_read())

    def end_batch(self) -> None:
        """Say that the earliest batch is done."""
        self._done = self._batches.popleft()

    def _share_read(self) -> float | None:
        if not all(self._sizes):
            return None
        before, current = sum(self._sizes[: self._number]), sum(self._sizes[self._number : self._number + 1])
        return (before + current * min(self._share_of_file(), 1)) / sum(self._sizes)

    def __len__(self) -> int:
        return len(self._sizes)

    def total(self, rows: int) -> int | None:
        """Return how many rows there are in all: an estimate by how many are done, or None if that is not known."""
        if self._rows is not None:
            return self._rows
        share = self._done if self._in_batches else self._share_read()
        return round(rows / share) if rows and share else None


def _size(file: str) -> int:
    """Return the size of a file, or 0 if it is not known."""
    try:
        return os.stat(file).st_size if file != "-" else 0
    except OSError:
        return 0
