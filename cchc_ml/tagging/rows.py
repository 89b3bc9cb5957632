"""Tagging rows, in one process or several."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypedDict

from ..model.parallel import parallel_map
from ..reading.inputs import READING_ERRORS, InputItem, PendingArticle
from ..reading.tables import Row, check_free
from .writers import RESULTS, json_lines

if TYPE_CHECKING:
    from ..model.model import Annotation, Model

__all__ = ["TaggedRow", "as_row", "tag_lines", "tag_rows"]

# Rows that are tagged together, and what an article that is still to be read counts for.
BATCH = 512
ARTICLE = 32
# Characters for which a row counts once more.
LONG = 2000

Failure = tuple[str, Exception]


class TaggedRow(TypedDict):
    """The fields that tagging adds to a row.

    Attributes
    ----------
    pillars : list of str
        The slugs of the pillars that the text is evidence for, most probable first; often none.
    scores : dict of str to float
        The probability of each of the six pillars, rounded to four decimals.
    evidence : dict of str to str
        For each tagged pillar, the sentence that carries it.
    evidence_spans : dict of str to [int, int]
        For each tagged pillar, where its sentence starts and ends, in characters of the text.
    """

    pillars: list[str]
    scores: dict[str, float]
    evidence: dict[str, str]
    evidence_spans: dict[str, list[int]]


def tag_rows(
    model: Model,
    items: Iterable[InputItem],
    *,
    n_jobs: int | None = 1,
    on_error: Callable[[str, str], None] | None = None,
) -> Iterator[Row]:
    """Add the fields of `TaggedRow` to rows.

    Parameters
    ----------
    items : iterable of (dict, str) or PendingArticle
        Rows, each with the name of the field that holds its text, or articles to be read.
    n_jobs : int, optional
        Processes, as joblib counts them. The rows do not depend on it.
    on_error : callable, optional
        Called with an article that cannot be read, and why; without it, the error is raised.

    Raises
    ------
    ValueError
        A row has one of these four fields already.
    """
    for rows, failures in parallel_map(_tag, model, _batches(items), n_jobs):
        _tell(failures, on_error)
        yield from rows


def tag_lines(
    model: Model,
    items: Iterable[InputItem],
    *,
    n_jobs: int | None = 1,
    on_error: Callable[[str, str], None] | None = None,
) -> Iterator[str]:
    """Tag rows as `tag_rows` does, and write them as JSON Lines, many lines at a time."""
    for lines, failures in parallel_map(_tag_lines, model, _batches(items), n_jobs):
        _tell(failures, on_error)
        yield lines


def as_row(annotation: Annotation, text: str) -> TaggedRow:
    """Return what is said of a text as the four fields of a row."""
    return {
        "pillars": [p.value for p in annotation.pillars],
        "scores": {p.value: round(score, 4) for p, score in annotation.scores.items()},
        "evidence": {p.value: text[a:b] for p, (a, b) in annotation.evidence.items()},
        "evidence_spans": {p.value: [a, b] for p, (a, b) in annotation.evidence.items()},
    }


def _tell(failures: list[Failure], on_error: Callable[[str, str], None] | None) -> None:
    for name, error in failures:
        if not on_error:
            raise error
        on_error(name, str(error))


def _batches(items: Iterable[InputItem]) -> Iterator[list[InputItem]]:
    batch, size = [], 0
    for item in items:
        batch.append(item)
        size += ARTICLE if isinstance(item, PendingArticle) else 1 + len(item[0][item[1]]) // LONG
        if size >= BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _tag(model: Model, batch: list[InputItem]) -> tuple[list[Row], list[Failure]]:
    rows: list[tuple[Row, str]] = []
    failures: list[Failure] = []
    for item in batch:
        if isinstance(item, PendingArticle):
            try:
                rows += list(item.rows())
            except READING_ERRORS as error:
                failures.append((item.path, error))
        else:
            rows.append(item)
    tagged = []
    for (row, column), found in zip(rows, model.annotate([row[column] for row, column in rows]), strict=True):
        check_free("a row", row, RESULTS)
        tagged.append({**row, **as_row(found, row[column])})
    return tagged, failures


def _tag_lines(model: Model, batch: list[InputItem]) -> tuple[str, list[Failure]]:
    rows, failures = _tag(model, batch)
    return "".join(json_lines(rows)), failures
