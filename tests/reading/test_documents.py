import zipfile
from io import BytesIO

import pytest
from needs import needs
from office import is_read_or_rejected, paragraph, style, write_docx, write_odt

import cchc_ml
from cchc_ml.reading import documents
from cchc_ml.reading.documents import Paragraph, Passage, Run, check_archive, paragraphs_of, place_of_title

TEXTS = [
    "Sở Nội vụ họp giao ban.",
    "Từ quý này, hồ sơ cấp đổi giấy phép xây dựng rút từ mười lăm xuống còn tám ngày làm việc.",
    "Trời mưa to, hai nhà tốc mái.",
]


def test_a_document_that_python_docx_wrote_is_read(tmp_path):
    docx = needs("docx")
    document = docx.Document()
    document.core_properties.author = "Hải Đăng"
    for text in TEXTS[:2]:
        document.add_paragraph(text)
    document.paragraphs[0].runs[0].add_tab()
    document.add_table(1, 1).rows[0].cells[0].text = TEXTS[2]
    document.save(tmp_path / "a.docx")
    article = cchc_ml.read_article(tmp_path / "a.docx")
    assert article.paragraphs == tuple(TEXTS)
    assert article.author == "Hải Đăng"


@pytest.mark.parametrize("ending", ["docx", "odt"])
def test_a_cut_file_is_read_or_rejected(tmp_path, ending):
    path = tmp_path / f"a.{ending}"
    if ending == "docx":
        write_docx(path, "".join(map(paragraph, TEXTS)))
    else:
        write_odt(path, f"<office:text><text:p>{TEXTS[1]}</text:p></office:text>")
    whole = path.read_bytes()
    for size in range(1, len(whole), len(whole) // 25):
        path.write_bytes(whole[:size])
        assert is_read_or_rejected(lambda: cchc_ml.read_article(path).paragraphs, f"a.{ending}")


@pytest.mark.slow
def test_a_zip_bomb_is_not_unpacked(tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<" * (documents.MAX_UNPACKED_BYTES + 1))
    for file in (tmp_path / "bomb.docx", BytesIO((tmp_path / "bomb.docx").read_bytes())):
        with pytest.raises(ValueError, match=r"bomb\.docx unpacks to 200,000,001 bytes; want at most 20,000,000"):
            check_archive("bomb.docx", file)
    with pytest.raises(ValueError, match=r"x\.docx is damaged: File is not a zip file"):
        check_archive("x.docx", BytesIO(b"x"))


def test_passages_become_paragraphs():
    passages = [
        Passage([Run("Xã trả hồ sơ,")], goes_on=True),
        Passage([Run(" đúng "), Run("hạn.")], item=True),
        Passage([Run(" \t ")]),
        Passage([Run("Một dòng.\nHai dòng.")]),
        Passage([Run("Tên\nbài")], level=0),
        Passage([Run("Cuối")], goes_on=True),
    ]
    assert paragraphs_of(passages) == [
        Paragraph("Xã trả hồ sơ, đúng hạn.", None, True),
        Paragraph("Một dòng."),
        Paragraph("Hai dòng."),
        Paragraph("Tên bài", 0),
        Paragraph("Cuối"),
    ]


def test_two_lines_with_numbers_are_no_table_of_contents():
    lines = ["Tổng số hồ sơ\t12", "Hồ sơ trễ hẹn\t3"]
    assert [item.text for item in paragraphs_of([Passage([Run(line)]) for line in lines])] == [
        "Tổng số hồ sơ 12",
        "Hồ sơ trễ hẹn 3",
    ]


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        ([("BÁO CÁO", True), ("Kết quả cải cách quý hai", True), ("Xã họp. " * 9, False)], 1),
        ([("Một dòng trái không giữa", False), ("Kết quả cải cách quý hai", True)], 1),
        ([("Xã họp. " * 9, False), ("Kết quả cải cách quý hai", True)], None),
        ([("Kết quả cải cách quý hai", True), ("(Kèm theo Tờ trình số 5)", True)], 0),
        ([("Kính gửi: các sở, ban, ngành", True)], None),
    ],
)
def test_the_title_is_the_last_centred_line_above_the_body(lines, place):
    paragraphs = [Paragraph(text) for text, _ in lines]
    assert place_of_title(paragraphs, [centred for _, centred in lines]) == place


def test_a_title_by_style_is_the_only_one():
    assert place_of_title([Paragraph("Kết quả cải cách quý hai"), Paragraph("T", 0)], [True, True]) is None


def test_a_centred_line_that_begins_small_goes_on_the_one_above():
    passages = [Passage([Run("Kết quả cải cách")], centred=True), Passage([Run("quý II năm 2025")], centred=True)]
    assert [item.text for item in paragraphs_of(passages)] == ["Kết quả cải cách quý II năm 2025"]


HEAD = ["UBND HUYỆN MƯỜNG SÁNG", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Số: 12/BC-VP", "BÁO CÁO"]
TITLE = "Thực hiện nghiêm kỷ luật, kỷ cương hành chính"
STYLES = style("Title") + style("heading 1", identifier="h1") + style("heading 2", identifier="h2")


@pytest.mark.parametrize(
    ("lines", "headline", "subheadings"),
    [
        ([*HEAD, (TITLE, "Title"), ("I. Đăng ký", "h1"), TEXTS[1], ("II. Tin học", "h1"), TEXTS[2]], TITLE, 2),
        ([*HEAD, TITLE, ("I. Đăng ký khai sinh", "h1"), TEXTS[1], ("II. Tin học", "h1"), TEXTS[2]], TITLE, 2),
        ([(TITLE, "h1"), TEXTS[1], ("Đăng ký trực tuyến", "h2"), TEXTS[2]], TITLE, 1),
        ([("Báo cáo", "Title"), (TITLE, "Title"), TEXTS[1], TEXTS[2]], TITLE, 0),
        ([("I. Đăng ký", "h1"), TEXTS[1], ("II. Tin học", "h1"), TEXTS[2]], None, 1),
    ],
)
def test_styles_outrank_wording(tmp_path, lines, headline, subheadings):
    """Opening words such as "Thực hiện" and "Đăng ký" make a plain line a by-line or a menu."""
    body = "".join(paragraph(*line) if isinstance(line, tuple) else paragraph(line) for line in lines)
    article = cchc_ml.read_article(write_docx(tmp_path / "a.docx", body, styles=STYLES))
    assert article.headline == headline
    assert [block.kind.value for block in article.blocks].count("subheading") == subheadings
    assert [block.text for block in article.blocks if block.kind.value == "body"] == TEXTS[1:]
