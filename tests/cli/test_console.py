import io
import re
import unicodedata

import pytest
from rich.console import Console

from cchc_ml.cli.console import explained_paragraph, print_tagged, rich_table
from cchc_ml.learning.metric_tables import Table
from cchc_ml.pillars import Pillar
from cchc_ml.tagging.rows import tag_rows

TEXT = (
    "Chợ họp sớm. HĐND tỉnh rà soát, bãi bỏ 14 văn bản quy phạm pháp luật hết hiệu lực trên địa bàn trong năm nay. "
    "Trời mưa."
)


def shown(rows, **kwargs):
    file = io.StringIO()
    print_tagged(rows, Console(file=file, width=90, **kwargs))
    return file.getvalue()


def test_without_colours_the_evidence_is_quoted(small):
    text = shown(tag_rows(small.model_, [({"text": TEXT}, "text")]))
    assert "Institutional reform" in text
    assert "%" in text
    assert "← HĐND tỉnh rà soát, bãi … địa bàn trong năm nay." in " ".join(text.split())
    assert "1/1 paragraphs with evidence" in text


def test_with_colours_the_evidence_is_underlined(small):
    text = shown(tag_rows(small.model_, [({"text": TEXT}, "text")]), force_terminal=True, color_system="standard")
    assert "\x1b[4;35mHĐND tỉnh rà soát" in text
    assert "←" not in text


TWICE = "xã trả hồ sơ đúng hạn là thủ tục hành chính tốt"


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_the_evidence_itself_is_underlined_not_an_equal_sentence_before_it(model, form):
    text = unicodedata.normalize(form, f"Ông nói: {TWICE}, theo báo cáo.\n{TWICE}")
    row = next(tag_rows(model, [({"own": text}, "own")]))
    file = io.StringIO()
    console = Console(file=file, width=300, force_terminal=True, color_system="standard")
    print_tagged([row], console, "own")
    lines = unicodedata.normalize("NFC", file.getvalue())
    assert f"{TWICE}, theo báo cáo. \x1b[4;36m{TWICE}\x1b[0m" in lines
    assert lines.count("\x1b[4;") == 1


def test_text_that_looks_like_markup_is_text(small):
    assert "[bold]Xã[/bold] họp [/x]" in shown(tag_rows(small.model_, [({"text": "[bold]Xã[/bold] họp [/x]"}, "text")]))


def test_a_table_of_numbers():
    table = Table(
        "mine", ("pillar", "TP", "F1"), [("tthc", 3, 0.5)], [("macro", None, 0.25)], note="No [bold]markup[/bold]."
    )
    file = io.StringIO()
    Console(file=file, width=60).print(rich_table(table))
    lines = [line.rstrip() for line in file.getvalue().splitlines()]
    assert lines == [
        "mine",
        "┏━━━━━━━━┳━━━━┳━━━━━━━┓",
        "┃ pillar ┃ TP ┃    F1 ┃",
        "┡━━━━━━━━╇━━━━╇━━━━━━━┩",
        "│ tthc   │  3 │ 0.500 │",
        "├────────┼────┼───────┤",
        "│ macro  │    │ 0.250 │",
        "└────────┴────┴───────┘",
        "No [bold]markup[/bold].",
    ]


@pytest.mark.parametrize("width", [60, 80, 110])
def test_a_cell_is_broken_between_words_only(width):
    head = ("rows of", "rows", "documents", "labels", "alone", "in context", "names and patterns")
    cells = ["modern_validation, newspaper", 469, 204, 74, *["0.588 (0.47-0.70)"] * 3]
    file = io.StringIO()
    Console(file=file, width=width).print(rich_table(Table("mine", head, [cells])))
    lines = file.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    assert "modern_validation, newspaper" in file.getvalue() or width < 80
    shown = [line.count("(0.47-0.70)") for line in lines]
    assert max(shown) == 3 or width < 80


def explained(classifier, text, **kwargs):
    file = io.StringIO()
    Console(file=file, width=200, **kwargs).print(explained_paragraph(text, classifier.explain(text), Pillar("tthc")))
    return file.getvalue()


def test_an_explanation_is_a_sum_and_shades_words(small):
    text = "Bộ phận một cửa trả hồ sơ thủ tục hành chính. \x1b[31mChợ đông."
    plain = explained(small, text)
    assert "\x1b" not in plain
    numbers = [float(number) for number in re.findall(r"[+-]\d\.\d{3}", plain)]
    assert len(numbers) == 7
    assert numbers[0] == pytest.approx(sum(numbers[1:]), abs=0.004)
    assert re.search(r"\+ .*thủ tục hành chính \+0", plain)
    assert "\x1b[30;48;2;" in explained(small, text, force_terminal=True, color_system="truecolor")
