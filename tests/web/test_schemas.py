import pytest
from pydantic import ValidationError

from cchc_ml.pillars import PILLARS
from cchc_ml.reading.inputs import read_file
from cchc_ml.tagging.rows import tag_rows
from cchc_ml.web.schemas import REFUSALS, ArticleAnswer, PillarEntry, Problem, refusals


def test_the_rows_of_an_article_fit_the_schema_field_by_field(model, top):
    rows = list(tag_rows(model, read_file(top / "data" / "samples" / "mot-cua-xa.txt")))
    assert ArticleAnswer(rows=rows).model_dump(mode="json") == {"rows": rows}


@pytest.mark.parametrize("threshold", [-0.1, 1.1])
def test_a_probability_is_between_0_and_1(threshold):
    with pytest.raises(ValidationError, match="threshold"):
        PillarEntry(slug=PILLARS[0], vi="", en="", short="", threshold=threshold)


def test_refusals_are_described():
    assert refusals(413, 422) == {
        413: {"model": Problem, "description": REFUSALS[413]},
        422: {"model": Problem, "description": REFUSALS[422]},
    }
