import pytest
from office import write_odt, write_zip

import cchc_ml
from cchc_ml.reading.odt import read_odt
from cchc_ml.text.encodings import to_tcvn3

ONE = "Bộ phận một cửa của huyện tiếp nhận 12.408 hồ sơ, trả đúng hạn 97,6%."
STYLES = (
    '<style:style style:name="Hidden"><style:text-properties text:display="none"/></style:style>'
    '<style:style style:name="Old"><style:text-properties style:font-name=".VnTime"/></style:style>'
    '<style:style style:name="P1" style:parent-style-name="Title"/>'
    '<style:style style:name="Title"><style:paragraph-properties fo:text-align="center"/></style:style>'
)


def read(tmp_path, body, **parts):
    path = write_odt(tmp_path / "a.odt", f"<office:text>{body}</office:text>", styles=STYLES, **parts)
    return read_odt("a.odt", path)


def texts(tmp_path, body):
    return [item.text for item in read(tmp_path, body).paragraphs]


def test_paragraphs_headings_lists_and_tables_come_in_order(tmp_path):
    body = (
        '<text:p text:style-name="P1">Xã trả hồ sơ trước hạn</text:p><text:h text:outline-level="2">Thủ tục</text:h>'
        f"<text:p>{ONE}</text:p><text:list><text:list-item><text:p>Cắt giấy tờ</text:p></text:list-item></text:list>"
        "<table:table><table:table-row><table:table-cell><text:p>Ô</text:p></table:table-cell></table:table-row></table:table>"
    )
    assert [tuple(item) for item in read(tmp_path, body).paragraphs] == [
        ("Xã trả hồ sơ trước hạn", 0, False),
        ("Thủ tục", 2, False),
        (ONE, None, False),
        ("Cắt giấy tờ", None, True),
        ("Ô", None, False),
    ]


def test_spaces_tabs_and_line_breaks_are_elements(tmp_path):
    body = "<text:p>Xã\n   họp<text:s/><text:span>bàn</text:span><text:tab/>việc.<text:line-break/>Dân đến dự.</text:p>"
    assert texts(tmp_path, body) == ["Xã họp bàn việc.", "Dân đến dự."]


def test_a_note_and_a_text_box_stand_behind_their_paragraph(tmp_path):
    note = (
        "<text:note><text:note-citation>1</text:note-citation>"
        "<text:note-body><text:p>Ghi chú.</text:p></text:note-body></text:note>"
        "<draw:frame><draw:text-box><text:p>Hộp.</text:p></draw:text-box></draw:frame>"
    )
    assert texts(tmp_path, f"<text:p>Xã họp{note} bàn.</text:p>") == ["Xã họp bàn.", "Ghi chú.", "Hộp."]


def test_what_no_reader_sees_is_left_out(tmp_path):
    body = (
        "<text:tracked-changes><text:p>Đã xóa.</text:p></text:tracked-changes>"
        "<text:table-of-content><text:p>Mục 1</text:p></text:table-of-content>"
        '<text:section text:display="none"><text:p>Ẩn.</text:p></text:section>'
        '<text:p>Hiện<text:span text:style-name="Hidden"> ẩn</text:span><office:annotation><text:p>Nhận xét</text:p>'
        "</office:annotation>.</text:p>"
    )
    assert texts(tmp_path, body) == ["Hiện."]


def test_the_font_says_how_text_is_written(tmp_path):
    body = f'<text:p>Đến nay, có <text:span text:style-name="Old">{to_tcvn3("bộ phận có ý kiến")}</text:span>.</text:p>'
    assert texts(tmp_path, body) == ["Đến nay, có bộ phận có ý kiến."]


def test_properties_are_facts(tmp_path):
    meta = (
        "<dc:title>T</dc:title><meta:initial-creator>A</meta:initial-creator>"
        "<meta:creation-date>2025-06-20T01:02:03</meta:creation-date>"
    )
    assert read(tmp_path, f"<text:p>{ONE}</text:p>", meta=meta).facts == {
        "headline": "T",
        "date": "2025-06-20",
        "author": "A",
        "outlet": None,
    }
    assert read(tmp_path, f"<text:p>{ONE}</text:p>").facts["date"] is None


def test_damaged_and_locked_files(tmp_path):
    mimetype = "application/vnd.oasis.opendocument.text"
    with pytest.raises(ValueError, match=r"a\.odt is damaged or is not an OpenDocument text \(KeyError\)"):
        cchc_ml.read_article(write_zip(tmp_path / "a.odt", {"mimetype": mimetype}))
    locked = {"mimetype": mimetype, "META-INF/manifest.xml": "<x><encryption-data/></x>", "content.xml": "?"}
    with pytest.raises(ValueError, match=r"a\.odt is locked by a password; open it"):
        cchc_ml.read_article(write_zip(tmp_path / "a.odt", locked))


def test_each_element_is_seen_once(tmp_path, monkeypatch):
    from cchc_ml.reading import odt

    calls = []
    real = odt._Walker._start
    monkeypatch.setattr(odt._Walker, "_start", lambda self, element: calls.append(1) or real(self, element))
    seen = []
    for depth in (5, 50):
        calls.clear()
        nested = "<text:span>" * depth + "a" + "</text:span>" * depth
        texts(tmp_path, f"<text:p>{nested}</text:p>" * 20)
        seen.append(len(calls))
    assert seen[1] - seen[0] == 20 * 45
