import pytest
from lxml import html

from cchc_ml.reading.metadata import Metadata, fold_space, read_metadata, visible_author, visible_date


def metadata(head):
    return read_metadata(html.document_fromstring(f"<html><head>{head}</head><body>Xã họp.</body></html>"))


def test_a_page_that_says_nothing():
    assert metadata("") == Metadata("", None, None, None)


def test_meta_elements():
    head = """
    <title>Xã gỡ hồ sơ\n  trễ hẹn</title>
    <meta name="author" content=" Hải\u00a0 Đăng ">
    <meta property="og:site_name" content="Báo Tỉnh"><meta name="application-name" content="báo">
    <meta itemprop="datePublished" content="2026-07-03T09:20+07:00">
    """
    assert metadata(head) == Metadata("Xã gỡ hồ sơ trễ hẹn", "2026-07-03", "Hải Đăng", "Báo Tỉnh")


@pytest.mark.parametrize("shape", ["%s", "[%s]", '{"@graph": [{"@type": "WebSite"}, %s]}'])
def test_json_ld(shape):
    article = """{"@type": ["NewsArticle"], "headline": "Xã gỡ hồ sơ", "datePublished": "2026-07-03",
                  "author": [{"name": "Hải Đăng"}], "publisher": {"name": "Báo Tỉnh"}}"""
    head = f'<script type="application/ld+json">{shape % article}</script>'
    assert metadata(head) == Metadata("Xã gỡ hồ sơ", "2026-07-03", "Hải Đăng", "Báo Tỉnh")


@pytest.mark.parametrize(
    "broken", ["{", "[" * 100_000, "1", "null", '{"@graph": 1}', '[1, {"@type": "Article", "author": {"name": 5}}]']
)
def test_broken_json_ld_says_nothing(broken):
    assert metadata(f'<script type="application/ld+json">{broken}</script>') == Metadata("", None, None, None)


def test_visible_date_and_author():
    sentence = "Hội nghị ngày 1/2/2025 đã giao cho các sở, các xã bốn việc phải làm xong ngay."
    lines = ["Xã họp", sentence, "Thứ Sáu, 03/7/2026", "Tin, ảnh: Hải Đăng"]
    assert visible_date(lines) == "2026-07-03"
    assert visible_date(lines[:2]) is None
    assert visible_author(lines) == "Hải Đăng"
    assert visible_author(lines[:3]) is None


def test_invisible_characters_are_space():
    assert fold_space("a\u200b\u00a0 b\n") == "a b "
