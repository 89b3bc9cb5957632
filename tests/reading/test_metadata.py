import pytest
from lxml import html

from cchc_ml.reading.metadata import Metadata, fold_space, is_author, outlet_of_title, read_metadata, visible_author


def metadata(head, body="Xã họp."):
    return read_metadata(html.document_fromstring(f"<html><head>{head}</head><body>{body}</body></html>"))


def linked_data(json):
    return metadata(f'<script type="application/ld+json">{json}</script>')


def test_a_page_that_says_nothing():
    assert metadata("") == Metadata("", None, None, None)


def test_meta_elements():
    head = """
    <title>Xã gỡ hồ sơ\n  trễ hẹn</title>
    <meta name="author" content=" Hải\u00a0 Đăng ">
    <meta property="og:site_name" content="Báo Tỉnh"><meta name="application-name" content="báo">
    <meta itemprop="datePublished" content="2026-07-03T09:20+07:00">
    """
    title = "Xã gỡ hồ sơ trễ hẹn"
    assert metadata(head) == Metadata(title, "2026-07-03", "Hải Đăng", "Báo Tỉnh", title)


@pytest.mark.parametrize("shape", ["%s", "[%s]", '{"@graph": [{"@type": "WebSite"}, %s]}', "<!-- %s -->"])
def test_json_ld(shape):
    article = """{"@type": ["NewsArticle"], "headline": "Xã gỡ hồ sơ", "datePublished": "2026-07-03",
                  "author": [{"name": "Hải Đăng"}, {"name": "Lò Mây"}], "publisher": {"name": "Báo Tỉnh"}}"""
    assert linked_data(shape % article) == Metadata("Xã gỡ hồ sơ", "2026-07-03", "Hải Đăng - Lò Mây", "Báo Tỉnh")


@pytest.mark.parametrize(
    "json",
    [
        '{"@type": "NewsArticle", "description": "Hai\ndòng\tvà", "datePublished": "2026-07-03"}',
        '{"@type": "BlogPosting", "datePublished": "2026-07-03",}',
        '//<![CDATA[\n{"@type": "Article", "datePublished": "2026-07-03"}\n//]]>',
        '{"@graph": [{"@type": "WebPage", "datePublished": "2026-07-02T20:00:00+00:00"}]}',
        '{"@type": "NewsArticle", "description": "ông nói "xong" rồi", "datePublished": "2026-07-03"}',
        '[{"@type": "WebPage", "datePublished": "2020-01-01"}, {"@type": "Article", "datePublished": "2026-07-03"}]',
    ],
)
def test_the_date_of_json_ld_that_is_not_quite_right(json):
    assert linked_data(json).date == "2026-07-03"


@pytest.mark.parametrize(
    "broken", ["{", "[" * 100_000, "1", "null", '{"@graph": 1}', '[1, {"@type": "Article", "author": {"name": 5}}]']
)
def test_broken_json_ld_says_nothing(broken):
    assert linked_data(broken) == Metadata("", None, None, None)


@pytest.mark.parametrize(
    ("head", "date"),
    [
        ('<meta property="article:published_time" content="2019-03-11T20:00:00Z">', "2019-03-12"),
        ('<meta name="DC.date.issued" content="2019-03-12">', "2019-03-12"),
        ('<meta name="pubdate" content="20190312T0920">', "2019-03-12"),
        ('<link rel="canonical" href="https://x.vn/2019/03/12/xa-hop/">', "2019-03-12"),
        ('<meta property="article:modified_time" content="2019-03-12">', None),
    ],
)
def test_dates_of_the_head(head, date):
    assert metadata(head).date == date


@pytest.mark.parametrize(
    "element",
    [
        '<span itemprop="datePublished" content="2019-03-12T09:20">hôm kia</span>',
        '<span itemprop="datePublished">12/03/2019</span>',
        '<time itemprop="datePublished" datetime="2019-03-12">12/3</time>',
    ],
)
def test_dates_of_microdata(element):
    assert metadata("", element).date == "2019-03-12"


@pytest.mark.parametrize(
    "name", ["admin", "Administrator", "anonymous", "https://www.facebook.com/bao", "Báo Tỉnh", "Super User"]
)
def test_what_is_no_author(name):
    head = f'<meta property="article:author" content="{name}"><meta property="og:site_name" content="Báo Tỉnh">'
    assert metadata(head).author is None
    assert metadata(head + '<meta name="author" content="Hải Đăng">').author == "Hải Đăng"


@pytest.mark.parametrize(
    ("body", "author"),
    [
        ('<a rel="author" href="/u/44">Lục Thúy An</a>', "Lục Thúy An"),
        ('<p>Viết bởi <span itemprop="author">Lục Thúy An</span></p>', "Lục Thúy An"),
        ('<div class="post-author"><b>LÂM THANH HÀ</b></div>', "LÂM THANH HÀ"),
        ('<div class="author-box">Bài mới của tác giả này và các bài khác</div>', None),
        ('<a rel="author" href="/u/1">admin</a>', None),
    ],
)
def test_the_author_that_the_page_marks(body, author):
    assert metadata("", body).author == author


@pytest.mark.parametrize(
    "name", ["VANTHU-PC", "Windows User", "DESKTOP-7Q2", "(anonymous)", "Chủ tịch", "PHÓ GIÁM ĐỐC"]
)
def test_accounts_computers_and_offices_are_no_authors(name):
    assert not is_author(name)
    assert is_author("Lục Thúy An")


@pytest.mark.parametrize(
    ("title", "outlet"),
    [
        ("Xã họp bàn việc - Báo Sơn La", "Báo Sơn La"),
        ("Xã họp bàn việc | Tin tức | Cổng TTĐT xã Tà Mung", "Cổng TTĐT xã Tà Mung"),
        ("Xã họp bàn việc - Chuyên mục Hỏi - Đáp, Sở Tư pháp", "Chuyên mục Hỏi - Đáp, Sở Tư pháp"),
        ("Đài PT-TH Sơn La | Xã họp bàn việc", "Đài PT-TH Sơn La"),
        ("Xã họp bàn việc - Tin tức", None),
        ("Xã họp bàn việc (tiếp theo)", None),
        ("Chi tiết tin - Trang TTĐT xã Tà Mung", "Trang TTĐT xã Tà Mung"),
        ("Xã khác họp bàn", None),
        ("Chi tiết tin - UBND xã Tà Mung", "UBND xã Tà Mung"),
        ("Xã Tà Mung > Tin tức > Chi tiết tin", "Xã Tà Mung"),
    ],
)
def test_the_outlet_in_a_title(title, outlet):
    assert outlet_of_title(title, "Xã họp bàn việc") == outlet


@pytest.mark.parametrize(
    ("lines", "author"),
    [
        (["Xã họp", "Tin, ảnh: Hải Đăng"], "Hải Đăng"),
        (["Tác giả: Hải Đăng Ngày đăng: 05-02-2026"], "Hải Đăng"),
        (["Người đăng: admin"], None),
        (["Xã họp", "Những việc làm ngay"], None),
    ],
)
def test_the_author_in_a_line(lines, author):
    assert visible_author(lines) == author


def test_a_line_of_names_is_the_author_if_no_line_says_it():
    assert visible_author(["Người đăng: admin"], ["PV. Mai Lệ Hằng (ghi)"]) == "Mai Lệ Hằng"
    assert visible_author(["Tin: Hải Đăng"], ["Mai Lệ Hằng"]) == "Hải Đăng"


@pytest.mark.parametrize("title", ["X&amp;atilde; h&amp;#7885;p b&shy;àn", "Xã h&#7885;p bàn", "X· häp bµn"])
def test_titles_are_repaired(title):
    assert metadata(f"<title>{title}</title>").site_title == "Xã họp bàn"


def test_invisible_characters_vanish():
    assert fold_space("h\u00adành\u200b ch\u2060ính\ufeff\n\u00a0 a") == "hành chính a"
