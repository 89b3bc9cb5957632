import numpy as np
import pytest

from cchc_ml.evaluation.robustness import VARIANTS, measure_robustness


def test_every_way_of_writing_is_measured(small, corpus):
    measured = measure_robustness(small.predict, corpus.texts[:80], corpus.y[:80])
    assert list(measured) == ["as written", *VARIANTS]
    for name, row in measured.items():
        assert row["macro_f1"] + row["drop"] == pytest.approx(measured["as written"]["macro_f1"])
        if name not in ("no diacritics", "no space after punctuation"):
            assert row["same"] == 1.0
    assert measured["no diacritics"]["drop"] < 0.1


def tag_capitals(texts):
    """Tag every text with a capital."""
    return np.array([[text != text.lower()] * 6 for text in texts], int)


def test_a_tagger_that_sees_case_drops_in_capitals():
    texts = ["mưa lớn", "Xã họp", "gió to"]
    measured = measure_robustness(tag_capitals, texts, tag_capitals(texts))
    assert measured["as written"]["macro_f1"] == measured["decomposed (NFD)"]["macro_f1"] == 1.0
    assert measured["upper case"]["same"] == pytest.approx(1 / 3)
    assert measured["upper case"]["drop"] == pytest.approx(0.5)


@pytest.mark.parametrize("name", list(VARIANTS))
def test_a_variant_changes_the_text(name):
    text = "Hòa giải, kỷ luật. Xã họp."
    assert VARIANTS[name](text) != text


def test_no_space_is_removed_before_a_digit():
    assert (
        VARIANTS["no space after punctuation"]("Ngày 3. 7. 2026, xã họp. Trời mưa.")
        == "Ngày 3. 7. 2026,xã họp.Trời mưa."
    )
