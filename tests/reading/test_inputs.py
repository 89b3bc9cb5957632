import io
import os
import sys

import pytest

from cchc_ml.reading.finding import expand
from cchc_ml.reading.inputs import (
    ARTICLE_FIELDS,
    MAX_PARAGRAPH_CHARS,
    PendingArticle,
    read_file,
    read_inputs,
    require_text,
)


def rows_of(paths, **kwargs):
    for item in read_inputs(expand(paths), **kwargs):
        for row, _ in item.rows() if isinstance(item, PendingArticle) else [item]:
            yield row


def texts(paths, **kwargs):
    return [row["text"] for row in rows_of(paths, **kwargs)]


def test_a_folder_is_read_in_the_order_of_names(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.txt").write_text("Ẩn.")
    (tmp_path / "b" / "2.txt").write_text("Hai.\nBa.")
    (tmp_path / "a.jsonl").write_text('{"text": "Một.", "k": 1}\n')
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8")
    rows = list(rows_of([tmp_path]))
    assert rows[0] == {"text": "Một.", "k": 1}
    assert [(row["source"], row["paragraph"], row["text"]) for row in rows[1:]] == [
        (str(tmp_path / "b" / "2.txt"), 1, "Hai."),
        (str(tmp_path / "b" / "2.txt"), 2, "Ba."),
    ]
    assert list(rows[1]) == ["source", "paragraph", "text", "kind", "headline", "date", "author", "outlet"]


def test_boilerplate_can_be_kept(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("Trang chủ | Tin tức\nSáng nay, xã họp bàn việc gỡ hồ sơ trễ hẹn của dân.\n")
    assert len(texts([path])) == 1
    assert texts([path], keep_boilerplate=True)[0] == "Trang chủ | Tin tức"


def test_a_file_that_cannot_be_read_is_reported_and_the_others_are_read(tmp_path):
    (tmp_path / "1.txt").write_text("Xã họp bàn.")
    (tmp_path / "2.jsonl").write_text('{"text": "Hai."}\n{broken\n')
    (tmp_path / "3.txt").write_text("Dân đến dự.")
    failures = []
    assert texts([tmp_path], on_error=lambda *why: failures.append(why)) == [
        "Xã họp bàn.",
        "Hai.",
        "Dân đến dự.",
    ]
    assert [name for name, _ in failures] == [str(tmp_path / "2.jsonl")]
    assert "line 2: broken JSON" in failures[0][1]
    with pytest.raises(ValueError, match="line 2: broken JSON"):
        texts([tmp_path])


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"a": 1, "b": 2}, r"here: no field or column 'text' \(nor nội dung, .*\); found: a, b"),
        ({"text": "  "}, "here: row without text"),
        ({"text": 5}, r"here: row without text \(text is 5\)"),
        ({"text": "a\ud800"}, r"here: the text holds half a character \('\\ud800'\); write it as UTF-8"),
        ({"text": "a" * (MAX_PARAGRAPH_CHARS + 1)}, "here: 1,000,001 characters; want a paragraph, at most 1,000,000"),
    ],
)
def test_rows_without_a_paragraph_are_rejected(row, message):
    with pytest.raises(ValueError, match=message):
        require_text("here", row)


def test_the_text_column_goes_by_many_names():
    assert require_text("x", {"id": 1, "Nội dung": "a"}) == "Nội dung"
    assert require_text("x", {"text": "a", "body": "b"}, "body") == "body"


def test_a_file_of_another_kind_is_rejected(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8")
    with pytest.raises(ValueError, match=r"a\.jpg is a file of another kind; want \.txt, "):
        list(read_file(tmp_path / "a.jpg"))
    (tmp_path / "a.jpg").write_bytes(b"")
    with pytest.raises(ValueError, match=r"a\.jpg is empty"):
        list(read_file(tmp_path / "a.jpg"))


def test_a_table_without_rows_is_rejected(tmp_path):
    (tmp_path / "a.csv").write_text("text,id\n")
    with pytest.raises(ValueError, match=r"a\.csv has no rows; want at least one row of text"):
        list(read_file(tmp_path / "a.csv"))


class Pipe(io.BytesIO):
    """Standard input that fails when it is asked for more than one line."""

    @property
    def buffer(self):
        return self

    def read(self, size=-1):
        raise AssertionError("would wait for more than a line")

    read1 = readinto = read


@pytest.mark.parametrize(
    "data",
    [
        '\n{"text": "Xã họp."}\n{"text": "Dân đến."}\n',
        "text;id\nXã họp.;1\nDân đến.;2\n",
        "sep=;\ntext\nXã họp.\n",
    ],
)
def test_rows_of_standard_input_are_passed_on_as_they_arrive(monkeypatch, data):
    monkeypatch.setattr(sys, "stdin", Pipe(data.encode()))
    assert next(read_file("-"))[0]["text"] == "Xã họp."


def test_an_error_on_standard_input_counts_the_blank_lines(monkeypatch):
    monkeypatch.setattr(sys, "stdin", Pipe(b'\n\n{"text": "a"}\n{broken\n'))
    with pytest.raises(ValueError, match=r"^standard input, line 4: broken JSON"):
        list(read_file("-"))


TABLE = "STT,Nội dung\n1,Xã họp.\n2,\n3,  \n,Dân đến.\nTổng cộng,2 đoạn\n"


def test_rows_without_text_and_rows_of_totals_are_passed_over_and_counted(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(TABLE, "utf8")
    notes = []
    found = [row["Nội dung"] for row, _ in read_file(path, on_note=notes.append)]
    assert found == ["Xã họp.", "Dân đến."]
    assert notes == [f"{path}: rows passed over: 2 without text and 1 of totals (line 3, line 4, line 6)"]
    with pytest.raises(ValueError, match=r"a\.csv, line 3: row without text"):
        list(read_file(path))


def test_names_that_are_repeated_on_each_page_are_passed_over(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("STT,Nội dung\n1,Xã họp.\nSTT,Nội dung\n2,Dân đến.\n", "utf8")
    notes = []
    assert [row["Nội dung"] for row, _ in read_file(path, on_note=notes.append)] == ["Xã họp.", "Dân đến."]
    assert notes == [f"{path}: rows passed over: 1 that repeat the names (line 3)"]


def test_a_note_names_the_first_rows_only(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "Xã họp."}\n' + '{"text": null}\n' * 2000, "utf8")
    notes = []
    assert len(list(read_file(path, on_note=notes.append))) == 1
    assert notes == [
        f"{path}: rows passed over: 2,000 without text (line 2, line 3, line 4, line 5, line 6, ...)"
    ]  # fmt: skip


def test_a_row_of_totals_is_an_error_if_nothing_may_be_passed_over(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Nội dung\nXã họp.\nTổng cộng\n", "utf8")
    with pytest.raises(ValueError, match=r"line 3: a row of totals; delete it, or leave out --strict"):
        list(read_file(path))
    lines = tmp_path / "a.jsonl"  # a program wrote it: there are no rows of totals
    lines.write_text('{"text": "Tổng cộng"}\n', "utf8")
    assert texts([lines]) == ["Tổng cộng"]


def test_a_table_with_no_text_in_any_row_is_rejected(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("STT,text\n1,\n", "utf8")
    with pytest.raises(ValueError, match=r"a\.csv has no rows of text; want at least one row of text"):
        list(read_file(path, on_note=lambda note: None))


def test_standard_input_of_an_old_mac_is_a_table(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("STT,Nội dung\r1,Xã họp.\r2,Dân đến.\r".encode())))
    assert [row["Nội dung"] for row, _ in read_file("-")] == ["Xã họp.", "Dân đến."]


def test_rows_and_articles_are_checked(tmp_path):
    (tmp_path / "a.txt").write_text("Xã họp.", "utf8")
    (tmp_path / "b.jsonl").write_text('{"text": "Xã họp.", "n": 1}\n{"text": "Dân dự.", "n": 2}\n', "utf8")
    seen, failures = [], {}

    def check(where, row):
        seen.append((where, list(row)))
        if row.get("n") == 2:
            raise ValueError(f"{where}: two")

    items = list(read_inputs(expand([tmp_path]), check=check, on_error=failures.__setitem__))
    b = str(tmp_path / "b.jsonl")
    assert len(items) == 2
    assert seen == [
        (str(tmp_path / "a.txt"), ["source", "paragraph", "text", "kind", "headline", "date", "author", "outlet"]),
        (f"{b}, line 1", ["text", "n"]),
        (f"{b}, line 2", ["text", "n"]),
    ]
    assert failures == {b: f"{b}, line 2: two"}


def test_the_columns_of_an_article_are_known_before_it_is_read(tmp_path):
    (tmp_path / "a.txt").write_text("Xã họp.", "utf8")
    ((row, _),) = read_file(tmp_path / "a.txt")
    assert list(row) == list(ARTICLE_FIELDS)


@pytest.mark.skipif(os.name == "nt", reason="Windows has only names of Unicode")
def test_a_file_name_that_is_not_unicode_can_be_written(tmp_path):
    name = os.path.join(os.fsencode(tmp_path), b"caf\xe9.txt")
    with open(name, "wb") as file:
        file.write("Xã họp.".encode())
    ((row, _),) = read_file(os.fsdecode(name))
    assert row["source"] == f"{tmp_path}/caf\\xe9.txt"


def test_a_carriage_return_on_standard_input_is_a_line_break(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("Xã trả hồ sơ.\rHuyện họp.\n".encode())))
    assert [row["text"] for row, _ in read_file("-")] == ["Xã trả hồ sơ.", "Huyện họp."]


def test_standard_input_that_is_closed(monkeypatch):
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(ValueError, match="standard input is closed; open it, or name files"):
        list(read_file("-"))
