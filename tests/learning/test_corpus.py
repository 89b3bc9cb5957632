import hashlib
import json
from collections import Counter

import numpy as np
import pytest

from cchc_ml.learning.corpus import (
    Corpus,
    default_lexicon,
    fingerprint,
    read_corpus,
)
from cchc_ml.learning.packing import pack_files
from cchc_ml.model.lexicon import Lexicon
from cchc_ml.pillars import PILLARS


def table(tmp_path, *rows):
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf8")
    return path


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"labels": []}, r"rows\.jsonl, line 2: no field or column 'text' .*; found: labels"),
        ({"text": " ", "labels": []}, "line 2: row without text"),
        ({"text": None, "labels": []}, "line 2: row without text"),
        (
            {"text": "a"},
            "line 2: no labels; the columns are text; add a column 'labels', or the six columns institutional",
        ),
        ({"text": "a", "labels": ["digital"]}, "line 2: unknown pillar 'digital'; the six are institutional"),
        (
            {"sentences": [[1]], "labels": []},
            "line 2: a packed row needs `sha256`, `lexicon` and, in `sentences`, lists of term numbers, or .*; write",
        ),
        (
            {"sentences": [["x"]], "labels": [], "sha256": "", "lexicon": ""},
            "line 2: a packed row needs `sha256`, `lexicon` and, in `sentences`, lists of term numbers, or .*; write",
        ),
    ],
)
def test_a_bad_row_is_reported_with_its_line(tmp_path, row, message):
    with pytest.raises(ValueError, match=message):
        read_corpus(table(tmp_path, {"text": "a", "labels": []}, row))


def test_labels_may_be_six_columns(tmp_path):
    row = {"text": "a"} | dict.fromkeys(PILLARS, "0") | {"tthc": "1"}
    assert read_corpus(table(tmp_path, row)).y.tolist() == [[0, 1, 0, 0, 0, 0]]
    with pytest.raises(ValueError, match="line 1: found 'yes' in the column of a pillar; write 0 or 1"):
        read_corpus(table(tmp_path, row | {"tthc": "yes"}))


def test_rows_of_a_document_stay_together():
    rows = [
        {"text": "a", "labels": [], "article": "x"},
        {"text": "b", "labels": [], "article": "x"},
        {"text": "c", "labels": []},
    ]
    corpus = Corpus.from_rows(rows)
    assert corpus.documents[0] == corpus.documents[1] != corpus.documents[2]


def test_training_leaves_out_other_splits():
    rows = [{"text": split, "labels": [], "split": split} for split in ("train", "validation", "", "own-heldout")]
    assert Corpus.from_rows(rows).training().texts == ["train", ""]


@pytest.mark.parametrize("split", ["Train", "train ", "TRAIN", "training", None, ""])
def test_the_split_to_train_on_is_known_however_it_is_written(split):
    rows = [{"text": "a", "labels": [], "Split": split}, {"text": "b", "labels": [], "Split": "Test"}]
    corpus = Corpus.from_rows(rows)
    assert corpus.training().texts == ["a"]
    assert corpus.held_out().texts == corpus.where("split", "test").texts == ["b"]


def test_fold_numbers_are_not_ignored():
    corpus = Corpus.from_rows([{"text": "a", "labels": [], "split": fold} for fold in (0, 1)])
    with pytest.raises(ValueError, match="the split is 0, a number; write train"):
        corpus.training()


def test_one_document_however_it_is_written():
    rows = [{"text": "a", "labels": [], "Document": name} for name in (1, 1.0, "1.0", " 1")]
    assert set(Corpus.from_rows(rows).documents) == {"document:1"}


ROWS = [
    {"text": "a", "labels": ["tthc"]},
    {"text": "b", "labels": None},
    {"text": "", "labels": ["tthc"]},
    {"text": "c", "labels": []},
    {"text": "d", "labels": ""},
]


def test_rows_that_nobody_labelled_are_left_out_and_counted(tmp_path):
    path = table(tmp_path, *ROWS)
    notes = []
    assert read_corpus(path, on_note=notes.append).texts == ["a", "c"]
    assert notes == [
        f"{path}: rows passed over: 1 without text (line 3)",
        f"{path}: rows passed over: 2 without labels (line 2, line 5); write none where no label applies",
    ]
    with pytest.raises(ValueError, match=r"line 2: nobody labelled this row; remove it, or write none where no label"):
        read_corpus(path)
    with pytest.raises(ValueError, match=r"row 2: nobody labelled this row"):
        Corpus.from_rows(ROWS)
    with pytest.raises(ValueError, match=r"rows\.jsonl has no labels; give a table with at least one labelled"):
        read_corpus(table(tmp_path, ROWS[1], ROWS[4]), on_note=notes.append)


def test_tags_that_are_read_as_labels_are_told(tmp_path):
    notes = []
    path = table(tmp_path, {"text": "a", "pillars": ["tthc"], "scores": {}})
    assert read_corpus(path, on_note=notes.append).y.sum() == 1
    assert notes == [f"{path}: the labels are the tags in the column 'pillars'; people should have corrected them"]


def test_packed_rows_count_as_their_text_does(tmp_path, corpus, labelled):
    lexicon = default_lexicon()
    path = tmp_path / "packed.jsonl"
    path.write_text(pack_files([labelled], lexicon), "utf8")
    packed = read_corpus(path)
    assert packed.packed
    assert "text" not in packed.rows[0]
    assert "split" not in packed.rows[0]
    assert len(packed.training()) == 240
    assert packed.rows[0]["sha256"] == hashlib.sha256(corpus.rows[0]["text"].encode()).hexdigest()
    a, b = packed.counts(lexicon), corpus.counts(lexicon)
    assert np.array_equal(a.starts, b.starts)
    assert (a.sentences != b.sentences).nnz == 0
    assert packed.sha256() == corpus.sha256()


def test_packed_rows_of_another_lexicon_are_refused(tmp_path, labelled):
    path = tmp_path / "packed.jsonl"
    path.write_text(pack_files([labelled], Lexicon(["thủ tục"])), "utf8")
    with pytest.raises(ValueError, match=r"was packed with lexicon .*; pack it again from its text"):
        read_corpus(path).counts(default_lexicon())


def test_the_shipped_real_rows_have_no_text_and_refer_to_the_shipped_documents():
    corpus = read_corpus()
    real = [row for row in corpus.rows if "text" not in row]
    splits = Counter(row["split"] for row in real)
    assert splits == {"train": 21_664, "validation": 364, "modern_validation": 901}
    mark = fingerprint(default_lexicon())
    wanted = {"id", "corpus", "document", "part", "sha256", "labels", "split", "sampling"}
    for row in real:
        assert wanted <= set(row)
        assert row["lexicon"] == mark
        assert not {"sentences", "paragraphs", "title"} & set(row)
    trained = {row["document"] for row in corpus.training().rows if "text" not in row}
    assert not trained & {row["document"] for row in corpus.held_out().rows if "text" not in row}


@pytest.mark.slow
def test_rows_of_all_kinds_are_counted_in_their_order(tmp_path, corpus, labelled):
    lexicon = default_lexicon()
    packed = [json.loads(line) for line in pack_files([labelled], lexicon).splitlines()[:2]]
    referring = read_corpus().where("split", "validation").rows[:2]
    rows = [corpus.rows[0], referring[0], packed[1], referring[1], corpus.rows[2]]
    mixed = Corpus.from_rows(rows).counts(lexicon).paragraphs().toarray()
    alone = [Corpus.from_rows([row]).counts(lexicon).paragraphs().toarray()[0] for row in rows]
    assert np.array_equal(mixed, np.stack(alone))
    assert np.array_equal(mixed[2], corpus.counts(lexicon).paragraphs().toarray()[1])


@pytest.mark.slow
def test_a_row_that_refers_to_nothing_is_reported():
    (row,) = read_corpus().where("split", "validation").rows[:1]
    with pytest.raises(ValueError, match=r"refers to a paragraph that is not in data/documents\.npz\.xz; give its"):
        Corpus.from_rows([row | {"part": 999}]).counts(default_lexicon())


@pytest.mark.slow
def test_the_others_are_the_rest_of_the_documents():
    lexicon = default_lexicon()
    held_out = read_corpus().where("split", "modern_validation")
    others = held_out.others(lexicon)
    assert set(others.documents) <= set(held_out.documents)
    assert len(others.documents) == others.counts.shape[0] > 5 * len(held_out)
    counts, documents = held_out.in_articles(lexicon)
    assert len(counts) == len(documents) == len(held_out) + len(others.documents)
    assert np.array_equal(documents[: len(held_out)], held_out.documents)
    # Without the last row, its paragraph is one of the others.
    fewer = held_out.take(np.arange(len(held_out) - 1))
    if held_out.documents[-1] in fewer.documents:
        assert len(fewer.others(lexicon).documents) == len(others.documents) + 1
    assert held_out.others(Lexicon(["xã"])) is None


def test_written_articles_have_no_others(corpus):
    assert corpus.others(default_lexicon()) is None
    assert corpus.in_articles(default_lexicon())[1] is corpus.documents


def test_the_column_that_is_wanted_is_read(tmp_path):
    path = table(tmp_path, {"text": "teaser", "body": "whole", "labels": []})
    assert read_corpus(path, text_column="body").texts == ["whole"]
    assert read_corpus(path).texts == ["teaser"]


def test_a_corpus_can_be_compared_and_hashed(corpus):
    assert corpus == corpus
    assert corpus != corpus.take(np.arange(len(corpus)))
    assert len({corpus, corpus}) == 1


def test_a_file_without_rows_is_reported(tmp_path):
    (tmp_path / "head.csv").write_text("text,labels\n", "utf8")
    with pytest.raises(ValueError, match=r"head\.csv has no rows; give a table with at least one labelled paragraph"):
        read_corpus(tmp_path / "head.csv")
