import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_ml.text.matcher import Matcher, _cut, _Table
from cchc_ml.text.normalize import normalise, spellings, strip_diacritics
from cchc_ml.text.sentences import split_sentences

TERMS = ["một", "một cửa", "một cửa một dấu", "cửa", "kỷ luật", "hòa", "thủ tục", "tục thủ", "06", "đề án 06", "ubnd"]
MATCHER, UNDIACRITIZED = Matcher(TERMS), Matcher(TERMS, without_diacritics=True)
WORDS = [
    "một",
    "MỘT",
    "cửa",
    "Cửa",
    "dấu",
    "kỉ",
    "kỷ",
    "luật",
    "HÒA",
    "hoà",
    "thủ",
    "tục",
    "06",
    "đề",
    "án",
    "UBND",
    "ubndx",
    "mot",
    "cua",
]
MARKS = [" ", " ", " ", ", ", "-", "/", "_", ". ", "\n", "”", "\u200b", "\u00ad", "", "😀", "\u0301", "́", "İ", "ð"]
TEXTS = st.lists(st.lists(st.sampled_from(WORDS + MARKS), max_size=24).map("".join), max_size=6)


def one_by_one(terms, texts, without_diacritics):
    """Look for every spelling of every term in every sentence, in the plainest way."""
    matches, sentence = [], 0
    for text in texts:
        for a, b in split_sentences(text):
            plain = normalise(strip_diacritics(text[a:b]) if without_diacritics else text[a:b]).split()
            for number, term in enumerate(terms):
                want = [spellings(s) for s in (strip_diacritics(term) if without_diacritics else term).split()]
                matches += [
                    (sentence, i, i + len(want), number)
                    for i in range(len(plain) - len(want) + 1)
                    if all(s in ways for s, ways in zip(plain[i:], want, strict=False))
                ]
            sentence += 1
    return sorted(matches)


def places(matcher, texts):
    """Return sentence, first syllable in it, the one after the last, and term of each match."""
    matches = matcher.find(texts, [split_sentences(text) for text in texts])
    sentences = matches.sentences[matches.first]
    begins = np.searchsorted(matches.sentences, sentences)
    columns = (sentences, matches.first - begins, matches.last + 1 - begins, matches.terms)
    return sorted(zip(*(column.tolist() for column in columns), strict=True))


@given(TEXTS)
def test_finds_what_looking_one_by_one_finds(texts):
    texts = [unicodedata.normalize("NFC", text) for text in texts]
    assert places(MATCHER, texts) == one_by_one(TERMS, texts, without_diacritics=False)
    assert places(UNDIACRITIZED, texts) == one_by_one(TERMS, texts, without_diacritics=True)


@given(TEXTS)
def test_names_the_characters_of_each_syllable(texts):
    texts = [unicodedata.normalize("NFC", text) for text in texts]
    matches = MATCHER.find(texts, [split_sentences(text) for text in texts])
    joined = "\n".join(texts)
    for term, first, last in zip(matches.terms, matches.first, matches.last, strict=True):
        written = normalise(joined[matches.starts[first] : matches.ends[last]]).split()
        assert all(s in spellings(want) for s, want in zip(written, TERMS[term].split(), strict=True))


def test_of_two_spellings_of_one_term_the_first_stands():
    terms, texts = ["hoà giải", "hòa giải", "hoa giai"], ["Hòa giải, hoà giải, hoa giai"]
    assert [term for *_, term in places(Matcher(terms), texts)] == [0, 0, 2]
    assert [term for *_, term in places(Matcher(terms, without_diacritics=True), texts)] == [0, 0, 0]


@pytest.mark.parametrize("gap", [". ", "! ", "\n", "… ", ".", ".” “"])
def test_no_term_crosses_the_end_of_a_sentence(gap):
    text = f"Ở bộ phận Một{gap}Cửa mở"
    assert [TERMS[term] for *_, term in places(MATCHER, [text])] == ["một", "cửa"]
    assert [TERMS[term] for *_, term in places(MATCHER, ["Một", "cửa"])] == ["một", "cửa"]  # nor the end of a text
    assert [TERMS[term] for *_, term in places(MATCHER, [text.replace(gap, " ")])] == ["một", "một cửa", "cửa"]


def test_an_invisible_character_does_not_cut_a_term():
    text = "m\u00adột\u200b c\u200bửa\u200b!"
    matches = MATCHER.find([text], [[(0, len(text))]])
    assert [TERMS[term] for term in matches.terms] == ["một", "cửa", "một cửa"]
    assert text[matches.starts[0] : matches.ends[1]] == "m\u00adột\u200b c\u200bửa"


def test_matches_are_compared_by_identity():
    matches = MATCHER.find(["một"], [[(0, 3)]])
    assert matches != MATCHER.find(["một"], [[(0, 3)]])
    assert hash(matches)


def test_no_term_and_no_text():
    assert places(Matcher([]), ["Một cửa"]) == []
    assert places(MATCHER, []) == []
    assert places(MATCHER, ["", " … "]) == []


def test_a_syllable_has_one_hash_wherever_it_stands():
    letters = np.frombuffer("ab\0\0abc\0ab\0cab".encode("utf-16-le"), np.uint16)
    starts, ends, hashes = _cut(letters)
    assert starts.tolist() == [0, 4, 8, 11]
    assert ends.tolist() == [2, 7, 10, 14]
    assert hashes[0] == hashes[2]
    assert len(set(hashes.tolist())) == 3


@pytest.mark.parametrize("n", [0, 1, 5, 3000])
def test_table_finds_its_keys_and_no_other(n):
    keys = np.arange(1, n + 1, dtype=np.uint64) << np.uint64(40)  # alike in their low bits
    table = _Table(keys, np.arange(1, n + 1))
    assert table.find(keys).tolist() == list(range(1, n + 1))
    assert not table.find(keys + np.uint64(1)).any()
