import pytest
from lxml import etree
from office import W, style

from cchc_ml.reading.word_styles import Styles, level_of


def styles(xml):
    return Styles(etree.fromstring(f"<w:styles {W}>{xml}</w:styles>"))


def test_a_style_comes_with_its_parents():
    found = styles(style("a", parent="b") + style("b", parent="c") + style("c"))
    assert [one.name for one in found.chain("a")] == ["a", "b", "c"]
    assert found.chain("none") == found.chain(None) == []


def test_a_circle_of_styles_ends():
    assert len(styles(style("a", parent="b") + style("b", parent="a")).chain("a")) == 20


def test_a_paragraph_without_a_style_has_the_default_one():
    default = style("Normal", "<w:pPr><w:jc w:val='center'/></w:pPr>").replace("<w:style ", "<w:style w:default='1' ")
    found = styles(default + style("other"))
    assert [one.centred for one in found.of_paragraph(None)] == [True]
    assert [one.name for one in found.of_paragraph("gone")] == ["normal"]
    assert [one.name for one in found.of_paragraph("other")] == ["other"]
    assert Styles(None).of_paragraph(None) == []


@pytest.mark.parametrize(
    ("name", "outline", "level"),
    [("title", None, 0), ("heading 3", None, 3), ("tiêu đề 2", None, 2), ("normal", "0", 1), ("normal", "9", None)],
)
def test_names_and_outline_levels_say_the_level(name, outline, level):
    assert level_of(name, outline) == level


def test_fonts_are_those_of_the_defaults_or_of_a_style():
    fonts = "<w:rFonts w:ascii='A' w:hAnsi='.VnTime'/>"
    found = styles(f"<w:docDefaults><w:rPrDefault><w:rPr>{fonts}</w:rPr></w:rPrDefault></w:docDefaults>" + style("a"))
    assert found.default_font == ".VnTime"
    assert styles(style("a", f"<w:rPr>{fonts}</w:rPr>")).chain("a")[0].font == ".VnTime"
