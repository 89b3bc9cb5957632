import pytest

from cchc_ml.stress import VARIANTS, stress


def test_every_way_of_writing_is_measured(small, corpus):
    found = stress(small, corpus.texts[:80], corpus.y[:80])
    assert list(found) == ["as written", *VARIANTS]
    for name, row in found.items():
        assert row["macro_f1"] + row["drop"] == pytest.approx(found["as written"]["macro_f1"])
        if name not in ("no diacritics", "no space after punctuation"):
            assert row["same"] == 1.0
    assert found["no diacritics"]["drop"] < 0.1


@pytest.mark.parametrize("name", list(VARIANTS))
def test_a_variant_changes_the_text(name):
    text = "Hòa giải, kỷ luật. Xã họp."
    assert VARIANTS[name](text) != text
