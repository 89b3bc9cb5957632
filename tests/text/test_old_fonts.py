import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from cchc_ml.text.old_fonts import from_misread_1258, from_mojibake, from_tcvn3, from_vni, to_tcvn3, to_vni

LETTERS = "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵ"
TEXT = st.text(alphabet=LETTERS + " .,0123456789", max_size=80)


@given(TEXT)
def test_tcvn3_both_ways(text):
    assert from_tcvn3(to_tcvn3(text))[0] == text


@given(TEXT.map(lambda t: re.sub(r"[aeouy](?=[àáãâèéêìíòóôõùúýđơưỉĩịỵ])", "", t)))
def test_vni_both_ways(text):
    assert from_vni(to_vni(text))[0] == text
    assert from_vni(to_vni(text.upper()))[0] == text.upper()


@given(st.text(alphabet=LETTERS + "“”–…€", max_size=80))
def test_misread_utf8_both_ways(text):
    data = text.encode()
    assert from_mojibake(data.decode("latin-1"))[0] == text
    misread = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in data)
    assert from_mojibake(misread)[0] == text


def test_windows_1258_read_as_windows_1252():
    given_text = "Thu\u0309 tu\u0323c ha\u0300nh chi\u0301nh ơ\u0309 Đa\u0303".encode("cp1258").decode("cp1252")
    assert unicodedata.normalize("NFC", from_misread_1258(given_text)[0]) == "Thủ tục hành chính ở Đã"
