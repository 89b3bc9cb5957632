"""Tag rows, in one process or several."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from ..messages import message
from ..model.parallel import parallel_map
from ..reading.context import article_of, documents_of, is_paragraph
from ..reading.inputs import (
    ARTICLE_FIELDS,
    READING_ERRORS,
    FileReport,
    OnNote,
    PendingArticle,
    PendingLines,
    TextRow,
    UnparsedItem,
)
from ..reading.progress import InputProgress
from ..reading.tables import Row, check_free
from .results import as_fields, cell_columns, tag_texts
from .schema import RESULTS, TaggedRow
from .writers import Lines, Tagged, encode_csv, encode_csv_head, encode_jsonl

if TYPE_CHECKING:
    from ..model.model import Annotation, Model

__all__ = ["as_row", "count_row", "tag_lines", "tag_rows"]

# Size of a batch, in rows. Longer texts and unread articles count as several rows.
BATCH_ROWS = 512
ROWS_PER_ARTICLE = 32
# A text counts as one more row for each of these many characters.
CHARS_PER_ROW = 2000


def count_row(row: Row) -> tuple[bool, bool]:
    """Return whether a tagged row is a paragraph that is evidence for a pillar, and whether it is no paragraph."""
    counts = is_paragraph(row)
    return counts and bool(row["pillars"]), not counts


def tag_rows(
    model: Model,
    items: Iterable[UnparsedItem],
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
    items : iterable of (dict, str), PendingArticle, PendingLines or FileReport
        Rows, each with the name of the field that holds its text, and what is still to be read; see
        `cchc_ml.reading.inputs.read_unparsed`.
    context : bool, optional
        Whether rows are read with the others of their document, which must stand together. Default: paragraphs of
        articles are, rows of tables are not; see `cchc_ml.reading.context.article_of`.
    n_jobs : int, optional
        Number of processes, as joblib counts them: -1 is one per core. The rows do not depend on it.
    on_error : callable, optional
        Called with the path of an article or a JSON Lines file that cannot be read in full, and the reason. Without it,
        the error is raised.
    on_note : callable, optional
        Called with a sentence about pages of an article that cannot be read, or rows that are passed over. Without it,
        that is an error.
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
    yield from chain.from_iterable(_tagged(_tag, model, items, context, n_jobs, on_error, on_note, progress))


def tag_lines(
    model: Model,
    items: Iterable[UnparsedItem],
    *,
    context: bool | None = None,
    n_jobs: int | None = 1,
    on_error: Callable[[str, str], None] | None = None,
    on_note: OnNote | None = None,
    progress: InputProgress | None = None,
    kind: str = ".jsonl",
) -> Iterator[Lines]:
    """Yield the rows of `tag_rows` as text, several lines in one string of bytes.

    The lines are encoded where the rows are tagged, so that several processes share that work too.

    Parameters
    ----------
    kind : str
        What to write: ``".jsonl"``, ``".csv"`` or ``".tsv"``, perhaps with ``".gz"``. CSV begins with the names of the
        columns; those of the first row are the columns of all rows.
    """
    head = b""
    encode: Callable[[Sequence[Tagged]], bytes] = encode_jsonl
    if ".jsonl" not in kind:
        items = iter(items)
        first = list(islice(items, 1))
        items = chain(first, items)
        columns = list(_columns(first[0])) if first else []
        names = cell_columns(category.value for category in model.codebook)
        check_free("a row", columns, names)
        delimiter = "\t" if ".tsv" in kind else ","
        head = encode_csv_head([*columns, *names], delimiter)
        encode = partial(encode_csv, columns=columns, delimiter=delimiter)
    work = partial(_tag_lines, encode=encode)
    for lines in _tagged(work, model, items, context, n_jobs, on_error, on_note, progress):
        if lines.rows and head:
            yield lines._replace(data=head + lines.data)
            head = b""
        else:
            yield lines


def _columns(item: UnparsedItem) -> Iterable[str]:
    """Return the columns of the rows of an item."""
    if isinstance(item, PendingArticle):
        return ARTICLE_FIELDS
    if isinstance(item, PendingLines | FileReport):
        raise TypeError("the columns of lines that are not parsed are not known; want items of read_inputs")
    return item[0]


Result = TypeVar("Result", list[Row], Lines)


def _tagged(
    work: Callable[..., tuple[Result, list[FileReport]]],
    model: Model,
    items: Iterable[UnparsedItem],
    context: bool | None,
    n_jobs: int | None,
    on_error: Callable[[str, str], None] | None,
    on_note: OnNote | None,
    progress: InputProgress | None,
) -> Iterator[Result]:
    """Yield the result of each batch, and tell what was found in each file."""
    whole: FileReport | None = None
    batches = _watched(_batches(items, context), progress)
    for result, reports in parallel_map(partial(work, context=context), model, batches, n_jobs):
        for report in reports:
            if whole:
                whole.add(report)
            else:
                whole = report
            if report.is_end:
                whole.tell(on_error, on_note)
                whole = None
        if progress:
            progress.end_batch()
        yield result


def _watched(batches: Iterable[list[UnparsedItem]], progress: InputProgress | None) -> Iterator[list[UnparsedItem]]:
    for batch in batches:
        if progress:
            progress.begin_batch()
        yield batch


def _batches(items: Iterable[UnparsedItem], context: bool | None) -> Iterator[list[UnparsedItem]]:
    """Cut items into batches, never inside an article."""
    batch: list[UnparsedItem] = []
    size, article = 0, None
    ended: set[Hashable] = set()
    try:
        for item in items:
            if isinstance(item, FileReport):
                batch.append(item)
                continue
            before = article
            article = None if isinstance(item, PendingArticle | PendingLines) else article_of(item[0], context)
            if article != before:
                if article in ended:
                    raise ValueError(
                        message(
                            "the rows of {article} do not stand together, so they cannot be read in context; sort "
                            "the rows by document, or give --no-context",
                            article=repr(article),
                        )
                    )
                if before is not None:
                    ended.add(before)
            if size >= BATCH_ROWS and (article is None or article != before):
                yield batch
                batch, size = [], 0
            batch.append(item)
            size += _count_rows(item)
    except Exception:
        if any(isinstance(item, PendingArticle | PendingLines) for item in batch):
            yield batch  # if something is wrong in it too, that came first
        raise
    if batch:
        yield batch


def _count_rows(item: TextRow | PendingArticle | PendingLines) -> int:
    """Return as how many rows an item counts."""
    if isinstance(item, PendingArticle):
        return ROWS_PER_ARTICLE
    if isinstance(item, PendingLines):
        return item.data.count(b"\n") + len(item.data) // CHARS_PER_ROW
    row, text_column = item
    return 1 + len(row[text_column]) // CHARS_PER_ROW


class _Batch(NamedTuple):
    """Rows that were read, and their documents if some are read in context."""

    rows: list[TextRow]
    documents: list[Hashable | None] | None
    reports: list[FileReport]

    @classmethod
    def read(cls, items: list[UnparsedItem], context: bool | None) -> _Batch:
        """Read what is still to be read."""
        rows: list[TextRow] = []
        articles: list[Hashable | None] = []
        reports: list[FileReport] = []
        for number, item in enumerate(items):
            article: Hashable | None = None
            if isinstance(item, FileReport):
                reports.append(item)
            elif isinstance(item, PendingLines):
                reports.append(FileReport(item.path))
                rows += item.rows(reports[-1])
            elif isinstance(item, PendingArticle):
                reports.append(FileReport(item.path, has_rows=True, is_end=True))
                # The same file may be named twice: its number tells the two apart.
                article = None if context is False else number
                try:
                    rows += list(item.rows(reports[-1].notes.append))
                except READING_ERRORS as error:
                    reports[-1].error = error
            else:
                rows.append(item)
                article = article_of(item[0], context)
            articles += [article] * (len(rows) - len(articles))
        for row, _ in rows:
            if not _RESULTS.isdisjoint(row):
                check_free("a row", row, RESULTS)
        if not any(article is not None for article in articles):
            return cls(rows, None, reports)
        return cls(rows, documents_of((row for row, _ in rows), articles), reports)

    def texts(self) -> list[str]:
        return [row[text_column] for row, text_column in self.rows]


_RESULTS = frozenset(RESULTS)


def _tag(model: Model, items: list[UnparsedItem], *, context: bool | None) -> tuple[list[Row], list[FileReport]]:
    batch = _Batch.read(items, context)
    texts = batch.texts()
    tags = tag_texts(model, texts, batch.documents)
    rows = [{**row, **as_fields(found, text)} for (row, _), text, found in zip(batch.rows, texts, tags, strict=True)]
    return rows, batch.reports


def _tag_lines(
    model: Model,
    items: list[UnparsedItem],
    *,
    context: bool | None,
    encode: Callable[[Sequence[Tagged]], bytes],
) -> tuple[Lines, list[FileReport]]:
    batch = _Batch.read(items, context)
    texts = batch.texts()
    tags = tag_texts(model, texts, batch.documents)
    data = encode([(row, text, found) for (row, _), text, found in zip(batch.rows, texts, tags, strict=True)])
    counts = [is_paragraph(row) for row, _ in batch.rows]
    n_tagged = sum(is_counted and bool(found.found) for is_counted, found in zip(counts, tags, strict=True))
    return Lines(data, len(tags), n_tagged, counts.count(False)), batch.reports


def as_row(annotation: Annotation, text: str) -> TaggedRow:
    """Return the annotation of a text as the fields that a tagged row gets."""
    return {
        "pillars": [p.value for p in annotation.pillars],
        "scores": {p.value: round(score, 4) for p, score in annotation.scores.items()},
        "evidence": {p.value: text[start:end] for p, (start, end) in annotation.evidence.items()},
        "evidence_spans": {p.value: [start, end] for p, (start, end) in annotation.evidence.items()},
    }
