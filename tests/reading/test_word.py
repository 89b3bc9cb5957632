import re
import time

import pytest
from office import paragraph, style, write_docx, write_zip

import cchc_ml
from cchc_ml.reading.word import read_docx
from cchc_ml.text.encodings import to_tcvn3, to_vni

ONE = "Bộ phận một cửa của huyện tiếp nhận 12.408 hồ sơ, trả đúng hạn 97,6%."
TWO = "Sở Tư pháp đã rà soát 214 văn bản, đề nghị bãi bỏ 17 văn bản."


def texts(tmp_path, body, **parts):
    path = write_docx(tmp_path / "a.docx", body, **parts)
    return [item.text for item in read_docx("a.docx", path).paragraphs]


def run(text, properties=""):
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def test_a_text_box_is_read_once_and_behind_its_paragraph(tmp_path):
    box = f"<w:txbxContent>{paragraph(TWO)}</w:txbxContent>"
    both = f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    assert texts(tmp_path, f"<w:p><w:r>{both}</w:r>{run(ONE)}</w:p>") == [ONE, TWO]
    old_only = f"<mc:AlternateContent><mc:Choice/><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    assert texts(tmp_path, f"<w:p><w:r>{old_only}</w:r>{run(ONE)}</w:p>") == [ONE, TWO]
    two_boxes = f"<w:p><w:r>{both}{both}</w:r></w:p>"
    assert texts(tmp_path, two_boxes) == [TWO, TWO]


def test_a_footnote_stands_behind_its_paragraph_and_leaves_no_mark(tmp_path):
    notes = (
        '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
        f'<w:footnote w:id="2"><w:p><w:r><w:footnoteRef/></w:r>{run(TWO)}</w:p></w:footnote>'
    )
    body = f'<w:p>{run(ONE[:-1])}<w:r><w:footnoteReference w:id="2"/></w:r>{run(".")}</w:p>{paragraph("Hết.")}'
    assert texts(tmp_path, body, footnotes=notes) == [ONE, TWO, "Hết."]


@pytest.mark.parametrize("mark", ["<w:del/>", "<w:moveFrom/>", "<w:vanish/>"])
def test_a_paragraph_whose_end_was_deleted_goes_on(tmp_path, mark):
    first = f"<w:p><w:pPr><w:rPr>{mark}</w:rPr></w:pPr>{run('Xã trả hồ sơ,')}</w:p>"
    assert texts(tmp_path, f"{first}<w:p>{run(' đúng hạn.')}</w:p>") == ["Xã trả hồ sơ, đúng hạn."]


def test_deleted_and_moved_text_is_left_out(tmp_path):
    deleted = f"<w:del>{run('Bỏ.').replace('w:t', 'w:delText')}</w:del><w:moveFrom>{run('Dời.')}</w:moveFrom>"
    assert texts(tmp_path, f"<w:p>{run('Xã ')}{deleted}<w:ins>{run('họp.')}</w:ins></w:p>") == ["Xã họp."]


def test_hyphens_and_signs_are_kept(tmp_path):
    signs = (
        "<w:r><w:t>76/NQ</w:t><w:noBreakHyphen/><w:t>CP, thủ</w:t><w:softHyphen/><w:t> tục </w:t>"
        '<w:sym w:font="Symbol" w:char="F0B3"/><w:t> 9</w:t><w:tab/><w:t>x </w:t>'
        '<w:sym w:font="Wingdings" w:char="F0FC"/><w:sym w:font=".VnTime" w:char="F0B8"/><w:sym w:char="zz"/></w:r>'
    )
    assert texts(tmp_path, f"<w:p>{signs}</w:p>") == ["76/NQ-CP, thủ tục ≥ 9 x •á"]


def test_hidden_text_is_left_out_whether_the_run_or_a_style_hides_it(tmp_path):
    styles = (
        style("secret", "<w:rPr><w:vanish/></w:rPr>", kind="character")
        + style("note", "<w:rPr><w:vanish/></w:rPr>")
        + style("child", parent="note")
    )
    by_style = run("Ẩn.", '<w:rStyle w:val="secret"/>')
    body = (
        f"<w:p>{run('Hiện.')}{run('Ẩn.', '<w:vanish/>')}{by_style}</w:p>"
        + paragraph("Ẩn.", "child")
        + paragraph("Cũng hiện.", "child", '<w:vanish w:val="0"/>')
    )
    assert texts(tmp_path, body, styles=styles) == ["Hiện.", "Cũng hiện."]


CONTENTS = {
    "by style": paragraph("I. Thể chế 3", "TOC1"),
    "by field": (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> TOC \\o </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run("I. Thể chế 3")}</w:p>'
        f'{paragraph("II. Thủ tục 5")}<w:p><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    ),
    "by block": (
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
        f"<w:sdtContent>{paragraph('I. Thể chế 3')}</w:sdtContent></w:sdt>"
    ),
    "by its look": "".join(f"<w:p>{run(f'{n}. Mục')}<w:r><w:tab/></w:r>{run(str(n + 2))}</w:p>" for n in (1, 2, 3)),
    "by dots": "".join(paragraph(f"{n}. Mục ........ {n + 2}") for n in (1, 2, 3)),
}


@pytest.mark.parametrize("contents", CONTENTS.values(), ids=CONTENTS)
def test_a_table_of_contents_is_left_out(tmp_path, contents):
    styles = style("toc 1", identifier="TOC1")
    assert texts(tmp_path, contents + paragraph(ONE) + paragraph(TWO), styles=styles) == [ONE, TWO]


def test_other_fields_keep_their_text_but_not_their_instruction_or_a_page_number(tmp_path):
    def complex_field(instruction, result):
        return (
            f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>{instruction}</w:instrText></w:r>'
            f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run(result)}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        )

    body = (
        f"<w:p>{run('Xem ')}{complex_field('HYPERLINK x', 'Nghị định 61')}{complex_field('PAGE', '7')}"
        f'<w:fldSimple w:instr=" DATE ">{run(" hôm nay")}</w:fldSimple>{run(".")}</w:p>'
    )
    assert texts(tmp_path, body) == ["Xem Nghị định 61 hôm nay."]
    no_end = '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>X</w:instrText></w:r></w:p>'
    assert texts(tmp_path, no_end + paragraph(ONE)) == [ONE]


def test_a_line_break_ends_a_paragraph_as_in_plain_text(tmp_path):
    def broken(*lines, properties=""):
        return (
            f"<w:p><w:pPr>{properties}</w:pPr><w:r>{'<w:br/>'.join(f'<w:t>{line}</w:t>' for line in lines)}</w:r></w:p>"
        )

    assert texts(tmp_path, broken(ONE, TWO)) == [ONE, TWO]
    assert texts(tmp_path, broken("Bộ phận một cửa của huyện tiếp nhận", "và trả hồ sơ.")) == [
        "Bộ phận một cửa của huyện tiếp nhận và trả hồ sơ."
    ]
    centred = broken("HUYỆN MƯỜNG SÁNG", "RÚT NGẮN THỜI GIAN", properties='<w:jc w:val="center"/>')
    assert texts(tmp_path, centred) == ["HUYỆN MƯỜNG SÁNG RÚT NGẮN THỜI GIAN"]


@pytest.mark.parametrize(
    ("font", "write", "wanted"),
    [
        (".VnTime", to_tcvn3, "bộ phận một cửa có ý kiến"),
        (".VnArialH", to_tcvn3, "BỘ PHẬN MỘT CỬA CÓ Ý KIẾN"),
        ("VNI-Times", to_vni, "bộ phận một cửa có ý kiến"),
        ("Times New Roman", str, "bộ phận một cửa có ý kiến"),
    ],
)
def test_the_font_of_a_run_says_how_it_is_written(tmp_path, font, write, wanted):
    text = write("bộ phận một cửa có ý kiến")
    fonts = f'<w:rFonts w:ascii="{font}" w:hAnsi="{font}"/>'
    body = f"<w:p>{run('Đến nay, có ')}{run(text[:9], fonts)}{run(text[9:], fonts)}{run(', các xã có báo cáo.')}</w:p>"
    assert texts(tmp_path, body) == [f"Đến nay, có {wanted}, các xã có báo cáo."]
    by_style = paragraph(text, "old") + paragraph("Đến nay, có.")
    styles = style("old", f"<w:rPr>{fonts}</w:rPr>")
    assert texts(tmp_path, by_style, styles=styles) == [wanted, "Đến nay, có."]


def test_unicode_in_an_old_font_is_not_converted(tmp_path):
    fonts = '<w:rFonts w:ascii=".VnTime" w:hAnsi=".VnTime"/>'
    lines = ["Báo cáo", "Bộ phận một cửa có ý kiến.", "Xã đã trả hồ sơ.", "Sở Tư pháp rà soát."]
    assert texts(tmp_path, "".join(paragraph(line, run=fonts) for line in lines)) == lines


def test_styles_say_what_is_the_title_and_what_are_headings(tmp_path):
    styles = (
        style("Title")
        + style("heading 1", identifier="u1")
        + style("mine", parent="u1")
        + style("outlined", '<w:pPr><w:outlineLvl w:val="1"/></w:pPr>')
    )
    body = (
        paragraph("Tin cải cách số 3: xã trả hồ sơ", "Title")
        + paragraph("Thực hiện thể chế", "u1")
        + paragraph(ONE)
        + paragraph("Đăng ký khai sinh", "mine")
        + paragraph(TWO, "none")
        + paragraph("Tài chính công", "outlined")
    )
    document = read_docx("a.docx", write_docx(tmp_path / "a.docx", body, styles=styles))
    assert [item.level for item in document.paragraphs] == [0, 1, None, 1, None, 2]


def test_without_a_title_style_the_last_centred_line_above_the_body_is_the_title(tmp_path):
    def centred(text):
        return f'<w:p><w:pPr><w:jc w:val="center"/></w:pPr>{run(text)}</w:p>'

    head = ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "BÁO CÁO"]
    title, remark = "Kết quả cải cách hành chính quý hai", "(Kèm theo Tờ trình số 5 của huyện)"
    body = "".join(map(centred, [*head, title, remark])) + paragraph(ONE * 2) + centred("Một dòng ở giữa bài viết")
    document = read_docx("a.docx", write_docx(tmp_path / "a.docx", body))
    assert [item.text for item in document.paragraphs if item.level == 0] == [title]


def test_items_of_lists_and_cells_of_tables_are_read(tmp_path):
    item = f'<w:p><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>{run("Cắt giảm giấy tờ")}</w:p>'
    table = f"<w:tbl><w:tr><w:tc>{paragraph('Ô một')}</w:tc><w:tc>{paragraph('Ô hai')}</w:tc></w:tr></w:tbl>"
    document = read_docx("a.docx", write_docx(tmp_path / "a.docx", item + table))
    assert [(found.text, found.item) for found in document.paragraphs] == [
        ("Cắt giảm giấy tờ", True),
        ("Ô một", False),
        ("Ô hai", False),
    ]


@pytest.mark.parametrize(
    ("properties", "facts"),
    [
        (
            "<dc:title>T</dc:title><dc:creator>A</dc:creator><dcterms:created>2025-06-20T01:02:03Z</dcterms:created>",
            "TA",
        ),
        ("<dc:creator>python-docx</dc:creator><dcterms:created>2025-06-20T01:02:03Z</dcterms:created>", ""),
        ("<dc:creator>A</dc:creator><dcterms:created>2013-12-23T23:15:00Z</dcterms:created>", "A"),
    ],
)
def test_properties_are_facts_unless_they_are_those_of_a_template(tmp_path, properties, facts):
    found = read_docx("a.docx", write_docx(tmp_path / "a.docx", paragraph(ONE), properties=properties)).facts
    assert found == {
        "headline": "T" if "T" in facts else None,
        "date": "2025-06-20" if "T" in facts else None,
        "author": "A" if "A" in facts else None,
        "outlet": None,
    }


def test_a_document_of_the_strict_edition_is_read(tmp_path):
    path = write_docx(tmp_path / "a.docx", paragraph(ONE))
    import zipfile

    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    strict = {
        name: text.replace("schemas.openxmlformats.org/wordprocessingml/2006", "purl.oclc.org/ooxml/wordprocessingml")
        for name, text in parts.items()
    }
    assert [item.text for item in read_docx("a", write_zip(path, strict)).paragraphs] == [ONE]


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"word/document.xml": "<w:document>"}, r"a\.docx is damaged or is not a Word document \(XMLSyntaxError\)"),
        ({"word/other.xml": "<x/>"}, r"a\.docx is damaged or is not a Word document \(KeyError\)"),
    ],
)
def test_a_damaged_document(tmp_path, parts, message):
    with pytest.raises(ValueError, match=message):
        cchc_ml.read_article(write_zip(tmp_path / "a.docx", parts))


def test_deeply_nested_paragraphs_are_read_in_one_pass(tmp_path):
    """A hundred paragraphs around 30,000 pieces of text: each piece belongs to the innermost paragraph."""
    nested = "<w:p><w:r>" * 100 + "<w:t>xã </w:t>" * 30_000 + "</w:r></w:p>" * 100
    start = time.process_time()
    assert texts(tmp_path, nested) == [" ".join(["xã"] * 30_000)]
    assert time.process_time() - start < 10  # it was more than a minute


def test_the_parser_calls_the_reader_once_for_each_tag(tmp_path, monkeypatch):
    """The work is that of one pass, however deep paragraphs stand inside each other."""
    from cchc_ml.reading import word

    calls = []
    real = word._Walker.start
    monkeypatch.setattr(
        word._Walker, "start", lambda self, tag, attributes: calls.append(tag) or real(self, tag, attributes)
    )
    for depth in (10, 100):
        calls.clear()
        texts(tmp_path, "<w:p><w:r>" * depth + "<w:t>xã </w:t>" * 500 + "</w:r></w:p>" * depth)
        assert len(calls) == len(re.findall("w:p|w:r", "w:p w:r" * depth)) + 500 + 3  # document, body and footnotes


def test_a_large_first_letter_belongs_to_its_word(tmp_path):
    initial = f'<w:p><w:pPr><w:framePr w:dropCap="drop" w:lines="3"/></w:pPr>{run(ONE[0])}</w:p>'
    assert texts(tmp_path, initial + paragraph(ONE[1:]) + paragraph(TWO)) == [ONE, TWO]
