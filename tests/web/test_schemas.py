import json

import pytest
from pydantic import ValidationError

from cchc_ml.pillars import PILLARS
from cchc_ml.reading.inputs import read_file
from cchc_ml.tagging.rows import tag_rows
from cchc_ml.web.problems import PROBLEMS, problem_body
from cchc_ml.web.schemas import ALL_REFUSALS, REFUSALS, ArticleAnswer, PillarEntry, Problem, refusals


def test_the_rows_of_an_article_fit_the_schema_field_by_field(model, top):
    rows = list(tag_rows(model, read_file(top / "data" / "samples" / "mot-cua-xa.txt")))
    answer = {"model": {"name": "pillars", "sha256": "0"}, "rows": rows}
    assert ArticleAnswer(**answer).model_dump(mode="json") == answer


@pytest.mark.parametrize("threshold", [-0.1, 1.1])
def test_a_probability_is_between_0_and_1(threshold):
    with pytest.raises(ValidationError, match="threshold"):
        PillarEntry(slug=PILLARS[0], vi="", en="", short="", threshold=threshold)


def test_refusals_are_described():
    described = refusals(413, 422)
    assert {code: description["description"] for code, description in described.items()} == {
        413: REFUSALS[413],
        422: REFUSALS[422],
    }
    assert {*ALL_REFUSALS} == {*REFUSALS}


def test_a_problem_fits_its_schema():
    for code in PROBLEMS:
        sent = json.loads(problem_body(code, "why", "7"))
        assert Problem(**sent).model_dump() == sent
        assert "request_id" not in json.loads(problem_body(code, "why"))
