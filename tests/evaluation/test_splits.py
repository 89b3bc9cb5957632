import pytest

from cchc_ml.evaluation.splits import _folds, learning_curve, split_kinds
from cchc_ml.learning.corpus import Corpus


@pytest.fixture(scope="module")
def quick(small):
    from sklearn.base import clone

    fitted = clone(small).set_params(rounds=0)
    fitted.model_ = small.model_
    return fitted


def test_kinds_follow_the_fields_that_rows_have(quick, corpus):
    done = []
    found = split_kinds(quick, corpus, folds=2, progress=lambda *at: done.append(at))
    assert [name.split(" (")[0] for name in found] == ["random", "by document", "by corpus or run", "by time"]
    assert found["random"]["n"] == found["by document"]["n"] == 240
    assert 0 < next(m["n"] for name, m in found.items() if name.startswith("by time")) < 240
    assert done[-1][0] == done[-1][1]
    bare = Corpus.from_rows([{"text": row["text"], "labels": row["labels"]} for row in corpus.rows])
    assert list(split_kinds(quick, bare, folds=2)) == ["random", "by document"]


def test_learning_curve_ends_with_all_rows(quick, corpus):
    curve = learning_curve(quick, corpus, corpus)
    assert list(curve) == [240]
    assert 0 < curve[240] <= 1


def test_nothing_kept_apart_is_on_both_sides(corpus):
    rows = [row | {"run": f"R{int(row['article'][-2:]) % 5}"} for row in corpus.rows]
    varied = Corpus.from_rows(rows)
    kinds = dict(_folds(varied, 5))
    for train, test in kinds["by document"]:
        assert not set(varied.documents[train]) & set(varied.documents[test])
    for train, test in kinds["by corpus or run"]:
        assert not {rows[i]["run"] for i in train} & {rows[i]["run"] for i in test}
    ((train, test),) = next(split for name, split in kinds.items() if name.startswith("by time"))
    assert max(rows[i]["date"] for i in train) < min(rows[i]["date"] for i in test)
    assert any(set(varied.documents[train]) & set(varied.documents[test]) for train, test in kinds["random"])
