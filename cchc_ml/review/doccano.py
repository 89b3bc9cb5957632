"""doccano: examples to import into a text classification project, its labels, and its exports read back.

doccano has no predictions. A suggestion goes into fields of its own (doccano shows and keeps them as metadata), and
`label` stays empty. In an export, an empty `label` says either "none" or "not looked at". It is read as not looked
at; the label ``none`` says "none of them".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..messages import message, placed
from .categories import NONE, Category
from .items import SOURCE_FIELDS, ReviewItem, yes_no
from .records import item_fields, slug_of

__all__ = ["doccano_examples", "doccano_item", "doccano_labels", "is_doccano"]

_DIGITS = "1234567890"


def doccano_examples(items: Sequence[ReviewItem]) -> list[dict[str, Any]]:
    """Return items as examples to import (format JSONL). Nobody's decisions are in them.

    Every example has the same fields: doccano 1.8 fails on a file where one has fewer.
    """
    return [
        {
            "id": item.id,
            "text": item.text,
            "label": [],
            **{name: getattr(item, name) for name in (*SOURCE_FIELDS, "sampling")},
            "suggestion": dict(item.suggestion or {}),
            "suggested": list(item.suggested),
            "evidence_spans": {slug: list(span) for slug, span in item.evidence_spans.items()},
        }
        for item in items
    ]


def doccano_labels(categories: Sequence[Category]) -> list[dict[str, str | None]]:
    """Return the labels to import into a project, with keys and colours; the last is ``none``."""
    keys = [*_DIGITS[: min(9, len(categories))], *[None] * (len(categories) - 9)]
    labels: list[dict[str, str | None]] = [
        {"text": c.slug, "suffix_key": key, "background_color": c.colour, "text_color": "#ffffff"}
        for c, key in zip(categories, keys, strict=True)
    ]
    return [*labels, {"text": NONE, "suffix_key": "0", "background_color": "#767676", "text_color": "#ffffff"}]


def is_doccano(row: Mapping[str, Any]) -> bool:
    """Whether an object of a JSON or JSONL file is an example of doccano."""
    return isinstance(row.get("label"), list) and not {"decisions", "labels"} & row.keys()


def doccano_item(where: str, row: Mapping[str, Any], annotator: str, categories: Sequence[Category]) -> ReviewItem:
    """Read one exported example.

    Parameters
    ----------
    where : str
        File and line, for messages.
    row : mapping
    annotator : str
        doccano writes one file a person, called after the person.
    categories : sequence of Category

    Raises
    ------
    ValueError
        A field is not what is wanted; the message starts with `where`.
    """
    try:
        fields = item_fields(dict(row) | {"suggestion": row.get("suggestion") or None}, categories)
        chosen = row["label"]
        if any(not isinstance(label, str) for label in chosen):
            raise ValueError(
                message(
                    "the labels are {chosen}; want names; export a text classification project",
                    chosen=f"{chosen!r:.60}",
                )
            )
        labels = [slug_of(label, categories) for label in chosen if label != NONE]
        if labels and NONE in chosen:
            raise ValueError(
                message(
                    "the labels are {chosen}; {none} excludes the others", chosen=", ".join(chosen), none=repr(NONE)
                )
            )
        comments = row.get("Comments") or []
        return ReviewItem(
            **fields,
            decisions=yes_no([c.slug for c in categories], labels) if chosen else {},
            notes="\n".join(map(str, comments)) if isinstance(comments, list) else str(comments),
            annotator=annotator if chosen or comments else "",
            place=where,
        )
    except (ValueError, TypeError) as error:
        raise ValueError(placed(where, error)) from None
