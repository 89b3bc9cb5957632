import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_ml.text.encodings import from_tcvn3, from_vni, mapped_nfc, plausibility, repair, sniff, tidy, to_tcvn3, to_vni

LETTERS = "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵ"
TEXT = st.text(alphabet=LETTERS + " .,0123456789", max_size=80)


@given(TEXT)
def test_tcvn3_both_ways(text):
    assert from_tcvn3(to_tcvn3(text))[0] == text


@given(TEXT.map(lambda t: re.sub(r"[aeouy](?=[àáãâèéêìíòóôõùúýđơưỉĩịỵ])", "", t)))
def test_vni_both_ways(text):
    assert from_vni(to_vni(text))[0] == text
    assert from_vni(to_vni(text.upper()))[0] == text.upper()


@given(st.text(max_size=60))
def test_maps_lead_back(text):
    for change in (repair, mapped_nfc, from_tcvn3, from_vni):
        fixed, origin = change(text)
        assert len(origin) == len(fixed) + 1
        assert origin == sorted(origin)
        assert (origin[0], origin[-1]) == (0, len(text)) or not text or not fixed


def test_the_map_marks_what_was_given():
    text = unicodedata.normalize("NFD", "Trời mưa. Xã họp dân.")
    fixed, origin = mapped_nfc(text)
    a = fixed.index("Xã")
    assert unicodedata.normalize("NFC", text[origin[a] : origin[a + 2]]) == "Xã"


@pytest.mark.parametrize(
    "text", ["Café Zürich đón khách từ Đà Nẵng", "Naïve Bayes", "São Paulo 30°C ± 2", "Hòa giải ở cơ sở", "", "ÀÁÂÃ"]
)
def test_what_is_right_is_left(text):
    assert repair(text)[0] == text
    assert tidy(text) == (text, None)


def test_real_paragraphs_are_plausible(corpus):
    assert all(plausibility(text) > 0.9 and repair(text)[0] == text for text in corpus.texts)


def test_a_whole_corpus_in_old_encodings_comes_back(corpus):
    for text in corpus.texts[:100]:
        assert repair(to_vni(text))[0] == text
        assert repair(to_tcvn3(text))[0].lower() == text.lower()
        assert repair(text.encode("utf8").decode("latin-1"))[0] == text


@pytest.mark.parametrize("codec", ["utf8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_sniffing(codec):
    text = "Cải cách hành chính năm 2026 ở các xã."
    data = text.encode(codec)
    assert data.decode(sniff(data)).lstrip("\ufeff") == text


@given(st.binary(max_size=300))
def test_sniffing_never_fails(data):
    codec = sniff(data)
    assert codec is None or data.decode(codec, "replace") is not None
