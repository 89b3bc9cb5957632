import json
import re

import lxml.html
import numpy as np
import pytest
from accessibility import violations
from browser import chromium
from needs import needs

from cchc_ml.pillars import PILLARS
from cchc_ml.reading.finding import expand
from cchc_ml.reading.inputs import read_inputs
from cchc_ml.reporting import overview_html
from cchc_ml.reporting.about import About
from cchc_ml.reporting.overview import gather
from cchc_ml.reporting.overview_html import MAX_QUOTE_CHARS, MAX_QUOTES, MAX_WHOLE_PARAGRAPHS, render_overview
from cchc_ml.reporting.prevalence import training_prior
from cchc_ml.tagging.rows import tag_rows

SENTENCE = "Bộ phận một cửa xã trả hồ sơ thủ tục hành chính trước hạn."
TEXT = f"Chợ đông. {SENTENCE} Trời mưa."
RAIN = "Trận mưa đêm qua làm ngập chợ."


@pytest.fixture
def overview(model):
    """Gather an overview of rows of text."""
    return lambda rows, **options: gather(
        tag_rows(model, [(row, "text") for row in rows]), training_prior(model), **options
    )


@pytest.fixture
def page(overview):
    """Render an overview of rows of text, and parse it."""
    return lambda rows: lxml.html.document_fromstring(render_overview(overview(rows)))


def articles(n, **columns):
    return [
        {"document": f"bài {i}", "text": f"{TEXT} {i}", **{k: v[i % len(v)] for k, v in columns.items()}}
        for i in range(n)
    ]


def assert_whole(page):
    """Check that every link inside the page has its target, and that no id is used twice."""
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {href[1:] for href in page.xpath("//a/@href") if href.startswith("#")} <= set(ids)


@pytest.mark.slow
def test_the_page_is_whole_and_calls_nobody(top, model, tmp_path):
    items = read_inputs(expand([top / "data" / "samples", top / "tests" / "pages"]))
    path = tmp_path / "overview.html"
    path.write_text(render_overview(gather(tag_rows(model, items), training_prior(model))), "utf8")
    parsed = lxml.html.document_fromstring(path.read_text("utf8"))
    assert_whole(parsed)
    assert [heading.text.strip() for heading in parsed.iter("h3")] == [pillar.vi for pillar in PILLARS]
    assert len(parsed.xpath("//mark")) > 20
    with chromium() as browser:
        browser_page = browser.new_page()
        requests, problems = [], []
        browser_page.on("request", lambda request: requests.append(request.url))
        browser_page.on("pageerror", lambda error: problems.append(str(error)))
        browser_page.on("console", lambda message: problems.append(message.text))
        browser_page.goto(path.as_uri())
        assert (requests, problems) == ([path.as_uri()], [])
        browser_page.click("blockquote a")
        assert browser_page.locator("details[open] p:target").count() == 1
        # The page's own policy stops what somebody may put into it.
        image = "Object.assign(document.createElement('img'), {src: 'https://tracker.example/x.png'})"
        with browser_page.expect_console_message() as waiting:
            browser_page.evaluate(f"document.body.append({image})")
        assert "violates the following Content Security Policy directive" in waiting.value.text


@pytest.mark.slow
def test_the_page_is_accessible_and_prints_what_it_shows(overview, tmp_path):
    columns = {"outlet": ["Báo Thử", "Đài Thử"], "date": ["2024-01-02", "2024-03-04"], "url": ["https://bao.example/1"]}
    path = tmp_path / "overview.html"
    path.write_text(render_overview(overview(articles(60, **columns))), "utf8")
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 375, "height": 700})
        page.goto(path.as_uri())
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == 375
        page.click("summary")
        # What print() does around the dialogue.
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.locator("details:not([open])").count() == 0
        page.emulate_media(media="print", color_scheme="dark")
        styles = "node => { const {backgroundColor, printColorAdjust} = getComputedStyle(node);"
        styles += " return [backgroundColor, printColorAdjust]; }"
        assert page.locator("mark").first.evaluate(styles) == ["rgb(255, 233, 168)", "exact"]
        assert page.locator("body").evaluate(styles)[0] == "rgb(255, 255, 255)"
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.locator("details[open]").count() == 1


def test_a_link_says_where_it_leads_and_stands_in_no_title(page):
    rows = [
        {"text": TEXT, "url": "https://www.bao.example/a?b=1", "headline": "Xã <họp>"},
        {"text": TEXT, "url": "http://["},
    ]
    parsed = page(rows)
    assert parsed.xpath("//summary//a") == []
    links = parsed.xpath("//a[starts-with(@href, 'http')]")
    assert len(links) == 2  # under the quote, and in the article
    assert {link.text_content() for link in links} == {"bài gốc trên bao.example: Xã <họp>"}


@pytest.mark.parametrize("n", [1, 3, 60])
@pytest.mark.parametrize("text", [TEXT, RAIN])
def test_small_sets_and_sets_without_tags(page, n, text):
    parsed = page([{"text": f"{text} {i}"} for i in range(n)])
    assert_whole(parsed)
    assert not re.search(r"\bnan\b", parsed.text_content(), re.IGNORECASE)
    assert len(parsed.xpath("//div[@class='bars']//rect")) == 6
    assert len(parsed.xpath("//div[@class='bars']//path")) == (6 if n == 60 else 0)  # the intervals


def test_what_looks_like_markup_is_text(page):
    row = {"text": f"<script>alert(1)</script> {TEXT}", "outlet": "<b>&", "headline": '"><img>', "source": "a'b"}
    parsed = page([row])
    assert parsed.xpath("//img | //b[not(parent::div)]") == []
    assert len(parsed.xpath("//script[not(@type)]")) == 1
    assert parsed.xpath("//blockquote/p")[0].text_content() == row["text"]
    assert parsed.xpath("//blockquote/small")[0].text_content().endswith(" · \"><img> · <b>& · a'b")


def test_what_looks_like_the_end_of_a_script_is_text_in_the_record_too(overview):
    provenance = {"inputs": {"</script><b>.txt": "00", "xã.txt": "11"}}
    html = render_overview(overview(articles(1), provenance=provenance))
    record = lxml.html.document_fromstring(html).get_element_by_id("provenance")
    assert json.loads(record.text)["inputs"] == provenance["inputs"]
    assert "xã.txt" in html


def test_links_are_followed_only_to_pages(page):
    urls = ("javascript:alert(1)", "https://example.org/a?b=1&c=2")
    parsed = page([{"text": f"{TEXT} {url}", "url": url} for url in urls])
    assert {href for href in parsed.xpath("//a/@href") if not href.startswith("#")} == {urls[1]}


def test_the_evidence_is_marked_where_it_stands(page):
    text = (
        "Ông nói: xã trả hồ sơ đúng hạn là thủ tục hành chính tốt, theo báo cáo.\n"
        "xã trả hồ sơ đúng hạn là thủ tục hành chính tốt"
    )
    parsed = page([{"text": text}])
    for where in ("blockquote", "details"):
        (mark,) = parsed.xpath(f"//{where}//mark")
        assert mark.text == text.split("\n")[1]
        assert mark.getparent().text.strip() == text.split("\n")[0]


def test_a_long_paragraph_is_cut_around_its_evidence(page):
    rain = " ".join([RAIN] * 60)
    for text in (f"{SENTENCE} {rain}", f"{rain} {SENTENCE} {rain}", f"{rain} {SENTENCE}"):
        (quote,) = page([{"text": text}]).xpath("//blockquote/p")
        assert [mark.text for mark in quote.iter("mark")] == [SENTENCE]
        shown = quote.text_content()
        assert len(shown.strip("…")) == MAX_QUOTE_CHARS
        assert shown.startswith("…") == (not text.startswith(SENTENCE))
        assert shown.endswith("…") == (not text.endswith(SENTENCE))


def test_a_text_that_several_papers_print_is_quoted_once_and_ten_at_most(page):
    parsed = page([*({"text": TEXT, "source": str(i)} for i in range(3)), *articles(MAX_QUOTES)])
    quotes = [quote.text_content() for quote in parsed.xpath("//blockquote/p")]
    assert len(quotes) == MAX_QUOTES
    assert quotes.count(TEXT) == 1


def test_the_same_paragraph_twice_in_an_article_has_two_anchors(page):
    parsed = page([{"text": TEXT, "source": "a"}, {"text": TEXT, "source": "a"}])
    assert_whole(parsed)
    assert parsed.xpath("//details/p/@id") == ["d0-1", "d0-2"]


def test_of_a_long_article_only_tagged_paragraphs_are_shown(page):
    rows = [{"text": f"{RAIN} {i}", "source": "a"} for i in range(MAX_WHOLE_PARAGRAPHS)]
    assert len(page([*rows[1:], {"text": TEXT, "source": "a"}]).xpath("//details/p")) == MAX_WHOLE_PARAGRAPHS
    assert len(page([*rows, {"text": TEXT, "source": "a"}]).xpath("//details/p")) == 1


def test_articles_that_do_not_fit_are_counted_and_their_quotes_link_nowhere(page, monkeypatch):
    monkeypatch.setattr(overview_html, "MAX_ARTICLES_HTML_CHARS", 1000)
    parsed = page(articles(5))
    assert_whole(parsed)
    shown = len(parsed.xpath("//details"))
    assert 0 < shown < 5
    assert f"{5 - shown} bài không hiện ở đây" in parsed.text_content()
    assert len(parsed.xpath("//blockquote//a")) == shown


def test_shares_over_time_are_drawn_from_three_months_on(page):
    dates = [f"2024-0{month}-01" for month in (1, 2, 3)]
    for n, charts in ((2, 0), (3, 6)):
        parsed = page(articles(35 * n, date=dates[:n]))
        assert len(parsed.xpath("//figure")) == charts
    first = parsed.xpath("//figure")[0]
    assert [text.text for text in first.iter("text")][2:] == ["01/2024", "03/2024"]
    xs = [point.split(",")[0] for point in first.xpath(".//polyline/@points")[0].split()]
    assert xs == ["30.0", "130.0", "230.0"]


@pytest.mark.slow
def test_the_page_fits_a_telephone(overview, tmp_path):
    path = tmp_path / "overview.html"
    rows = articles(120, date=["2024-01-05", "2024-02-05"], outlet=["Báo A", "Báo B"])
    path.write_text(render_overview(overview(rows)), "utf8")
    with chromium() as browser:
        for width in (375, 1280):
            browser_page = browser.new_page(viewport={"width": width, "height": 900})
            browser_page.goto(path.as_uri())
            assert browser_page.evaluate("document.documentElement.scrollWidth") == width
            rectangle = (
                "all => all.map((x) => x.getBoundingClientRect()).map((r) => [r.left, r.top, r.right, r.bottom])"
            )
            boxes = np.array(browser_page.eval_on_selector_all(".bars > *", rectangle))
            assert (boxes[:, 2] <= width).all()
            low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
            high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
            overlapping = (high - low > 1).all(axis=2) & ~np.eye(len(boxes), dtype=bool)
            assert not overlapping.any()


@pytest.mark.parametrize(
    ("most", "end", "texts"),
    [
        (0.05, 0.05, ["0%", "1%", "2%", "3%", "4%", "5%"]),
        (0.051, 0.06, ["0%", "2%", "4%", "6%"]),
        (0.154, 0.2, ["0%", "5%", "10%", "15%", "20%"]),
        (0.486, 0.5, ["0%", "10%", "20%", "30%", "40%", "50%"]),
        (1.0, 1.0, ["0%", "20%", "40%", "60%", "80%", "100%"]),
    ],
)
def test_the_axis_ends_at_a_round_share(most, end, texts):
    found, ticks = overview_html._axis(most)
    assert found == pytest.approx(end)
    assert [tick.text for tick in ticks] == texts
    assert [tick.place for tick in ticks] == pytest.approx(np.linspace(0, 100, len(texts)))


def test_the_bars_are_on_the_axis_below_them(page):
    parsed = page(articles(60))
    for svg in parsed.xpath("//div[@class='bars']/svg"):
        ticks = [float(line.get("x1")) for line in svg.iter("line")]
        assert ticks == [float(small.get("style")[5:-1]) for small in parsed.xpath("//div[@class='axis']/small")]
    shares = [float(b.text.rstrip("%").replace(",", ".")) for b in parsed.xpath("//div[@class='bars']/b")]
    end = float(parsed.xpath("//div[@class='axis']/small")[-1].text.rstrip("%"))
    widths = [float(rect.get("width")) for rect in parsed.xpath("//div[@class='bars']//rect")]
    assert widths == pytest.approx([100 * share / end for share in shares], abs=0.1)


def test_the_page_says_what_it_was_made_from(overview):
    provenance = {"cchc_ml": "1.2", "model_name": "m.npz", "model": "ab" * 32, "inputs": {"a <b>.txt": "cd" * 32}}
    gathered = overview(articles(3), provenance=provenance)
    parsed = lxml.html.document_fromstring(render_overview(gathered, About("Báo cáo A", "Sở B", "2026-11-29")))
    assert (parsed.findtext(".//title"), parsed.findtext(".//h1")) == ("Báo cáo A", "Báo cáo A")
    assert parsed.xpath("//p[@class='head']")[0].text_content() == "Sở Bngày 29 tháng 11 năm 2026"
    said = dict(zip(*([e.text for e in parsed.iter(name)] for name in ("dt", "dd")), strict=True))
    assert (said["Chương trình"], said["Mô hình"]) == ("cchc_ml 1.2", "m.npz, SHA-256 abababababababab")
    assert [cell.text for cell in parsed.xpath("//table[@class='files']/tbody/tr/*")] == ["a <b>.txt", None, "cd" * 8]


@pytest.mark.slow
def test_the_page_prints_on_a4_with_a_number_on_each_page(overview, tmp_path):
    pdfium = needs("pypdfium2")
    path = tmp_path / "overview.html"
    path.write_text(render_overview(overview(articles(60))), "utf8")
    with chromium() as browser:
        browser_page = browser.new_page()
        browser_page.goto(path.as_uri())
        paper = pdfium.PdfDocument(browser_page.pdf(prefer_css_page_size=True))
    assert paper.get_page_size(0) == pytest.approx((595, 842), abs=1)
    texts = [paper[i].get_textpage().get_text_bounded() for i in range(len(paper))]
    assert len(texts) > 1
    assert [f"{i}/{len(texts)}" in text for i, text in enumerate(texts, 1)] == [True] * len(texts)
