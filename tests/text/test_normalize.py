import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_ml.text.normalize import is_undiacritized, normalise, printable, spellings, strip_diacritics

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


def test_strip_diacritics():
    assert strip_diacritics("Đường thủy, kỷ luật: ở Đắk Lắk") == "Duong thuy, ky luat: o Dak Lak"


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("Cai cach", True),
        ("", False),
        ("ệ" * 2 + "a" * 98, True),
        ("ệ" * 3 + "a" * 97, False),  # exactly 97 % ASCII
        ("Cải cách", False),
    ],
)
def test_is_undiacritized(text, want):
    assert is_undiacritized(text) is want


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
