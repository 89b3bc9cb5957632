import json

import pytest

from cchc_ml.model.info import ModelInfo

FACTS = {
    "version": "0.1.0",
    "data": "ab12",
    "objective": "precision=0.9",
    "parameters": {"C": 0.35, "folds": 5},
    "f1_thresholds": [-0.3, -0.2, -0.3, -0.2, -0.2, 0],
    "prevalence": [0.2, 0.1, 0.1, 0.2, 0.2, 0.1],
    "macro_f1": {"cross-validated": 0.84},
}


def test_all_facts_go_to_json_and_back():
    info = ModelInfo.from_json(FACTS)
    assert info.prevalence == (0.2, 0.1, 0.1, 0.2, 0.2, 0.1)
    assert info.to_json() == FACTS
    assert ModelInfo.from_json(json.loads(json.dumps(info.to_json()))) == info


@pytest.mark.parametrize("missing", FACTS)
def test_a_fact_may_be_missing(missing):
    info = ModelInfo.from_json({name: value for name, value in FACTS.items() if name != missing})
    assert getattr(info, missing) is None
    assert missing not in info.to_json()
    assert ModelInfo.from_json(FACTS | {missing: None}) == info


def test_facts_of_a_newer_version_are_ignored():
    assert ModelInfo.from_json(FACTS | {"colour": "red"}) == ModelInfo.from_json(FACTS)


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("version", 1, "a string"),
        ("data", [], "a string"),
        ("objective", {}, "a string"),
        ("parameters", [1], "an object"),
        ("f1_thresholds", [0.1] * 5, "six numbers"),
        ("f1_thresholds", [0.1] * 5 + [True], "six numbers"),
        ("prevalence", "0.1", "six numbers"),
        ("prevalence", [0.1] * 5 + ["0.1"], "six numbers"),
        ("macro_f1", {"cross-validated": "high"}, "an object of numbers"),
        ("macro_f1", 0.9, "an object of numbers"),
    ],
)
def test_a_fact_of_the_wrong_type_is_an_error(name, value, wanted):
    with pytest.raises(ValueError, match=f"the header has {name} = .*; want {wanted}$"):
        ModelInfo.from_json(FACTS | {name: value})
