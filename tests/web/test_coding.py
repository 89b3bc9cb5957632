import asyncio
import gzip

import pytest
from starlette.requests import Request

from cchc_ml.web.coding import MIN_BYTES, accepts_gzip, answer, pack, unpack
from cchc_ml.web.problems import RefusalError


def test_what_is_not_packed_is_taken_as_it_is():
    assert unpack(b"a", "", 1) == unpack(b"a", "identity", 1) == b"a"


@pytest.mark.parametrize("coding", ["gzip", "GZIP", " x-gzip "])
def test_gzip_is_unpacked(coding):
    assert unpack(gzip.compress(b"a" * 100), coding, 100) == b"a" * 100


@pytest.mark.parametrize(
    ("body", "coding", "code"),
    [
        (gzip.compress(b"a" * 101), "gzip", "body_too_large"),
        (gzip.compress(bytes(50_000_000)), "gzip", "body_too_large"),
        (gzip.compress(b"a")[:-1], "gzip", "malformed_body"),
        (gzip.compress(b"a") * 2, "gzip", "malformed_body"),
        (gzip.compress(b"a") + b"x", "gzip", "malformed_body"),
        (b"a", "gzip", "malformed_body"),
        (b"", "gzip", "malformed_body"),
        (b"a", "br", "unsupported_encoding"),
        (b"a", "gzip, gzip", "unsupported_encoding"),
    ],
    ids=range(9),
)
def test_other_bodies_are_refused(body, coding, code):
    with pytest.raises(RefusalError) as refused:
        unpack(body, coding, 100)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("header", "accepts"),
    [("gzip", True), ("br, GZIP;q=0.5", True), ("*;q=0", False), ("gzip; q=0.000", False), ("deflate", False)],
)
def test_whether_a_client_accepts_gzip(header, accepts):
    assert accepts_gzip(header) == accepts


@pytest.mark.parametrize("size", [MIN_BYTES - 1, MIN_BYTES, 200_000])
@pytest.mark.parametrize("accept", ["gzip", "identity"])
def test_long_answers_are_packed_for_those_who_can_unpack(size, accept):
    request = Request({"type": "http", "headers": [(b"accept-encoding", accept.encode())]})
    response = asyncio.run(answer(request, b"a" * size))
    is_packed = accept == "gzip" and size >= MIN_BYTES
    assert response.headers.get("content-encoding") == ("gzip" if is_packed else None)
    assert response.headers["vary"] == "Accept-Encoding"
    assert (gzip.decompress(response.body) if is_packed else response.body) == b"a" * size


def test_packing_gives_the_same_bytes():
    assert pack(b"a") == pack(b"a")
