"""Join the progress of several pieces of work to one."""

from __future__ import annotations

from collections.abc import Mapping

from .fitting import Progress

__all__ = ["Stages"]


class Stages:
    """Progress through several pieces of work, in rows that are worked on.

    Parameters
    ----------
    progress : callable or None
        Called with how many rows are done and how many there are.
    rows : dict of str to int
        The pieces of work in their order, and how many rows each works on: rows that are read twice count twice.

    Examples
    --------
    >>> stages = Stages(lambda done, total: print(done, "of", total), {"read": 100, "train": 300})
    >>> stages.of("read")(1, 1)
    100 of 400
    >>> stages.of("train")(1, 2)
    250 of 400
    """

    def __init__(self, progress: Progress | None, rows: Mapping[str, int]) -> None:
        self.progress, self.rows = progress, rows

    def of(self, name: str) -> Progress:
        """Return the function that a piece of work calls with how many of its steps are done, and how many it has."""
        names = list(self.rows)
        before, total = sum(self.rows[other] for other in names[: names.index(name)]), sum(self.rows.values())

        def report(done: int, steps: int) -> None:
            if self.progress:
                self.progress(before + round(self.rows[name] * done / max(steps, 1)), total)

        return report
