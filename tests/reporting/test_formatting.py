from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_ml.pillars import COLOURS
from cchc_ml.reporting.formatting import clean_places, clean_text, count, interval, month_and_year, percent, pillar_css


@pytest.mark.parametrize(("n", "text"), [(0, "0"), (999, "999"), (1000, "1.000"), (1234567, "1.234.567")])
def test_counts_have_points_between_thousands(n, text):
    assert count(n) == text


def test_shares_have_a_decimal_comma():
    assert (percent(0.12345), percent(0.12345, 0), percent(1), percent(0)) == ("12,3%", "12%", "100,0%", "0,0%")


def test_an_interval_has_one_percent_sign():
    known = SimpleNamespace(interval=np.array([[0.031, 0.2], [0.0892, 0.3]]))
    assert (interval(known, 0), interval(known, 1)) == ("3,1–8,9%", "20,0–30,0%")
    assert interval(SimpleNamespace(interval=None), 0) == ""


def test_months_are_written_with_the_year_last():
    assert [month_and_year(moment) for moment in ("2024-02", "2024", "")] == ["02/2024", "2024", ""]


def test_each_pillar_has_a_colour_rule():
    assert pillar_css().splitlines() == [
        f'[data-pillar="{p}"] {{ --colour: {colour}; }}' for p, colour in COLOURS.items()
    ]


def test_clean_text_has_no_control_characters_and_single_spaces():
    assert clean_text("\ufeff a\x00b\x0b\x1b c\t\n\u2028d\ud800 ") == "\ufeff a b c d"
    assert clean_text(3.5) == "3.5"


texts = st.text(st.sampled_from("xã. \t\n\x00\x1c\u2028\u00a0"), max_size=40)


@given(texts, st.data())
def test_a_place_in_the_clean_text_has_the_words_of_the_place(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    ((clean_start, clean_end),) = clean_places(text, [(start, end)])
    assert 0 <= clean_start <= clean_end <= len(clean_text(text))
    assert clean_text(text)[clean_start:clean_end] == clean_text(text[start:end])


def test_of_two_places_with_the_same_words_each_keeps_its_own():
    text = "xã \n họp; xã  họp"
    assert clean_places(text, [(0, 8), (10, 17)]) == [(0, 6), (8, 14)]
