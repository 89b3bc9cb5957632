import pytest

from cchc_ml.evaluation.splits import folds_by_kind, learning_curve, split_kinds
from cchc_ml.learning.corpus import Corpus


@pytest.fixture(scope="module")
def quick(small):
    from sklearn.base import clone

    fitted = clone(small).set_params(rounds=0)
    fitted.model_ = small.model_
    return fitted


@pytest.mark.slow
def test_kinds_follow_the_fields_that_rows_have(quick, corpus):
    done = []
    measured = split_kinds(quick, corpus, folds=2, progress=lambda *at: done.append(at))
    assert [name.split(" (")[0] for name in measured] == ["random", "by document", "by corpus or run", "by time"]
    assert measured["random"]["n"] == measured["by document"]["n"] == 240
    assert 0 < next(m["n"] for name, m in measured.items() if name.startswith("by time")) < 240
    assert done == sorted(done)
    assert len(done) > 10
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
    kinds = dict(folds_by_kind(varied, 5))
    for train, test in kinds["by document"]:
        assert not set(varied.documents[train]) & set(varied.documents[test])
    for train, test in kinds["by corpus or run"]:
        assert not {rows[i]["run"] for i in train} & {rows[i]["run"] for i in test}
    ((train, test),) = next(split for name, split in kinds.items() if name.startswith("by time"))
    assert max(rows[i]["date"] for i in train) < min(rows[i]["date"] for i in test)
    assert any(set(varied.documents[train]) & set(varied.documents[test]) for train, test in kinds["random"])


def test_the_learning_curve_doubles_and_reports_progress(quick, corpus, monkeypatch):
    monkeypatch.setattr("cchc_ml.evaluation.splits.CURVE_PARAGRAPHS", (120, 240, 480))
    seen = []
    curve = learning_curve(quick, corpus, corpus, progress=lambda *at: seen.append(at))
    assert list(curve) == [120, 240]
    assert seen == sorted(seen)
    assert {(120, 360), (360, 360)} <= set(seen)  # in rows: the larger set takes twice as long
    assert len(seen) > 10  # also while a model is trained


def test_old_rows_are_those_before_the_last_quarter_or_without_a_date():
    dates = ["2015", "12/6/2016", "2017-05-01", "2020-01-01", "", None]
    rows = [{"text": "a", "labels": [], "date": date} for date in dates]
    kinds = dict(folds_by_kind(Corpus.from_rows(rows), 2))
    name = next(name for name in kinds if name.startswith("by time"))
    assert name == "by time (before 2017, and from then on)"
    ((old, new),) = kinds[name]
    assert (old.tolist(), new.tolist()) == ([0, 1, 4, 5], [2, 3])
