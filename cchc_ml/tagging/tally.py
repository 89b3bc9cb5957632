"""Count tagged rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from .rows import count_row
from .writers import Lines

if TYPE_CHECKING:
    from ..reading.progress import InputProgress

__all__ = ["Counted", "NoRowsError", "OnProgress", "Tally"]

# Called with how many rows are done and how many there are; None if that is not known.
OnProgress = Callable[[int, int | None], None]

# Progress is reported once for this many rows.
ROWS_PER_REPORT = 64


class _HasCounts(Protocol):
    @property
    def rows(self) -> int: ...
    @property
    def tagged(self) -> int: ...
    @property
    def uncounted(self) -> int: ...


class Tally(NamedTuple):
    """How many rows were written, how many paragraphs are evidence for a pillar, and how many rows are no paragraphs.

    See `cchc_ml.reading.context.is_paragraph`.
    """

    rows: int = 0
    tagged: int = 0
    uncounted: int = 0

    def plus(self, other: _HasCounts) -> Tally:
        """Return the sum."""
        return Tally(self.rows + other.rows, self.tagged + other.tagged, self.uncounted + other.uncounted)


class NoRowsError(ValueError):
    """There is nothing to write. It is raised before an old file is replaced."""


class Counted:
    """Tagged rows, or strings of lines, that are counted while they are written.

    Parameters
    ----------
    rows : iterable
        Of `cchc_ml.tagging.rows.tag_rows` or `tag_lines`.
    progress : InputProgress
    on_progress : callable, optional
    required : bool
        Raise NoRowsError at the end if there was no row.
    """

    def __init__(
        self, rows: Iterable[Any], progress: InputProgress, on_progress: OnProgress | None, *, required: bool
    ) -> None:
        self.source, self.progress, self.on_progress, self.required = rows, progress, on_progress, required
        self.tally = Tally()

    def __iter__(self) -> Iterator[Any]:
        reported = 0
        for row in self.source:
            self.tally = self.tally.plus(row if isinstance(row, Lines) else Tally(1, *count_row(row)))
            yield row
            if self.on_progress and self.tally.rows - reported >= ROWS_PER_REPORT:
                reported = self.tally.rows
                self.on_progress(reported, self.progress.total(reported))
        if self.required and not self.tally.rows:
            raise NoRowsError
