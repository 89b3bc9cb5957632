import numpy as np
import pytest
from review_items import CATEGORIES, SLUGS, item

from cchc_ml.learning.labels import parse_labels
from cchc_ml.review.labelled import LabelledRow
from cchc_ml.review.plan import MORE, make_plan, power_law


def rows_of(corpus, number):
    return [
        LabelledRow(item(row["id"], row["text"], yes=[p.value for p in parse_labels(row["labels"])]), row["article"])
        for row in corpus.rows[:number]
    ]


def test_too_few_rows_are_said_to_be_too_few(corpus):
    plan = make_plan(rows_of(corpus, 30), CATEGORIES)
    assert plan.macro.now is None
    assert all(forecast.now is None and forecast.gains == () for forecast in plan.categories)
    positive = {forecast.name: forecast.positive for forecast in plan.categories}
    assert positive[plan.first] == min(positive.values())
    assert plan.reason == f"only {positive[plan.first]} rows have it"


def test_no_rows():
    with pytest.raises(ValueError, match="no row is labelled in full"):
        make_plan([], CATEGORIES)


def test_a_power_law_is_found_again():
    sizes = np.array([100, 200, 400, 600, 800])
    ahead = np.array([1000.0, 1400.0])
    expected = power_law(sizes, 0.08 + 3 / sizes**0.6, np.full(5, 0.01), ahead)
    np.testing.assert_allclose(expected, 0.08 + 3 / ahead**0.6, atol=1e-4)


def test_a_curve_that_falls_is_flat():
    sizes = np.array([100, 200, 400, 600, 800])
    errors = np.array([0.1, 0.12, 0.14, 0.15, 0.16])
    first, last = power_law(sizes, errors, np.full(5, 0.01), np.array([800.0, 1200.0]))
    assert first == pytest.approx(last, abs=1e-3)


@pytest.mark.slow
def test_plan(corpus):
    rows = rows_of(corpus, 240)
    plan = make_plan(rows, CATEGORIES, n_jobs=1)
    assert (plan.rows, plan.documents, len(plan.categories)) == (240, 40, len(SLUGS))
    sizes = [size for size, _ in plan.macro.curve]
    assert sizes == [24, 48, 96, 144, 192]
    assert plan.macro.curve[0][1].value < plan.macro.curve[-1][1].value
    for forecast in (*plan.categories, plan.macro):
        if forecast.now is not None:
            values = [band.value for _, band in forecast.gains]
            assert [more for more, _ in forecast.gains] == list(MORE)
            assert values == sorted(values)
            assert values[0] >= 0
            assert all(band.low <= band.value <= band.high for _, band in forecast.gains)
    assert make_plan(rows, CATEGORIES, n_jobs=2) == plan


@pytest.mark.slow
def test_a_rare_category_comes_first(corpus):
    rows = [row for row in rows_of(corpus, 240) if not row.item.decisions["tthc"]]
    plan = make_plan(rows, CATEGORIES)
    assert (plan.first, plan.reason) == ("tthc", "only 0 rows have it")
    assert plan.macro.now is not None
