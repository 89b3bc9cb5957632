"""Label Studio: tasks to import, with the model's predictions, and its exports JSON and JSON-MIN read back.

Label Studio keeps predictions (of a model) and annotations (of people) apart, and so does this module: a suggestion
is written as a prediction, and only annotations are read as decisions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from ..messages import message, placed
from .categories import NONE, Category, as_codebook, category_keys
from .items import ReviewItem, yes_no
from .records import item_fields, slug_of, suggestion_fields

__all__ = ["is_label_studio", "label_studio_config", "label_studio_items", "label_studio_tasks"]

# Names of the controls in the labelling interface, as the exports repeat them.
CHOICES, NOTES = "pillars", "notes"


def label_studio_config(categories: Sequence[Category]) -> str:
    """Return the labelling interface (XML) for a project: the categories in order and colour, and a field for notes.

    The choice ``none`` is for "none of them". An annotation without any choice means the same.
    """
    keys = category_keys(len(categories))
    noun = as_codebook(tuple(categories)).noun_vi
    lines = [
        "<View>",
        '  <Text name="text" value="$text"/>',
        f'  <Choices name="{CHOICES}" toName="text" choice="multiple" showInline="true">',
    ]
    lines += [
        f'    <Choice value="{escape(c.slug)}" alias="{escape(c.slug)}" hint="{escape(c.definition_vi)}"'
        f' hotkey="{key}" background="{escape(c.colour)}" html="{escape(escape(c.vi))}"/>'
        for c, key in zip(categories, keys, strict=True)
    ]
    lines += [
        f'    <Choice value="{NONE}" alias="{NONE}" hotkey="0" html="Không thuộc {noun} nào"/>',
        "  </Choices>",
        f'  <TextArea name="{NOTES}" toName="text" placeholder="Ghi chú" maxSubmissions="1" editable="true"/>',
        "</View>",
    ]
    return "\n".join(lines) + "\n"


def label_studio_tasks(items: Sequence[ReviewItem]) -> list[dict[str, Any]]:
    """Return items as tasks to import. Nobody's decisions are in them."""
    tasks = []
    for item in items:
        # Not `id`: the export JSON-MIN would overwrite it with Label Studio's own.
        data = {"item_id": item.id, "text": item.text, **item.source, **suggestion_fields(item)}
        if item.sampling:
            data["sampling"] = item.sampling
        task: dict[str, Any] = {"data": data}
        if item.suggestion is not None:
            chosen = list(item.suggested) or [NONE]
            result = {"from_name": CHOICES, "to_name": "text", "type": "choices", "value": {"choices": chosen}}
            sure = max(item.suggestion.values(), default=0.0)
            task["predictions"] = [{"model_version": "cchc-ml", "score": sure, "result": [result]}]
        tasks.append(task)
    return tasks


def is_label_studio(rows: object) -> bool:
    """Whether the content of a JSON file is tasks or an export of Label Studio."""
    if not isinstance(rows, list) or not rows or not isinstance(rows[0], dict):
        return False
    return isinstance(rows[0].get("data"), dict) or "annotation_id" in rows[0]


def label_studio_items(name: str, rows: Sequence[object], categories: Sequence[Category]) -> list[ReviewItem]:
    """Read an export (JSON or JSON-MIN): one item for each annotation, and one for a task without any.

    A skipped task (`was_cancelled`) and a draft are not decisions. People are called ``user N``, by Label Studio's
    number, or by their e-mail address where the export has it.

    Raises
    ------
    ValueError
        A task is not what is wanted; the message names the file and the task's number in it.
    """
    items = []
    for number, task in enumerate(rows, 1):
        where = f"{name}, task {number}"
        try:
            if not isinstance(task, dict):
                raise ValueError(message("found {type}, want an object", type=type(task).__name__))
            items += (
                _task(where, task, categories)
                if isinstance(task.get("data"), dict)
                else [_flat(where, task, categories)]
            )
        except (ValueError, TypeError) as error:
            raise ValueError(placed(where, error)) from None
    return items


def _task(where: str, task: Mapping[str, Any], categories: Sequence[Category]) -> list[ReviewItem]:
    data = task["data"]
    fields = item_fields(data | {"id": data.get("item_id", data.get("id"))}, categories)
    if "suggestion" not in fields and not fields["suggested"]:
        fields["suggested"] = _predicted(task.get("predictions"), categories)
    items = []
    for annotation in task.get("annotations") or ():
        if not isinstance(annotation, dict) or not isinstance(annotation.get("result"), list):
            raise ValueError(message("an annotation has no list `result`; export it from Label Studio as JSON"))
        choices, notes = _result(annotation["result"])
        cancelled = bool(annotation.get("was_cancelled"))
        items.append(
            ReviewItem(
                **fields,
                decisions={} if cancelled else _decisions(choices, categories),
                notes=notes,
                annotator=_person(annotation.get("completed_by")),
                time=_time(annotation),
                place=where,
            )
        )
    return items or [ReviewItem(**fields, place=where)]


def _flat(where: str, row: Mapping[str, Any], categories: Sequence[Category]) -> ReviewItem:
    """Read a row of JSON-MIN: the task's data and the annotation in one object."""
    fields = item_fields(dict(row) | {"id": row.get("item_id")} | {"pillars": None}, categories)
    if row.get("annotation_id") is None:
        return ReviewItem(**fields, place=where)
    chosen = row.get(CHOICES)
    if isinstance(chosen, dict):
        chosen = chosen.get("choices")
    choices = [] if chosen is None else [chosen] if isinstance(chosen, str) else list(chosen)
    notes = row.get(NOTES) or ""
    return ReviewItem(
        **fields,
        decisions=_decisions(choices, categories),
        notes="\n".join(notes) if isinstance(notes, list) else str(notes),
        annotator=_person(row.get("annotator")),
        time=_time(row),
        place=where,
    )


def _result(result: Sequence[Any]) -> tuple[list[str], str]:
    """Return the choices and the notes of an annotation."""
    choices: list[str] = []
    notes: list[str] = []
    for part in result:
        value = part.get("value", {}) if isinstance(part, dict) else {}
        if "choices" in value:
            choices += value["choices"]
        elif part.get("type") == "textarea":
            text = value.get("text", [])
            notes += [text] if isinstance(text, str) else text
    return choices, "\n".join(notes)


def _decisions(choices: Sequence[Any], categories: Sequence[Category]) -> dict[str, bool]:
    labels = [slug_of(choice, categories) for choice in choices if choice != NONE]
    if labels and NONE in choices:
        raise ValueError(
            message(
                "the choices are {choices}; {none} excludes the others",
                choices=", ".join(map(str, choices)),
                none=repr(NONE),
            )
        )
    return yes_no([c.slug for c in categories], labels)


def _predicted(predictions: Any, categories: Sequence[Category]) -> tuple[str, ...]:
    """Return what a model of the project predicted, where the export holds it."""
    for prediction in predictions or ():
        if isinstance(prediction, dict):
            choices, _ = _result(prediction.get("result") or [])
            return tuple(slug_of(choice, categories) for choice in choices if choice != NONE)
    return ()


def _person(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("email") or value.get("username") or f"user {value.get('id')}")
    return f"user {value}" if isinstance(value, int) else str(value or "")


def _time(row: Mapping[str, Any]) -> str:
    return str(row.get("updated_at") or row.get("created_at") or "")
