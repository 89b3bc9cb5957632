"""The tutorial is true: its commands, in order, lead from a folder of articles to a model of one's own."""

import csv
import re
import shutil
from pathlib import Path

import pytest
from documents import blocks, commands
from needs import needs
from typer.testing import CliRunner

from cchc_ml.cli.commands import app
from cchc_ml.model.storage import read_model
from cchc_ml.pillars import PILLARS
from cchc_ml.reading.tables import read_rows

TOP = Path(__file__).parent.parent
PAGES = ("docs/tutorial.vi.md", "docs/tutorial.md")
FOLDERS = ("bai-bao", "kiem-tra")


def own_labels():
    """Return the labels of the writer of the articles, by text."""
    with open(TOP / "docs/tutorial/nhan.csv", encoding="utf-8-sig", newline="") as file:
        return {
            row["text"]: {label for label in row["labels"].split(";") if label != "none"}
            for row in csv.DictReader(file)
        }


def correct_in_excel(path):
    """Correct the wrong suggestions of a sheet, as step 2 says; return the number of cells that were changed."""
    openpyxl = needs("openpyxl")
    labels, changed = own_labels(), 0
    book = openpyxl.load_workbook(path)
    sheet = book["Gắn nhãn"]
    heads = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        right = labels[sheet.cell(row, heads["Đoạn văn"]).value]
        for pillar in PILLARS:
            cell = sheet.cell(row, heads[pillar.short])
            if cell.value.startswith("có?") != (pillar in right):
                cell.value = "có" if pillar in right else "không"
                changed += 1
        sheet.cell(row, heads["Xem xong"]).value = "có"
        sheet.cell(row, heads["Người gắn nhãn"]).value = "Na"
    book.save(path)
    return changed


def run(words):
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, (words, result.stderr)
    return result


def follow(page, *, training):
    """Run the commands of a page in order, and check what they are said to print.

    Return the standard output of the last command of each name, and how many cells of each sheet were corrected.
    """
    printed, corrected = {}, {}
    for command in commands(TOP / page):
        program, *words = command.words
        if program == "pip":  # test_docs.py checks the extras
            continue
        if program == "mkdir":
            Path(words[0]).mkdir()
            continue
        assert program == "cchc-ml"
        if words[:2] == ["review", "app"]:  # tests/web runs the page
            assert Path(words[-1]).exists()
            continue
        if not training and (words[0] in ("train", "compare") or "--model" in words):
            continue
        if words[:2] == ["review", "merge"]:
            corrected[words[2]] = correct_in_excel(words[2])
        result = run(words)
        if command.output:
            assert result.output.rstrip().splitlines() == command.output
        printed[words[0]] = result
    return printed, corrected


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder with the two folders of articles."""
    for name in FOLDERS:
        shutil.copytree(TOP / "docs/tutorial" / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
def test_from_a_folder_to_a_model(folder, monkeypatch):
    monkeypatch.setenv("CCHC_LANG", "vi")
    printed, corrected = follow(PAGES[0], training=True)
    text = (TOP / PAGES[0]).read_text("utf8")
    assert f"sửa {corrected['can-sua.xlsx']} ô trong {63 * len(PILLARS)} ô" in text
    assert "F1 vĩ mô 0," in printed["train"].stderr
    last = printed["compare"].stdout.rstrip().splitlines()[-1]
    assert re.match(r"[+-]0,\d{3} F1 vĩ mô \(.*\), \d+ đoạn tốt hơn, \d+ đoạn kém hơn", last)
    assert (folder / "so-sanh.html").exists()
    assert (folder / "ket-qua.xlsx").exists()
    assert read_model(folder / "cua-toi/mo-hinh.npz").info.data != read_model().info.data


@pytest.mark.usefixtures("folder")
def test_the_english_page_up_to_the_training():
    _, corrected = follow(PAGES[1], training=False)
    text = (TOP / PAGES[1]).read_text("utf8")
    assert f"correct {corrected['can-sua.xlsx']} of {63 * len(PILLARS)} cells" in text


def test_both_languages_say_the_same():
    vietnamese, english = ([c.words for c in commands(TOP / page)] for page in PAGES)
    assert [[word.replace("viec.db", "work.db") for word in words] for words in vietnamese] == english
    texts = [(TOP / page).read_text("utf8") for page in PAGES]
    for pattern in (r"^## (?:\d\.)?", r"\]\(([\w-]+)(?:\.vi)?\.(?:md|png)\)", r"^```", r"`(--(?!lang)[a-z-]+)"):
        both = [re.findall(pattern, text, re.M) for text in texts]
        assert both[0][1:] == both[1][1:]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_types_in_one_kind_of_window(page):
    lines = [line for block in blocks(TOP / page, "console") for line in block.splitlines()]
    assert {line[:2] for line in lines if line[:2] in ("$ ", "> ")} == {"> " if ".vi." in page else "$ "}


def test_every_paragraph_has_a_label(tmp_path, monkeypatch):
    monkeypatch.chdir(TOP / "docs/tutorial")
    sheet = tmp_path / "sheet.csv"
    run(["predict", *FOLDERS, "-o", str(sheet), "--review"])
    texts = [row["Đoạn văn"] for _, row in read_rows(sheet)]
    assert sorted(texts) == sorted(own_labels())
    assert set().union(*own_labels().values()) == set(map(str, PILLARS))
