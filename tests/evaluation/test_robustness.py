import numpy as np
import pytest

from cchc_ml.evaluation.robustness import VARIANTS, stress


def test_every_way_of_writing_is_measured(small, corpus):
    found = stress(small, corpus.texts[:80], corpus.y[:80])
    assert list(found) == ["as written", *VARIANTS]
    for name, row in found.items():
        assert row["macro_f1"] + row["drop"] == pytest.approx(found["as written"]["macro_f1"])
        if name not in ("no diacritics", "no space after punctuation"):
            assert row["same"] == 1.0
    assert found["no diacritics"]["drop"] < 0.1


class Capitals:
    """Tags whatever has a capital."""

    def predict(self, texts):
        return np.array([[text != text.lower()] * 6 for text in texts], int)


def test_a_classifier_that_sees_case_drops_in_capitals():
    texts = ["mưa lớn", "Xã họp", "gió to"]
    found = stress(Capitals(), texts, Capitals().predict(texts))
    assert found["as written"]["macro_f1"] == found["decomposed (NFD)"]["macro_f1"] == 1.0
    assert found["upper case"]["same"] == pytest.approx(1 / 3)
    assert found["upper case"]["drop"] == pytest.approx(0.5)


@pytest.mark.parametrize("name", list(VARIANTS))
def test_a_variant_changes_the_text(name):
    text = "Hòa giải, kỷ luật. Xã họp."
    assert VARIANTS[name](text) != text
