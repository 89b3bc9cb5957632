"""Review items as JSON objects: the fields of our `.jsonl` files, of the store, and in files of other programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from ..learning.labels import read_labels
from ..messages import message, placed
from ..reading.columns import find_text_column
from ..reading.inputs import require_text
from ..reading.tables import Row
from .categories import Category, as_codebook, find_category
from .items import SOURCE_FIELDS, ReviewItem, make_id, yes_no

__all__ = [
    "as_record",
    "from_record",
    "item_fields",
    "slug_of",
    "source_fields",
    "suggestion_fields",
    "text_of",
]


def as_record(item: ReviewItem, slugs: Sequence[str]) -> Row:
    """Return an item as a JSON object: `decisions` holds true, false or null for each of `slugs`."""
    record: Row = {"id": item.id, "text": item.text} | item.source
    record |= suggestion_fields(item)
    if item.sampling:
        record["sampling"] = item.sampling
    record["decisions"] = {slug: item.decisions.get(slug) for slug in slugs}
    record |= {name: getattr(item, name) for name in ("notes", "annotator", "time")}
    if item.adjudicates:
        record["adjudicates"] = True
    return record


def suggestion_fields(item: ReviewItem) -> Row:
    """Return the model's part of an item as JSON fields."""
    fields: Row = {}
    if item.suggestion is not None:
        fields["suggestion"] = dict(item.suggestion)
    if item.suggestion is not None or item.suggested:
        fields["suggested"] = list(item.suggested)
    if item.evidence_spans:
        fields["evidence_spans"] = {slug: list(span) for slug, span in item.evidence_spans.items()}
    return fields


def from_record(where: str, row: Mapping[str, Any], categories: Sequence[Category]) -> list[ReviewItem]:
    """Read the items of one JSON object.

    Decisions are read from `decisions`, or from a list `labels` (which says that every category was looked at). A
    merged row has `reviews`, the decisions of each person, and gives one item for each. What `cchc-ml predict` wrote
    (`pillars`, `scores`) is read as a suggestion, never as a decision.

    Raises
    ------
    ValueError
        A field is not what is wanted; the message starts with `where`.
    """
    try:
        fields = item_fields(row, categories)
        reviews = row.get("reviews")
        if reviews is None:
            return [ReviewItem(**fields, **_review_fields(row, categories), place=where)]
        if not isinstance(reviews, list) or not all(isinstance(review, dict) for review in reviews):
            raise ValueError(message("reviews are {reviews}; want a list of objects", reviews=f"{reviews!r:.60}"))
        return [ReviewItem(**fields, **_review_fields(review, categories), place=where) for review in reviews]
    except (ValueError, TypeError) as error:
        if str(error).startswith(where):
            raise
        raise ValueError(placed(where, error)) from None


def item_fields(row: Mapping[str, Any], categories: Sequence[Category]) -> Row:
    """Return the fields of a `ReviewItem` that are nobody's decision: id, text, source, suggestion, sampling."""
    text = text_of(row)
    source = source_fields(row)
    suggestion = row.get("suggestion", row.get("scores"))
    suggested = row.get("suggested", row.get("pillars"))
    spans = row.get("evidence_spans") or {}
    if suggestion is not None and not isinstance(suggestion, dict):
        raise ValueError(
            message(
                "the suggestion is {suggestion}; want an object with a probability for each category",
                suggestion=f"{suggestion!r:.60}",
            )
        )
    if suggested is not None and not isinstance(suggested, list):
        raise ValueError(message("suggested categories are {suggested}; want a list", suggested=f"{suggested!r:.60}"))
    if not isinstance(spans, dict):
        raise ValueError(
            message(
                "evidence_spans are {spans}; want an object with [start, end] for each category", spans=f"{spans!r:.60}"
            )
        )
    fields: Row = {
        "id": _text(row.get("id")) or make_id(source["document"], text),
        "text": text,
        **source,
        "sampling": _text(row.get("sampling")),
        "suggested": tuple(slug_of(name, categories) for name in suggested or ()),
        "evidence_spans": {slug_of(slug, categories): _span(span) for slug, span in spans.items()},
    }
    if suggestion is not None:
        fields["suggestion"] = {slug_of(slug, categories): _probability(p) for slug, p in suggestion.items()}
    return fields


def source_fields(row: Mapping[str, Any]) -> dict[str, str]:
    """Return where a paragraph comes from; the document may be called `document`, `article` or `source`."""
    found = {name: _text(row.get(name)) for name in SOURCE_FIELDS}
    found["document"] = next(filter(None, (_text(row.get(name)) for name in ("document", "article", "source"))), "")
    found["link"] = found["link"] or _text(row.get("url"))
    return found


def text_of(row: Mapping[str, Any]) -> str:
    """Return the text of a row, from a column that goes by a usual name."""
    column = find_text_column(row)
    if column is None:
        require_text("row", dict(row))
    text = row[column or "text"]
    if not isinstance(text, str) or not text.strip():
        raise ValueError(message("row without text ({column} is {text})", column=column, text=f"{text!r:.60}"))
    return text


def slug_of(name: object, categories: Sequence[Category]) -> str:
    """Return the slug of a category that is named in a file."""
    found = find_category(name, categories) if isinstance(name, str) else None
    if found is None:
        raise ValueError(
            message(
                "unknown category {name}; want one of {categories}; another codebook is named with --codebook",
                name=repr(name),
                categories=", ".join(c.slug for c in categories),
            )
        )
    return found.slug


def _review_fields(row: Mapping[str, Any], categories: Sequence[Category]) -> Row:
    decisions = row.get("decisions") or {}
    if not isinstance(decisions, dict):
        raise ValueError(
            message(
                "decisions are {decisions}; want an object with true, false or null for each category",
                decisions=f"{decisions!r:.60}",
            )
        )
    found = {}
    for name, decision in decisions.items():
        slug = slug_of(name, categories)
        if decision is not None and type(decision) is not bool:
            raise ValueError(
                message(
                    "the decision on {slug} is {decision}; want true, false or null", slug=slug, decision=repr(decision)
                )
            )
        if decision is not None:
            found[slug] = decision
    labels = row.get("labels")
    if isinstance(labels, str):  # an empty one says that nobody looked
        labels = read_labels({"labels": labels}, as_codebook(tuple(categories)))
    if labels is not None:
        if not isinstance(labels, list | tuple):
            raise ValueError(message("labels are {labels}; want a list of categories", labels=f"{labels!r:.60}"))
        said = yes_no([c.slug for c in categories], [slug_of(label, categories) for label in labels])
        if any(said[slug] is not decision for slug, decision in found.items()):
            raise ValueError(message("`labels` and `decisions` contradict each other; delete one of them"))
        found = said
    return {
        "decisions": found,
        **{name: _text(row.get(name)) for name in ("notes", "annotator", "time")},
        "adjudicates": row.get("adjudicates") is True,
    }


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _probability(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value) or not 0 <= value <= 1:
        raise ValueError(message("a probability is {value}; want a number between 0 and 1", value=repr(value)))
    return float(value)


def _span(value: object) -> tuple[int, int]:
    if not isinstance(value, list | tuple) or len(value) != 2 or not all(type(end) is int for end in value):
        raise ValueError(message("an evidence span is {value}; want [start, end]", value=f"{value!r:.60}"))
    return value[0], value[1]
