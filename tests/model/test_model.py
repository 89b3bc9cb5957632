import subprocess
import sys
import unicodedata
from dataclasses import replace

import numpy as np
import pytest

from cchc_ml.model.model import pool
from cchc_ml.pillars import PILLARS

TEXT = "Trời mưa to cả tuần. HĐND tỉnh rà soát văn bản quy phạm pháp luật, bãi bỏ 14 văn bản hết hiệu lực. Chợ vẫn họp."


def test_pool_weighs_the_paragraph_and_its_best_sentence():
    paragraphs, sentences = np.array([[1.0], [5.0]]), np.array([[3.0], [2.0]])
    assert pool(paragraphs, sentences, np.array([0, 2, 2], np.int32)).tolist() == [
        [pytest.approx(1.8)],
        [pytest.approx(5.0)],
    ]


def test_annotation_names_the_sentence_that_carries_the_tag(small):
    (annotation,) = small.model_.annotate([TEXT])
    assert annotation.pillars == (PILLARS[0],)
    a, b = annotation.evidence[PILLARS[0]]
    assert TEXT[a:b].startswith("HĐND tỉnh rà soát")


def test_annotation_agrees_with_the_arrays(small, corpus):
    texts = corpus.texts[:60]
    tags, probabilities = small.predict(texts), small.predict_proba(texts)
    for annotation, row, p in zip(small.annotate(texts), tags, probabilities, strict=True):
        assert {PILLARS.index(pillar) for pillar in annotation.pillars} == set(np.flatnonzero(row))
        assert list(annotation.scores.values()) == pytest.approx(p)
        ranked = [annotation.scores[pillar] for pillar in annotation.pillars]
        assert ranked == sorted(ranked, reverse=True)
        assert set(annotation.evidence) == set(annotation.pillars)


def test_a_text_is_scored_alone(small, corpus):
    texts = corpus.texts[:20]
    together = small.decision_function(texts)
    assert np.allclose(together, np.vstack([small.decision_function([t]) for t in texts]), atol=1e-5)


@pytest.mark.parametrize(
    "variant",
    [lambda t: unicodedata.normalize("NFD", t), str.upper, lambda t: t.replace("hóa", "hoá").replace("kỷ", "kỉ")],
)
def test_spelling_changes_no_score(small, corpus, variant):
    texts = [t for t in corpus.texts if "." in t][:40]
    assert np.allclose(small.decision_function([variant(t) for t in texts]), small.decision_function(texts), atol=1e-5)


def test_text_without_any_term_is_scored(small):
    assert np.isfinite(small.decision_function(["", "xyzzy", "。"])).all()
    assert not small.predict(["", "xyzzy"]).any()


def test_models_are_compared_by_identity(model):
    other = replace(model)
    assert model != other
    assert len({model, other}) == 2


def test_the_model_needs_numpy_and_scipy_only(top):
    program = (
        "import sys; before = set(sys.modules); import numpy, scipy.sparse; theirs = set(sys.modules)\n"
        "from cchc_ml.model.model import Model; from cchc_ml.model.explanation import explain\n"
        "ours = {name.split('.')[0] for name in set(sys.modules) - theirs}\n"
        "print(sorted(ours - set(sys.stdlib_module_names)))"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=top)
    assert ended.stdout.strip() == "['cchc_ml']"
