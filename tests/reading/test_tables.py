import csv
import gzip
import json
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from needs import needs

from cchc_ml.reading.columns import find_text_column
from cchc_ml.reading.tables import check_free, read_rows
from cchc_ml.text.encodings import repair, to_tcvn3, to_vni
from cchc_ml.text.normalize import TONE_MARKS


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
    assert rows(path) == [{"id": a, "text": b} for a, b in cells if a or b]


@given(
    st.lists(
        st.dictionaries(CELL, st.none() | st.booleans() | st.integers() | CELL | st.lists(CELL)), min_size=1, max_size=4
    )
)
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
        ("x.jsonl", b'{"a": "\xff\xfe"}\n', r"line 1 is not UTF-8, UTF-16"),
        ("x.jsonl", b"{}\n\0\n", "line 2 is binary, not text"),
        ("x.jsonl", b'{"a": NaN}\n', "line 1: broken JSON: NaN is not JSON"),
        ("x.jsonl", b'{"a": 1}\n' * 20_000 + b"\xff\n", "line 20001 is not UTF-8 text"),
        ("x.xlsx", b"PK", "is damaged"),
        ("x.parquet", b"PAR1", "is damaged or is not a Parquet file"),
        ("x.xlsx", b"", "is empty"),
        ("x.jsonl", b"", "is empty"),
        ("x.csv", "a,b\n1\n", "line 2: 1 cells for 2 columns"),
        ("x.csv", "a,a\n1,2\n", "two columns have the same name: a, a"),
        ("x.csv", 'a,b\n"1,2\n', "broken CSV"),
        ("x.jsonl.gz", b"no gzip", "is not a complete gzip file"),
        ("x.jsonl.gz", gzip.compress(b'{"a": 1}\n' * 99)[:30], "is not a complete gzip file"),
        ("x.xml", "<a/>", r"is not a table; want one of \.jsonl, \.csv"),
    ],
)
def test_an_error_names_the_place(tmp_path, name, content, message):
    with pytest.raises(ValueError, match=message):
        rows(write(tmp_path / name, content))


def test_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no file .*x\.csv"):
        rows(tmp_path / "x.csv")


def test_the_first_line_of_excel_is_not_a_row(tmp_path):
    path = write(tmp_path / "x.csv", "sep=;\nid;text;;\n1;a;;\n;;;\n")
    assert rows(path) == [{"id": "1", "text": "a"}]


@pytest.mark.parametrize("codec", ["utf-16", "utf-8-sig"])
def test_tables_in_other_encodings(tmp_path, codec):
    path = write(tmp_path / "x.tsv", "id\tNội dung\r\n1\tXã họp\r\n".encode(codec))
    assert rows(path) == [{"id": "1", "Nội dung": "Xã họp"}]
    assert find_text_column(rows(path)[0]) == "Nội dung"


def test_excel_and_parquet_rows(tmp_path):
    openpyxl, pyarrow = needs("openpyxl"), needs("pyarrow")
    from datetime import date

    import pyarrow.parquet as parquet

    book = openpyxl.Workbook()
    for cells in [[None, None], ["id", "text", None], [1, "Xã họp", "x"], [None, None], [2.5, "Dân đến", None]]:
        book.active.append(cells)
    book.save(tmp_path / "x.xlsx")
    assert rows(tmp_path / "x.xlsx") == [{"id": 1, "text": "Xã họp"}, {"id": 2.5, "text": "Dân đến"}]
    parquet.write_table(pyarrow.table({"text": ["a", "b"], "day": [date(2026, 7, 3), None]}), tmp_path / "x.parquet")
    assert rows(tmp_path / "x.parquet") == [{"text": "a", "day": "2026-07-03"}, {"text": "b", "day": None}]


@given(st.binary(max_size=400), st.sampled_from([".jsonl", ".csv", ".tsv", ".jsonl.gz", ".xlsx", ".parquet"]))
@settings(max_examples=300)
def test_any_bytes_are_rows_or_a_clear_error(tmp_path_factory, data, kind):
    path = write(tmp_path_factory.mktemp("fuzz") / f"x{kind}", data)
    try:
        content = rows(path)
    except ValueError as error:
        message = str(error)
    else:
        message = str(path)
        assert all(isinstance(row, dict) for row in content)
    assert str(path) in message


def test_cells_without_a_json_type_become_text_or_numbers(tmp_path):
    pyarrow = needs("pyarrow")
    from datetime import time
    from decimal import Decimal

    import pyarrow.parquet as parquet

    table = pyarrow.table(
        {"text": ["a"], "at": [time(8, 30)], "sum": [Decimal("1.50")], "x": [float("nan")], "deep": [[{"d": time(9)}]]}
    )
    parquet.write_table(table, tmp_path / "x.parquet")
    assert rows(tmp_path / "x.parquet") == [
        {"text": "a", "at": "08:30:00", "sum": 1.5, "x": None, "deep": [{"d": "09:00:00"}]}
    ]


def test_a_line_without_end_is_rejected_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr("cchc_ml.reading.decode.MAX_LINE_BYTES", 1_000_000)
    path = write(tmp_path / "x.csv.gz", gzip.compress(b"text\n" + b"a " * 5_000_000))
    with pytest.raises(ValueError, match=r"x\.csv\.gz has a line longer than 1 MB"):
        rows(path)


def test_a_carriage_return_in_a_cell_moves_no_line(tmp_path):
    path = write(tmp_path / "x.csv", b'id,text\n1,"a\rb"\n2,"c\nd"\n')
    assert [row["text"] for row in rows(path)] == ["a\rb", "c\nd"]


def test_the_first_visible_sheet_is_read(tmp_path):
    openpyxl = needs("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["text"])
    book.active.append(["hidden"])
    book.active.sheet_state = "hidden"
    book.create_sheet("shown").append(["text"])
    book["shown"].append(["seen"])
    book.save(tmp_path / "x.xlsx")
    assert rows(tmp_path / "x.xlsx") == [{"text": "seen"}]


def test_a_column_of_the_result_must_be_free():
    check_free("a.csv", ["text", "Scores"], ["pillars", "scores"])
    with pytest.raises(
        ValueError, match=r"^a\.csv already has a column 'scores', which the result needs; rename or drop"
    ):
        check_free("a.csv", {"text": 1, "scores": 2}, ["pillars", "scores"])


TEXT = "Tỷ lệ giải ngân vốn đầu tư công của xã mới đạt 41,5%; thấp hơn bình quân."
TITLE = "TỔNG HỢP TIN BÀI VỀ CẢI CÁCH HÀNH CHÍNH"


def sheet_lines(delimiter, *lines):
    return "".join(delimiter.join(f'"{cell}"' for cell in line) + "\r\n" for line in lines)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    "head",
    [
        ["STT", "Nội dung", "Nguồn"],
        ["STT", "Nội dung (trích, nguyên văn, không sửa)", "Nguồn, ngày, tác giả"],
        ["STT; số", "Nội dung; trích", "Nguồn; ngày; giờ; nơi"],
        ["STT", "Nội dung\ntrích dẫn", "Nguồn"],
    ],
)
@pytest.mark.parametrize("above", [[], [[TITLE, "", ""], ["", "", ""]], [[f"{TITLE}, tháng 9; quý 3"]]])
def test_the_head_of_a_csv_is_found(tmp_path, delimiter, head, above):
    path = write(tmp_path / "x.csv", sheet_lines(delimiter, *above, head, ["1", TEXT, "Báo A"]))
    assert rows(path) == [dict(zip((" ".join(name.split()) for name in head), ["1", TEXT, "Báo A"], strict=True))]


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_one_column_alone(tmp_path, delimiter):
    path = tmp_path / "x.csv"
    with open(path, "w", encoding="utf8", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows([["Nội dung"], ["Mưa, gió."], ["Xã họp, dân đến; chợ đông."]])
    assert rows(path) == [{"Nội dung": "Mưa, gió."}, {"Nội dung": "Xã họp, dân đến; chợ đông."}]


def test_names_of_a_csv_in_two_rows(tmp_path):
    path = write(tmp_path / "x.csv", f"STT;Nội dung;Báo chí;\n;;Tên báo;Ngày\n(1);(2);(3);(4)\n1;{TEXT[:20]};A;B\n")
    assert rows(path)[-1] == {"STT": "1", "Nội dung": TEXT[:20], "Tên báo": "A", "Ngày": "B"}


def windows_1258(text):
    """Write a text as Windows does: the tone marks are characters of their own."""
    encoded = b""
    for character in unicodedata.normalize("NFC", text):
        try:
            encoded += character.encode("cp1258")
        except UnicodeEncodeError:
            tone = next(c for c in unicodedata.normalize("NFD", character) if c in TONE_MARKS)
            letter = unicodedata.normalize("NFC", unicodedata.normalize("NFD", character).replace(tone, ""))
            encoded += (letter + tone).encode("cp1258")
    return encoded


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "encode",
    {
        "UTF-8": str.encode,
        "NFD": lambda text: unicodedata.normalize("NFD", text).encode(),
        "Windows-1258": windows_1258,
        "TCVN3": lambda text: to_tcvn3(text).encode("latin-1"),
        "VNI": lambda text: to_vni(text).encode("latin-1"),
    }.values(),
)
def test_a_csv_in_any_encoding_and_with_any_ends_of_lines(tmp_path, encode, end):
    text = f"STT,Nội dung,Ngày đăng{end}" + f'1,"{TEXT}",05/05/2026{end}' * 3
    found = rows(write(tmp_path / "x.csv", encode(text)))
    assert [list(row.values())[0::2] for row in found] == [["1", "05/05/2026"]] * 3
    column = find_text_column(found[0])
    assert repair(found[0][column]).text == TEXT


def test_rows_of_totals_may_be_shorter(tmp_path):
    path = write(tmp_path / "x.csv", "STT,Nội dung,Nguồn\n1,Xã họp.,A\nTổng cộng: 1\n")
    assert rows(path)[1] == {"STT": "Tổng cộng: 1", "Nội dung": "", "Nguồn": ""}


def test_parquet_with_binary_text_decimals_and_categories(tmp_path):
    pyarrow = needs("pyarrow")
    from decimal import Decimal

    import pyarrow.parquet as parquet

    columns = {
        "text": pyarrow.array([TEXT.encode(), b"\xff\xfe", None]),
        "blob": pyarrow.array([TEXT.encode(), b"\xff", None]),
        "tthc": pyarrow.array([Decimal("1.00"), Decimal("0.50"), None], pyarrow.decimal128(5, 2)),
        "id": pyarrow.array([Decimal(12345678901234567890), Decimal(1), None], pyarrow.decimal128(38, 0)),
        "báo": pyarrow.array(["A", "B", None]).dictionary_encode(),
        "n": pyarrow.array([1, None, 3], pyarrow.int64()),
    }
    parquet.write_table(pyarrow.table(columns), tmp_path / "x.parquet")
    found = rows(tmp_path / "x.parquet")
    assert found[0] == {
        "text": TEXT, "blob": TEXT, "tthc": 1, "id": 12345678901234567890, "báo": "A", "n": 1,
    }  # fmt: skip
    assert found[1]["text"] == b"\xff\xfe", "is not text: require_text rejects it"
    assert found[1]["tthc"] == 0.5
    assert found[2] == dict.fromkeys(columns, None) | {"n": 3}


@pytest.mark.parametrize("kind", ["date", "duration", "struct"])
def test_what_is_not_text_does_not_pass_for_text(tmp_path, kind):
    pyarrow = needs("pyarrow")
    from datetime import date, timedelta

    import pyarrow.parquet as parquet

    value = {"date": date(2026, 5, 5), "duration": timedelta(1), "struct": {"a": "b"}}[kind]
    parquet.write_table(pyarrow.table({"text": [value]}), tmp_path / "x.parquet")
    assert rows(tmp_path / "x.parquet") == [{"text": value}]


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_columns_of_one_name_are_numbered(tmp_path, delimiter):
    path = write(tmp_path / "x.csv", "text,ghi chú,ghi chú\nXã họp.,x,y\n".replace(",", delimiter))
    notes = []
    assert [row for _, row in read_rows(path, on_note=notes.append)] == [
        {"text": "Xã họp.", "ghi chú": "x", "ghi chú (2)": "y"}
    ]
    assert notes == [f"{path}: columns with the same name are numbered: ghi chú (2)"]
