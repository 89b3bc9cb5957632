import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from review_items import CATEGORIES, SLUGS, item, review_items, suggestion

from cchc_ml.review.label_studio import (
    is_label_studio,
    label_studio_config,
    label_studio_items,
    label_studio_tasks,
)

# Written by Label Studio 1.23.2: a project with our interface and tasks, annotated, with a skipped task and a draft.
EXPORTS = Path(__file__).parent / "exports"


def exported(name):
    rows = json.loads((EXPORTS / name).read_text("utf8"))
    assert is_label_studio(rows)
    return label_studio_items(name, rows, CATEGORIES)


def test_the_export_json():
    items = exported("label-studio.json")
    assert [i.id for i in items] == ["t1", "t2", "t3", "t4", "t5", "t6"]
    labels = {i.id: i.label(SLUGS) for i in items}
    none = frozenset()
    assert labels == {"t1": {"tthc", "e_government"}, "t2": none, "t3": none, "t4": None, "t5": None, "t6": None}
    first = items[0]
    assert first.annotator == "user 1"
    assert first.notes == "Lập trực tuyến, có thủ tục"
    assert first.time.startswith("2026-11-")
    assert first.suggestion["tthc"] == 0.93
    assert first.suggested == ("tthc", "e_government")
    assert first.evidence_spans["tthc"] == (0, 73)
    assert (first.document, first.outlet, first.sampling) == ("bai-1.txt", "Báo thử", "uncertain")


def test_neither_a_skipped_task_nor_a_draft_nor_a_prediction_is_a_decision():
    skipped, draft, predicted = exported("label-studio.json")[3:]
    assert skipped.annotator == "user 1"
    assert draft.annotator == predicted.annotator == ""
    assert skipped.decisions == draft.decisions == predicted.decisions == {}
    assert predicted.suggested == ("institutional", "public_finance")


def test_the_export_json_min_says_the_same():
    whole = {i.id: i for i in exported("label-studio.json")}
    flat = exported("label-studio-min.json")
    assert flat == [replace(whole[i.id]) for i in flat]
    assert {i.id for i in flat} == {"t1", "t2", "t3", "t5", "t6"}  # what was skipped is not in this export


@given(st.lists(review_items(), min_size=1, max_size=4))
def test_tasks_round_trip_without_decisions(items):
    tasks = json.loads(json.dumps(label_studio_tasks(items)))
    assert label_studio_items("a.json", tasks, CATEGORIES) == [i.without_decisions() for i in items]


def test_a_decision_is_never_written_as_a_prediction():
    (task,) = label_studio_tasks([item(yes=["tthc"], annotator="An", **suggestion(apparatus=0.9))])
    assert task["predictions"][0]["result"][0]["value"] == {"choices": ["apparatus"]}
    assert "annotations" not in task
    assert "predictions" not in label_studio_tasks([item(yes=["tthc"])])[0]


def test_the_interface_names_the_categories_in_order():
    choices = ET.fromstring(label_studio_config(CATEGORIES)).findall(".//Choice")
    assert [choice.get("value") for choice in choices] == [*SLUGS, "none"]
    assert [choice.get("background") for choice in choices[:-1]] == [c.colour for c in CATEGORIES]
    assert [choice.get("hotkey") for choice in choices] == [*"123456", "0"]


def task(*results, **fields):
    return {"id": 1, "data": {"text": "Mưa."}, "annotations": [{"result": list(results), "completed_by": 2} | fields]}


def choices(*names):
    return {"type": "choices", "value": {"choices": list(names)}}


def test_people_with_an_address():
    annotation = task(choices("tthc"), completed_by={"id": 3, "email": "an@cchc.example"})
    assert label_studio_items("a.json", [annotation], CATEGORIES)[0].annotator == "an@cchc.example"
    annotation = task(choices("tthc"), completed_by={"id": 3})
    assert label_studio_items("a.json", [annotation], CATEGORIES)[0].annotator == "user 3"


def test_a_project_of_others_keeps_its_prediction_as_a_suggestion():
    foreign = {"data": {"text": "Mưa."}, "annotations": [], "predictions": [{"result": [choices("tthc", "none")]}]}
    (read,) = label_studio_items("a.json", [foreign], CATEGORIES)
    assert (read.suggested, read.suggestion, read.decisions) == (("tthc",), None, {})


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (task(choices("mưa")), "unknown category 'mưa'"),
        (task(choices("none", "tthc")), "the choices are none, tthc; 'none' excludes the others"),
        (task(result=None), "an annotation has no list `result`"),
        ({"data": {"image": "a.png"}}, "no field or column 'text'"),
        (7, "found int, want an object"),
    ],
)
def test_errors_name_the_task(wrong, message):
    with pytest.raises(ValueError, match=f"^a.json, task 2: .*{message}"):
        label_studio_items("a.json", [task(choices("tthc")), wrong], CATEGORIES)


@pytest.mark.parametrize("other", [[], {}, [1], [{"label": []}], "data"])
def test_what_is_not_from_label_studio(other):
    assert not is_label_studio(other)
