import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cchc_ml
from cchc_ml.articles import parse_article


def test_a_line_is_a_paragraph_in_nfc(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(unicodedata.normalize("NFD", "Đề án 06\n\n  Xã  họp. \n---\n"), "utf8")
    article = cchc_ml.read_article(path)
    assert article.paragraphs == ("Đề án 06", "Xã họp.")
    assert article.source == str(path)


def test_html_gives_what_a_reader_reads(top):
    article = cchc_ml.read_article(top / "data/samples/hop-giao-ban.html")
    assert article.paragraphs[0].startswith("Sở Xây dựng giao ban tháng 4")
    assert len(article.paragraphs) == 6
    assert "quá hạn, chủ yếu" in article.paragraphs[3]
    assert "Từ 15/5, quy trình nội bộ" in article.paragraphs[3]
    assert not any("Trang chủ" in p or "Lượt truy cập" in p or "document" in p for p in article.paragraphs)


@given(st.text(alphabet="<>/pdiv script&;aà=\"'! -\n", max_size=120))
def test_no_html_is_too_broken(text):
    article = parse_article("Xã họp. " + text, "x", html=True)
    assert "Xã họp." in article.paragraphs[0]
    assert all(p and p == " ".join(p.split()) for p in article.paragraphs)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", b"", "is empty"),
        ("a.txt", b"--- 12 ---", "has no paragraph of text"),
        ("a.html", b"<script>var a</script>", "has no paragraph of text"),
        ("a.docx", b"PK", r"is no article; want one of \.txt, \.html"),
    ],
)
def test_what_is_no_article_is_refused(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=message):
        cchc_ml.read_article(tmp_path / name)


def test_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match="no file"):
        cchc_ml.read_article(tmp_path / "none.txt")
