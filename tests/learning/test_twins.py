import unicodedata

import numpy as np
import pytest

from cchc_ml.learning.corpus import Corpus, text_hash
from cchc_ml.learning.twins import add_rows, leave_out_known, separate_twins, without_texts_of


def corpus(*rows):
    return Corpus.from_rows([{"labels": [], **row} for row in rows])


def ids(found):
    return [row["id"] for row in found.rows]


A, B, C = "Xã trả hồ sơ trước hạn.", "Huyện giảm bốn phòng.", "Chợ đông."
PACKED = {"sha256": text_hash(A), "lexicon": "x", "sentences": [[1]]}


@pytest.mark.parametrize(
    "twin",
    [
        {"text": A},
        {"text": f" {A.upper()}\n"},
        {"text": unicodedata.normalize("NFD", A)},
    ],
)
def test_a_text_that_is_held_out_is_not_trained_on(twin):
    notes = []
    found, _ = separate_twins(
        corpus(
            {"id": 1, "text": A, "split": "test"},
            {"id": 2, "split": "train"} | twin,
            {"id": 3, "text": B},
            {"id": 4} | twin,
        ),
        notes.append,
    )
    assert ids(found) == [1, 3]
    assert notes == ["2 rows to train on have a text that is held out too; they are not trained on"]


def test_a_packed_row_is_known_by_its_hash():
    found, _ = separate_twins(
        corpus({"id": 1, "split": "validation"} | PACKED, {"id": 2, "text": A}, {"id": 3, "text": B})
    )
    assert ids(found) == [1, 3]


def test_a_text_of_several_documents_belongs_to_the_first():
    rows = [
        {"id": 1, "text": A, "document": "x"},
        {"id": 2, "text": B, "document": "y"},
        {"id": 3, "text": A, "document": "y"},
        {"id": 4, "text": A},
        {"id": 5, "text": B, "document": "z", "split": "test"},
        {"id": 6, "text": C},
    ]
    found, _ = separate_twins(corpus(*rows))
    assert ids(found) == [1, 3, 4, 5, 6]
    assert list(found.documents) == ["document:x", "document:x", "document:x", "document:z", "row:5"]


def test_contradicting_labels_are_named():
    notes = []
    rows = [
        {"id": "a", "text": A, "labels": ["tthc"]},
        {"id": "b", "text": A, "labels": ["tthc"]},
        {"id": "c", "text": A, "labels": []},
        {"text": B, "labels": ["apparatus", "tthc"]},
        {"text": B, "labels": "none"},
    ]
    separate_twins(corpus(*rows), notes.append)
    assert notes == [
        f"2 texts have different labels in different rows: a: tthc / c: none; {B!r}: tthc;apparatus / {B!r}: none"
    ]


def test_a_text_of_the_default_data_counts_once():
    default = corpus({"id": 1, "split": "train"} | PACKED, {"id": 2, "text": B, "split": "own-heldout"})
    notes = []
    own = corpus({"id": 3, "text": A, "labels": "tthc"}, {"id": 4, "text": B}, {"id": 5, "text": C})
    both, is_own = add_rows(default, own, notes.append)
    assert ids(both) == [2, 3, 4, 5]
    assert is_own.tolist() == [False, True, True, True]
    assert notes == [
        "1 text has different labels in different rows: 1: none / 3: tthc",
        "1 texts are in the default data too; each is used once, with its own label",
    ]
    assert len(set(both.documents)) == 4
    separate, kept = separate_twins(both)
    assert ids(separate) == [2, 3, 5], "the text that is held out is not trained on"
    assert kept.tolist() == [0, 1, 3]


def test_nothing_is_told_where_nothing_is_left_out():
    notes = []
    rows = corpus({"id": 1, "text": A}, {"id": 2, "text": B, "split": "test"})
    assert ids(separate_twins(rows, notes.append)[0]) == [1, 2]
    assert ids(add_rows(rows, corpus({"id": 3, "text": C}), notes.append)[0]) == [1, 2, 3]
    assert ids(leave_out_known(rows, np.empty(0, np.uint64), notes.append)) == [1, 2]
    assert notes == []


def test_texts_of_another_corpus_are_left_out():
    assert ids(without_texts_of(corpus({"id": 1, "text": A}, {"id": 2, "text": B}), corpus(PACKED))) == [2]


def test_rows_that_a_model_was_trained_on_are_not_measured():
    rows = corpus({"id": 1, "text": A}, {"id": 2, "text": B}, {"id": 3, "text": C})
    known = np.array([int(text_hash(text)[:16], 16) for text in (A, C, "khác")], np.uint64)
    notes = []
    assert ids(leave_out_known(rows, np.sort(known), notes.append)) == [2]
    assert notes == ["2 of 3 rows are in this model's training data; measured on the other 1"]
    assert ids(leave_out_known(rows.take(np.array([0])), known, notes.append)) == [1]
    assert notes[1].startswith("1 of 1 rows are in this model's training data: the measures say how well it remembers")
