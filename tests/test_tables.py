import csv
import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_ml.tables import read_rows


def write(path, text):
    path.write_bytes(text.encode("utf8") if isinstance(text, str) else text)
    return path


def rows(path):
    return [row for _, row in read_rows(path)]


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\r\0", exclude_categories=["Cs"]), max_size=20)


@given(st.lists(st.tuples(CELL.filter(lambda c: "\n" not in c), CELL), min_size=1, max_size=5))
def test_csv_comes_back_as_written(tmp_path_factory, cells):
    path = tmp_path_factory.mktemp("csv") / "x.csv"
    with open(path, "w", encoding="utf8", newline="") as file:
        csv.writer(file).writerows([("id", "text"), *cells])
    assert rows(path) == [{"id": a, "text": b} for a, b in cells]


@given(st.lists(st.dictionaries(CELL, st.none() | st.booleans() | st.integers() | CELL | st.lists(CELL)), min_size=1, max_size=4))
def test_jsonl_comes_back_as_written(tmp_path_factory, objects):
    path = write(tmp_path_factory.mktemp("jsonl") / "x.jsonl", "\n".join(map(json.dumps, objects)))
    assert rows(path) == objects


def test_excel_in_vietnam_separates_by_semicolon(tmp_path):
    path = write(tmp_path / "x.csv", "\ufeffid;text\n1;Thu 3,5 tỷ\n")
    assert rows(path) == [{"id": "1", "text": "Thu 3,5 tỷ"}]


def test_gzip_is_read_as_its_content(tmp_path):
    path = write(tmp_path / "x.jsonl.gz", gzip.compress(b'{"text": "a"}\n'))
    assert list(read_rows(path)) == [(f"{path}, line 1", {"text": "a"})]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.jsonl", '{"a": 1}\n' * 16 + "{broken\n", r"x\.jsonl, line 17: broken JSON"),
        ("x.jsonl", "[1]\n", "line 1: found list, want one JSON object a line"),
        ("x.jsonl", "[" * 100_000, "line 1: broken JSON"),
        ("x.jsonl", b'{"a": "\xff"}\n', r"line 1: not UTF-8; save it as UTF-8"),
        ("x.jsonl", b"{}\n\0\n", "line 2: binary or UTF-16 content"),
        ("x.jsonl", b"", "is empty"),
        ("x.csv", "a,b\n1\n", "line 2: 1 cells for 2 columns"),
        ("x.csv", "a,a\n1,2\n", "two columns have the same name: a, a"),
        ("x.csv", 'a,b\n"1,2\n', "broken CSV"),
        ("x.jsonl.gz", b"no gzip", "is not a whole gzip file"),
        ("x.jsonl.gz", gzip.compress(b'{"a": 1}\n' * 99)[:30], "is not a whole gzip file"),
        ("x.xml", "<a/>", r"is no table; want one of \.jsonl, \.csv"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(tmp_path, name, content, message):
    with pytest.raises(ValueError, match=message):
        rows(write(tmp_path / name, content))


def test_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no file .*x\.csv"):
        rows(tmp_path / "x.csv")
