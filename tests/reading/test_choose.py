import io
import os

import pytest
from needs import needs

from cchc_ml.reading.choose import choose_inputs

PAGE = '<!doctype html><html><head><meta charset="utf-8">\n<meta name="generator" content="{}">\n</head><p>Xã họp.</p>'


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "a.txt").write_text("Xã họp.", "utf8")
    (tmp_path / "b.txt").write_text("Dân dự.", "utf8")
    return tmp_path


def names(files):
    return [os.path.basename(file) for file in files]


def chosen(inputs, out=None):
    files, passed_over = choose_inputs(inputs, out)
    return names(files), dict(zip(names(passed_over), passed_over.values(), strict=True))


def test_the_output_is_left_out_of_a_folder_and_a_pattern(folder):
    out = folder / "b.txt"
    assert chosen([folder], out) == (["a.txt"], {"b.txt": "the output"})
    assert chosen([f"{folder}/*.txt"], out) == (["a.txt"], {"b.txt": "the output"})
    assert chosen([folder], folder / "none.txt") == (["a.txt", "b.txt"], {})
    (folder / "out").mkdir()
    (folder / "out" / "c.txt").write_text("Chợ.", "utf8")
    assert chosen([folder], folder / "out") == (["a.txt", "b.txt"], {"c.txt": "the output"})


def test_a_named_file_that_is_the_output_raises(folder):
    (folder / "hard.txt").hardlink_to(folder / "b.txt")
    for name in ("b.txt", "hard.txt"):
        with pytest.raises(ValueError, match=rf"{name} is input and output; give the output another name"):
            choose_inputs([folder / "a.txt", folder / name], folder / "b.txt")
    with pytest.raises(ValueError, match=r"b\.txt is input and output"):
        choose_inputs([folder / "b.txt"], folder)


def test_standard_input_and_output_can_be_the_same_file_too(folder, monkeypatch):
    with open(folder / "b.txt") as file:
        monkeypatch.setattr("sys.stdin", file)
        with pytest.raises(ValueError, match="standard input is input and output"):
            choose_inputs(["-"], folder / "b.txt")
        assert chosen(["-"], folder / "a.txt") == (["-"], {})
        with pytest.raises(ValueError, match=r"b\.txt is input and output"):
            choose_inputs([folder / "b.txt"], file.fileno())
    monkeypatch.setattr("sys.stdin", io.StringIO("Xã họp."))
    assert chosen(["-"], folder / "a.txt") == (["-"], {})


def test_nothing_is_left(folder):
    (folder / "a.txt").unlink()
    with pytest.raises(ValueError, match=r"no file to read: .*b\.txt is the output"):
        choose_inputs([folder], folder / "b.txt")


def test_pages_of_this_package_are_results(folder):
    (folder / "ours.html").write_text(PAGE.format("cchc-ml"), "utf8")
    (folder / "other.html").write_text(PAGE.format("WordPress"), "utf8")
    assert chosen([folder]) == (["a.txt", "b.txt", "other.html"], {"ours.html": "a result of an earlier run"})
    assert chosen([folder / "ours.html"]) == (["ours.html"], {})


def test_documents_and_workbooks_of_this_package_are_results(folder):
    docx, openpyxl = needs("docx"), needs("openpyxl")
    for name, category in (("ours", "cchc-ml"), ("other", "tin tức")):
        document = docx.Document()
        document.core_properties.category = category
        document.save(str(folder / f"{name}.docx"))
        book = openpyxl.Workbook()
        book.properties.category = category
        book.save(folder / f"{name}.xlsx")
    (folder / "damaged.docx").write_bytes(b"PK")
    files, passed_over = chosen([folder])
    assert files == ["a.txt", "b.txt", "damaged.docx", "other.docx", "other.xlsx"]
    assert list(passed_over) == ["ours.docx", "ours.xlsx"]


def test_a_table_with_a_column_of_the_same_name_is_no_result(folder):
    (folder / "c.csv").write_text("text,pillars\nXã họp.,1\n", "utf8")
    (folder / "d.jsonl").write_text("{broken\n", "utf8")
    assert chosen([folder]) == (["a.txt", "b.txt", "c.csv", "d.jsonl"], {})
