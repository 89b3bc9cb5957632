import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from review_items import CATEGORIES, SLUGS, item, review_items, suggestion

from cchc_ml.review.formats import companion_of, read_items, write_items, write_json_lines
from cchc_ml.review.store import Act, ReviewStore

EXPORTS = Path(__file__).parent / "exports"
KEEP_DECISIONS = ("a.jsonl", "a.csv", "a.xlsx")
FOR_PROGRAMS = ("label-studio.json", "doccano.jsonl")
unique = st.lists(review_items(), min_size=1, max_size=3, unique_by=lambda i: i.id)


@given(items=unique, name=st.sampled_from((*KEEP_DECISIONS, *FOR_PROGRAMS)))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_round_trip_in_every_format(tmp_path, items, name):
    write_items(items, tmp_path / name, CATEGORIES)
    want = items if name in KEEP_DECISIONS else [i.without_decisions() for i in items]
    assert read_items(tmp_path / name, CATEGORIES) == want


@pytest.mark.parametrize("name", [*KEEP_DECISIONS, *FOR_PROGRAMS])
def test_a_suggestion_is_never_read_as_a_decision(tmp_path, name):
    write_items([item(**suggestion(tthc=1.0, apparatus=0.6))], tmp_path / name, CATEGORIES)
    (read,) = read_items(tmp_path / name, CATEGORIES)
    assert (read.decisions, read.annotator) == ({}, "")
    assert read.suggested == ("tthc", "apparatus")


@pytest.mark.parametrize("name", KEEP_DECISIONS)
def test_a_decision_is_never_read_as_a_suggestion(tmp_path, name):
    write_items([item(yes=["tthc"], annotator="An")], tmp_path / name, CATEGORIES)
    (read,) = read_items(tmp_path / name, CATEGORIES)
    assert (read.suggestion, read.suggested) == (None, ())


def test_a_half_surrogate_survives_as_json(tmp_path):
    write_items([item(notes="\ud83d")], tmp_path / "a.jsonl", CATEGORIES)
    assert read_items(tmp_path / "a.jsonl", CATEGORIES)[0].notes == "\ud83d"


def test_programs_get_a_second_file_to_be_set_up_with(tmp_path):
    assert companion_of(tmp_path / "label-studio.json") == tmp_path / "label-studio.xml"
    assert companion_of(tmp_path / "doccano.jsonl") == tmp_path / "doccano-labels.json"
    assert companion_of(tmp_path / "a.xlsx") is None
    for name in FOR_PROGRAMS:
        write_items([item()], tmp_path / name, CATEGORIES)
    assert "<Choices" in (tmp_path / "label-studio.xml").read_text("utf8")
    assert len(json.loads((tmp_path / "doccano-labels.json").read_text("utf8"))) == len(SLUGS) + 1


@pytest.mark.parametrize("name", ["doccano.zip", "doccano-json.zip"])
def test_an_archive_of_doccano_has_one_file_a_person(name):
    items = read_items(EXPORTS / name, CATEGORIES)
    people = {i.annotator for i in items}
    assert people == {"an", "binh", ""}
    assert {i.id: i.label(SLUGS) for i in items if i.annotator == "binh"}["t5"] == {"apparatus"}


@pytest.mark.parametrize("name", ["label-studio.json", "label-studio-min.json", "an.jsonl"])
def test_exports_are_known_by_their_content(name, tmp_path):
    renamed = tmp_path / f"xuat{Path(name).suffix}"
    renamed.write_bytes((EXPORTS / name).read_bytes())
    assert read_items(renamed, CATEGORIES)[0].label(SLUGS) == {"tthc", "e_government"}


def test_a_store_is_known_by_its_content(tmp_path):
    path = tmp_path / "work.sqlite"
    store = ReviewStore.create(path, [item()], CATEGORIES)
    store.add(Act("t1", "An", "label", dict.fromkeys(SLUGS, False)))
    assert read_items(path, CATEGORIES)[0].label(SLUGS) == frozenset()


def test_a_person_without_a_name_is_called_after_the_file(tmp_path):
    write_json_lines([{"id": "a", "text": "Mưa.", "labels": []}, {"id": "b", "text": "Nắng."}], tmp_path / "An.jsonl")
    assert [i.annotator for i in read_items(tmp_path / "An.jsonl", CATEGORIES)] == ["An", ""]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", "Mưa.", "of no kind that is read; want .xlsx"),
        ("a.json", "[", "is not whole JSON"),
        ("a.json", '{"a": 1}', "no export of Label Studio"),
        ("a.jsonl", '{"id": 1, "text": "Mưa.", "labels": ["x"]}\n', "a.jsonl, line 1: unknown category 'x'"),
        ("a.zip", "PK", "is damaged"),
    ],
)
def test_errors_name_the_file(tmp_path, name, content, message):
    (tmp_path / name).write_text(content, "utf8")
    with pytest.raises(ValueError, match=message):
        read_items(tmp_path / name, CATEGORIES)


def test_no_such_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="no file"):
        read_items(tmp_path / "a.jsonl", CATEGORIES)


@pytest.mark.parametrize("name", ["a.txt", "a.json", "a.parquet"])
def test_no_such_format(tmp_path, name):
    with pytest.raises(
        ValueError, match=f"{name} does not say what to write; want one that ends in .xlsx, .csv, .jsonl, label"
    ):
        write_items([item()], tmp_path / name, CATEGORIES)
    assert list(tmp_path.iterdir()) == []
