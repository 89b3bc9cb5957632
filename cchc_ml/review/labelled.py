"""Read labelled tables: a text and its labels a row, or a review sheet that is filled in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..learning.labels import TRAIN, are_tags, read_labels, split_of
from ..messages import message, message_of, placed, problem_of
from ..reading.columns import cell_of, document_of, find_text_column
from ..reading.heads import is_total
from ..reading.inputs import is_blank, require_text
from ..reading.tables import Row, read_rows
from .categories import Category, as_codebook
from .items import ReviewItem, yes_no
from .records import from_record
from .sheet import is_review_sheet, read_review_sheet

__all__ = ["LabelledRow", "OnFault", "read_labelled", "read_table_items"]

# Called with the kind of a fault ("empty", "text", "label", "split"), its place, and what is wrong.
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
    split : str
        The part of the data that it is in; ``"train"`` if none is named.
    """

    item: ReviewItem
    document: str
    split: str = TRAIN


def read_labelled(
    path: str | Path,
    categories: Sequence[Category],
    *,
    text_column: str | None = None,
    on_fault: OnFault | None = None,
    on_unfinished: Callable[[str], None] | None = None,
) -> Iterator[LabelledRow]:
    """Yield the labelled rows of a table. Labels and splits are read as `cchc-ml train` reads them.

    Parameters
    ----------
    path : path
    categories : sequence of Category
    text_column : str, optional
        The column with the text. Default: any usual name.
    on_fault : callable, optional
        Called with a row that cannot be used. Without it, the error is raised.
    on_unfinished : callable, optional
        Called with the place of a row that nobody labelled, or that was not looked at in full. Such rows are passed
        over.

    Raises
    ------
    FileNotFoundError, ValueError
        As `cchc_ml.reading.tables.read_rows`; without `on_fault`, also if a row has no text or no labels.
    """
    slugs = [c.slug for c in categories]
    for item in _items(Path(path), categories, text_column, on_fault, tags_are_labels=True):
        if item.label(slugs) is None:
            if on_unfinished:
                on_unfinished(item.place)
            continue
        try:
            split = split_of({"split": item.split}) or TRAIN
        except ValueError as error:
            if on_fault is None:
                raise ValueError(placed(item.place, error)) from None
            on_fault("split", item.place, message_of(error))
        else:
            yield LabelledRow(item, item.document or item.place, split)


def read_table_items(path: str | Path, categories: Sequence[Category]) -> list[ReviewItem]:
    """Return the rows of a labelled table as items. A row that nobody labelled has no decisions.

    The tags that `cchc-ml predict` writes are no decisions either.

    Raises
    ------
    FileNotFoundError, ValueError
        As `read_labelled`.
    """
    return list(_items(Path(path), categories, None, None, tags_are_labels=False))


def _items(
    path: Path,
    categories: Sequence[Category],
    text_column: str | None,
    on_fault: OnFault | None,
    *,
    tags_are_labels: bool,
) -> Iterator[ReviewItem]:
    if is_review_sheet(path):
        yield from read_review_sheet(path, categories)
        return
    for where, row in read_rows(path):
        if "sentences" in row or "lexicon" in row:
            raise ValueError(
                placed(where, message("found a packed row, want text; give the table that it was packed from"))
            )
        if is_total(row.values()):
            continue
        kind = "empty"
        try:
            name = find_text_column(row, text_column)
            kind = "empty" if name is not None and is_blank(row[name]) else "text"
            name = require_text(where, row, text_column)
            kind = "label"
            yield from _labelled(where, row, name, path.name.split(".")[0], categories, tags_are_labels)
        except ValueError as error:
            if on_fault is None:
                raise
            on_fault(kind, where, problem_of(error))


def _labelled(
    where: str,
    row: Row,
    text_column: str,
    annotator: str,
    categories: Sequence[Category],
    tags_are_labels: bool,
) -> list[ReviewItem]:
    own: Row = {"text": row[text_column]} | {k: v for k, v in row.items() if k not in (text_column, "text")}
    if "labels" not in row and "decisions" in row:
        return from_record(where, own, categories)
    try:
        labels = read_labels(row, as_codebook(tuple(categories)))
    except ValueError as error:
        raise ValueError(placed(where, error)) from None
    own["document"] = own.get("document") or document_of(row).partition(":")[2]
    own["split"] = cell_of(row, "split")
    if not isinstance(own.get("pillars"), list):  # in a table, tags are one string
        own.pop("pillars", None)
    (item,) = from_record(where, {k: v for k, v in own.items() if k not in ("labels", "reviews")}, categories)
    if labels is None or (are_tags(row) and not tags_are_labels):
        return [item]
    decided = item.decided(yes_no([c.slug for c in categories], labels), annotator=item.annotator or annotator)
    return [replace(decided, place=where)]
