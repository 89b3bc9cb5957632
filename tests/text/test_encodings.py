import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_ml.text.encodings import (
    Repaired,
    from_tcvn3,
    from_vni,
    mapped_nfc,
    plausibility,
    repair,
    sniff,
    to_tcvn3,
    to_vni,
)

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
def test_maps_lead_from_the_start_to_the_end_in_order(text):
    for change in (repair, mapped_nfc, from_tcvn3, from_vni):
        fixed, origin = change(text)
        if origin is None:
            assert change is repair
            assert fixed == text
            continue
        assert len(origin) == len(fixed) + 1
        assert origin == sorted(origin)
        assert (origin[0], origin[-1]) == (0, len(text)) or not text or not fixed


def test_the_map_leads_to_the_same_words():
    text = unicodedata.normalize("NFD", "Trời mưa. Xã họp dân.")
    fixed, origin = mapped_nfc(text)
    a = fixed.index("Xã")
    assert unicodedata.normalize("NFC", text[origin[a] : origin[a + 2]]) == "Xã"


@pytest.mark.parametrize(
    "text", ["Café Zürich đón khách từ Đà Nẵng", "Naïve Bayes", "São Paulo 30°C ± 2", "Hòa giải ở cơ sở", "", "ÀÁÂÃ"]
)
def test_text_that_is_right_is_not_changed(text):
    assert repair(text) == Repaired(text, None)


def test_real_paragraphs_are_plausible(corpus):
    assert all(plausibility(text) > 0.9 and repair(text).text == text for text in corpus.texts)


def test_a_whole_corpus_in_old_encodings_comes_back(corpus):
    for text in corpus.texts[:100]:
        assert repair(to_vni(text)).text == text
        assert repair(to_tcvn3(text)).text.lower() == text.lower()
        assert repair(text.encode("utf8").decode("latin-1")).text == text


@pytest.mark.parametrize("codec", ["utf8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_sniffing(codec):
    text = "Cải cách hành chính năm 2026 ở các xã."
    data = text.encode(codec)
    assert data.decode(sniff(data)).lstrip("\ufeff") == text


@given(st.binary(max_size=300))
def test_sniffing_never_fails(data):
    codec = sniff(data)
    assert codec is None or data.decode(codec, "replace") is not None


@pytest.mark.parametrize("write", [to_tcvn3, to_vni, lambda text: unicodedata.normalize("NFD", text)])
def test_the_map_of_a_repaired_text_leads_to_each_of_its_words(write):
    words = ["Xã", "rà", "soát", "thủ", "tục,", "bãi", "bỏ", "giấy", "tờ", "thừa"]
    written = write(" ".join(words))
    repaired, origin = repair(written)
    assert repaired == " ".join(words)
    place = 0
    for word in words:
        assert written[origin[place] : origin[place + len(word)]] == write(word)
        place += len(word) + 1


def test_a_text_is_converted_only_if_nearly_all_of_it_becomes_vietnamese():
    vietnamese, english = "Thủ tục hành chính rườm rà", "naïve façade"
    assert repair(to_tcvn3(vietnamese)).text == vietnamese
    for mixed in (f"{vietnamese} {to_tcvn3('rườm rà')}", f"{to_tcvn3('thủ tục')} {english} {english} {english}"):
        assert repair(mixed).text == mixed


def test_utf_16_without_a_mark_is_recognised_from_sixteen_bytes_on():
    text = "Cai cach hanh chinh"
    assert sniff(text[:8].encode("utf-16-le")) == "utf-16-le"
    assert sniff(text[:7].encode("utf-16-le")) is None
    assert sniff(b"PK\x03\x04\x14\0\0\0\x08\0" * 10) is None
