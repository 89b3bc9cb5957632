"""Saved pages of twelve looks, made for this project around its own articles; see `pages/` for page and truth."""

import json
import time
import timeit
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_ml.reading.articles import read_article
from cchc_ml.reading.blocks import Kind
from cchc_ml.reading.html import read_page


def fold(text):
    return " ".join(unicodedata.normalize("NFC", text).split())


@pytest.fixture(scope="module")
def pages(top):
    pages = []
    for path in sorted((top / "tests/pages").glob("*.html")):
        truth = json.loads(path.with_suffix(".json").read_text("utf8"))
        pages.append((path.name, truth, read_page(path.read_text("utf8"))))
    return pages


def test_the_body_is_kept_and_the_boilerplate_is_not(pages):
    assert len(pages) >= 40
    assert len({truth["look"] for _, truth, _ in pages}) >= 12
    right = total = wrong = kept = 0
    for _, truth, page in pages:
        body = [fold(b.text) for b in page.blocks if b.kind is Kind.BODY]
        shown = body + [fold(b.text) for b in page.blocks if b.kind is Kind.SUBHEADING]
        wanted = [fold(text) for text in truth["body"]]
        allowed = {*wanted, *map(fold, truth["subheadings"])}
        right += sum(text in body for text in wanted)
        total += len(wanted)
        wrong += sum(text not in allowed for text in shown)
        kept += len(shown)
    assert right / total >= 0.99
    assert wrong / kept <= 0.01


def test_the_order_is_that_of_the_page(pages):
    for name, truth, page in pages:
        body = [fold(b.text) for b in page.blocks if b.kind is Kind.BODY]
        wanted = [fold(text) for text in truth["body"]]
        kept = [text for text in wanted if text in body]
        assert kept == [text for text in body if text in wanted], name


def test_headline_and_date(pages):
    assert sum(fold(page.headline or "") == fold(truth["headline"]) for _, truth, page in pages) >= 43
    assert sum(page.date == truth["date"] for _, truth, page in pages) >= 43


def test_a_form_around_the_page_hides_nothing():
    text = "Sở Nội vụ kiểm tra đột xuất việc chấp hành kỷ luật, kỷ cương hành chính tại bảy xã trong tháng tư."
    page = read_page(
        f"<body><form id=aspnetForm><div class=menu><a href=#>Trang chủ</a></div><p>{text}</p></form></body>"
    )
    assert [b.text for b in page.blocks if b.kind is Kind.BODY] == [text]


def test_a_headline_in_a_header_is_found():
    text = "Sở Nội vụ kiểm tra đột xuất việc chấp hành kỷ luật, kỷ cương hành chính tại bảy xã trong tháng tư."
    page = read_page(f"<article><header><h1>Kiểm tra công vụ ở bảy xã</h1></header><p>{text}</p></article>")
    assert page.headline == "Kiểm tra công vụ ở bảy xã"


@given(st.text(alphabet="<>/pdivbrh1 script&;aà=\"'![-]\n", max_size=200))
def test_no_html_is_too_broken(text):
    for block in read_page("Xã họp. " + text).blocks:
        assert block.text == " ".join(block.text.split())


def test_deep_nesting_and_bombs_end(top):
    assert read_page("<div>" * 100_000 + "Xã họp." + "</div>" * 100_000) is not None
    entities = (
        '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
        + "".join(f'<!ENTITY a{i} "{"&a;" * 10}">' for i in range(20))
        + "]><p>&a19;</p>"
    )
    assert read_page(entities) is not None


@pytest.mark.parametrize(
    ("data", "want"),
    [
        (("<p>" + "Xã họp bàn việc gỡ hồ sơ trễ hẹn của dân. " * 30 + "</p>").encode() + b"\xff", "Xã họp"),
        (
            '<meta charset="iso-8859-1"><p>X&#227; h&#7885;p b&#224;n. Caf\xe9 \xb0.</p>'.encode("latin-1"),
            "Xã họp bàn. Café °.",
        ),
    ],
)
def test_a_page_in_bad_or_declared_bytes(tmp_path, data, want):
    (tmp_path / "a.html").write_bytes(data)
    assert read_article(tmp_path / "a.html").paragraphs[0].startswith(want)


def test_deep_pages_are_read_to_the_end():
    text = "Sở Nội vụ kiểm tra đột xuất việc chấp hành kỷ luật, kỷ cương hành chính tại bảy xã trong tháng tư."
    page = read_page("<div>" * 400 + f"<p>{text}</p>" + "<b>" * 300 + f"<p>{text} Hai.</p>")
    assert [b.text for b in page.blocks if b.kind is Kind.BODY][-1] == f"{text} Hai."


HEAD = "Xã Tà Mung gỡ hồ sơ trễ hẹn cho dân"
PARAGRAPHS = [
    "Sáng 12/3, lãnh đạo xã cùng các ban ngành họp bàn cách gỡ 46 hồ sơ đất đai trễ hẹn. Cuộc họp kéo dài hai giờ.",
    "Phòng tư pháp rà lại mười bốn quyết định của huyện, đề nghị bỏ ba văn bản đã hết thời trước ngày 20 tháng 4.",
    "Sau khi gộp hai phòng, xã bớt được bốn cấp phó và một trụ sở, giao lại cho trạm y tế làm nơi tiêm chủng.",
    "Từ tháng tới, giấy tờ của dân được ký số. Tổ công nghệ số đến từng nhà hướng dẫn bà con cài định danh.",
]
TEXT = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
CHOPPED = "".join(
    "<p>" + " ".join(f"<span lang=VI>{word}</span>" for word in paragraph.split()) + "</p>" for paragraph in PARAGRAPHS
)
MENU = '<ul class="menu"><li><a href="/">Trang chủ</a></li><li><a href="/a">Tin tức sự kiện</a></li></ul>'
FOOT = '<div id="footer"><p>Bản quyền thuộc UBND xã Tà Mung. Địa chỉ: thôn Nà Hin.</p></div>'


def page_of(body, *, title=HEAD, above=MENU, heading=f"<h1>{HEAD}</h1>", head=""):
    return read_page(f"<title>{title}</title>{head}<body>{above}<div class=detail>{heading}{body}</div>{FOOT}")


def body_of(page):
    return [block.text for block in page.blocks if block.kind is Kind.BODY]


@pytest.mark.parametrize(
    "name",
    [
        *(
            "print",
            "search",
            "tools",
            "sidebar",
            "social-news",
            "share",
            "widget",
            "lich-su",
            "related-news",
            "comments",
        ),
        *("banner-content", "ads", "menu-tin", "author-box", "caption", "copyright", "tags", "poll", "nav-content"),
    ],
)
@pytest.mark.parametrize("text", [TEXT, CHOPPED], ids=["whole", "chopped"])
def test_an_article_is_read_whatever_its_container_is_named(name, text):
    page = read_page(f"<title>{HEAD}</title><body>{MENU}<div class={name}><h1>{HEAD}</h1>{text}</div>{FOOT}")
    assert body_of(page) == PARAGRAPHS
    assert page.headline == HEAD


@pytest.mark.parametrize(
    "text",
    [
        "".join(f'<div class="elementor-widget"><p>{paragraph}</p></div>' for paragraph in PARAGRAPHS),
        "".join(f'<p><span class="print">{paragraph}</span></p>' for paragraph in PARAGRAPHS),
        f"<aside>{TEXT}</aside>",
        f"<menu>{TEXT}</menu>",
        f'<div style="display:none">{TEXT}</div>',
        f"<label>{TEXT}</label>",
        "".join(f"<div><img src=a><p>{paragraph}</p></div>" for paragraph in PARAGRAPHS),
    ],
    ids=["paragraphs", "spans", "aside", "menu", "hidden", "label", "photos"],
)
def test_where_nothing_else_remains_everything_is_read(text):
    assert body_of(page_of(text)) == PARAGRAPHS


def test_a_page_without_a_full_stop_is_read_without_its_links(tmp_path):
    (tmp_path / "a.html").write_text(f"{MENU}<p>Từ ngày 1/10, xã trả hồ sơ cả sáng thứ Bảy</p>", "utf8")
    assert read_article(tmp_path / "a.html").paragraphs == ("Từ ngày 1/10, xã trả hồ sơ cả sáng thứ Bảy",)


CAPTION = "Bà con thôn Nà Hin xem bảng niêm yết thủ tục ở trụ sở xã sáng thứ hai đầu tuần."


@pytest.mark.parametrize(
    "caption",
    [
        f"<div class=image><img src=a><div>{CAPTION}</div></div>",
        f"<div class=wp-caption><img src=a>{CAPTION}</div>",
        f"<table><tr><td><img src=a></td></tr><tr><td>{CAPTION}</td></tr></table>",
        f"<figure><img src=a><p>{CAPTION}</p></figure>",
        f'<p><img src=a></p><p style="text-align: center">{CAPTION}</p>',
        f"<p><img src=a></p><p><em>{CAPTION}</em></p>",
        f"<p align=CENTER><em>{CAPTION[:-1]}</em></p>",
        f"<table class=anh><tr><td><img src=a></td></tr><tr><td><p>{CAPTION}</p><p>Ảnh: Mây</p></td></tr></table>",
    ],
)
def test_a_caption_with_a_full_stop_is_none_of_the_paragraphs(caption):
    text = f"<p>{PARAGRAPHS[0]}</p>{caption}<p>{PARAGRAPHS[1]}</p>"
    assert body_of(page_of(text)) == PARAGRAPHS[:2]


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"<p><img src=a align=left>{paragraph}</p>" for paragraph in PARAGRAPHS),
        f"<p><img src=a></p>{TEXT}",
        f"<div><img src=a></div>{TEXT}",
    ],
)
def test_a_paragraph_beside_an_image_is_no_caption(text):
    assert body_of(page_of(text)) == PARAGRAPHS


@pytest.mark.parametrize("line", ["<p><b>Những việc làm ngay</b></p>", "<h3>Những việc làm ngay</h3>"])
def test_a_sub_heading_below_an_image_is_no_caption(line):
    page = page_of(f"<p>{PARAGRAPHS[0]}</p><p><img src=a></p>{line}<p>{PARAGRAPHS[1]}</p>")
    assert [block.text for block in page.blocks if block.kind is Kind.SUBHEADING] == ["Những việc làm ngay"]


def test_a_box_of_related_articles_inside_the_text_ends_where_its_element_ends():
    box = "<div><h4>Tin liên quan</h4><a href=1>Xã bên họp bàn</a><p>Xã bên cũng gỡ xong hồ sơ trễ hẹn.</p></div>"
    page = page_of(f"<p>{PARAGRAPHS[0]}</p>{box}<h3>Những việc làm ngay</h3><p>{PARAGRAPHS[1]}</p>")
    kept = [block.text for block in page.blocks if block.kind in (Kind.BODY, Kind.SUBHEADING)]
    assert kept == [PARAGRAPHS[0], "Những việc làm ngay", PARAGRAPHS[1]]


def test_an_article_in_two_elements_with_an_advertisement_between_them():
    one, two = ("".join(f"<p>{paragraph}</p>" for paragraph in half) for half in (PARAGRAPHS[:3], PARAGRAPHS[3:]))
    page = page_of(f"<div>{one}</div><div><a href=#>Mua ngay</a></div><div>{two}</div>")
    assert body_of(page) == PARAGRAPHS
    other = (
        "<div><a href=#>Xã bên</a><p>Xã bên cũng họp bàn cách gỡ hồ sơ đất đai trễ hẹn cho dân ở ba thôn xa.</p></div>"
    )
    assert body_of(page_of(f"<div>{TEXT}</div>{other}")) == PARAGRAPHS


def test_a_paragraph_behind_the_element_of_the_article_belongs_to_it():
    note = "Lời tòa soạn: xã đã có công văn trả lời, hẹn trả hết hồ sơ trước ngày 25 tháng 4 và xin lỗi người dân."
    page = page_of(f"<section>{TEXT}</section><section><p>{note}</p></section>")
    assert body_of(page)[-1] == note


@pytest.mark.parametrize(
    ("body", "above"),
    [
        ("<div>Cập nhật ngày 12/03/2019 09:20</div>", "<div>Thứ Bảy, 28/11/2026 | 14:05</div>"),
        ("<div>Thứ ba, ngày 12 tháng 3 năm 2019</div>", f"<header>Hôm nay: 28/11/2026</header>{MENU}"),
        ('<time datetime="2019-03-12T09:20">hôm kia</time>', "<div>Thứ Bảy, 28/11/2026</div>"),
        ('<a href=x><time datetime="2019-03-11T20:00Z">Tháng Ba 12, 2019</time></a>', MENU),
        ('<span itemprop="datePublished" content="2019-03-12">hôm kia</span>', MENU),
        ('<abbr title="2019-03-12T09:20:00+07:00">hôm kia</abbr>', MENU),
        ("<div class=tools>Ngày đăng: 12/03/2019 <a href=#>In trang</a> <a href=#>Gửi cho bạn bè</a></div>", MENU),
    ],
)
def test_the_date_is_that_of_the_article_and_not_of_the_clock(body, above):
    page = page_of(body + TEXT, above=above)
    assert page.date == "2019-03-12"
    assert body_of(page) == PARAGRAPHS


@pytest.mark.parametrize(
    "above",
    [
        "<div>Thứ Bảy, 28/11/2026 | 14:05</div>",
        "<div>Cổng thông tin điện tử xã</div><div>Thứ Bảy, 28/11/2026 14:05</div>",
        f"<div class=header><span id=dongho>28/11/2026</span></div>{MENU}",
    ],
)
def test_without_a_date_of_the_article_the_clock_is_none(above):
    assert page_of(TEXT, above=above).date is None


def test_a_date_in_the_box_of_the_headline_may_stand_above_it():
    heading = f"<div>Thứ Ba, 12/03/2019, 09:20 (GMT+7)</div><h1>{HEAD}</h1>"
    assert page_of(TEXT, heading=heading).date == "2019-03-12"


SITE = "Cổng thông tin điện tử xã Tà Mung huyện Mường Lý"


@pytest.mark.parametrize(
    ("title", "above", "heading"),
    [
        (f"{HEAD} | {SITE}", f"<h1>{SITE}</h1>", f"<h2>{HEAD}</h2>"),
        (SITE, f"<div>{SITE}</div>", f"<div class=tieude>{HEAD}</div>"),
        ("Chi tiết bài viết", f"<h1>{SITE}</h1>{MENU}", f"<h2>{HEAD}</h2>"),
        (f"{HEAD} - {SITE}", MENU, f"<div class=print-title><h2>{HEAD}</h2></div>"),
    ],
)
def test_the_headline_is_not_the_name_of_the_site(title, above, heading):
    page = page_of(TEXT, title=title, above=above, heading=heading)
    assert page.headline == HEAD
    assert body_of(page) == PARAGRAPHS


def test_a_short_heading_that_is_the_title_is_the_headline():
    page = page_of(TEXT, title="Xã · Phường", heading="<h1>Xã · Phường</h1>")
    assert page.headline == "Xã · Phường"


@pytest.mark.parametrize("line", ["<h2>Thực hiện nghiêm</h2>", "<p><b>Thực hiện nghiêm</b></p>"])
def test_a_sub_heading_directly_below_the_headline(line):
    page = page_of(line + TEXT)
    assert [block.text for block in page.blocks if block.kind is Kind.SUBHEADING] == ["Thực hiện nghiêm"]
    assert page_of("<p><b>Lò Mây</b></p>" + TEXT).blocks[1].kind is Kind.BOILERPLATE


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("<p><b>Đăng Ninh</b></p>", "Đăng Ninh"),
        ("<p>Đăng Ninh</p>", None),
        ("<p>PV. Lò Thị Mây (ghi)</p>", "Lò Thị Mây"),
        ("<p>Tác giả bài viết: Lò Thị Mây</p>", "Lò Thị Mây"),
        ("<p>Người đăng: admin</p>", None),
    ],
)
def test_the_signature_below_the_article(line, author):
    assert page_of(TEXT + line).author == author


def test_author_and_outlet():
    page = page_of(
        f"{TEXT}<p>Tin, ảnh: Lò Thị Mây</p>", title=f"{HEAD} - Báo Tà Mung", head="<meta name=author content=admin>"
    )
    assert (page.author, page.outlet) == ("Lò Thị Mây", "Báo Tà Mung")


SENTENCE = "Sở Nội vụ kiểm tra đột xuất việc chấp hành kỷ luật tại bảy xã."
HEAVY = {
    "inline elements": lambda n: "<p>" + "<b>xã</b> họp bàn " * 10 * n + "xong.</p>",
    "long title": lambda n: f"<title>{'cải cách ' * 3 * n}</title>" + f"<p>{SENTENCE}</p>" * n,
    "nested menus": lambda n: "<div class=menu>" * 240 + "<br>xã họp. " * 5 * n + "</div>" * 240 + f"<p>{SENTENCE}</p>",
    "nested elements": lambda n: f"<div>{SENTENCE}" * 3 * n,
    "teasers": lambda n: f"<div><a href=1>Tin số một</a><p>{SENTENCE}</p></div>" * n,
    "photos": lambda n: f"<div><img src=a><p>{SENTENCE}</p></div>" * n,
    "boxes": lambda n: f"<div><h3>Tin liên quan</h3><a href=1>Tin một</a></div><p>{SENTENCE}</p>" * n,
    "comments": lambda n: "<p>" + "<!-- x -->xã " * 10 * n + "</p>",
    "lines": lambda n: "<pre>" + "xã họp bàn việc\n" * 5 * n + "</pre>",
    "line breaks": lambda n: f"<td>{'<br>'.join([SENTENCE] * n)}</td>",
    "dates": lambda n: "<div>12/03/2019 09:20</div>" * 2 * n + f"<p>{SENTENCE}</p>",
}


@pytest.mark.slow
@pytest.mark.parametrize("make", HEAVY.values(), ids=HEAVY.keys())
def test_a_page_of_twice_the_size_takes_twice_the_time(make):
    def seconds(n):
        source = make(n)
        return min(timeit.repeat(lambda: read_page(source), timer=time.process_time, repeat=3, number=1))

    assert seconds(600) < 5 * seconds(300) + 0.2
