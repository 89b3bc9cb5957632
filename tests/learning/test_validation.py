import numpy as np
import pytest
from scipy import sparse

from cchc_ml.learning.validation import check_texts, check_y
from cchc_ml.pillars import PILLARS, Pillar

TAGS = [[0, 1, 0, 0, 0, 0], [1, 0, 0, 0, 0, 1]]


def test_texts_are_returned_as_a_list():
    assert check_texts(("a", "b")) == check_texts(np.array(["a", "b"])) == check_texts(iter("ab")) == ["a", "b"]


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        ("một cửa", TypeError, r"found one str, want a sequence of strings; put it in a list: \[text\]"),
        (b"a", TypeError, "found one bytes"),
        (3, TypeError, "found int, want a sequence of strings"),
        ([], ValueError, "found an empty sequence, want at least one string"),
        (["a", None], TypeError, r"found NoneType \(None\) at position 1, want a string"),
    ],
)
def test_what_is_not_texts_is_reported(X, error, message):
    with pytest.raises(error, match=message):
        check_texts(X)


@pytest.mark.parametrize(
    "y",
    [
        TAGS,
        np.array(TAGS, float),
        np.array(TAGS, bool),
        sparse.csr_array(TAGS),
        [["tthc"], ["institutional", "e_government"]],
        [{Pillar.TTHC}, (Pillar.E_GOVERNMENT, "institutional")],
        (tuple(row) for row in TAGS),
    ],
)
def test_labels_in_any_form_are_one_array(y):
    checked = check_y(y, 2, both=False)
    assert checked.dtype == np.int8
    assert checked.tolist() == TAGS


@pytest.mark.parametrize(
    ("y", "error", "message"),
    [
        ("tthc", TypeError, r"y is str \('tthc'\), want an array of 0/1 of shape \(n, 6\), or a collection of pillars"),
        (["tthc", ""], TypeError, r"y\[0\] is str \('tthc'\), want a collection of pillars, such as \['tthc'\]"),
        ([["tthc"], ["x"]], ValueError, "unknown pillar 'x'; the six are"),
        ([["tthc"]], ValueError, "y has 1 rows for 2 paragraphs; give one row for each paragraph"),
        ([TAGS[0], [1, 0]], ValueError, r"y\[1\] is \[1, 0\], want six numbers 0 or 1"),
        (np.zeros((2, 2)), ValueError, r"y has shape \(2, 2\), want \(n, 6\), one column each for institutional"),
        (np.full((2, 6), 2), ValueError, r"y holds \[2\], want only 0 and 1"),
    ],
)
def test_what_is_not_labels_is_reported(y, error, message):
    with pytest.raises(error, match=message):
        check_y(y, 2, both=False)


def test_a_pillar_must_be_present_and_absent():
    y = np.array([[0, 1] * 3, [1, 0] * 3])
    assert check_y(y, 2).tolist() == y.tolist()
    for k, value, which in ((0, 0, "no paragraph"), (5, 1, "every paragraph")):
        constant = y.copy()
        constant[:, k] = value
        with pytest.raises(ValueError, match=f"{which} has the pillar {PILLARS[k]}; to learn it, give paragraphs with"):
            check_y(constant, 2)
        assert check_y(constant, 2, both=False).tolist() == constant.tolist()
