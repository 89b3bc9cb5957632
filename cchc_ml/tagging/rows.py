"""Tag rows, in one process or several."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from ..model.parallel import parallel_map
from ..reading.context import article_of, documents_of, is_paragraph
from ..reading.inputs import READING_ERRORS, InputItem, OnNote, PendingArticle
from ..reading.progress import InputProgress
from ..reading.tables import Row, check_free
from .schema import RESULTS, TaggedRow
from .writers import json_lines

if TYPE_CHECKING:
    from ..model.model import Annotation, Model

__all__ = ["Lines", "as_row", "count_row", "tag_lines", "tag_rows"]

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
    rows, tagged, uncounted : int
        How many rows there are, how many paragraphs among them are evidence for a pillar, and how many of the rows are
        no paragraphs.
    """

    rows: int
    tagged: int
    uncounted: int

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Lines:
        """Encode tagged rows."""
        lines = cls("".join(json_lines(rows)))
        lines.rows = len(rows)
        lines.tagged, lines.uncounted = (sum(count_row(row)[k] for row in rows) for k in range(2))
        return lines


def count_row(row: Row) -> tuple[bool, bool]:
    """Return whether a tagged row is a paragraph that is evidence for a pillar, and whether it is no paragraph."""
    counts = is_paragraph(row)
    return counts and bool(row["pillars"]), not counts


def tag_rows(
    model: Model,
    items: Iterable[InputItem],
    *,
    context: bool | None = None,
    n_jobs: int | None = 1,
    on_error: Callable[[str, str], None] | None = None,
    on_note: OnNote | None = None,
    progress: InputProgress | None = None,
) -> Iterator[Row]:
    """Yield each row with the fields of `cchc_ml.tagging.schema.TaggedRow` added, in order.

    Parameters
    ----------
    items : iterable of (dict, str) or PendingArticle
        Rows, each with the name of the field that holds its text, or articles that are still to be read.
    context : bool, optional
        Whether rows are read with the others of their document, which must stand together. Default: paragraphs of
        articles are, rows of tables are not; see `cchc_ml.reading.context.article_of`.
    n_jobs : int, optional
        Number of processes, as joblib counts them: -1 is one per core. The rows do not depend on it.
    on_error : callable, optional
        Called with the path of an article that cannot be read, and the reason. Without it, the error is raised.
    on_note : callable, optional
        Called with a sentence about pages of an article that cannot be read. Without it, that is an error.
    progress : InputProgress, optional
        Is told which of the rows have been tagged.

    Raises
    ------
    ValueError
        A row already has one of the four fields, does not name its document, or the rows of a document do not stand
        together.

    Examples
    --------
    >>> from cchc_ml.model.storage import read_model
    >>> (row,) = tag_rows(read_model(), [({"id": 1, "text": "Giải ngân vốn đầu tư công mới đạt 9%."}, "text")])
    >>> row["id"], row["pillars"], row["evidence_spans"]
    (1, ['public_finance'], {'public_finance': [0, 37]})
    """
    batches = _watched(_batches(items, context), progress)
    for rows, failures, notes in parallel_map(partial(_tag, context=context), model, batches, n_jobs):
        _report(failures, on_error, notes, on_note)
        if progress:
            progress.end_batch()
        yield from rows


def tag_lines(
    model: Model,
    items: Iterable[InputItem],
    *,
    context: bool | None = None,
    n_jobs: int | None = 1,
    on_error: Callable[[str, str], None] | None = None,
    on_note: OnNote | None = None,
    progress: InputProgress | None = None,
) -> Iterator[Lines]:
    """Yield the rows of `tag_rows` as JSON Lines, several lines in one string.

    The lines are encoded where the rows are tagged, so that several processes share that work too.
    """
    batches = _watched(_batches(items, context), progress)
    for lines, failures, notes in parallel_map(partial(_tag_lines, context=context), model, batches, n_jobs):
        _report(failures, on_error, notes, on_note)
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


def _report(
    failures: list[Failure],
    on_error: Callable[[str, str], None] | None,
    notes: list[str],
    on_note: OnNote | None,
) -> None:
    for name, error in failures:
        if not on_error:
            raise error
        on_error(name, str(error))
    for note in notes:
        if not on_note:
            raise ValueError(note)
        on_note(note)


def _batches(items: Iterable[InputItem], context: bool | None) -> Iterator[list[InputItem]]:
    """Cut items into batches, never inside an article."""
    batch: list[InputItem] = []
    size, article = 0, None
    ended: set[Hashable] = set()
    for item in items:
        before, article = article, None if isinstance(item, PendingArticle) else article_of(item[0], context)
        if article != before:
            if article in ended:
                raise ValueError(
                    f"the rows of {article!r} do not stand together, so they cannot be read in context; "
                    "sort the rows by document, or give --no-context"
                )
            if before is not None:
                ended.add(before)
        if size >= BATCH_ROWS and (article is None or article != before):
            yield batch
            batch, size = [], 0
        batch.append(item)
        if isinstance(item, PendingArticle):
            size += ROWS_PER_ARTICLE
        else:
            row, text_column = item
            size += 1 + len(row[text_column]) // CHARS_PER_ROW
    if batch:
        yield batch


def _tag(model: Model, batch: list[InputItem], *, context: bool | None) -> tuple[list[Row], list[Failure], list[str]]:
    rows: list[tuple[Row, str]] = []
    articles: list[Hashable | None] = []
    failures: list[Failure] = []
    notes: list[str] = []
    for number, item in enumerate(batch):
        if not isinstance(item, PendingArticle):
            rows.append(item)
            articles.append(article_of(item[0], context))
            continue
        try:
            rows += list(item.rows(notes.append))
        except READING_ERRORS as error:
            failures.append((item.path, error))
        # The same file may be named twice: its number tells the two apart.
        articles += [None if context is False else number] * (len(rows) - len(articles))
    texts = [row[text_column] for row, text_column in rows]
    documents = documents_of((row for row, _ in rows), articles)
    tagged = []
    for (row, _), text, annotation in zip(rows, texts, model.annotate(texts, documents), strict=True):
        check_free("a row", row, RESULTS)
        tagged.append({**row, **as_row(annotation, text)})
    return tagged, failures, notes


def _tag_lines(model: Model, batch: list[InputItem], *, context: bool | None) -> tuple[Lines, list[Failure], list[str]]:
    rows, failures, notes = _tag(model, batch, context=context)
    return Lines.of(rows), failures, notes
