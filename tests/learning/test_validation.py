import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from cchc_ml.learning.validation import check_documents, check_drawn, check_parameters, check_texts, check_y, few_labels
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
        (
            pd.DataFrame({"text": ["a"]}),
            TypeError,
            r"found a DataFrame, want .*; give one column, such as df\['text'\]",
        ),
        ({"text": "a"}, TypeError, r"found a dict, want .*; give one column, such as df\['text'\]"),
        ({"a", "b"}, TypeError, "found a set, which has no order; give a list of strings"),
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


TABLE = pd.DataFrame(TAGS, columns=[str(pillar) for pillar in PILLARS])


@pytest.mark.parametrize(
    "y",
    [
        TABLE,
        TABLE[sorted(TABLE.columns)],
        TABLE.rename(columns={str(pillar): pillar.vi for pillar in PILLARS}),
        TABLE.astype("Int64"),
        TABLE.astype(bool),
        pd.DataFrame(TAGS),
        [(value for value in row) for row in TAGS],
        pd.Series([["tthc"], ["institutional", "e_government"]]),
    ],
)
def test_columns_are_found_by_name(y):
    assert check_y(y, 2, both=False).tolist() == TAGS


@pytest.mark.parametrize(
    ("y", "error", "message"),
    [
        (
            TABLE.set_axis(list("abcdef"), axis=1),
            ValueError,
            "y has the columns a, b, c, d, e, f; want six columns with",
        ),
        (TABLE.drop(columns="tthc"), ValueError, "y has no column tthc; want six columns"),
        (TABLE.assign(x=1), ValueError, "y has the columns .*, x; want six columns"),
        (pd.DataFrame(TAGS, columns=range(1, 7)), ValueError, "y has the columns 1, 2, 3, 4, 5, 6; want"),
        (TABLE.astype("Int64").replace(1, pd.NA), ValueError, "y has no value in row 0 for tthc, want 0 or 1"),
        ({"tthc": [1, 0]}, TypeError, "y is dict"),
        ([{"tthc": 0}, {"tthc": 1}], TypeError, r"y\[0\] is dict"),
    ],
)
def test_columns_of_other_names_are_reported(y, error, message):
    with pytest.raises(error, match=message):
        check_y(y, 2, both=False)


@pytest.mark.parametrize("missing", [None, float("nan"), np.nan, pd.NA, pd.NaT])
def test_documents_without_a_name(missing):
    assert check_documents([missing, "a", 1, 1.0, np.float32(1), "1"], 6) == [None, "a", "1", "1", "1", "1"]
    assert check_documents(pd.Series(["a", missing]), 2) == ["a", None]


@pytest.mark.parametrize(
    ("groups", "error", "message"),
    [
        ("ab", TypeError, "groups is a str, want a sequence"),
        ({"a": 1}, TypeError, "groups is a dict, want a sequence"),
        ({1, 2}, TypeError, "groups is a set, want a sequence"),
        (TABLE, TypeError, r"groups is a DataFrame, want one column, such as df\['document'\]"),
        (["a"], ValueError, "groups has 1 entries for 2 paragraphs"),
    ],
)
def test_what_is_not_documents_is_reported(groups, error, message):
    with pytest.raises(error, match=message):
        check_documents(groups, 2)


def test_drawn_paragraphs():
    assert check_drawn(None, 2) is check_drawn([False, False], 2) is None
    assert check_drawn([True, False], 2).tolist() == [True, False]
    for bad in ([True], [1, 0], "ab"):
        with pytest.raises(ValueError, match=r"drawn is .*, want 2 truth values"):
            check_drawn(bad, 2)


def test_a_lexicon_is_a_sequence():
    parameters = {
        "C": 1,
        "sentence_weight": 1,
        "max_terms": 1,
        "rounds": 0,
        "folds": 2,
        "random_state": 0,
        "n_jobs": None,
    }
    for lexicon in ("một cửa", {"một cửa"}, 3):
        with pytest.raises(TypeError, match="lexicon must be a sequence of terms, such as"):
            check_parameters({**parameters, "lexicon": lexicon})
    for seed in (None, np.random.RandomState(0), np.int64(3)):
        check_parameters({**parameters, "lexicon": ("một cửa",), "random_state": seed})


def test_few_labels_are_named():
    y = np.zeros((40, 6), np.int8)
    y[:20] = 1
    assert few_labels(y, np.arange(40)) == []
    assert [remark.split(";")[0] for remark in few_labels(y, np.arange(40) // 10)] == [
        f"{pillar}: 20 {kind} paragraphs in 2 documents" for pillar in PILLARS for kind in ("positive", "negative")
    ]
    y[1:, 3] = 0
    assert few_labels(y, np.arange(40))[0].startswith(
        "civil_service: 1 positive paragraph in 1 document; at least 10 in 5"
    )
