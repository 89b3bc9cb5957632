import pickle
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_ml.model.counts import Counts
from cchc_ml.model.lexicon import Lexicon
from cchc_ml.text.matcher import Matcher

LEXICON = Lexicon(["cửa", "hòa giải", "kỷ luật", "một", "một cửa", "thủ tục"])


def ids(text, lexicon=LEXICON):
    return [match.id for match in lexicon.find(text)]


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("Một cửa", [3, 4, 0]),
        ("MỘT,CỬA", [3, 4, 0]),
        ("kỉ luật và hoà giải", [2, 1]),
        ("mộtt cửaa", []),
        ("một. cửa", [3, 0]),
        ("một\ncửa", [3, 0]),
        ("", []),
    ],
)
def test_find(text, want):
    assert ids(text) == want


def test_find_names_places_in_the_text_as_it_was_given():
    text = unicodedata.normalize("NFD", "Ở “Một\u200b cửa”: kỷ luật")
    assert [unicodedata.normalize("NFC", text[a:b]) for _, a, b, _ in LEXICON.find(text)] == [
        "Một",
        "Một\u200b cửa",
        "cửa",
        "kỷ luật",
    ]


def test_text_without_diacritics_is_found_without_them():
    lexicon = Lexicon(["dự án", "thủ tục", "du an"])
    counts = lexicon.count(["Thu tuc du an. Du an cham.", "Thu tuc dự án chậm tiến độ", "Thu tuc"])
    assert list(counts.ids()) == [[[0, 1], [0]], [[0]], [[1]]]
    assert lexicon.find("Du an. Thu tuc") == [(0, 0, 5, 0), (1, 7, 14, 1)]


def test_every_occurrence_counts():
    assert ids("một một một") == [3, 3, 3]
    assert list(LEXICON.count(["một một một"]).ids()) == [[[3, 3, 3]]]


def test_counts_by_sentence_and_paragraph():
    counts = LEXICON.count(["Một cửa. Thủ tục một cửa.", "", "Kỷ luật."])
    assert counts.shape == (3, 6)
    assert counts.starts.tolist() == [0, 2, 2, 3]
    assert counts.sentences.toarray().tolist() == [[1, 0, 0, 1, 1, 0], [1, 0, 0, 1, 1, 1], [0, 0, 1, 0, 0, 0]]
    assert counts.paragraphs().toarray().tolist() == [[2, 0, 0, 2, 2, 1], [0] * 6, [0, 0, 1, 0, 0, 0]]


TEXTS = st.lists(st.text(alphabet="một cửa. kỷ luật!", max_size=40), min_size=1, max_size=8)


@given(TEXTS)
def test_counts_do_not_depend_on_the_batch(texts):
    together, alone = LEXICON.count(texts), Counts.join([LEXICON.count([text]) for text in texts])
    assert list(together.ids()) == list(alone.ids())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cchc_ml.model.lexicon.BATCH_CHARS", 10)
        assert list(LEXICON.count(texts).ids()) == list(alone.ids())


def test_nothing_has_no_counts():
    assert LEXICON.count([]).shape == (0, 6)


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        (["Một"], "lexicon term 'Một' is not in lower-case NFC syllables; write it 'một'"),
        (["a", "a"], "has the term 'a' twice; want each term once"),
        (["𝐚"], "has a letter above U"),
    ],
)
def test_lexicon_refuses(terms, message):
    with pytest.raises(ValueError, match=message):
        Lexicon(terms)


def test_lexicons_of_the_same_terms_share_what_takes_long(monkeypatch):
    built = []
    monkeypatch.setattr("cchc_ml.model.lexicon.Matcher", lambda terms, **_: built.append(terms) or Matcher(terms))
    terms = ["sổ đỏ", "lò vôi"]
    for _ in range(3):
        assert [match.id for match in Lexicon(terms).find("Lò vôi cũ, không sổ đỏ.")] == [1, 0]
    assert [match.id for match in Lexicon(terms[::-1]).find("Lò vôi cũ, không sổ đỏ.")] == [0, 1]
    assert built == [tuple(terms), tuple(terms[::-1])]


def test_lexicon_pickles_as_its_terms():
    LEXICON.find("x")
    assert len(pickle.dumps(LEXICON)) < 500
    assert pickle.loads(pickle.dumps(LEXICON)).find("một") == [(3, 0, 3, 0)]


@pytest.mark.parametrize("gap", [". ", "! ", "?\n", "\n", "; "])
def test_a_term_ends_with_its_sentence(gap):
    terms = [LEXICON.terms[i] for i in ids(f"Mở một{gap}Cửa đóng")]
    assert terms == (["một", "một cửa", "cửa"] if gap == "; " else ["một", "cửa"])
    counts = LEXICON.count([f"Mở một{gap}Cửa đóng", "Một", "cửa"])
    assert counts.paragraphs().toarray()[:, 4].tolist() == [float(gap == "; "), 0, 0]
