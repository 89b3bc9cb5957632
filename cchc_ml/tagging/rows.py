"""Tag rows, in one process or several."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from ..model.parallel import parallel_map
from ..reading.inputs import READING_ERRORS, InputItem, PendingArticle
from ..reading.progress import InputProgress
from ..reading.tables import Row, check_free
from .schema import RESULTS, TaggedRow
from .writers import json_lines

if TYPE_CHECKING:
    from ..model.model import Annotation, Model

__all__ = ["Lines", "as_row", "tag_lines", "tag_rows"]

# Size of a batch, in rows. Longer texts and unread articles count as several rows.
BATCH_ROWS = 512
ROWS_PER_ARTICLE = 32
# A text counts as one more row for each of these many characters.
CHARS_PER_ROW = 2000

Failure = tuple[str, Exception]


class Lines(str):
    """Tagged rows as JSON Lines.

    Attributes
    ----------
    rows, tagged : int
        How many rows there are, and how many of them are evidence for a pillar.
    """

    rows: int
    tagged: int

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Lines:
        """Encode tagged rows."""
        lines = cls("".join(json_lines(rows)))
        lines.rows, lines.tagged = len(rows), sum(bool(row["pillars"]) for row in rows)
        return lines


def tag_rows(
    model: Model,
    items: Iterable[InputItem],
    *,
    n_jobs: int | None = 1,
    on_error: Callable[[str, str], None] | None = None,
    progress: InputProgress | None = None,
) -> Iterator[Row]:
    """Yield each row with the fields of `cchc_ml.tagging.schema.TaggedRow` added, in order.

    Parameters
    ----------
    items : iterable of (dict, str) or PendingArticle
        Rows, each with the name of the field that holds its text, or articles that are still to be read.
    n_jobs : int, optional
        Number of processes, as joblib counts them: -1 is one per core. The rows do not depend on it.
    on_error : callable, optional
        Called with the path of an article that cannot be read, and the reason. Without it, the error is raised.
    progress : InputProgress, optional
        Is told which of the rows have been tagged.

    Raises
    ------
    ValueError
        A row already has one of the four fields.

    Examples
    --------
    >>> from cchc_ml.model.storage import read_model
    >>> (row,) = tag_rows(read_model(), [({"id": 1, "text": "Giải ngân vốn đầu tư công mới đạt 9%."}, "text")])
    >>> row["id"], row["pillars"], row["evidence_spans"]
    (1, ['public_finance'], {'public_finance': [0, 37]})
    """
    for rows, failures in parallel_map(_tag, model, _watched(_batches(items), progress), n_jobs):
        _report(failures, on_error)
        if progress:
            progress.end_batch()
        yield from rows


def tag_lines(
    model: Model,
    items: Iterable[InputItem],
    *,
    n_jobs: int | None = 1,
    on_error: Callable[[str, str], None] | None = None,
    progress: InputProgress | None = None,
) -> Iterator[Lines]:
    """Yield the rows of `tag_rows` as JSON Lines, several lines in one string.

    The lines are encoded where the rows are tagged, so that several processes share that work too.
    """
    for lines, failures in parallel_map(_tag_lines, model, _watched(_batches(items), progress), n_jobs):
        _report(failures, on_error)
        if progress:
            progress.end_batch()
        yield lines


def _watched(batches: Iterable[list[InputItem]], progress: InputProgress | None) -> Iterator[list[InputItem]]:
    for batch in batches:
        if progress:
            progress.begin_batch()
        yield batch


def as_row(annotation: Annotation, text: str) -> TaggedRow:
    """Return the annotation of a text as the fields that a tagged row gets."""
    return {
        "pillars": [p.value for p in annotation.pillars],
        "scores": {p.value: round(score, 4) for p, score in annotation.scores.items()},
        "evidence": {p.value: text[start:end] for p, (start, end) in annotation.evidence.items()},
        "evidence_spans": {p.value: [start, end] for p, (start, end) in annotation.evidence.items()},
    }


def _report(failures: list[Failure], on_error: Callable[[str, str], None] | None) -> None:
    for name, error in failures:
        if not on_error:
            raise error
        on_error(name, str(error))


def _batches(items: Iterable[InputItem]) -> Iterator[list[InputItem]]:
    batch, size = [], 0
    for item in items:
        batch.append(item)
        if isinstance(item, PendingArticle):
            size += ROWS_PER_ARTICLE
        else:
            row, text_column = item
            size += 1 + len(row[text_column]) // CHARS_PER_ROW
        if size >= BATCH_ROWS:
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
    texts = [row[text_column] for row, text_column in rows]
    tagged = []
    for (row, _), text, annotation in zip(rows, texts, model.annotate(texts), strict=True):
        check_free("a row", row, RESULTS)
        tagged.append({**row, **as_row(annotation, text)})
    return tagged, failures


def _tag_lines(model: Model, batch: list[InputItem]) -> tuple[Lines, list[Failure]]:
    rows, failures = _tag(model, batch)
    return Lines.of(rows), failures
