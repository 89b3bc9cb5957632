import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_ml.text.old_fonts import to_tcvn3
from cchc_ml.text.sniffing import is_mostly_utf8, sniff


@pytest.mark.parametrize("codec", ["utf8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_sniffing(codec):
    text = "Cải cách hành chính năm 2026 ở các xã."
    data = text.encode(codec)
    assert data.decode(sniff(data)).lstrip("\ufeff") == text


@given(st.binary(max_size=300))
def test_sniffing_never_fails(data):
    codec = sniff(data)
    assert codec is None or data.decode(codec, "replace") is not None


def test_utf_16_without_a_mark_is_recognised_from_sixteen_bytes_on():
    text = "Cai cach hanh chinh"
    assert sniff(text[:8].encode("utf-16-le")) == "utf-16-le"
    assert sniff(text[:7].encode("utf-16-le")) is None
    assert sniff(b"PK\x03\x04\x14\0\0\0\x08\0" * 10) is None


def test_utf8_with_a_few_wrong_bytes_is_no_old_encoding():
    data = "Xã họp bàn việc gỡ hồ sơ.".encode()
    assert is_mostly_utf8(data + b"\xff\xfe")
    assert sniff(data + b"\xff\xfe") is None
    for text in ("Xã họp bàn việc gỡ hồ sơ.", "Sổ đỏ"):
        assert not is_mostly_utf8(to_tcvn3(text).encode("latin-1"))
        assert sniff(to_tcvn3(text).encode("latin-1")) == "latin-1"


def test_windows_1258_is_recognised():
    data = "Ca\u0309i ca\u0301ch hành chính ở ti\u0309nh Ba\u0301c Giang".replace("ở", "ơ\u0309").encode("cp1258")
    assert sniff(data) == "cp1258"
