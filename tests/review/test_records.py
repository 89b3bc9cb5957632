import json

import pytest
from hypothesis import given
from review_items import CATEGORIES, SLUGS, item, review_items, suggestion

from cchc_ml.review.records import (
    as_record,
    from_record,
    item_fields,
    slug_of,
    source_fields,
    suggestion_fields,
    text_of,
)
from cchc_ml.tagging.rows import tag_rows


@given(review_items())
def test_round_trip(given_item):
    record = json.loads(json.dumps(as_record(given_item, SLUGS)))
    assert from_record("a.jsonl, line 1", record, CATEGORIES) == [given_item]


def test_decisions_and_suggestions_are_different_fields():
    record = as_record(item(yes=["tthc"], annotator="An", **suggestion(apparatus=0.9)), SLUGS)
    assert [slug for slug, decision in record["decisions"].items() if decision] == ["tthc"]
    assert record["suggested"] == ["apparatus"]
    assert record["decisions"].keys() == set(SLUGS)
    assert suggestion_fields(item()) == {}


def test_what_predict_wrote_is_a_suggestion(model):
    rows = tag_rows(model, [({"text": "Bộ phận một cửa xã trả hồ sơ trước hạn.", "source": "a.txt"}, "text")])
    (read,) = from_record("a.jsonl, line 1", json.loads(json.dumps(next(iter(rows)))), CATEGORIES)
    assert read.suggested == ("tthc",)
    assert set(read.suggestion) == set(SLUGS)
    assert read.evidence_spans["tthc"] == (0, len(read.text))
    assert read.decisions == {}
    assert read.document == "a.txt"


def test_a_list_of_labels_says_that_all_was_looked_at():
    (read,) = from_record("x", {"id": "a", "text": "Mưa.", "labels": []}, CATEGORIES)
    assert read.label(SLUGS) == frozenset()
    for nobody in (None, "", " ", "null"):
        (read,) = from_record("x", {"id": "a", "text": "Mưa.", "labels": nobody}, CATEGORIES)
        assert read.decisions == {}


@pytest.mark.parametrize(
    ("labels", "slugs"),
    [("tthc;Tổ chức bộ máy", {"tthc", "apparatus"}), ("không", set()), ("[]", set()), ("['tthc']", {"tthc"})],
)
def test_labels_in_one_string_are_read_as_train_reads_them(labels, slugs):
    (read,) = from_record("x", {"id": "a", "text": "Mưa.", "labels": labels}, CATEGORIES)
    assert read.label(SLUGS) == slugs


def test_reviews_of_several_people():
    reviews = [{"annotator": "An", "decisions": {"tthc": True}}, {"annotator": "Bình", "decisions": {"tthc": False}}]
    read = from_record("x", {"id": "a", "text": "Mưa.", "labels": ["tthc"], "reviews": reviews}, CATEGORIES)
    assert [(r.annotator, r.decisions) for r in read] == [("An", {"tthc": True}), ("Bình", {"tthc": False})]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"text": "  "}, "row without text"),
        ({"text": None, "x": 1}, "row without text"),
        ({"labels": {"tthc": 1}}, "labels are {'tthc': 1}; want a list"),
        ({"labels": ["mưa"]}, "unknown category 'mưa'; want one of institutional, tthc"),
        ({"labels": [3]}, "unknown category 3"),
        ({"decisions": {"tthc": 0.9}}, "the decision on tthc is 0.9; want true, false or null"),
        ({"decisions": {"tthc": "có"}}, "the decision on tthc is 'có'"),
        ({"decisions": ["tthc"]}, "decisions are .*; want an object"),
        ({"decisions": {"tthc": True}, "labels": []}, "`labels` and `decisions` contradict each other"),
        ({"suggestion": {"tthc": True}}, "a probability is True; want a number"),
        ({"suggestion": {"tthc": 2}}, "a probability is 2; want a number between 0 and 1"),
        ({"suggestion": ["tthc"]}, "the suggestion is .*; want an object"),
        ({"suggested": "tthc"}, "suggested categories are 'tthc'; want a list"),
        ({"evidence_spans": {"tthc": [0]}}, r"an evidence span is \[0\]; want"),
        ({"evidence_spans": {"tthc": [0, 90]}}, "the evidence of 'tthc' is at"),
        ({"evidence_spans": [0, 1]}, "evidence_spans are"),
        ({"reviews": "An"}, "reviews are 'An'; want a list"),
    ],
)
def test_errors_say_where_and_what(fields, message):
    with pytest.raises(ValueError, match=f"^a.jsonl, line 3: {message}"):
        from_record("a.jsonl, line 3", {"id": "a", "text": "Mưa."} | fields, CATEGORIES)


def test_a_row_without_any_text_field():
    with pytest.raises(ValueError, match="no field or column 'text'"):
        text_of({"id": "a"})
    assert text_of({"nội dung": "Mưa."}) == "Mưa."


def test_fields_go_by_several_names():
    assert source_fields({"article": "a", "url": "https://cchc.example/a"})["link"] == "https://cchc.example/a"
    assert source_fields({"article": "a"})["document"] == "a"
    assert item_fields({"text": "Mưa.", "id": 7}, CATEGORIES)["id"] == "7"
    assert slug_of("Thủ tục hành chính", CATEGORIES) == "tthc"
