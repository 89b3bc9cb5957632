import datetime
import time
import unicodedata
from contextlib import suppress

import pytest
from needs import needs

import cchc_ml
from cchc_ml.learning.corpus import read_corpus
from cchc_ml.reading import articles
from cchc_ml.reading.articles import Article, parse_article
from cchc_ml.reading.blocks import Block, Kind
from cchc_ml.text.encodings import to_tcvn3, to_vni

PAGE = """Trang chủ | Tin tức | Liên hệ
Thứ Sáu, 03/7/2026 | Lượt truy cập: 1.204
Xã Bình Lãng gỡ hồ sơ trễ hẹn
03/7/2026 - 09:20
Sáng 3/7, UBND xã họp bàn cách gỡ 46 hồ sơ trễ hẹn,
phần lớn thuộc lĩnh vực đất đai.
Ảnh: Quang cảnh cuộc họp
Những việc làm ngay
Chủ tịch xã yêu cầu: trả lời dân bằng văn bản; xin lỗi nếu trễ. Ai để trễ lần hai sẽ bị phê bình.
Tin, ảnh: Hải Đăng
Chia sẻ: Facebook | Zalo
Các tin khác
Chợ nổi đông khách dịp lễ
Trận mưa đá làm hư hơn hai trăm mái nhà ở vùng cao, chính quyền đang giúp dân lợp lại.
"""


def test_an_article_copied_from_a_browser_loses_its_boilerplate():
    article = parse_article(PAGE, "page.txt")
    assert article.headline == "Xã Bình Lãng gỡ hồ sơ trễ hẹn"
    assert article.paragraphs == (
        "Xã Bình Lãng gỡ hồ sơ trễ hẹn",
        "Sáng 3/7, UBND xã họp bàn cách gỡ 46 hồ sơ trễ hẹn, phần lớn thuộc lĩnh vực đất đai.",
        "Những việc làm ngay",
        "Chủ tịch xã yêu cầu: trả lời dân bằng văn bản; xin lỗi nếu trễ. Ai để trễ lần hai sẽ bị phê bình.",
    )
    assert [b.kind.value for b in article.blocks if b.text in article.paragraphs] == [
        "headline",
        "body",
        "subheading",
        "body",
    ]


def test_lines_are_paragraphs_if_none_of_them_is_prose():
    assert parse_article("Cải cách thể chế\nCải cách TTHC\n---\n", "x").paragraphs == (
        "Cải cách thể chế",
        "Cải cách TTHC",
    )


def test_a_list_belongs_to_the_body():
    lead = "Kế hoạch gồm các nội dung chính sau đây của tỉnh năm 2026, giao các sở làm:"
    text = f"{lead}\n- Cải cách thể chế\n- Cải cách TTHC\n"
    assert len(parse_article(text, "x").paragraphs) == 3


@pytest.mark.parametrize(
    "encode",
    [
        lambda t: t.encode("utf8"),
        lambda t: t.encode("utf-8-sig"),
        lambda t: t.encode("utf-16"),
        lambda t: unicodedata.normalize("NFD", t).encode("utf8"),
        lambda t: to_tcvn3(t).encode("latin-1", "ignore"),
        lambda t: to_vni(t).encode("latin-1", "ignore"),
        lambda t: to_tcvn3(t).encode("utf8"),
        lambda t: to_vni(t).encode("utf8"),
        lambda t: t.encode("utf8").decode("latin-1").encode("utf8"),
        lambda t: t.replace("\n", "\r\n").encode("utf8"),
    ],
    ids=["utf-8", "mark", "utf-16", "nfd", "tcvn3", "vni", "tcvn3 as unicode", "vni as unicode", "mojibake", "crlf"],
)
def test_encodings_are_told_apart(tmp_path, encode):
    text = "Cải cách thủ tục hành chính ở xã được đẩy mạnh.\nTrả kết quả đúng hẹn cho người dân trong mùa lũ.\n"
    path = tmp_path / "a.txt"
    path.write_bytes(encode(text))
    assert cchc_ml.read_article(path).paragraphs == tuple(text.splitlines())


def test_html_gives_what_a_reader_reads(top):
    article = cchc_ml.read_article(top / "data/samples/hop-giao-ban.html")
    assert article.headline == "Sở Xây dựng giao ban tháng 4: gỡ hồ sơ quá hạn, chấn chỉnh giờ giấc"
    assert article.date == "2026-05-05"
    assert len(article.paragraphs) == 5
    assert "quá hạn, chủ yếu" in article.paragraphs[2]
    assert "Từ 15/5, quy trình nội bộ" in article.paragraphs[2]
    assert not any("Trang chủ" in p or "Lượt truy cập" in p or "document" in p for p in article.paragraphs)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", b"", "is empty"),
        ("a.txt", b"--- 12 ---", "has no paragraph of text"),
        ("a.txt", b"\x89PNG\r\n\x1a\n\0\0", "is binary"),
        (
            "a.txt",
            b"caf\xe9 \xff\xfe\xfa na\xefve",
            "is not UTF-8, UTF-16, Windows-1258, TCVN3 or VNI text; save it as UTF-8 text",
        ),
        ("a.html", b"<script>var a</script>", "has no paragraph of text"),
        ("a.docx", b"PK", "is damaged"),
        ("a.docx", b"", "is empty"),
        ("a.pdf", b"%PDF-1.4 cut", "is damaged or is not a PDF; save it again"),
        ("a.xyz", b"PK", r"is not an article; want one of \.txt, \.html"),
    ],
)
def test_a_file_that_is_not_an_article_is_rejected(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=message):
        cchc_ml.read_article(tmp_path / name)


def test_a_book_is_not_an_article(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"X" * (articles.MAX_ARTICLE_BYTES + 1))
    with pytest.raises(
        ValueError, match=r"is larger than 10 MB; want an article \(if it is a table, name it \.csv or \.jsonl\)"
    ):
        cchc_ml.read_article(tmp_path / "a.txt")


def test_a_page_of_very_many_tags_is_not_an_article():
    with pytest.raises(ValueError, match="x has 200,001 HTML tags; want one article, at most 200,000 tags"):
        parse_article("<p>a" * 200_001, "x", html=True)


def test_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match="no file"):
        cchc_ml.read_article(tmp_path / "none.txt")


@pytest.mark.parametrize("name", ["mot-cua-xa.txt", "hop-giao-ban.html"])
def test_the_content_of_a_file_gives_the_article_of_the_file(top, name):
    path = top / "data" / "samples" / name
    assert articles.article_from_bytes(str(path), path.read_bytes()) == cchc_ml.read_article(path)


@pytest.mark.parametrize(
    "attributes",
    [
        " ".join(f"a{i}=1" for i in range(1_200)),
        " ".join(f"long-name-{i}" for i in range(1_200)),
        'a=">" ' + " ".join(f"a{i}='1'" for i in range(1_200)),
        'a="<" ' + " ".join(f"a{i}" for i in range(1_200)),
        '" ' + " ".join(f"a{i}=1" for i in range(1_200)) + ' "',
        "".join(f'a{i}="1"' for i in range(1_200)),
    ],
    ids=range(6),
)
def test_a_tag_of_very_many_attributes_is_not_of_an_article(attributes):
    with pytest.raises(ValueError, match=r"x has an HTML tag with 1,2\d\d attributes; want one article"):
        parse_article(f"<body><p {attributes}>Xã họp.</p>", "x", html=True)


@pytest.mark.parametrize("tag", ["a", 'a "', "a '", 'a = "', "a='\" "])
def test_attributes_are_counted_in_linear_time(tag):
    start = time.process_time()
    with suppress(ValueError):  # a page may have no text
        articles._check_attributes(f"<{tag}" * 190_000, "x")
    assert time.process_time() - start < 5


def test_long_values_are_not_attributes():
    words = "hồ sơ trễ hẹn " * 2_000
    article = parse_article(f"<p title=\"{words}\" data-a='{words}'>Xã họp bàn. {words}</p>", "x", html=True)
    assert article.paragraphs[0].startswith("Xã họp bàn.")


PARAGRAPH = "Sáng 12/3, lãnh đạo xã cùng các ban ngành họp bàn cách gỡ 46 hồ sơ đất đai trễ hẹn ở {} thôn."
TEXT = "\n\n".join(PARAGRAPH.format(word) for word in ("hai", "ba", "bốn"))


@pytest.mark.parametrize(
    "headline",
    [
        "Thực hiện nghiêm kỷ luật công vụ ở xã Tà Mung",
        "Đăng ký kinh doanh qua mạng: dân bớt đường đi",
        "Cập nhật dữ liệu cán bộ vào ngày nghỉ",
        "Theo chân tổ công nghệ số vào bản",
        "Bài học từ mô hình một cửa của xã",
        "Tin học hóa thủ tục đất đai ở Tà Mung",
        "Phỏng vấn Giám đốc Sở Nội vụ về gộp xã",
        "Ảnh hưởng của bộ máy mới tới người dân",
        "Nguồn lực nào cho cải cách ở xã nghèo",
    ],
)
@pytest.mark.parametrize("below", ["", "12/03/2019 09:20\n", "Tin, ảnh: Hải Đăng\n"])
def test_a_headline_may_begin_with_the_word_of_a_byline(headline, below):
    article = parse_article(f"Trang chủ\nTin tức\n\n{headline}\n{below}\n{TEXT}\n", "x")
    assert article.headline == headline
    assert article.paragraphs == (headline, *TEXT.split("\n\n"))


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("Thứ Năm, 16/7/2026 - 09:20", "2026-07-16"),
        ("16/07/2026", "2026-07-16"),
        ("Ngày đăng: 16/07/2026", "2026-07-16"),
        ("Sơn La, ngày 16 tháng 7 năm 2026", "2026-07-16"),
        ("Tháng Bảy 16, 2026", "2026-07-16"),
        ("7/6/2026 9:20:00 AM", None),
    ],
)
def test_the_date_line_of_copied_text_is_its_date(line, date):
    article = parse_article(f"Trang chủ\nThứ Bảy, 28/11/2026 | 14:05\n\nXã Tà Mung gỡ hồ sơ\n{line}\n\n{TEXT}\n", "x")
    assert article.date == date
    assert article.headline == "Xã Tà Mung gỡ hồ sơ"


@pytest.mark.parametrize(
    "lines",
    [
        ("Lò Thị Mây", "19:20 11/10/2025", TEXT),
        ("Thứ Bảy, 11/10/2025", TEXT, "Lò Thị Mây"),
        ("Ngày 11/10/2025", TEXT, "Bài, ảnh: Lò Thị Mây"),
    ],
)
def test_the_author_of_copied_text(lines):
    article = parse_article("Trang chủ\n\nXã Tà Mung gỡ hồ sơ trễ hẹn\n\n" + "\n\n".join(lines), "x")
    assert article.author == "Lò Thị Mây"


def test_the_date_of_the_text_goes_before_the_date_of_the_file(top):
    facts = {"headline": None, "date": "2019-01-01", "author": None, "outlet": None}
    lines = ["Kết quả gỡ hồ sơ trễ hẹn", "Ngày 20 tháng 6 năm 2025", *TEXT.split("\n\n")]
    assert articles._from_texts("x", lines, facts).date == "2025-06-20"
    assert articles._from_texts("x", lines[2:], facts).date == "2019-01-01"


def test_the_articles_of_this_project_copied_as_text(top):
    copied = {}
    for row in read_corpus(top / "data/articles.jsonl").rows:
        if "medium" in row:
            copied.setdefault(row["article"], []).append(row)
    right = dict.fromkeys(("body", "headline", "date"), 0)
    paragraphs = wrong_dates = 0
    for rows in copied.values():
        lines = [line for row in rows for line in [*row.get("before", []), row, *row.get("after", [])]]
        article = parse_article("\n".join(line["text"] for line in lines), "x")
        body = [block.text for block in article.blocks if block.kind is Kind.BODY]
        paragraphs += len(rows)
        right["body"] += sum(unicodedata.normalize("NFC", " ".join(row["text"].split())) in body for row in rows)
        right["headline"] += article.headline == unicodedata.normalize("NFC", rows[0]["headline"])
        right["date"] += article.date == rows[0]["date"]
        wrong_dates += article.date not in (None, rows[0]["date"])
    assert right["body"] == paragraphs
    assert right["headline"] >= 0.98 * len(copied)
    assert right["date"] >= 0.94 * len(copied)
    assert wrong_dates <= 0.01 * len(copied)


def test_a_text_of_very_many_lines_is_not_an_article():
    with pytest.raises(ValueError, match=r"x has 20,001 paragraphs; want an article, at most 20,000"):
        parse_article("ab.\n" * 20_001, "x")


def test_a_notebook_shows_an_article_by_kind_of_block():
    blocks = (
        Block("Tin <b>mới</b>", Kind.HEADLINE),
        Block("Mục & mục", Kind.SUBHEADING),
        Block("Xã họp.", Kind.BODY),
        Block("Đọc thêm", Kind.BOILERPLATE),
    )
    html = Article("a<b>.html", blocks, date="2026-07-16")._repr_html_()
    assert "<p><small>a&lt;b&gt;.html · 2026-07-16</small></p>" in html
    assert "<h3>Tin &lt;b&gt;mới&lt;/b&gt;</h3><h4>Mục &amp; mục</h4><p>Xã họp.</p>" in html
    assert '<p><small style="color:#767676">Đọc thêm</small></p>' in html


def test_the_styles_and_the_date_line_of_a_word_file(tmp_path):
    docx = needs("docx")
    document = docx.Document()
    document.add_paragraph("Tin cải cách số 3: xã trả hồ sơ tại nhà", style="Title")
    document.add_paragraph("Ngày 20 tháng 6 năm 2025")
    for number, paragraph in enumerate(TEXT.split("\n\n")):
        document.add_paragraph(["Đăng ký kết hôn", "Thực hiện nghiêm", "Nguồn lực"][number], style="Heading 2")
        document.add_paragraph(paragraph)
    document.core_properties.author = "Lò Mây"
    document.core_properties.created = datetime.datetime(2019, 1, 1)
    document.save(str(tmp_path / "a.docx"))
    article = cchc_ml.read_article(tmp_path / "a.docx")
    assert article.headline == "Tin cải cách số 3: xã trả hồ sơ tại nhà"
    assert article.date == "2025-06-20"
    subheadings = [block.text for block in article.blocks if block.kind is Kind.SUBHEADING]
    assert subheadings == ["Đăng ký kết hôn", "Thực hiện nghiêm", "Nguồn lực"]
