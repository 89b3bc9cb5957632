import re
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_ml.text.normalize import normalise, printable, spellings, strip_diacritics
from cchc_ml.text.sentences import split_sentences

VIETNAMESE = st.text(
    alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạằắẳẵặèéẻẽẹòóỏõọùúủũụỳýỷỹỵ .,;!?\n“”()0123456789ABĐ", max_size=200
)


@given(VIETNAMESE)
def test_normalise_does_not_see_decomposition_case_or_punctuation(text):
    once = normalise(text)
    assert normalise(unicodedata.normalize("NFD", text)) == once
    assert normalise(text.upper()) == once
    assert normalise(once) == once
    assert "  " not in once
    assert once.startswith(" ")
    assert once.endswith(" ")


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("pháp luật.Ông", " pháp luật ông "),
        ("Ðề án 06", " đề án 06 "),  # the Icelandic letter that old fonts typed for Đ
        ("thủ\u200b tục\u00a0hành_chính", " thủ tục hành chính "),
        ("", " "),
    ],
)
def test_normalise(text, want):
    assert normalise(text) == want


@pytest.mark.parametrize(
    ("syllable", "want"),
    [
        ("hòa", {"hòa", "hoà"}),
        ("hoàn", {"hoàn"}),
        ("thủy", {"thủy", "thuỷ"}),
        ("kỷ", {"kỷ", "kỉ"}),
        ("quý", {"quý", "qúy", "quí"}),
        ("tai", {"tai"}),
        ("xây", {"xây"}),
        ("ý", {"ý"}),
        ("cửa", {"cửa"}),
    ],
)
def test_spellings(syllable, want):
    assert spellings(syllable) == want


@given(st.from_regex("(h|k|l|m|s|t|v|qu|th|ng)?(o[ae]|uy|i|y)[\u0300\u0301\u0303\u0309\u0323]?", fullmatch=True))
def test_spellings_of_a_spelling_are_the_same_set(syllable):
    syllable = unicodedata.normalize("NFC", syllable)
    assert all(spellings(other) == spellings(syllable) for other in spellings(syllable))


@given(VIETNAMESE)
def test_sentences_are_trimmed_in_order_and_cover_every_letter(text):
    spans = split_sentences(text)
    assert all(a < b and text[a:b] == text[a:b].strip() for a, b in spans)
    assert all(b <= c for (_, b), (c, _) in pairwise(spans))
    assert "".join("".join(text[a:b] for a, b in spans).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("Xã họp. Dân đến! Xong chưa? Rồi…", ["Xã họp.", "Dân đến!", "Xong chưa?", "Rồi…"]),
        ("“Được.” Ông cười.", ["“Được.”", "Ông cười."]),
        ("Ở TP. Vinh, GS. Lê V. Tám nói v.v. và đi.", ["Ở TP. Vinh, GS. Lê V. Tám nói v.v. và đi."]),
        ("1. Về thể chế. 2. Về TTHC.", ["1. Về thể chế.", "2. Về TTHC."]),
        ("Thu 3.500 tỷ đồng qua baotinh.vn hôm qua.", ["Thu 3.500 tỷ đồng qua baotinh.vn hôm qua."]),
        ("Luật mới.Ông Ba vui.", ["Luật mới.", "Ông Ba vui."]),
        ("Từ năm 2017.“Khó lắm”, ông nói.", ["Từ năm 2017.", "“Khó lắm”, ông nói."]),
        ("Ở TP.HCM, ThS.Lê nói.", ["Ở TP.HCM, ThS.Lê nói."]),
        ("  \n ", []),
    ],
)
def test_split_sentences(text, want):
    assert [text[a:b] for a, b in split_sentences(text)] == want
    # The case of letters decides nothing but where a space is missing.
    if not re.search(r"[.][“Ô]", text):
        assert [text.upper()[a:b] for a, b in split_sentences(text.upper())] == [s.upper() for s in want]


def test_strip_marks():
    assert strip_diacritics("Đường thủy, kỷ luật: ở Đắk Lắk") == "Duong thuy, ky luat: o Dak Lak"


@given(st.text())
def test_what_is_printed_has_the_same_length_and_no_control_character(text):
    for one_line in (False, True):
        shown = printable(text, one_line=one_line)
        assert len(shown) == len(text)
        assert shown.encode("utf8").decode("utf8") == shown
        assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in shown if one_line or c not in "\t\n\r")


def test_printable_keeps_lines_unless_one_line_is_wanted():
    assert printable("a\tb\nc\x1b[1m\u202ed\ud800\uffff") == "a\tb\nc [1m\u202ed  "
    assert printable("a\tb\nc\x1b[1m\u202ed\ud800\uffff", one_line=True) == "a b c [1m d  "
    assert printable("Đề án 06: “một cửa”") == "Đề án 06: “một cửa”"
