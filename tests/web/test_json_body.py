import json
import time

import pytest

from cchc_ml.pillars import Pillar
from cchc_ml.web.json_body import read_tag_request
from cchc_ml.web.limits import Limits
from cchc_ml.web.problems import RefusalError

JSON = "application/json"
LIMITS = Limits(texts=3, text_chars=5)


def refusal(body, kind=JSON, limits=LIMITS):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(RefusalError) as refused:
        read_tag_request(body, kind, limits)
    return refused.value.code, refused.value.detail


@pytest.mark.parametrize("kind", [JSON, "application/json; charset=utf-8", "Application/JSON", "application/ld+json"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_texts_and_options(kind, mark):
    body = {"text": ["a", "b\\"], "threshold": 1, "pillars": ["tthc", "tthc", "apparatus"]}
    texts, options = read_tag_request(mark + json.dumps(body).encode(), kind, LIMITS)
    assert texts == ["a", "b\\"]
    assert options == (1.0, (Pillar.TTHC, Pillar.APPARATUS))
    assert read_tag_request(b'{"text": "12345"}', kind, LIMITS) == (["12345"], (None, None))


def test_quotation_marks_inside_texts_are_not_counted():
    limits = Limits(texts=1)
    body = json.dumps({"text": '"' * 10_000}).encode()
    assert read_tag_request(body, JSON, limits).texts == ['"' * 10_000]


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({}, "Object missing required field `text`"),
        ({"text": 3}, "Expected `str | array`, got `int`"),
        ({"text": None}, "Expected `str | array`, got `null`"),
        ({"text": ["a", None]}, "Expected `str`, got `null`"),
        ({"text": []}, "text is an empty list"),
        ({"text": ""}, "text 0 is empty"),
        ({"text": ["a", " \n"]}, "text 1 is empty"),
        ({"text": "123456"}, "text 0 has 6 characters; want at most 5"),
        ({"text": ["a"] * 4}, "text has 4 texts; want at most 3"),
        ({"text": "a", "more": 1}, "Object contains unknown field `more`"),
        ({"text": "a", "threshold": 1.1}, "Expected `float` <= 1"),
        ({"text": "a", "threshold": None}, "Expected `float`, got `null`"),
        ({"text": "a", "pillars": []}, "Expected `array` of length >= 1"),
        ({"text": "a", "pillars": ["x"]}, "Invalid enum value 'x'"),
        ([], "Expected `object`, got `array`"),
        (b"{broken", "the body is not valid JSON in UTF-8"),
        (b"", "the body is not valid JSON in UTF-8"),
        (b'{"text": "\xff"}', "the body is not valid JSON in UTF-8"),
        (b'{"text": "\\ud800"}', "the body is not valid JSON in UTF-8"),
        (b'{"text": "a", "threshold": NaN}', "the body is not valid JSON in UTF-8"),
        ('{"text": "a"}'.encode("utf-16"), "the body is not valid JSON in UTF-8"),
    ],
    ids=range(21),
)
def test_other_bodies_are_refused(body, detail):
    code, found = refusal(body)
    assert code == "invalid"
    assert found.startswith(detail)


@pytest.mark.parametrize("kind", ["", "text/plain", "application/jsonx", "multipart/form-data"])
def test_other_kinds_are_refused(kind):
    assert refusal(b'{"text": "a"}', kind)[0] == "unsupported_media_type"


@pytest.mark.parametrize(
    "body",
    [
        b'{"text":"a",' + b",".join(b'"k%d":1' % i for i in range(400_000)) + b"}",
        b'{"text":[' + b",".join([b"1"] * 4_000_000) + b"]}",
        b'{"text":[' + b",".join([b"{}"] * 2_500_000) + b"]}",
        b'{"text":[' + b",".join([b'"a"'] * 2_400_000) + b"]}",
        b'{"text":[' + b",".join([rb'"\\"'] * 1_900_000) + b"]}",
        b'{"text":' + b"[" * 5_000_000 + b"]" * 4_999_000 + b"}",
        b'{"a":' * 1_900_000,
        b'{"text":"a","threshold":' + b"1" * 9_000_000 + b"}",
        b'{"' + b"k" * 9_000_000 + b'":1}',
    ],
    ids=["keys", "numbers", "objects", "strings", "backslashes", "lists", "nested objects", "digits", "a key"],
)
def test_large_bodies_are_refused_at_once_and_briefly(body):
    start = time.process_time()
    code, detail = refusal(body, limits=Limits())
    assert time.process_time() - start < 0.5  # pydantic took 14 seconds for the keys
    assert code == "invalid"
    assert len(detail) < 300


def test_pillars_are_those_of_the_model_each_once(own):
    send = lambda pillars: read_tag_request(  # noqa: E731
        json.dumps({"text": "a", "pillars": pillars}).encode(), "application/json", Limits(), own.codebook
    )
    assert send(["road", "market", "road"]).options.pillars == ("road", "market")
    with pytest.raises(RefusalError, match=r"Invalid enum value 'tthc' - at `\$\.pillars\[1\]`; want market, school"):
        send(["road", "tthc"])
    with pytest.raises(RefusalError, match=f"has {own.n + 1} entries; want at most {own.n}"):
        send(["road"] * (own.n + 1))
