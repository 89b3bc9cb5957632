import json

import numpy as np
import pytest
from needs import needs

import cchc_ml
from cchc_ml.evaluation.evaluate import assess
from cchc_ml.learning.train import train_model
from cchc_ml.model.storage import write_model


@pytest.fixture
def model(tmp_path, small):
    write_model(small.model_, tmp_path / "m.npz")
    return tmp_path / "m.npz"


def test_an_assessment_is_json_and_a_page_that_needs_nothing(model, labelled, monkeypatch):
    needs("matplotlib")
    monkeypatch.setattr("cchc_ml.evaluation.evaluate.learning_curve", lambda *args, **kwargs: {10: 0.5, 20: 0.6})
    rows = [json.loads(line) for line in labelled.read_text("utf8").splitlines()]
    wrong = next(row for row in rows if "institutional" in row["labels"] and "<" not in row["text"])
    wrong["labels"].remove("institutional")
    labelled.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf8")
    assessed = assess([labelled], model, stress=True, page=True, title="<mine>")
    measured = json.loads(json.dumps(assessed.measured))
    assert {"intervals", "calibration", "baselines", "comparison", "stress", "learning_curve"} <= set(measured)
    low, high = measured["intervals"]["macro"]
    assert low <= measured["macro"]["f1"] <= high
    page = assessed.page
    assert "&lt;mine&gt;" in page
    assert page.count("<svg") == 4
    assert "<b>institutional</b> wrongly tagged" in page
    assert "<mark>" in page
    for outside in ("http://", "https://", "<script", "<link", "src="):
        assert outside not in page.replace("http://www.w3.org/", "").replace("https://www.w3.org/", "")


def test_the_shipped_model_reaches_its_floors():
    measured = assess([]).measured
    assert measured["macro"]["f1"] > 0.83
    assert max(row["ece"] for row in measured["calibration"].values()) <= 0.04
    held_out = assess([], stress=True).measured
    assert held_out["macro"]["f1"] > 0.88
    assert held_out["agreement"]["exact_match"] > 0.9
    drops = {name: row["drop"] for name, row in held_out["stress"].items()}
    assert drops.pop("no diacritics") <= 0.05
    assert max(drops.values()) <= 0.005


def test_packed_rows_have_no_spelling_to_change():
    from cchc_ml.files import data_path

    with pytest.raises(ValueError, match="spelling can only be changed in text; a row is packed"):
        assess([data_path("data/news.jsonl.gz")], stress=True)
    with pytest.raises(ValueError, match="baselines read text; a row is packed"):
        assess([], baselines=[data_path("data/articles.jsonl")])


def test_an_objective_tells_what_it_costs(tmp_path, labelled):
    train_model([labelled], tmp_path / "p.npz", objective="precision=0.8")
    clf = cchc_ml.load(tmp_path / "p.npz")
    assert clf.objective == "precision=0.8"
    cost = assess([labelled], tmp_path / "p.npz").measured["objective"]
    rows = [json.loads(line) for line in labelled.read_text("utf8").splitlines()]
    scores = clf.model_.scores(clf.model_.lexicon.count([row["text"] for row in rows]))
    usual, now = scores > np.array(clf.model_.header["f1_thresholds"], np.float32), scores > clf.model_.thresholds
    assert cost["for_review"] == (usual & ~now).any(axis=1).sum()
    assert cost["recall"] <= cost["recall_at_f1"]


def test_rows_that_nobody_labelled_twice_are_no_agreement(model, labelled):
    rows = [json.loads(line) for line in labelled.read_text("utf8").splitlines()]
    assert "agreement" not in assess([labelled], model).measured
    for row in rows[:2]:
        row["second_labels"] = row["labels"]
    rows[2]["second_labels"] = ""
    labelled.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf8")
    assert assess([labelled], model).measured["agreement"]["n"] == 2


def test_a_page_for_a_model_with_terms_of_its_own(tmp_path, labelled, monkeypatch):
    needs("matplotlib")
    monkeypatch.setattr("cchc_ml.evaluation.splits.SIZES", (500,))
    train_model([labelled], tmp_path / "m.npz")
    monkeypatch.setattr("cchc_ml.learning.corpus.DEFAULT_DATA", ("data/articles.jsonl",))
    assert "Learning curve" in assess([labelled], tmp_path / "m.npz", page=True).page


def test_a_page_for_one_row(model, tmp_path, monkeypatch):
    needs("matplotlib")
    monkeypatch.setattr("cchc_ml.evaluation.evaluate.learning_curve", lambda *args, **kwargs: {10: 0.5})
    path = tmp_path / "one.jsonl"
    path.write_text('{"text": "Trời mưa.", "labels": ["tthc"]}\n', "utf8")
    assert assess([path], model, page=True).page.count("<svg") == 4
