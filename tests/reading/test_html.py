"""Saved pages of twelve looks, made for this project around its own articles; see `pages/` for page and truth."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_ml.reading.articles import read_article
from cchc_ml.reading.boilerplate import Kind
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
    assert right / total >= 0.98
    assert wrong / kept <= 0.01


def test_the_order_is_that_of_the_page(pages):
    for name, truth, page in pages:
        body = [fold(b.text) for b in page.blocks if b.kind is Kind.BODY]
        wanted = [fold(text) for text in truth["body"]]
        kept = [text for text in wanted if text in body]
        assert kept == [text for text in body if text in wanted], name


def test_headline_and_date(pages):
    assert sum(fold(page.headline or "") == fold(truth["headline"]) for _, truth, page in pages) >= 0.95 * len(pages)
    assert sum(page.date == truth["date"] for _, truth, page in pages) >= 0.95 * len(pages)


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
