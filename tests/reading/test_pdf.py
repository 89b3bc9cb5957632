import textwrap
from io import BytesIO
from pathlib import Path

import pytest
from needs import needs
from office import is_read_or_rejected

import cchc_ml
from cchc_ml.reading import pdf
from cchc_ml.text.encodings import to_tcvn3

needs("pypdfium2")

CASES = Path(__file__).parent / "cases"
ONE = (
    "Trong chín tháng đầu năm, bộ phận một cửa của huyện tiếp nhận 12.408 hồ sơ, trả trước hạn và đúng hạn 97,6%. "
    "Người dân thôn Đồng Mít nói rằng nay chỉ cần một lần đi lại là xong thủ tục đất đai."
)
TWO = (
    "Sở Tư pháp đã rà soát 214 văn bản quy phạm pháp luật do tỉnh ban hành và đề nghị bãi bỏ 17 văn bản không còn phù "
    "hợp. Phòng pháp chế được giao tham mưu quyết định thay thế trước ngày 30 tháng 9."
)


class Paper:
    """Pages of a PDF, on which lines of text and pictures are set."""

    def __init__(self, path, size=11):
        from matplotlib import font_manager

        fonts = needs("reportlab.pdfbase.ttfonts")
        metrics = needs("reportlab.pdfbase.pdfmetrics")
        metrics.registerFont(fonts.TTFont("DejaVu", font_manager.findfont("DejaVu Sans")))
        self.path = path
        self.canvas = needs("reportlab.pdfgen.canvas").Canvas(str(path))
        self.size = size

    def lines(self, lines, top=780, left=60, size=None, spacing=0, angle=0):
        size = size or self.size
        self.canvas.saveState()
        self.canvas.translate(left, top)
        self.canvas.rotate(angle)
        for number, line in enumerate(lines):
            text = self.canvas.beginText(0, -number * 1.3 * size)
            text.setFont("DejaVu", size)
            text.setCharSpace(spacing)
            text.textOut(line)
            self.canvas.drawText(text)
        self.canvas.restoreState()
        return self

    def picture(self, width=595, height=842):
        image = needs("PIL.Image").new("L", (8, 8), 200)
        self.canvas.drawInlineImage(image, 0, 0, width, height)
        return self

    def page(self):
        self.canvas.showPage()
        return self

    def read(self):
        self.canvas.save()
        return cchc_ml.read_article(self.path)


def wrapped(*texts, width=72):
    return [line for text in texts for line in textwrap.wrap(text, width, break_on_hyphens=False)]


@pytest.fixture
def paper(tmp_path):
    return Paper(tmp_path / "a.pdf")


def test_lines_are_joined_and_the_largest_is_the_headline(paper):
    title = "Huyện Mường Sáng rút ngắn thời gian trả hồ sơ"
    article = paper.lines([title], top=800, size=16).lines(wrapped(ONE, TWO), top=760).page().read()
    assert article.paragraphs == (title, ONE, TWO)
    assert article.headline == title


def test_letter_spacing_makes_no_spaces_inside_words(paper):
    assert paper.lines(wrapped(ONE, TWO), spacing=1.5).page().read().paragraphs == (ONE, TWO)


def test_columns_and_running_lines(paper):
    for number in (1, 2):
        head = ["BẢN TIN CẢI CÁCH HÀNH CHÍNH", "Huyện Mường Sáng", f"Số {number + 3}"]
        paper.lines(head, top=820, size=8)
        for left, text in ((60, ONE), (320, TWO)):
            paper.lines(wrapped(text if number == 1 else text.replace("tháng", "ngày"), width=36), left=left)
        paper.lines(["Văn phòng", "Điện thoại 0210", f"Trang {number}/2"], top=60, size=8).page()
    assert paper.read().paragraphs == (ONE, TWO, ONE.replace("tháng", "ngày"), TWO.replace("tháng", "ngày"))


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_a_turned_page_is_read(paper, angle):
    left, top = {90: (100, 60), 180: (560, 60), 270: (500, 800)}[angle]
    assert paper.lines(wrapped(ONE, TWO), top=top, left=left, angle=angle).page().read().paragraphs == (ONE, TWO)


def test_a_watermark_and_marks_of_notes_are_left_out(paper):
    paper.lines(wrapped(ONE, TWO)).lines(["DỰ THẢO"], top=500, left=200, size=40, angle=45)
    text = paper.canvas.beginText(60, 600)
    for part, size, rise in (
        ("Huyện có 24 xã", 11, 0),
        ("1", 6, 4),
        (" rộng 300 km", 11, 0),
        ("2", 6, 4),
        (".", 11, 0),
    ):
        text.setFont("DejaVu", size)
        text.setRise(rise)
        text.textOut(part)
    paper.canvas.drawText(text)
    assert paper.page().read().paragraphs == (ONE, TWO, "Huyện có 24 xã rộng 300 km2.")


def test_text_of_the_tcvn3_fonts_is_read_with_its_soft_hyphens(paper, monkeypatch):
    old = [to_tcvn3(line) for line in wrapped(ONE, TWO)]
    assert "\xad" in "".join(old)
    assert [text.lower() for text in paper.lines(old).page().read().paragraphs] == [ONE.lower(), TWO.lower()]


def test_hyphens_that_stand_for_a_letter_become_one():
    """In some files the soft hyphen of the TCVN3 fonts comes out as a hyphen."""
    words = [
        pdf.Word(word, 0, 1, 0, 1)
        for word in ("ng-êi", "d©n", "-u", "tiªn", "76/NQ-CP", "Ba-na", "®-îc", "hµnh", "chÝnh")
    ]
    assert [word.text for word in pdf._repaired(words)] == [
        "ng\xadêi",
        "d©n",
        "\xadu",
        "tiªn",
        "76/NQ-CP",
        "Ba-na",
        "®\xadîc",
        "hµnh",
        "chÝnh",
    ]
    unicode = [pdf.Word(word, 0, 1, 0, 1) for word in ("ng-ời", "76/NQ-CP")]
    assert pdf._repaired(unicode) == unicode


def test_a_scan_with_the_stamp_of_a_signature_is_a_scan(paper):
    for page in range(3):
        paper.picture()
        if page == 0:
            paper.lines(["Người ký: Sở Nội vụ", "Thời gian ký: 20.06.2025 10:12:33 +07:00"], left=300)
        paper.page()
    with pytest.raises(
        ValueError, match=r"a\.pdf is a scan: its 3 pages are pictures without text; run OCR on it first"
    ):
        paper.read()


def test_letters_that_are_drawn_are_a_scan(paper):
    for n in range(pdf.MIN_DRAWINGS + 10):
        paper.canvas.line(n, 10, n, 20)
    with pytest.raises(ValueError, match="is a scan: its 1 pages"):
        paper.page().read()


def test_some_scanned_pages_are_named_and_the_others_read(paper):
    villages = ["Nà Hỳ", "Pá Lau", "Bình Lãng", "Mường Sáng", "Bến Đò", "Quang Thượng", "Tà Xùa", "Phja Đén", "Y Tý"]
    parts = [[f"Dân {name} nói rằng cán bộ xã đã trả hồ sơ đúng hẹn.", f"Xã {name} họp dân."] for name in villages]
    for lines in (*parts[:2], [], *parts[2:4], [], [], *parts[4:]):
        (paper.lines(lines) if lines else paper.picture()).page()
    article = paper.read()
    assert " ".join(article.paragraphs) == " ".join(map(" ".join, parts))
    assert article.notes == ("pages 3, 6-7 are a scan without text; run OCR on it first",)


@pytest.mark.parametrize(("texts", "message"), [(1, "pages 2-3 are"), (2, "page 3 is")])
def test_a_file_of_which_a_third_was_scanned_is_rejected(paper, texts, message):
    for text in (ONE, TWO)[:texts]:
        paper.lines(wrapped(text)).page()
    for _ in range(3 - texts):
        paper.picture().page()
    with pytest.raises(ValueError, match=rf"a\.pdf: {message} a scan without text; run OCR on it first"):
        paper.read()


def test_a_photo_is_no_scan(paper):
    paper.picture(500, 700).page().lines(wrapped(ONE, TWO)).page()
    assert paper.read().notes == ()


def test_letters_without_names_are_told():
    with pytest.raises(ValueError, match=r"page 1 is text whose fonts do not name their letters; make the PDF again"):
        cchc_ml.read_article(CASES / "fonts-without-names.pdf")


def test_a_file_of_many_pages_or_characters_is_rejected(paper, monkeypatch):
    paper.lines([ONE]).page().lines([TWO]).page().canvas.save()
    monkeypatch.setattr(pdf, "MAX_PAGES", 1)
    with pytest.raises(ValueError, match=r"a\.pdf has 2 pages; want an article, at most 1 pages"):
        cchc_ml.read_article(paper.path)
    monkeypatch.setattr(pdf, "MAX_PAGES", 2)
    monkeypatch.setattr(pdf, "MAX_CHARACTERS", 60)
    with pytest.raises(ValueError, match=r"a\.pdf has more than 60 characters; want an article"):
        cchc_ml.read_article(paper.path)


@pytest.mark.parametrize(
    ("title", "author", "facts"),
    [
        ("Bản tin", "Hải Đăng", ("Bản tin", "Hải Đăng")),
        ("untitled", "anonymous", (None, None)),
        ("Microsoft Word - a.doc", "Administrator", (None, None)),
        ("", "", (None, None)),
    ],
)
def test_names_that_programs_write_are_not_facts(paper, title, author, facts):
    paper.canvas.setTitle(title)
    paper.canvas.setAuthor(author)
    paper.lines([ONE]).page().canvas.save()
    document = pdf.read_pdf("a.pdf", BytesIO(paper.path.read_bytes()))
    assert (document.facts["headline"], document.facts["author"]) == facts
    assert document.facts["date"] is None


def test_a_missing_library_says_what_to_install(paper, monkeypatch):
    paper.lines([ONE]).page().canvas.save()
    monkeypatch.setitem(__import__("sys").modules, "pypdfium2", None)
    with pytest.raises(
        ImportError, match=r'the library pypdfium2 is missing; install it with: pip install "cchc_ml\[office\]"'
    ):
        cchc_ml.read_article(paper.path)


def test_a_cut_file_is_read_or_rejected(paper):
    paper.lines(["Xã họp."]).page().canvas.save()
    whole = paper.path.read_bytes()
    for size in range(1, len(whole), len(whole) // 25):
        paper.path.write_bytes(whole[:size])
        assert is_read_or_rejected(lambda: cchc_ml.read_article(paper.path).paragraphs, "a.pdf")


def test_a_file_with_a_password_is_told(tmp_path):
    path = tmp_path / "khoa.pdf"
    canvas = needs("reportlab.pdfgen.canvas").Canvas(str(path), encrypt="bi-mat")
    canvas.drawString(60, 780, "Xa tra ho so mot cua truoc han.")
    canvas.save()
    with pytest.raises(ValueError, match=r"khoa\.pdf is locked by a password; open it, take the password away"):
        cchc_ml.read_article(path)
