import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_ml.pillars import PILLARS
from cchc_ml.tagging import results as module
from cchc_ml.tagging.results import Tags, as_fields, as_json, tag_texts
from cchc_ml.tagging.rows import as_row

SLUGS = tuple(pillar.value for pillar in PILLARS)
TEXTS = [
    "Xã rà soát văn bản quy phạm pháp luật, rút ngắn thủ tục hành chính một cửa. Chợ đông.",
    "Trận mưa làm ngập chợ.",
    'Bộ phận "một cửa" xã trả\t97,6% hồ sơ trước hạn.',
    "Xa\u0303 \U0001f600 tra\u0309 m\u00f4\u0323t c\u01b0\u0309a tr\u01b0\u01a1\u0301c ha\u0323n.",
    "?",
]


@pytest.mark.parametrize("documents", [None, [0, 0, None, 0, 0]])
def test_the_tags_are_those_of_the_annotations(model, documents):
    tags = tag_texts(model, TEXTS, documents)
    want = [as_row(annotation, text) for annotation, text in zip(model.annotate(TEXTS, documents), TEXTS, strict=True)]
    assert [as_fields(*pair) for pair in zip(tags, TEXTS, strict=True)] == want
    assert want[0]["evidence"]
    lines = [as_json(*pair) for pair in zip(tags, TEXTS, strict=True)]
    assert lines == [json.dumps(row, ensure_ascii=False)[1:-1] for row in want]
    assert tag_texts(model, []) == []


def test_a_pillar_without_a_sentence_has_no_evidence():
    tags = Tags(SLUGS, [1, 2, 3, 4, 5, 10_000], [("tthc", 0, 2), ("apparatus", -1, -1)])
    assert as_fields(tags, "Xã")["evidence_spans"] == {"tthc": [0, 2]}
    assert "{" + as_json(tags, "Xã") + "}" == json.dumps(as_fields(tags, "Xã"), ensure_ascii=False)


def test_slugs_of_any_characters_are_json():
    tags = Tags(('a"b', "100%s", "thể chế"), [1, 2, 3], [("100%s", 0, 2), ('a"b', -1, -1)])
    assert "{" + as_json(tags, "Xã") + "}" == json.dumps(as_fields(tags, "Xã"), ensure_ascii=False)


near_half = st.builds(
    lambda part, more: (part + 0.5) / 10_000 + more, st.integers(0, 9999), st.sampled_from([0, 1e-17, -1e-17, 1e-12])
)


@given(st.lists(st.floats(0, 1) | near_half, min_size=6, max_size=6))
def test_scores_are_rounded_as_python_rounds(scores):
    parts = module._in_parts(np.array([scores]))[0].tolist()
    rounded = {pillar.value: round(score, 4) for pillar, score in zip(PILLARS, scores, strict=True)}
    assert as_fields(Tags(SLUGS, parts, []), "")["scores"] == rounded
    assert as_json(Tags(SLUGS, parts, []), "").startswith(f'"pillars": [], "scores": {json.dumps(rounded)}, ')
