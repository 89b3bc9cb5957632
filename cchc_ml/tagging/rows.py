"""Tagging rows, in one process or several."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from ..model.parallel import spread
from ..reading.inputs import READING_ERRORS, Item, Unread
from ..reading.tables import Row
from .writers import RESULTS, json_lines

if TYPE_CHECKING:
    from ..model.model import Annotation, Model

__all__ = ["results", "tag_lines", "tag_rows"]

# Rows that are tagged together, and what an article that is still to be read counts for.
BATCH = 512
ARTICLE = 32
# Characters for which a row counts once more.
LONG = 2000

Failure = tuple[str, Exception]


def tag_rows(
    model: Model, items: Iterable[Item], *, n_jobs: int | None = 1, failed: Callable[[str, str], None] | None = None
) -> Iterator[Row]:
    """Add `pillars` (slugs, most probable first), `scores` (six probabilities) and `evidence` (sentences) to rows.

    Parameters
    ----------
    items : iterable of (dict, str) or Unread
        Rows, each with the name of the field that holds its text, or articles to be read.
    n_jobs : int, optional
        Processes, as joblib counts them. The rows do not depend on it.
    failed : callable, optional
        Called with an article that cannot be read, and why; without it, the error is raised.

    Raises
    ------
    ValueError
        A row has one of these three fields already.
    """
    for rows, failures in spread(_tag, model, _batches(items), n_jobs):
        _tell(failures, failed)
        yield from rows


def tag_lines(
    model: Model, items: Iterable[Item], *, n_jobs: int | None = 1, failed: Callable[[str, str], None] | None = None
) -> Iterator[str]:
    """Tag rows as `tag_rows` does, and write them as JSON Lines, many lines at a time."""
    for lines, failures in spread(_tag_lines, model, _batches(items), n_jobs):
        _tell(failures, failed)
        yield lines


def results(found: Annotation, text: str) -> Row:
    """Return what is said of a text as the three fields of a row."""
    return {
        "pillars": [p.value for p in found.pillars],
        "scores": {p.value: round(score, 4) for p, score in found.scores.items()},
        "evidence": {p.value: text[a:b] for p, (a, b) in found.evidence.items()},
    }


def _tell(failures: list[Failure], failed: Callable[[str, str], None] | None) -> None:
    for name, error in failures:
        if not failed:
            raise error
        failed(name, str(error))


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    batch, size = [], 0
    for item in items:
        batch.append(item)
        size += ARTICLE if isinstance(item, Unread) else 1 + len(item[0][item[1]]) // LONG
        if size >= BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _tag(model: Model, batch: list[Item]) -> tuple[list[Row], list[Failure]]:
    rows: list[tuple[Row, str]] = []
    failures: list[Failure] = []
    for item in batch:
        if isinstance(item, Unread):
            try:
                rows += list(item.rows())
            except READING_ERRORS as error:
                failures.append((item.path, error))
        else:
            rows.append(item)
    tagged = []
    for (row, column), found in zip(rows, model.annotate([row[column] for row, column in rows]), strict=True):
        if taken := next((name for name in RESULTS if name in row), None):
            raise ValueError(f"a row has a field {taken!r} already, which the result needs; rename or drop it")
        tagged.append(row | results(found, row[column]))
    return tagged, failures


def _tag_lines(model: Model, batch: list[Item]) -> tuple[str, list[Failure]]:
    rows, failures = _tag(model, batch)
    return "".join(json_lines(rows)), failures
