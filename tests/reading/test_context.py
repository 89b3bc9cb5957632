import pytest

from cchc_ml.reading.context import article_of, documents_of


def paragraph(kind="body", source="a.txt"):
    return {"source": source, "paragraph": 1, "text": "Xã họp.", "kind": kind}


def test_paragraphs_of_an_article_belong_to_it_and_rows_of_a_table_stand_alone():
    assert article_of(paragraph()) == "a.txt"
    assert article_of({"text": "Xã họp.", "document": "12"}) is None
    assert article_of(paragraph(), context=False) is None


def test_rows_of_a_table_are_read_together_on_request():
    assert article_of({"text": "Xã họp.", "Văn bản": 12.0}, context=True) == "document:12"
    with pytest.raises(ValueError, match="does not name its document, which --context needs; found: text; add"):
        article_of({"text": "Xã họp."}, context=True)


def test_only_body_text_counts():
    rows = [paragraph("headline"), paragraph(), paragraph("boilerplate"), paragraph("subheading"), {"text": "…"}]
    assert documents_of(rows, ["a"] * 5) == [None, "a", None, None, "a"]
