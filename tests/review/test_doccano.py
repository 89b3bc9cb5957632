import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from review_items import CATEGORIES, SLUGS, item, review_items, suggestion

from cchc_ml.review.doccano import doccano_examples, doccano_item, doccano_labels, is_doccano

# Written by doccano 1.8.4: our examples and labels imported, labelled by two people, exported as JSONL.
EXPORT = Path(__file__).parent / "exports" / "an.jsonl"


def test_the_export():
    rows = [json.loads(line) for line in EXPORT.read_text("utf8").splitlines()]
    assert all(map(is_doccano, rows))
    items = [doccano_item(f"an.jsonl, line {n}", row, "an", CATEGORIES) for n, row in enumerate(rows, 1)]
    assert [i.id for i in items] == ["t1", "t2", "t3", "t4", "t5", "t6"]
    labels = {i.id: i.label(SLUGS) for i in items}
    assert labels == {
        "t1": {"tthc", "e_government"},
        "t2": frozenset(),
        "t3": frozenset(),
        "t4": None,  # doccano does not tell "nothing" from "not looked at"
        "t5": {"apparatus", "civil_service"},
        "t6": {"institutional"},
    }
    first = items[0]
    assert (first.annotator, first.notes) == ("an", "Nộp trực tuyến, có số hồ sơ")
    assert first.suggestion["tthc"] == 0.93
    assert first.suggested == ("tthc", "e_government")
    assert (first.document, first.sampling) == ("bai-1.txt", "uncertain")
    assert items[3].annotator == ""


@given(review_items())
def test_round_trip_without_decisions(given_item):
    (row,) = json.loads(json.dumps(doccano_examples([given_item])))
    assert is_doccano(row)
    assert doccano_item("a", row, "an", CATEGORIES) == given_item.without_decisions()


def test_neither_a_suggestion_nor_a_decision_is_written_as_a_label():
    rows = doccano_examples([item(yes=["tthc"], **suggestion(apparatus=0.9)), item("t2")])
    assert [row["label"] for row in rows] == [[], []]
    assert rows[0].keys() == rows[1].keys()  # doccano fails on rows that differ in their fields


def test_labels_have_keys_and_colours():
    labels = doccano_labels(CATEGORIES)
    assert [label["text"] for label in labels] == [*SLUGS, "none"]
    assert [label["suffix_key"] for label in labels] == [*"123456", "0"]
    many = doccano_labels([replace(CATEGORIES[0], slug=f"c{n}") for n in range(12)])
    keys = [label["suffix_key"] for label in many if label["suffix_key"]]
    assert len(many) == 13
    assert len(keys) == len(set(keys)) == 10


@pytest.mark.parametrize(
    ("label", "message"),
    [
        (["mưa"], "unknown category 'mưa'"),
        (["none", "tthc"], "the labels are none, tthc; 'none' excludes the others"),
        ([[0, 3, "tthc"]], "want names; export a text classification project"),
    ],
)
def test_errors_name_the_place(label, message):
    with pytest.raises(ValueError, match=f"^an.jsonl, line 2: .*{message}"):
        doccano_item("an.jsonl, line 2", {"id": 1, "text": "Mưa.", "label": label}, "an", CATEGORIES)


def test_our_own_rows_are_not_doccanos():
    assert not is_doccano({"text": "Mưa.", "labels": []})
    assert not is_doccano({"text": "Mưa.", "label": "tthc"})
