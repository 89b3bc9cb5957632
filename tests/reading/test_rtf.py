import pytest
from needs import needs
from office import is_read_or_rejected

import cchc_ml
from cchc_ml.reading import rtf
from cchc_ml.reading.rtf import rtf_lines
from cchc_ml.text.encodings import to_tcvn3

needs("striprtf")
ONE = "Bộ phận một cửa của huyện trả hồ sơ đúng hạn."


def escaped(text: str) -> str:
    """Write text as Word does: numbers for letters beyond ASCII."""
    return "".join(c if ord(c) < 128 else f"\\u{ord(c)}?" for c in text)


def lines(body: str) -> list[str]:
    data = r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 Arial;}}" + body + "}"
    return [line.strip() for line in rtf_lines("a.rtf", data.encode("latin-1")) if line.strip()]


def test_letters_are_numbers_bytes_or_halves_of_characters():
    assert lines(escaped(ONE) + r"\par {\b " + escaped("Hết") + "}.") == [ONE, "Hết."]
    assert lines(r"C\'b6i c\'b8ch \'93 ng\'ad\'eai d\'a9n \'94") == ["C¶i c¸ch “ ng\xadêi d©n ”"]
    assert lines(r"Xong \u-10179?\u-8629?.") == ["Xong 🙋."]


def test_an_article_in_rich_text_is_read_in_unicode(tmp_path):
    old = "".join(c if ord(c) < 128 else f"\\'{ord(c):02x}" for c in to_tcvn3(ONE))
    path = tmp_path / "a.rtf"
    two = "Sở Tư pháp đã rà soát 214 văn bản, đề nghị bãi bỏ 17 văn bản."
    path.write_bytes((r"{\rtf1\ansi{\fonttbl{\f0 .VnTime;}}\f0 " + old + r"\par " + escaped(two) + "}").encode())
    assert cchc_ml.read_article(path).paragraphs == (ONE, two)


def test_what_no_reader_sees_is_left_out():
    hidden = (
        r"{\info{\title T}}{\header Trang}{\*\generator X;}{\pict\pngblip 89504e47}{\pict\bin4 {}{}}"
        r"{\stylesheet{\s1 heading 1;}}{\*\bkmkstart a}{\rtlch\fcs1 \af0 \ltrch\fcs0 \v\insrsid1 bi mat}{\deleted cu}"
    )
    assert lines(f"{hidden}Con{{\\v0  lai}}.") == ["Con lai."]


def test_a_link_keeps_its_text():
    link = r"{\field{\*\fldinst{HYPERLINK \"http://a.vn\"}}{\fldrslt{" + escaped("Nghị định 61") + "}}}"
    assert lines(f"Xem {link}.") == ["Xem Nghị định 61."]


def test_a_footnote_stands_behind_its_paragraph():
    body = r"Xa hop{\footnote\pard {\chftn } Ghi chu.} ban.\par Dan den.{\footnote Cuoi.}"
    assert lines(body) == ["Xa hop ban.", "Ghi chu.", "Dan den.", "Cuoi."]


def test_each_cell_of_a_table_is_a_paragraph():
    assert lines(r"\trowd Mot\cell Hai\cell\row Ba\par") == ["Mot", "Hai", "Ba"]


@pytest.mark.parametrize("cut", range(0, 120, 7))
def test_a_cut_file_is_read_or_rejected(cut):
    data = (
        r"{\rtf1{\fonttbl{\f0 A;}}{\pict 8950}Xa {\b hop{\footnote a}}\'b8 \u7897? ban.\par " + "a" * 60 + "}"
    ).encode()
    assert is_read_or_rejected(lambda: rtf_lines("a.rtf", data[:cut]) or True, "a.rtf")


BUILT = {
    "links": lambda n: r"{\field{\*\fldinst{HYPERLINK \"http://a.vn\"}}{\fldrslt{abc}}} " * n,
    "groups": lambda n: "{" * n + "a" + "}" * n,
    "notes": lambda n: r"a{\footnote b}" * n + r"\par ",
    "pictures": lambda n: r"{\pict " + "89504e47" * n + "}a",
    "fonts": lambda n: r"{\fonttbl" + r"{\f1\fnil" * n,
}


@pytest.mark.parametrize("build", BUILT.values(), ids=BUILT)
def test_what_striprtf_gets_grows_no_faster_than_the_file(build, monkeypatch):
    """Links and font tables take striprtf more than linear time: they are gone, or of a limited size."""
    given = []
    library = needs("striprtf.striprtf")
    monkeypatch.setattr(library, "rtf_to_text", lambda text, **_: given.append(text) or text)
    for n in (2_000, 4_000):
        rtf_lines("a.rtf", (r"{\rtf1 " + build(n) + "}").encode())
    assert "HYPERLINK" not in given[1]
    assert "89504e47" not in given[1]
    assert given[1].count("fnil") * len(r"{\f1\fnil") <= rtf.MAX_FONT_TABLE_CHARS
    assert len(given[1]) <= 2 * len(given[0]) + 10
