import json

import pytest
from review_items import CATEGORIES, SLUGS, item

from cchc_ml.learning.corpus import read_corpus
from cchc_ml.review.formats import read_items
from cchc_ml.review.labelled import read_labelled
from cchc_ml.review.sheet import write_review_sheet


@pytest.mark.parametrize(
    "fields",
    [
        {"labels": ["tthc"]},
        {"labels": "tthc; e_government"},
        {"labels": "Thủ tục hành chính|apparatus"},
        {"labels": "Xây dựng, phát triển Chính phủ điện tử, Chính phủ số, tthc"},
        {"labels": "['tthc', 'apparatus']"},
        {"labels": "không"},
        {"labels": []},
        {"labels": ""},
        {"labels": None},
        {"labels": "NULL"},
        {"Nhãn": "tthc"},
        {"Trụ cột": "Chế độ công vụ"},
        {slug: int(slug == "tthc") for slug in SLUGS},
        {slug: "x" if slug == "tthc" else "" for slug in SLUGS},
        dict.fromkeys(SLUGS, ""),
        {"pillars": ["tthc"], "scores": dict.fromkeys(SLUGS, 0.5)},
        {"pillars": "tthc;apparatus"} | dict.fromkeys(SLUGS, "0.5"),
    ],
)
def test_labels_are_read_as_train_reads_them(tmp_path, fields):
    path = write(tmp_path / "a.jsonl", {"text": "Xã họp.", **fields}, {"text": "Xã trả hồ sơ.", "labels": "tthc"})
    unfinished, notes = [], []
    rows = list(read_labelled(path, CATEGORIES, on_unfinished=unfinished.append))
    read = read_corpus(path, on_note=notes.append)
    labels = [[slug for slug, has in zip(SLUGS, row, strict=True) if has] for row in read.y]
    assert [[slug for slug in SLUGS if row.item.decisions[slug]] for row in rows] == labels
    assert len(unfinished) == 2 - len(read)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"labels": ["tax"]}, "line 1: unknown pillar 'tax'"),
        ({"labels": 3}, "line 1: labels are 3; give a list"),
        ({}, "line 1: no labels; the columns are text"),
        ({"labels": "tthc", **{slug: int(slug == "apparatus") for slug in SLUGS}}, "line 1: the column 'labels' says"),
        ({"labels": "tthc", "split": 3}, "line 1: the split is '?3'?, a number"),
    ],
)
def test_wrong_labels(tmp_path, fields, message):
    path = write(tmp_path / "a.jsonl", {"text": "Xã họp.", **fields})
    for read in (lambda: list(read_labelled(path, CATEGORIES)), lambda: len(read_corpus(path).training())):
        with pytest.raises(ValueError, match=message.removeprefix("line 1: ")):
            read()
    with pytest.raises(ValueError, match=message):
        list(read_labelled(path, CATEGORIES))


@pytest.mark.parametrize(
    ("split", "name"), [("Train ", "train"), ("Huấn luyện", "train"), ("Validation", "validation")]
)
def test_splits_are_read_as_train_reads_them(tmp_path, split, name):
    (row,) = read_labelled(write(tmp_path / "a.jsonl", {"text": "Mưa.", "labels": [], "Split": split}), CATEGORIES)
    assert row.split == name


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
        {"text": "Xã họp.", "labels": [], "split": 2},
    )
    faults = []
    (row,) = read_labelled(path, CATEGORIES, on_fault=lambda *fault: faults.append(fault))
    assert (row.document, row.split, row.item.label(SLUGS)) == ("A", "validation", {"tthc"})
    assert [(kind, place[-6:]) for kind, place, _ in faults] == [
        ("empty", "line 2"),
        ("label", "line 3"),
        ("text", "line 4"),
        ("split", "line 5"),
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
    path.write_text(
        "id,text,labels,split\nr1,Xã họp.,tthc;apparatus,validation\nr2,Trời mưa.,,\nr3,Gió.,không,", "utf8"
    )
    first, second, third = read_items(path, CATEGORIES)
    assert (first.label(SLUGS), third.label(SLUGS)) == ({"tthc", "apparatus"}, frozenset())
    assert (first.id, first.annotator, first.split) == ("r1", "own", "validation")
    assert (second.id, second.decisions, second.annotator) == ("r2", {}, "")  # nobody labelled it


def test_tags_are_no_decisions_when_merged(tmp_path):
    path = tmp_path / "tagged.csv"
    chances = dict.fromkeys(SLUGS, "0.9")
    path.write_text(",".join(["text", "pillars", *chances]) + "\nMưa.,tthc," + ",".join(chances.values()), "utf8")
    (read,) = read_items(path, CATEGORIES)
    assert read.decisions == {}
