import re
from html.parser import HTMLParser

import numpy as np
import pytest
from browser import chromium

from cchc_ml.pillars import PILLARS
from cchc_ml.reading.inputs import expand, read_inputs
from cchc_ml.reporting.overview import gather, overview_page
from cchc_ml.reporting.prevalence import training_prior
from cchc_ml.tagging.rows import tag_rows

TEXT = "Chợ đông. Bộ phận một cửa xã trả hồ sơ thủ tục hành chính trước hạn. Trời mưa."


@pytest.fixture
def overview(model):
    """Gather an overview of rows of text."""
    return lambda rows, **options: gather(
        tag_rows(model, [(row, "text") for row in rows]), training_prior(model), **options
    )


def articles(n, **columns):
    return [
        {"document": f"bài {i}", "text": f"{TEXT} {i}", **{k: v[i % len(v)] for k, v in columns.items()}}
        for i in range(n)
    ]


class Balanced(HTMLParser):
    """Checks that what is opened is closed."""

    def __init__(self, page):
        super().__init__()
        self.open, self.ids, self.links = [], set(), []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        if tag not in ("meta", "path", "rect", "br", "line", "polyline", "polygon", "circle"):
            self.open.append(tag)
        self.ids |= {value for name, value in attributes if name == "id"}
        self.links += [value for name, value in attributes if name == "href"]

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        if tag not in ("path", "rect", "line", "polyline", "polygon", "circle"):
            assert self.open.pop() == tag


def test_the_page_is_whole_and_calls_nobody(top, model):
    items = read_inputs(expand([top / "data" / "samples", top / "tests" / "pages"]))
    found = gather(tag_rows(model, items), training_prior(model))
    page = overview_page(found)
    parsed = Balanced(page)
    assert {link[1:] for link in parsed.links if link.startswith("#")} <= parsed.ids
    assert not re.search(
        r"(src|@import|url\()",
        re.sub(r'<script type="application/json".*?</script>', "", page, flags=re.S).split("</style>")[0],
    )
    assert all(pillar.vi in page for pillar in PILLARS)
    assert page.count("<mark>") > 20


def test_shares_are_told_overall_and_by_month_outlet_and_column(overview):
    rows = articles(120, date=["2024-01-05", "15/02/2024"], outlet=["Báo A", "Báo B", "Báo B"], tỉnh=["X", "Y"])
    found = overview(rows)
    assert (found.overall.paragraphs, found.overall.documents) == (120, 120)
    assert list(found.groups) == ["Theo tháng", "Theo cơ quan báo chí"]
    assert list(found.groups["Theo tháng"]) == ["01/2024", "02/2024"]
    assert [group.paragraphs for group in found.groups["Theo cơ quan báo chí"].values()] == [80, 40]
    by = overview(rows, by="tỉnh")
    assert list(by.groups["Theo tỉnh"]) == ["X", "Y"]
    with pytest.raises(ValueError, match="no row has a column 'huyện' to group by; found: "):
        overview(rows, by="huyện")


def test_a_date_may_be_a_year_alone(overview):
    found = overview(articles(60, date=["2024", "15/02/2025", "không rõ"]))
    assert list(found.groups) == ["Theo năm"]
    assert list(found.groups["Theo năm"]) == ["2024", "2025", "không rõ"]


def test_headlines_and_boilerplate_are_not_counted(overview):
    rows = [{"text": TEXT, "kind": kind, "source": "a"} for kind in ("headline", "body", "boilerplate", "body")]
    assert overview(rows).overall.paragraphs == 2
    with pytest.raises(ValueError, match="there is no paragraph to report on"):
        overview(rows[:1])


def test_the_strongest_come_first_with_their_sentence(overview):
    found = overview([*articles(3), {"document": "x", "text": "Mưa."}])
    quotes = found.quotes["tthc"]
    assert len(quotes) == 3
    assert {quote.sentence for quote in quotes} == {"Bộ phận một cửa xã trả hồ sơ thủ tục hành chính trước hạn."}
    assert [quote.probability for quote in quotes] == sorted((quote.probability for quote in quotes), reverse=True)


@pytest.mark.parametrize("n", [1, 3, 60])
def test_small_sets_and_sets_without_tags(overview, n):
    for text in (TEXT, "Trận mưa đêm qua làm ngập chợ."):
        page = overview_page(overview([{"text": f"{text} {i}"} for i in range(n)]))
        Balanced(page)
        assert not re.search(r"\bnan\b", page, re.IGNORECASE)


def test_what_looks_like_markup_is_text(overview):
    page = overview_page(
        overview(
            [{"text": f"<script>alert(1)</script> {TEXT}", "outlet": "<b>&", "headline": '"><img>', "source": "a'b"}]
        )
    )
    Balanced(page)
    assert "<script>alert" not in page
    assert "<img>" not in page
    assert "<b>&" not in page


def test_links_are_followed_only_to_pages(overview):
    page = overview_page(
        overview(
            [
                {"text": TEXT, "url": "javascript:alert(1)"},
                {"text": TEXT + " 2", "url": "https://example.org/a?b=1&c=2"},
            ]
        )
    )
    assert 'href="javascript' not in page
    assert 'href="https://example.org/a?b=1&amp;c=2"' in page


@pytest.mark.slow
def test_the_page_fits_a_telephone(overview, tmp_path):
    path = tmp_path / "overview.html"
    path.write_text(
        overview_page(overview(articles(120, date=["2024-01-05", "2024-02-05"], outlet=["Báo A", "Báo B"]))), "utf8"
    )
    with chromium() as browser:
        for width in (375, 1280):
            page = browser.new_page(viewport={"width": width, "height": 900})
            page.goto(path.as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") == width
            rectangle = (
                "all => all.map((x) => x.getBoundingClientRect()).map((r) => [r.left, r.top, r.right, r.bottom])"
            )
            boxes = np.array(page.eval_on_selector_all(".bars > *", rectangle))
            assert (boxes[:, 2] <= width).all()
            low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
            high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
            overlapping = (high - low > 1).all(axis=2) & ~np.eye(len(boxes), dtype=bool)
            assert not overlapping.any()
