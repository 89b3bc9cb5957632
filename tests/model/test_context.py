import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_ml.model.context import ArticleContext, count_others, number_documents
from cchc_ml.pillars import PILLARS


def test_the_term_is_a_share_that_grows_with_the_article():
    context = ArticleContext(0.8, np.zeros(6, np.float32), np.zeros((6, 2), np.float32))
    assert context.term(0, 0) == 0
    assert context.term(1, 1) == pytest.approx(0.4)
    assert context.term(9, 9) == pytest.approx(0.72)
    assert context.term(np.array([[1, 2]]), np.array([[3]])).tolist() == [[pytest.approx(0.2), pytest.approx(0.4)]]


@given(st.lists(st.tuples(st.integers(0, 4), st.lists(st.booleans(), min_size=6, max_size=6)), min_size=1, max_size=20))
def test_others_are_counted_one_by_one(rows):
    documents, tags = np.array([d for d, _ in rows]), np.array([t for _, t in rows])
    carrying, others = count_others(tags, documents)
    for i, (document, _) in enumerate(rows):
        rest = [tags[j] for j, (other, _) in enumerate(rows) if other == document and j != i]
        assert others[i] == len(rest)
        assert carrying[i].tolist() == [sum(int(row[k]) for row in rest) for k in range(6)]


def test_a_paragraph_without_a_document_is_alone():
    nan = float("nan")
    assert number_documents([nan, nan, None, None, "a", 1, "a", ("x", 1)], 8).tolist() == [0, 1, 2, 3, 4, 5, 4, 6]
    assert number_documents((x for x in "aba"), 3).tolist() == [0, 1, 0]
    with pytest.raises(ValueError, match="found 2 documents for 3 paragraphs; give the document of each paragraph"):
        number_documents("ab", 3)


def test_who_is_alone_is_read_alone(model, corpus):
    texts = corpus.texts[:8]
    alone = model.annotate(texts)
    assert model.annotate(texts, range(8)) == model.annotate(texts, [None] * 8) == alone
    mixed = model.annotate(texts, ["a", "b", "c", "d", "e", "e", "e", None])
    assert [annotation == other for annotation, other in zip(mixed, alone, strict=True)] == [True] * 4 + [False] * 3 + [
        True
    ]
    assert [annotation.context is None for annotation in mixed] == [True] * 4 + [False] * 3 + [True]
    assert all(others == 2 for _, others in mixed[5].context.values())
    assert list(mixed[5].context) == list(PILLARS)


def test_the_order_of_paragraphs_does_not_matter(model, corpus):
    texts, documents = corpus.texts[:30], corpus.documents[:30].tolist()
    order = np.random.default_rng(0).permutation(30)
    found = model.annotate(texts, documents)
    shuffled = model.annotate([texts[i] for i in order], [documents[i] for i in order])
    for i, annotation in zip(order, shuffled, strict=True):
        assert annotation.pillars == found[i].pillars
        assert annotation.evidence == found[i].evidence
        assert annotation.context == found[i].context
        assert list(annotation.scores.values()) == pytest.approx(list(found[i].scores.values()))


def test_an_article_that_speaks_of_a_pillar_makes_a_paragraph_likelier(model):
    doubtful = "Ông Sáu nói hôm nay lên xã chỉ mất mười phút."
    about = ["Bộ phận một cửa trả hồ sơ thủ tục hành chính trước hạn.", "Xã cắt giảm thủ tục hành chính."]
    alone, in_article = model.annotate([doubtful])[0], model.annotate([doubtful, *about], ["a"] * 3)[0]
    assert in_article.context["tthc"] == (2, 2)
    assert in_article.scores["tthc"] > alone.scores["tthc"]
    assert model.annotate([], []) == []
