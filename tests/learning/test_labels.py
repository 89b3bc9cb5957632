import json
import math
import unicodedata
from decimal import Decimal

import pytest

from cchc_ml.learning.labels import are_tags, parse_labels, read_labels, split_of
from cchc_ml.pillars import PILLARS, Codebook, Entry, OwnCategory, Pillar

TTHC, APPARATUS = Pillar.TTHC, Pillar.APPARATUS


@pytest.mark.parametrize(
    ("value", "want"),
    [
        (None, ()),
        ("", ()),
        ([], ()),
        ("tthc", (TTHC,)),
        ("e_government; tthc", (TTHC, Pillar.E_GOVERNMENT)),
        ("tthc|apparatus", (TTHC, APPARATUS)),
        ("tthc\napparatus", (TTHC, APPARATUS)),
        (["tthc", "tthc"], (TTHC,)),
        ({"tthc", "apparatus"}, (TTHC, APPARATUS)),
        ("Xây dựng, phát triển Chính phủ điện tử, Chính phủ số", (Pillar.E_GOVERNMENT,)),
        ("Cải cách thể chế, tthc", (Pillar.INSTITUTIONAL, TTHC)),
        ('["tthc"]', (TTHC,)),
        ("['tthc', 'apparatus']", (TTHC, APPARATUS)),
        ("['tthc' 'apparatus']", (TTHC, APPARATUS)),
        ("('tthc',)", (TTHC,)),
        ("{'tthc'}", (TTHC,)),
        ("[tthc, apparatus]", (TTHC, APPARATUS)),
        ("[]", ()),
        (["none"], ()),
        ("none", ()),
        ("Không", ()),
        ("KHÔNG CÓ", ()),
        (unicodedata.normalize("NFD", "không"), ()),
    ],
)
def test_parse_labels(value, want):
    assert parse_labels(value) == want


@pytest.mark.parametrize("value", [3, {"tthc": 1}, [1], "digital", ["tthc", "x"], "['digital']", "[1]", "none;tthc"])
def test_parse_labels_refuses(value):
    with pytest.raises(ValueError, match=r"give a list of names|unknown pillar .*; the six are"):
        parse_labels(value)


NAMES = [pillar.vi for pillar in PILLARS] + [pillar.short for pillar in PILLARS] + list(map(str, PILLARS))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "write",
    [
        lambda name: unicodedata.normalize("NFD", name),
        lambda name: name.replace(" ", "\xa0"),
        lambda name: name.replace(" ", "  "),
        lambda name: f"\ufeff{name}\u200b ",
        str.upper,
        lambda name: json.dumps([name]),
        lambda name: str([name]),
    ],
)
def test_a_name_is_known_however_it_is_typed(name, write):
    assert parse_labels(write(name)) == parse_labels([name])
    assert len(parse_labels(f"{write(name)};tthc" if write(name)[0] != "[" else write(name))) >= 1


def test_invisible_characters_of_an_unknown_name_are_shown():
    with pytest.raises(ValueError, match=r"unknown pillar 'th\\u200bê\\xa0ch';"):
        parse_labels("th\u200be\u0302\xa0ch")


@pytest.mark.parametrize("value", [None, "", "  ", "\xa0", "\u200b", math.nan, "nan", "NULL", "N/A"])
def test_an_empty_cell_is_not_labelled(value):
    assert read_labels({"text": "a", "labels": value}) is None
    assert read_labels(dict.fromkeys(PILLARS, value)) is None
    assert read_labels(dict.fromkeys(PILLARS, value) | {"tthc": "x"}) == (TTHC,)


@pytest.mark.parametrize("value", [[], "[]", "none", "không"])
def test_none_of_the_six_is_a_label(value):
    assert read_labels({"labels": value}) == ()


@pytest.mark.parametrize("column", ["labels", "Labels", " LABELS ", "label", "nhãn", "Nhãn", "Nhãn đã sửa", "Trụ cột"])
def test_the_column_of_labels_goes_by_many_names(column):
    assert read_labels({column: "tthc"}) == (TTHC,)


@pytest.mark.parametrize(
    ("yes", "no"),
    [
        (1, 0), ("1", "0"), (1.0, 0.0), ("1.0", "0.0"), ("1,00", "0,00"), (Decimal("1.00"), Decimal("0.00")),
        (True, False), ("TRUE", "FALSE"), ("x", ""), ("X", None), ("có", "không"), ("✓", "-"),
    ],
)  # fmt: skip
def test_six_columns(yes, no):
    for names in (PILLARS, [pillar.vi for pillar in PILLARS], [pillar.short.upper() for pillar in PILLARS]):
        row = dict(zip(names, [no, yes, yes, no, no, no], strict=True))
        assert read_labels({"text": "a", **row}) == (TTHC, APPARATUS)


def test_cells_of_six_columns_that_are_not_marks():
    for cell in ("yes", 0.5, "có? 83%", 2):
        with pytest.raises(ValueError, match=r"found '.*' in the column of a pillar; write 0 or 1"):
            read_labels(dict.fromkeys(PILLARS, 0) | {"tthc": cell})


def test_a_row_without_labels():
    with pytest.raises(ValueError, match=r"no labels; the columns are text, tthc; add a column 'labels', or the six"):
        read_labels({"text": "a", "tthc": 1})


def test_a_tagged_table_is_read_by_its_tags():
    chances = dict(zip(PILLARS, [0.01, 0.97, 0, 1, 0.2, 0.3], strict=True))
    assert read_labels({"text": "a", **chances, "pillars": "tthc;apparatus"}) == (TTHC, APPARATUS)
    assert read_labels({"text": "a", **chances, "pillars": ""}) == ()
    assert read_labels({"labels": ["tthc"], "pillars": ["apparatus"]}) == (TTHC,)
    assert read_labels({"text": "a", "labels": "[]", **chances, "pillars": "tthc"}) == ()
    assert are_tags({"text": "a", "pillars": "tthc"})
    assert not are_tags({"text": "a", "pillars": "tthc", "Nhãn đã sửa": "tthc"})


def test_labels_that_contradict_the_columns_of_the_pillars():
    columns = dict.fromkeys(PILLARS, 0) | {"tthc": 1}
    assert read_labels({"labels": "tthc", **columns}) == (TTHC,)
    with pytest.raises(ValueError, match="the column 'labels' says none, but the columns of 0 and 1 say tthc"):
        read_labels({"labels": [], **columns})
    with pytest.raises(ValueError, match="'pillars' says apparatus, but the columns of 0 and 1 say tthc"):
        read_labels({"pillars": "apparatus", **dict.fromkeys(PILLARS, ""), "tthc": "x"})


@pytest.mark.parametrize("split", ["train", "Train", "train ", "TRAIN\xa0", "training", "Tập huấn luyện"])
@pytest.mark.parametrize("column", ["split", "Split", " SPLIT", "tập"])
def test_the_split_to_train_on(column, split):
    assert split_of({column: split}) == "train"


@pytest.mark.parametrize("split", [None, "", " ", math.nan])
def test_no_split(split):
    assert split_of({"split": split}) == ""
    assert split_of({}) == ""


def test_other_splits_are_compared_without_case():
    assert split_of({"Split": "Own-Heldout "}) == "own-heldout"


@pytest.mark.parametrize("fold", [0, 1, 4, "0", "3", 0.0, "1.0", "fold 2", "fold_1", True])
def test_folds_are_not_splits(fold):
    with pytest.raises(ValueError, match=r"the split is .*, a number; write train, validation or test, or leave"):
        split_of({"split": fold})


def test_labels_of_a_codebook_of_ones_own(own):
    book = own.codebook
    assert parse_labels("Chợ, buôn bán; Đường sá", book) == ("market", "road")
    assert parse_labels(["road", "market"], book) == ("market", "road")
    assert parse_labels("Chợ,  buôn bán, school", book) == ("market", "school")
    assert read_labels({"text": "a", **dict.fromkeys(book.slugs, 0), "school": 1}, book) == ("school",)
    assert read_labels({"text": "a", **{c.vi: "x" if c == "road" else "" for c in book}}, book) == ("road",)
    with pytest.raises(ValueError, match=f"unknown category 'tthc'; the {book.number} are market, school, road"):
        parse_labels("tthc", book)
    with pytest.raises(ValueError, match=rf"or the {book.number} columns market, school, road"):
        read_labels({"text": "a", "market": 1}, book)
    with pytest.raises(ValueError, match=r'labels are 5; give a list of names, such as \["market"\]'):
        parse_labels(5, book)
    with pytest.raises(ValueError, match="found 'perhaps' in the column of a category; write 0 or 1"):
        read_labels({"text": "a", **dict.fromkeys(book.slugs, "perhaps")}, book)


def test_a_name_that_contains_another_one_is_one_label():
    names = {"a": "Đất, nước", "b": "Đất, nước và rừng"}
    book = Codebook(tuple(OwnCategory(slug, Entry(vi, vi, vi), "#000000") for slug, vi in names.items()))
    assert parse_labels("Đất, nước và rừng", book) == ("b",)
    assert parse_labels("Đất, nước và rừng, Đất, nước", book) == ("a", "b")
