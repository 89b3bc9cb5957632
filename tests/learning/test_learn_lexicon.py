import json
import unicodedata

import pytest

from cchc_ml.learning.corpus import default_lexicon
from cchc_ml.learning.learn_lexicon import learn_lexicon, segment, write_lexicon
from cchc_ml.learning.packing import pack_files
from cchc_ml.pillars import PILLARS

# In how many documents each word is, by hand: `chợ` 6, `cầu` 3, `sông` 2, `đèn` 1 (in three paragraphs of it).
PARAGRAPHS = [
    ("A", "Chợ đông, cầu mới."),
    ("B", "Chợ vắng, cầu cũ, sông sâu."),
    ("C", "Chợ tan, cầu dài, sông cạn."),
    ("D", "Chợ đêm, đèn đỏ."),
    ("D", "Chợ đêm, đèn vàng."),
    ("D", "Chợ đêm, đèn xanh."),
    ("E", "Chợ quê."),
    ("F", "Chợ phiên."),
]
DOCUMENTS, TEXTS = zip(*PARAGRAPHS, strict=True)


def test_a_term_must_be_in_enough_documents():
    terms = learn_lexicon(TEXTS, DOCUMENTS).terms
    assert "cầu" in terms
    assert "sông" not in terms
    assert "đèn" not in terms  # in three paragraphs, but in one document


def test_the_minimum_is_the_number_that_is_asked_for():
    assert "sông" in learn_lexicon(TEXTS, DOCUMENTS, min_documents=2).terms
    assert "đèn" not in learn_lexicon(TEXTS, DOCUMENTS, min_documents=2).terms
    assert "đèn" in learn_lexicon(TEXTS, DOCUMENTS, min_documents=1).terms
    assert "cầu" not in learn_lexicon(TEXTS, DOCUMENTS, min_documents=4).terms


def test_no_term_has_one_letter():
    texts = [f"Y tế ở xã {name} tốt." for name in ("một", "hai", "ba", "bốn", "năm", "sáu")]
    terms = learn_lexicon(texts, list("ABCDEF")).terms
    assert "y tế" in terms
    assert "ở xã" in terms
    assert not [term for term in terms if len(term) == 1]


def test_numbers_and_letters_that_a_lexicon_cannot_hold_are_not_terms():
    texts = [f"Xã có 5 cầu, 2 chợ và 𠮷野 {name}." for name in ("một", "hai", "ba", "bốn", "năm", "sáu")]
    terms = learn_lexicon(texts, list("ABCDEF")).terms
    assert "xã" in terms
    assert not [term for term in terms if "5" in term or "𠮷" in term]


@pytest.mark.parametrize("most", [1, 2, 5])
def test_at_most_max_terms_are_added_to_the_codebooks(most):
    codebook_only = set(learn_lexicon(TEXTS, DOCUMENTS, min_documents=100).terms)
    assert "chợ" not in codebook_only
    learned = set(learn_lexicon(TEXTS, DOCUMENTS, max_terms=most, min_documents=1).terms)
    assert codebook_only <= learned
    assert len(learned - codebook_only) == most


def test_the_most_frequent_terms_are_taken_and_stand_first(corpus):
    lexicon = learn_lexicon(corpus.texts, corpus.documents, max_terms=1000)
    assert {"thủ tục", "giải ngân", "tỉnh"} <= set(lexicon.terms)
    assert lexicon.terms.index("tỉnh") < lexicon.terms.index("thủ tục") < lexicon.terms.index("giải ngân")
    fewer = learn_lexicon(corpus.texts, corpus.documents, max_terms=100, n_jobs=2)
    assert fewer.terms[:90] == lexicon.terms[:90]


def test_long_words_come_on_top_of_max_terms():
    texts = [f"Đoàn viên Ban Quản lý chợ {name} họp." for name in ("một", "hai", "ba", "bốn")]
    with_words = set(learn_lexicon(texts, list("ABCD"), max_terms=1).terms)
    assert [word for word in with_words if word.count(" ") >= 2]
    assert "đoàn viên" not in with_words  # a pair, of which only one is asked for


def test_segmenting_does_not_see_decomposition():
    text = "Đề án 06 ở xã, kỷ luật hành chính, chợ đông người."
    assert segment(unicodedata.normalize("NFD", text)) == segment(text)


def test_no_run_crosses_punctuation():
    assert segment("Xã họp, chợ đông. Trời mưa!") == [["xã", "họp"], ["chợ", "đông"], ["trời", "mưa"]]


def write_rows(path, split=""):
    rows = (
        {"text": text, "document": document, "labels": [PILLARS[i % len(PILLARS)]]}
        for i, (document, text) in enumerate(PARAGRAPHS)
    )
    path.write_text("".join(json.dumps(row | ({"split": split} if split else {})) + "\n" for row in rows), "utf8")
    return path


def test_a_lexicon_is_learned_from_files(tmp_path):
    out = tmp_path / "lexicon.txt"
    n_terms, n_paragraphs = write_lexicon([write_rows(tmp_path / "a.jsonl")], out)
    terms = out.read_text("utf8").splitlines()
    assert terms == list(learn_lexicon(TEXTS, DOCUMENTS).terms)
    assert (n_terms, n_paragraphs) == (len(terms), len(TEXTS))
    with pytest.raises(FileExistsError, match="give --force to overwrite it"):
        write_lexicon([tmp_path / "a.jsonl"], out)


def test_only_the_training_rows_are_read(tmp_path):
    paths = [write_rows(tmp_path / "a.jsonl", "train"), write_rows(tmp_path / "b.jsonl", "validation")]
    assert write_lexicon(paths, tmp_path / "lexicon.txt")[1] == len(TEXTS)


def test_packed_rows_have_no_words_to_learn(tmp_path):
    (tmp_path / "p.jsonl").write_text(pack_files([write_rows(tmp_path / "a.jsonl")], default_lexicon()), "utf8")
    with pytest.raises(ValueError, match="a lexicon is learned from text, but a row is packed; give the files with"):
        write_lexicon([tmp_path / "p.jsonl"], tmp_path / "lexicon.txt")
    assert not (tmp_path / "lexicon.txt").exists()
