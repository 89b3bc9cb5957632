import gzip
import hashlib
import json

import numpy as np
import pytest
from needs import missing

from cchc_ml.learning.corpus import (
    Corpus,
    default_lexicon,
    fingerprint,
    pack_files,
    parse_labels,
    read_corpus,
    same_rows,
    verify_packed,
    write_packed,
)
from cchc_ml.model.lexicon import Lexicon
from cchc_ml.pillars import PILLARS, Pillar


@pytest.mark.parametrize(
    ("value", "want"),
    [
        (None, ()),
        ("", ()),
        ([], ()),
        ("tthc", (Pillar.TTHC,)),
        ("e_government; tthc", (Pillar.TTHC, Pillar.E_GOVERNMENT)),
        ("tthc|apparatus", (Pillar.TTHC, Pillar.APPARATUS)),
        (["tthc", "tthc"], (Pillar.TTHC,)),
        ("Xây dựng, phát triển Chính phủ điện tử, Chính phủ số", (Pillar.E_GOVERNMENT,)),
        ("Cải cách thể chế, tthc", (Pillar.INSTITUTIONAL, Pillar.TTHC)),
    ],
)
def test_parse_labels(value, want):
    assert parse_labels(value) == want


@pytest.mark.parametrize("value", [3, {"tthc": 1}, [1], "digital", ["tthc", "x"]])
def test_parse_labels_refuses(value):
    with pytest.raises(ValueError, match=r"give a list of pillars|unknown pillar .*; the six are"):
        parse_labels(value)


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
            "line 2: a packed row needs `sha256`, `lexicon` and, in `sentences`, lists of term numbers; write it",
        ),
        (
            {"sentences": [["x"]], "labels": [], "sha256": "", "lexicon": ""},
            "line 2: a packed row needs `sha256`, `lexicon` and, in `sentences`, lists of term numbers; write it",
        ),
    ],
)
def test_a_bad_row_is_reported_with_its_line(tmp_path, row, message):
    with pytest.raises(ValueError, match=message):
        read_corpus(table(tmp_path, {"text": "a", "labels": []}, row))


def test_labels_may_be_six_columns(tmp_path):
    row = {"text": "a"} | dict.fromkeys(PILLARS, "0") | {"tthc": "1"}
    assert read_corpus(table(tmp_path, row)).y.tolist() == [[0, 1, 0, 0, 0, 0]]
    with pytest.raises(ValueError, match="line 1: found 'yes' in a pillar's column; write 0 or 1"):
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


def test_same_rows_tells_the_first_difference(tmp_path, labelled):
    packed = pack_files([labelled], default_lexicon())
    path = tmp_path / "p.jsonl.gz"
    path.write_bytes(gzip.compress(packed.encode()))
    assert same_rows(packed, path) == ""
    assert "has 240 rows, this text 239" in same_rows(packed.split("\n", 1)[1], path)
    changed = packed.replace('"sha256":"', '"sha256":"0', 1)
    assert "first in row 1 ('A1-01-1'): sha256" in same_rows(changed, path)


def test_the_shipped_news_has_no_text_and_the_shipped_lexicon():
    news = [row for row in read_corpus().rows if "text" not in row]
    assert len(news) == 7366
    mark = fingerprint(default_lexicon())
    wanted = {"id", "corpus", "document", "part", "sha256", "labels", "split", "sampling", "sentences"}
    for row in news:
        assert wanted <= set(row)
        assert row["lexicon"] == mark
        assert all(sentence == sorted(sentence) for sentence in row["sentences"])


def test_the_counts_are_those_of_the_text(top):
    shared = top.parent / "shared/real"
    if not shared.is_dir():
        missing("the third-party text does not lie beside this checkout", "It is not published.")
    packed = pack_files([shared / "train.jsonl", shared / "validation.jsonl"], default_lexicon())
    assert same_rows(packed, top / "data/news.jsonl.gz") == ""


def test_no_text_is_packed_whatever_its_column(tmp_path, corpus):
    path = table(
        tmp_path, *({"nội dung": row["text"], "labels": row["labels"], "id": row["id"]} for row in corpus.rows[:5])
    )
    packed = pack_files([path], default_lexicon())
    assert all(row["text"][:30] not in packed for row in corpus.rows[:5])
    assert '"id":"A1-01-1"' in packed
    with pytest.raises(ValueError, match="has text in 'content' too, which would be published; remove that column"):
        pack_files([table(tmp_path, {"text": "a", "content": "b", "labels": []})], default_lexicon())


def test_the_column_that_is_wanted_is_read(tmp_path):
    path = table(tmp_path, {"text": "teaser", "body": "whole", "labels": []})
    assert read_corpus(path, text_column="body").texts == ["whole"]
    assert read_corpus(path).texts == ["teaser"]


def test_a_corpus_can_be_compared_and_hashed(corpus):
    assert corpus == corpus
    assert corpus != corpus.take(np.arange(len(corpus)))
    assert len({corpus, corpus}) == 1


def test_a_file_without_rows_and_a_packed_file_are_reported(tmp_path, labelled):
    (tmp_path / "head.csv").write_text("text,labels\n", "utf8")
    with pytest.raises(ValueError, match=r"head\.csv has no rows; give a table with at least one labelled paragraph"):
        read_corpus(tmp_path / "head.csv")
    packed = tmp_path / "packed.jsonl"
    packed.write_text(pack_files([labelled], default_lexicon()), "utf8")
    with pytest.raises(ValueError, match=r"packed\.jsonl is packed already; give the file with the text"):
        pack_files([packed], default_lexicon())


def test_a_packed_file_is_written_and_verified(tmp_path, labelled):
    out = tmp_path / "p.jsonl.gz"
    assert write_packed([labelled], out) == 240
    assert gzip.decompress(out.read_bytes()).decode() == pack_files([labelled], default_lexicon())
    verify_packed([labelled], out)
    with pytest.raises(FileExistsError, match="give --force to overwrite it"):
        write_packed([labelled], out)
    out.write_bytes(gzip.compress(gzip.decompress(out.read_bytes()).replace(b'"sha256":"', b'"sha256":"0', 1)))
    with pytest.raises(ValueError, match=r"differs from this text, first in row 1 \('A1-01-1'\): sha256"):
        verify_packed([labelled], out)
    with pytest.raises(ValueError, match=r"packed rows are a \.jsonl\.gz file; found .*x\.jsonl"):
        write_packed([labelled], tmp_path / "x.jsonl")
