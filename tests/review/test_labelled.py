import json

import pytest
from review_items import CATEGORIES, SLUGS, item

from cchc_ml.review.formats import read_items
from cchc_ml.review.labelled import labels_of, read_labelled
from cchc_ml.review.sheet import write_review_sheet


@pytest.mark.parametrize(
    ("row", "labels"),
    [
        ({"labels": ["tthc"]}, ["tthc"]),
        ({"labels": "tthc; e_government"}, ["tthc", "e_government"]),
        ({"labels": "Thủ tục hành chính|apparatus"}, ["tthc", "apparatus"]),
        ({"labels": "Xây dựng, phát triển Chính phủ điện tử, Chính phủ số, tthc"}, ["e_government", "tthc"]),
        ({"labels": "Xây dựng, phát triển Chính phủ điện tử, Chính phủ số"}, ["e_government"]),
        ({"labels": ""}, []),
        ({"labels": None}, []),
        ({slug: int(slug == "tthc") for slug in SLUGS}, ["tthc"]),
    ],
)
def test_labels(row, labels):
    assert labels_of(row, CATEGORIES) == labels


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"labels": ["tax"]}, "unknown category 'tax'"),
        ({"labels": 3}, "labels are 3; want a list"),
        ({"text": "Xã họp."}, "no labels; the columns are text"),
    ],
)
def test_wrong_labels(row, message):
    with pytest.raises(ValueError, match=message):
        labels_of(row, CATEGORIES)


def write(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf8")
    return path


def test_faults_are_told_with_their_place(tmp_path):
    path = write(
        tmp_path / "a.jsonl",
        {"text": "Xã họp.", "labels": ["tthc"], "split": "validation", "article": "A"},
        {"text": " ", "labels": []},
        {"text": "Xã họp.", "labels": ["tax"]},
        {"text": "\ud800", "labels": []},
    )
    faults = []
    (row,) = read_labelled(path, CATEGORIES, on_fault=lambda *fault: faults.append(fault))
    assert (row.document, row.split, row.item.label(SLUGS)) == ("A", "validation", {"tthc"})
    assert [(kind, place[-6:]) for kind, place, _ in faults] == [
        ("empty", "line 2"),
        ("label", "line 3"),
        ("text", "line 4"),
    ]
    with pytest.raises(ValueError, match="line 2: row without text"):
        list(read_labelled(path, CATEGORIES))


def test_a_packed_row_is_refused(tmp_path):
    path = write(tmp_path / "a.jsonl", {"sentences": [[1]], "labels": []})
    with pytest.raises(ValueError, match="line 1: found a packed row, want text"):
        list(read_labelled(path, CATEGORIES))


@pytest.mark.parametrize("kind", [".xlsx", ".csv"])
def test_rows_of_a_sheet_that_were_looked_at_in_full(tmp_path, kind):
    path = tmp_path / f"An{kind}"
    write_review_sheet([item("a", "Một đoạn.", yes=["tthc"]), item("b", decisions={"tthc": True})], path, CATEGORIES)
    unfinished = []
    (row,) = read_labelled(path, CATEGORIES, on_unfinished=unfinished.append)
    assert row.item.id == "a"
    assert len(unfinished) == 1


def test_merge_reads_a_labelled_table(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("id,text,labels,split\nr1,Xã họp.,tthc;apparatus,validation\nr2,Trời mưa.,,\n", "utf8")
    first, second = read_items(path, CATEGORIES)
    assert (first.label(SLUGS), second.label(SLUGS)) == ({"tthc", "apparatus"}, frozenset())
    assert (first.id, first.annotator, first.split) == ("r1", "own", "validation")
