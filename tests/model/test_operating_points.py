import pytest

from cchc_ml.model.operating_points import TARGETS, Objective, parse_objective, target_number


@pytest.mark.parametrize(
    ("text", "objective"),
    [
        ("f1", Objective("f1")),
        ("precision=0.9", Objective("precision", 0.9)),
        ("recall=.9", Objective("recall", 0.9)),
        ("recall=0.99", Objective("recall", 0.99)),
    ],
)
def test_objectives(text, objective):
    assert parse_objective(text) == objective
    assert parse_objective(str(objective)) == objective


@pytest.mark.parametrize(
    "objective",
    ["f2", "precision", "precision=1", "precision=0", "precision=x", "precision=nan", "recall=0.995", None, 0.9],
)
def test_bad_objectives_are_reported(objective):
    with pytest.raises(
        ValueError, match=r"objective must be 'f1', or 'precision=' or 'recall=' and a .* Got .* instead"
    ):
        parse_objective(objective)


def test_a_value_between_two_targets_counts_as_the_higher_one():
    for number, target in enumerate(TARGETS):
        assert target_number(target) == number
        assert target_number(target - 0.004) == number
    assert target_number(0.001) == 0
