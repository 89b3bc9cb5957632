"""Read labelled tables: a text and its labels a row, or a review sheet that is filled in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..reading.columns import document_of, find_text_column
from ..reading.heads import is_total
from ..reading.inputs import is_blank, require_text
from ..reading.tables import Row, read_rows
from .categories import Category, find_category
from .items import ReviewItem, yes_no
from .records import from_record, slug_of, split_labels
from .sheet import is_review_sheet, read_decision, read_review_sheet

__all__ = ["LabelledRow", "OnFault", "labels_of", "read_labelled"]

# Called with the kind of a fault ("empty", "text", "label"), its place, and what is wrong.
OnFault = Callable[[str, str, str], None]


@dataclass(frozen=True)
class LabelledRow:
    """A paragraph with labels.

    Attributes
    ----------
    item : ReviewItem
        With a decision on every category.
    document : str
        The document that it is of; its place if no column says that.
    """

    item: ReviewItem
    document: str

    @property
    def split(self) -> str:
        """The part of the data that the row is in; ``"train"`` if none is named."""
        return self.item.split or "train"


def labels_of(row: Mapping[str, Any], categories: Sequence[Category]) -> list[str]:
    """Return the labels of a row, from ``labels`` or from one column a category.

    ``labels`` is a list, or a string with ``;``, ``|`` or ``,`` between the names.

    Raises
    ------
    ValueError
        There are no labels, or one of them is unknown.
    """
    if "labels" in row:
        labels = row["labels"]
        if labels is None:
            return []
        names = split_labels(labels, categories) if isinstance(labels, str) else labels
        if not isinstance(names, list | tuple):
            raise ValueError(f"labels are {labels!r:.60}; want a list of categories")
        return [slug_of(name, categories) for name in names]
    columns = {category.slug: str(head) for head in row if (category := find_category(str(head), categories))}
    if len(columns) < len(categories):
        raise ValueError(
            f"no labels; the columns are {', '.join(map(str, row))[:300]}; add a column 'labels', "
            f"or a column for each of {', '.join(c.slug for c in categories)}"
        )
    return [slug for slug, head in columns.items() if read_decision(head, row[head])]


def read_labelled(
    path: str | Path,
    categories: Sequence[Category],
    *,
    text_column: str | None = None,
    on_fault: OnFault | None = None,
    on_unfinished: Callable[[str], None] | None = None,
) -> Iterator[LabelledRow]:
    """Yield the labelled rows of a table.

    Parameters
    ----------
    path : path
    categories : sequence of Category
    text_column : str, optional
        The column with the text. Default: any usual name.
    on_fault : callable, optional
        Called with a row that cannot be used. Without it, the error is raised.
    on_unfinished : callable, optional
        Called with the place of a row of a review sheet that was not looked at in full. Such rows are passed over.

    Raises
    ------
    FileNotFoundError, ValueError
        As `cchc_ml.reading.tables.read_rows`; without `on_fault`, also if a row has no text or no labels.
    """
    slugs = [c.slug for c in categories]
    for item in _items(Path(path), categories, text_column, on_fault):
        if item.label(slugs) is None:
            if on_unfinished:
                on_unfinished(item.place)
        else:
            yield LabelledRow(item, item.document or item.place)


def _items(
    path: Path, categories: Sequence[Category], text_column: str | None, on_fault: OnFault | None
) -> Iterator[ReviewItem]:
    if is_review_sheet(path):
        yield from read_review_sheet(path, categories)
        return
    for where, row in read_rows(path):
        if "sentences" in row or "lexicon" in row:
            raise ValueError(f"{where}: found a packed row, want text; give the table that it was packed from")
        if is_total(row.values()):
            continue
        kind = "empty"
        try:
            name = find_text_column(row, text_column)
            kind = "empty" if name is not None and is_blank(row[name]) else "text"
            name = require_text(where, row, text_column)
            kind = "label"
            yield from _labelled(where, row, name, path.name.split(".")[0], categories)
        except ValueError as error:
            if on_fault is None:
                raise
            on_fault(kind, where, str(error).removeprefix(f"{where}: "))


def _labelled(
    where: str, row: Row, text_column: str, annotator: str, categories: Sequence[Category]
) -> list[ReviewItem]:
    own: Row = {"text": row[text_column]} | {k: v for k, v in row.items() if k not in (text_column, "text")}
    if "labels" not in row and "decisions" in row:
        return from_record(where, own, categories)
    try:
        labels = labels_of(row, categories)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None
    own["document"] = own.get("document") or document_of(row).partition(":")[2]
    (item,) = from_record(where, {k: v for k, v in own.items() if k not in ("labels", "reviews")}, categories)
    decided = item.decided(yes_no([c.slug for c in categories], labels), annotator=item.annotator or annotator)
    return [replace(decided, place=where)]
