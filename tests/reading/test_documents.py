import re
import time
import zipfile

import pytest
from needs import needs

import cchc_ml
from cchc_ml.reading import documents

TEXTS = [
    "Sở Nội vụ họp giao ban.",
    "Từ quý này, hồ sơ cấp đổi giấy phép xây dựng rút từ mười lăm xuống còn tám ngày làm việc.",
    "Trời mưa to, hai nhà tốc mái.",
]


@pytest.fixture
def docx_file(tmp_path):
    docx = needs("docx")
    document = docx.Document()
    document.core_properties.author = "Hải Đăng"
    for text in TEXTS[:2]:
        document.add_paragraph(text)
    document.paragraphs[0].runs[0].add_tab()
    document.add_table(1, 1).rows[0].cells[0].text = TEXTS[2]
    document.save(tmp_path / "a.docx")
    return tmp_path / "a.docx"


def write_pdf(path, pages):
    """Set lines of text with a page head and a page number."""
    pdfmetrics, ttfonts = (
        needs("reportlab.pdfbase.pdfmetrics"),
        needs("reportlab.pdfbase.ttfonts"),
    )
    from matplotlib import font_manager
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(ttfonts.TTFont("DejaVu", font_manager.findfont("DejaVu Sans")))
    canvas = Canvas(str(path))
    for number, lines in enumerate(pages, 1):
        canvas.setFont("DejaVu", 10)
        for i, line in enumerate(["UBND TỈNH TÂY NINH - BẢN TIN CCHC", *lines, f"Trang {number}"]):
            canvas.drawString(60, 780 - 16 * i, line)
        canvas.showPage()
    canvas.save()
    return path


def test_word_paragraphs_come_in_order_tables_too(docx_file):
    article = cchc_ml.read_article(docx_file)
    assert article.paragraphs == tuple(TEXTS)
    assert article.author == "Hải Đăng"


def test_pdf_lines_are_joined_and_page_heads_dropped(tmp_path):
    page = [
        "Sáng 3/7, UBND xã họp bàn cách gỡ bốn mươi sáu hồ sơ trễ hẹn, phần lớn thuộc",
        "lĩnh vực đất đai và đăng ký kinh doanh của hộ gia đình.",
        "Chủ tịch xã yêu cầu trả lời dân bằng văn bản và xin lỗi nếu trễ, ai để trễ lần",
        "hai sẽ bị phê bình trước cơ quan.",
    ]
    article = cchc_ml.read_article(
        write_pdf(tmp_path / "a.pdf", [page, ["Chiều cùng ngày, đoàn kiểm tra công vụ xuống bốn thôn xa nhất của xã."]])
    )
    assert article.paragraphs == (
        f"{page[0]} {page[1]}",
        f"{page[2]} {page[3]}",
        "Chiều cùng ngày, đoàn kiểm tra công vụ xuống bốn thôn xa nhất của xã.",
    )


def test_a_scan_is_rejected(tmp_path):
    needs("pypdfium2")
    canvas = needs("reportlab.pdfgen.canvas").Canvas(str(tmp_path / "scan.pdf"))
    canvas.rect(10, 10, 300, 300, fill=1)
    canvas.showPage()
    canvas.save()
    with pytest.raises(ValueError, match=r"is a scan: its 1 pages are pictures without text; run OCR on it first"):
        cchc_ml.read_article(tmp_path / "scan.pdf")


def test_hyphens_at_line_ends_go():
    assert documents._unhyphenate(["cải cách hành chí-", "nh ở xã", "A -", "b"]) == [
        "cải cách hành chính ở xã",
        "A -",
        "b",
    ]


def test_a_damaged_file_gives_a_clear_error(tmp_path, docx_file):
    data = docx_file.read_bytes()
    pdf = write_pdf(tmp_path / "whole.pdf", [["Xã họp."]]).read_bytes()
    for name, whole in (("cut.docx", data), ("cut.pdf", pdf)):
        for size in range(0, len(whole), max(len(whole) // 25, 1)):
            (tmp_path / name).write_bytes(whole[:size])
            try:
                article = cchc_ml.read_article(tmp_path / name)
            except ValueError:
                continue
            assert article.paragraphs


def test_a_zip_bomb_is_not_unpacked(tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<" * (documents.MAX_UNPACKED_BYTES + 1))
    with pytest.raises(ValueError, match=r"unpacks to 200,000,001 bytes; want at most 20,000,000"):
        cchc_ml.read_article(tmp_path / "bomb.docx")


def test_a_missing_library_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "docx", None)
    (tmp_path / "a.docx").write_bytes(b"PK")
    with pytest.raises(ImportError, match=r'needs docx; install it with: pip install "cchc_ml\[office\]"'):
        cchc_ml.read_article(tmp_path / "a.docx")


def test_deeply_nested_paragraphs_are_read_in_one_walk(tmp_path):
    """A hundred paragraphs around 30,000 pieces of text: each piece belongs to the innermost paragraph."""
    document = needs("docx").Document()
    document.add_paragraph("here")
    document.save(tmp_path / "plain.docx")
    nested = "<w:p><w:r>" * 100 + "<w:t>xã </w:t>" * 30_000 + "</w:r></w:p>" * 100
    with zipfile.ZipFile(tmp_path / "plain.docx") as plain, zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
        for name in plain.namelist():
            text = plain.read(name)
            if name == "word/document.xml":
                text = re.sub(rb"<w:p>.*</w:p>", nested.encode(), text, flags=re.S)
            archive.writestr(name, text)
    start = time.process_time()
    (paragraph,) = cchc_ml.read_article(tmp_path / "a.docx").paragraphs
    assert paragraph == " ".join(["xã"] * 30_000)
    assert time.process_time() - start < 10  # it was more than a minute


def test_a_pdf_of_many_pages_is_rejected(tmp_path, monkeypatch):
    path = write_pdf(tmp_path / "a.pdf", [["Xã họp."], ["Xã họp tiếp."], ["Xã họp nữa."]])
    monkeypatch.setattr(documents, "MAX_PDF_PAGES", 2)
    with pytest.raises(ValueError, match=r"a\.pdf has 3 pages; want one article, at most 2 pages"):
        cchc_ml.read_article(path)
    monkeypatch.setattr(documents, "MAX_PDF_PAGES", 3)
    monkeypatch.setattr(documents, "MAX_PDF_CHARS", 60)
    with pytest.raises(ValueError, match=r"a\.pdf has more than 60 characters; want one article"):
        cchc_ml.read_article(path)
