import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_ml.text.spans import spans

PLACES = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)))


@pytest.mark.parametrize(
    ("places", "marked"),
    [
        ([], ""),
        ([(0, 10)], "0123456789"),
        ([(7, 9), (1, 3)], "1278"),
        ([(2, 5), (2, 5)], "234"),
        ([(2, 5), (4, 7)], "23456"),
        ([(8, 30)], "89"),
        ([(20, 30), (4, 4), (6, 5)], ""),
        ([[3, 4]], "3"),
    ],
)
def test_what_is_marked(places, marked):
    assert "".join(piece for piece, inside in spans("0123456789", places) if inside) == marked


def test_the_second_of_two_equal_sentences_is_marked():
    sentence = "Xã trả hồ sơ đúng hạn."
    text = f"{sentence} {sentence}"
    assert spans(text, [(len(sentence) + 1, len(text))]) == [(f"{sentence} ", False), (sentence, True)]


@given(st.text(max_size=30), PLACES)
def test_pieces_give_the_text_and_each_character_is_marked_if_a_place_holds_it(text, places):
    pieces = spans(text, places)
    assert "".join(piece for piece, _ in pieces) == text
    assert all(piece for piece, _ in pieces)
    marks = [inside for piece, inside in pieces for _ in piece]
    assert marks == [any(start <= i < end for start, end in places) for i in range(len(text))]
