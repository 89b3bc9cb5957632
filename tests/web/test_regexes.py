import importlib
import pkgutil
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scripts import run

import cchc_ml.reading
from cchc_ml.web.regexes import script_pattern

PATTERNS = [
    *(
        r"\w+\b",
        r"\B\w",
        r"[^\W\d_]+",
        r"[^\W\d_a-z]{3,6}",
        r"[\W_]+",
        r"[\s\S]",
        r"\S\s",
        r"[^\w\s]",
        r"(?s)a.c",
        r"a.c",
    ),
    *(r"(?i)đăng|ký", r"(?i)[à-ỹđ]+", r"(?i)số\s*:|(?-i:[a-zđ])x", r"(?m)^a$", r"^a$", r"\Aa\Z", r"(?P<d>\d)-(?P=d)"),
    *(
        r"a++b|c",
        r"(?>a+|b)c",
        r"(a)(?:(b)|c++)(d)",
        r"a{2,3}?",
        r"(?:ab){2}",
        r"[a\-\]^]",
        r"[^\n]*",
        r"(?<=\d)m|(?<!\d)k",
    ),
    *(r"[“\"‘'«(\[]+", r"\.|\$|\||/|-", "[\u0300-\u036f]", r"[·•–—-]\s", r"\d{1,2}(?!\d)"),
]
TEXTS = [
    *("", "a", "a\n", "ab\nc", "aac", "aaab", "abcd", "aabd", "acd", "ababab", "a-]^", "đăng KÝ Đăng ký", "À ỹ Đ"),
    *("Số : x", "số:", "5-5", "5m km 5k", "xã\u0301 họp² Ⅳ ½ _ 7", "“Xã” ‘họp’ [1]", "a$b|c/d-e.", "· xã – họp — \xa0"),
    *("NĐ-CP 12/2021", "\u2028a\u2029", "😀 a😀c", "QUYẾT ĐỊNH quyết"),
]
SCRIPT = """
import { py } from "./python.js";
const found = (pattern, text) => [...pattern.finditer(text)].map((match) => [match.group(), ...match.groups()]);
const one = (match) => match && match.group();
answer = given.patterns.map((parts) => given.texts.map((text) => {
  const pattern = py.re(...parts);
  return [found(pattern, text), one(pattern.match(text)), one(pattern.fullmatch(text))];
}));
"""


def python_finds(pattern: re.Pattern[str], text: str) -> list[object]:
    found = [[match[0], *match.groups()] for match in pattern.finditer(text)]
    return [found, *(match and match[0] for match in (pattern.match(text), pattern.fullmatch(text)))]


def parts(pattern: re.Pattern[str]) -> list[object]:
    return list(script_pattern(pattern))


def check(patterns: list[re.Pattern[str]], texts: list[str], folder) -> None:
    answers = run(SCRIPT, folder, {"patterns": list(map(parts, patterns)), "texts": texts})
    for pattern, answer in zip(patterns, answers, strict=True):
        for text, found in zip(texts, answer, strict=True):
            assert found == python_finds(pattern, text), (pattern.pattern, text)


def test_every_operation_finds_the_same(page_modules):
    check(list(map(re.compile, PATTERNS)), TEXTS, page_modules)


def test_every_pattern_of_the_reading_finds_the_same(page_modules, top):
    modules = [
        importlib.import_module(f"cchc_ml.reading.{name}")
        for _, name, _ in pkgutil.iter_modules(cchc_ml.reading.__path__)
    ]
    patterns = {
        v.pattern: v
        for m in modules
        for v in vars(m).values()
        if isinstance(v, re.Pattern) and isinstance(v.pattern, str)
    }
    page = (top / "tests" / "pages" / "p31-ministry-R12-06.html").read_text("utf8")
    lines = [line.strip() for line in re.sub("<[^>]*>", "\n", page).splitlines() if line.strip()][:120]
    assert len(patterns) > 80
    check(list(patterns.values()), [*TEXTS, *lines], page_modules)


@settings(max_examples=5, deadline=None)
@given(texts=st.lists(st.text("aàÀđĐ _-1²½\n\u0301.:😀", max_size=12), min_size=20, max_size=20))
def test_random_texts_are_matched_alike(page_modules, texts):
    check(list(map(re.compile, PATTERNS)), texts, page_modules)


def test_what_is_not_translated_is_named():
    with pytest.raises(ValueError, match="GROUPREF_EXISTS in the pattern"):
        script_pattern(re.compile(r"(a)?(?(1)b|c)"))
