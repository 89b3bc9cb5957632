import unicodedata
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cchc_ml
from cchc_ml.evaluation.robustness import VARIANTS
from cchc_ml.model.explanation import explain, strongest_terms
from cchc_ml.pillars import PILLARS, codebook
from cchc_ml.text.encodings import to_tcvn3, to_vni
from cchc_ml.text.normalize import strip_diacritics

TEXT = (
    "Sáng 5/3, xã họp. Bộ phận một cửa trả 120 hồ sơ thủ tục hành chính trước hạn; "
    "cải cách thể chế và tổ chức bộ máy còn chậm."
)
PIECES = st.sampled_from(
    [
        *(term for entry in codebook().values() for term in (*entry.names, *entry.patterns)),
        "xã",
        "chợ đông.",
        "Mưa!",
        "\n",
        ",",
        "thủ tục",
        "😀",
    ]
)
TEXTS = st.lists(PIECES, max_size=30).map(" ".join)


def assert_exact(model, text):
    scores = model.score_texts([text])[0] - model.thresholds
    for (pillar, why), score in zip(explain(model, text).items(), scores, strict=True):
        assert why.decision == pytest.approx(score, abs=1e-9), pillar
        assert why.intercept - why.threshold + why.total() == pytest.approx(score, abs=1e-9), pillar
        assert all(0 <= part.start < part.end <= len(text) for part in why.parts)


@given(TEXTS)
def test_the_parts_add_up_to_the_decision(model, text):
    assert_exact(model, text)


@pytest.mark.parametrize("change", [*VARIANTS.values(), to_tcvn3], ids=[*VARIANTS, "TCVN3"])
def test_the_parts_add_up_in_any_spelling(model, change):
    assert_exact(model, change(TEXT))


@pytest.mark.parametrize("text", ["", " \n", "…", "123"])
def test_a_text_without_words_has_its_intercepts(model, text):
    assert_exact(model, text)


def test_parts_stand_where_they_say(model):
    explanations = explain(model, TEXT)
    assert list(explanations) == list(PILLARS)
    why = explanations["tthc"]
    assert {TEXT[part.start : part.end].lower() for part in why.parts if part.term == "thủ tục hành chính"} == {
        "thủ tục hành chính"
    }
    assert TEXT[slice(*why.sentence)].startswith("Bộ phận một cửa")
    assert all(
        why.sentence[0] <= part.start < part.end <= why.sentence[1] for part in why.parts if part.scope == "sentence"
    )
    assert {part.kind for part in why.parts} == {"term", "codebook"}
    assert why.total() == pytest.approx(sum(why.total(kind=kind) for kind in ("term", "codebook")))
    assert sum(why.by_term().values()) == pytest.approx(why.total())
    assert [abs(weight) for weight in why.by_term().values()] == sorted(map(abs, why.by_term().values()), reverse=True)


WRITTEN = {
    "NFC": str,
    "NFD": lambda text: unicodedata.normalize("NFD", text),
    "TCVN3": to_tcvn3,
    "VNI": to_vni,
    "UTF-8 read as Latin-1": lambda text: text.encode("utf8").decode("latin-1"),
    "without diacritics": strip_diacritics,
}


@pytest.mark.parametrize("write", WRITTEN.values(), ids=WRITTEN)
def test_places_are_those_of_the_original_text(model, write):
    first, second = "Sáng mùng năm, cả xã đi họp.", "Bộ phận một cửa trả hồ sơ thủ tục hành chính trước hạn."
    text = f"{write(first)} {write(second)}"
    why = explain(model, text)["tthc"]
    assert text[slice(*why.sentence)] == write(second)
    written = {part.term: text[part.start : part.end] for part in why.parts}
    assert written["thủ tục hành chính"] == write("thủ tục hành chính")
    assert written["một cửa"] == write("một cửa")
    (annotation,) = model.annotate([text])
    assert text[slice(*annotation.evidence[PILLARS[1]])] == write(second)


def test_every_occurrence_counts_the_same(model):
    text = "Xã giải ngân. Xã giải ngân. Chợ đông."
    parts = [
        part
        for part in explain(model, text)["public_finance"].parts
        if part.term == "giải ngân" and part.scope == "paragraph"
    ]
    assert len(parts) == 4  # two places, as a term and as one of the codebook
    assert len({(part.kind, round(part.weight, 12)) for part in parts}) == 2


def test_the_classifier_explains(small):
    why = small.explain(TEXT)["tthc"]
    assert why.decision == pytest.approx(small.decision_function([TEXT])[0, list(PILLARS).index("tthc")])
    assert why.probability == pytest.approx(small.predict_proba([TEXT])[0, 1])
    assert why.tagged == ("tthc" in small.tag([TEXT])[0])
    with pytest.raises(TypeError, match="found int"):
        cchc_ml.load().explain(3)


def test_strongest_terms_are_those_of_the_weights(model):
    strongest = strongest_terms(model, 5)["public_finance"]
    weights = model.coef[: len(model.lexicon), list(PILLARS).index("public_finance")] * model.features.idf
    assert [weight for _, weight in strongest.positive] == pytest.approx(np.sort(weights)[::-1][:5].tolist())
    assert [weight for _, weight in strongest.negative] == pytest.approx(np.sort(weights)[:5].tolist())
    assert {term for term, _ in strongest.codebook} <= set(model.lexicon.terms)


CONTEXT = dict.fromkeys(PILLARS, (3, 9))


@given(TEXTS)
def test_the_context_is_one_more_summand(model, text):
    alone = explain(model, text)
    for k, (pillar, why) in enumerate(explain(model, text, CONTEXT).items()):
        assert (why.context.carrying, why.context.others) == (3, 9)
        assert why.context.weight == pytest.approx(0.24)
        assert why.threshold == pytest.approx(model.context.thresholds[k])
        assert why.intercept - why.threshold + why.total() == pytest.approx(why.decision, abs=1e-9)
        assert why.total() == pytest.approx(alone[pillar].total() + 0.24)
        assert why.total(scope="paragraph") + why.total(scope="sentence") == pytest.approx(alone[pillar].total())
        assert why.parts == alone[pillar].parts
        assert alone[pillar].context is None


def test_an_article_is_explained_as_it_is_tagged(model, corpus):
    texts, documents = corpus.texts[:12], corpus.documents[:12].tolist()
    decisions = model.decide(model.score_texts(texts), documents)
    for i, annotation in enumerate(model.annotate(texts, documents)):
        why = explain(model, texts[i], annotation.context)
        assert {pillar for pillar in PILLARS if why[pillar].tagged} == set(annotation.pillars)
        assert [w.decision for w in why.values()] == pytest.approx(decisions.scores[i] - decisions.thresholds[i])
        assert [w.probability for w in why.values()] == pytest.approx(list(annotation.scores.values()))


def test_a_context_without_others_is_none(model):
    assert explain(model, TEXT, dict.fromkeys(PILLARS, (0, 0))) == explain(model, TEXT)


@pytest.mark.parametrize(
    ("context", "message"),
    [
        ({PILLARS[0]: (1, 2)}, "the context does not have tthc, .*; give the context of an annotation"),
        (CONTEXT | {PILLARS[2]: (4, 3)}, "the context of apparatus is 4 of 3 paragraphs; want 0 to 3"),
        (CONTEXT | {PILLARS[2]: (-1, 3)}, "the context of apparatus is -1 of 3 paragraphs"),
    ],
)
def test_an_impossible_context_is_reported(model, context, message):
    with pytest.raises(ValueError, match=message):
        explain(model, TEXT, context)


def test_a_model_without_context_explains_none(model):
    with pytest.raises(
        ValueError, match="the model reads every paragraph alone; explain the paragraph without context"
    ):
        explain(replace(model, context=None), TEXT, CONTEXT)
