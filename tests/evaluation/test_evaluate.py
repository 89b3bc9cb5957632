import json
from dataclasses import replace

import numpy as np
import pytest
from needs import needs

import cchc_ml
from cchc_ml.evaluation.evaluate import evaluate
from cchc_ml.learning.corpus import read_corpus
from cchc_ml.learning.train import train_model
from cchc_ml.model.lexicon import Lexicon
from cchc_ml.model.storage import write_model


@pytest.fixture
def model(small_file):
    return small_file


@pytest.mark.slow
def test_an_evaluation_is_json_and_a_page(model, labelled, monkeypatch):
    needs("matplotlib")
    monkeypatch.setattr("cchc_ml.evaluation.evaluate.learning_curve", lambda *args, **kwargs: {10: 0.5, 20: 0.6})
    result = evaluate([labelled], model, robustness=True, page=True, title="<mine>")
    measured = json.loads(json.dumps(result.evaluation))
    assert {"intervals", "calibration", "baselines", "comparison", "stress", "learning_curve"} <= set(measured)
    low, high = measured["intervals"]["macro"]
    assert low <= measured["macro"]["f1"] <= high
    assert "<h1>&lt;mine&gt;</h1>" in result.page
    assert result.page.count("<img") == 4


def test_the_models_own_tags_are_measured(model, labelled, small, corpus):
    measured = evaluate([labelled], model).evaluation
    tags = small.predict(corpus.texts)
    assert measured["n"] == 240
    assert measured["pillars"]["tthc"]["tp"] == int((tags[:, 1] & corpus.y[:, 1]).sum())
    assert evaluate([labelled], model).page == ""


@pytest.mark.slow
def test_the_shipped_model_reaches_its_floors():
    measured = evaluate([]).evaluation
    # What was measured, less 0.01.
    reached = {
        (source["name"], way): scores["f1"]
        for source in measured["sources"]
        for way, scores in source["taggers"].items()
        if source["average"] == "macro"
    }
    assert reached["modern_validation", "alone"] > 0.709
    assert reached["modern_validation", "in context"] > 0.745
    assert reached["validation", "alone"] > 0.836
    assert reached["validation", "in context"] > 0.84
    assert measured["agreement"]["n"] == 901
    assert max(row["ece"] for row in measured["calibration"].values()) <= 0.04
    assert max(row["ece"] for row in measured["in_context"]["calibration"].values()) <= 0.04
    held_out = evaluate([], robustness=True).evaluation
    assert held_out["macro"]["f1"] > 0.939
    assert held_out["in_context"]["macro"]["f1"] > 0.931
    assert held_out["agreement"]["exact_match"] > 0.9
    drops = {name: row["drop"] for name, row in held_out["stress"].items()}
    assert drops.pop("no diacritics") <= 0.05
    assert max(drops.values()) <= 0.005


@pytest.mark.slow
def test_packed_rows_have_no_spelling_to_change():
    from cchc_ml.files import data_path

    with pytest.raises(ValueError, match="spelling can only be changed in text, but a row is packed; give the text"):
        evaluate([data_path("data/real.jsonl.gz")], robustness=True)
    with pytest.raises(
        ValueError, match="baselines read text, but a row is packed; give both DATA and --baselines as text"
    ):
        evaluate([], baselines=[data_path("data/articles.jsonl")])


@pytest.mark.filterwarnings("ignore::cchc_ml.learning.validation.ThresholdWarning")
def test_what_an_objective_costs(tmp_path, labelled):
    train_model([labelled], tmp_path / "p.npz", objective="precision=0.8")
    clf = cchc_ml.load(tmp_path / "p.npz")
    assert clf.objective == "precision=0.8"
    cost = evaluate([labelled], tmp_path / "p.npz").evaluation["objective"]
    rows = [json.loads(line) for line in labelled.read_text("utf8").splitlines()]
    scores = clf.model_.scores(clf.model_.lexicon.count([row["text"] for row in rows]))
    usual, now = scores > np.array(clf.model_.info.f1_thresholds, np.float32), scores > clf.model_.thresholds
    assert cost["for_review"] == (usual & ~now).any(axis=1).sum()
    assert cost["recall"] <= cost["recall_at_f1"]


def test_rows_that_nobody_labelled_twice_are_no_agreement(model, labelled):
    rows = [json.loads(line) for line in labelled.read_text("utf8").splitlines()]
    assert "agreement" not in evaluate([labelled], model).evaluation
    for row in rows[:2]:
        row["second_labels"] = row["labels"]
    rows[2]["second_labels"] = ""
    labelled.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf8")
    agreement = evaluate([labelled], model).evaluation["agreement"]
    assert (agreement["n"], agreement["exact_match"]) == (2, 1.0)


def test_first_labels_are_what_the_first_annotator_said_before_adjudication(model, tmp_path):
    rows = [
        {"text": "Một cửa.", "labels": ["tthc"], "first_labels": [], "second_labels": ["tthc"]},
        {"text": "Chợ họp.", "labels": [], "second_labels": []},
    ]
    path = tmp_path / "twice.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf8")
    agreement = evaluate([path], model).evaluation["agreement"]
    assert (agreement["n"], agreement["exact_match"]) == (2, 0.5)
    assert agreement["pillars"]["tthc"] == {"kappa": 0.0, "f1": 0.0}


def test_shipped_rows_do_not_fit_a_model_with_a_lexicon_of_its_own(tmp_path, small):
    own = replace(small.model_, lexicon=Lexicon([*small.model_.lexicon.terms[:-1], "chợ quê họp sớm"]))
    write_model(own, tmp_path / "own.npz")
    with pytest.raises(ValueError, match=r"this model has a lexicon of its own, but the shipped .* give DATA as text"):
        evaluate([], tmp_path / "own.npz")


@pytest.mark.slow
def test_a_page_for_a_model_with_terms_of_its_own(own_terms_file, labelled, monkeypatch):
    needs("matplotlib")
    monkeypatch.setattr("cchc_ml.evaluation.splits.CURVE_PARAGRAPHS", (500,))
    monkeypatch.setattr("cchc_ml.learning.corpus.DEFAULT_DATA", ("data/articles.jsonl",))
    assert "Learning curve" in evaluate([labelled], own_terms_file, page=True).page


def test_a_page_for_one_row(model, tmp_path, monkeypatch):
    needs("matplotlib")
    monkeypatch.setattr("cchc_ml.evaluation.evaluate.learning_curve", lambda *args, **kwargs: {10: 0.5})
    path = tmp_path / "one.jsonl"
    path.write_text('{"text": "Trời mưa.", "labels": ["tthc"]}\n', "utf8")
    assert evaluate([path], model, page=True).page.count("<img") == 4


def test_headings_and_boilerplate_are_not_measured_and_told(model, labelled):
    lines = labelled.read_text("utf8").splitlines()
    kinds = ["headline", "boilerplate"] + [None] * (len(lines) - 2)
    rows = [json.loads(line) | ({"kind": kind} if kind else {}) for line, kind in zip(lines, kinds, strict=True)]
    labelled.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf8")
    notes = []
    assert evaluate([labelled], model, on_note=notes.append).evaluation["n"] == 238
    assert "2 rows are left out: they are headings or boilerplate, not paragraphs" in notes


def test_all_the_shipped_rows_leave_nothing_to_train_on(small_file, labelled, monkeypatch):
    needs("matplotlib")
    monkeypatch.setattr("cchc_ml.evaluation.evaluate.read_corpus", lambda *paths, **options: read_corpus(labelled))
    notes = []
    result = evaluate([labelled], small_file, page=True, on_note=notes.append)
    told = "only 0 training rows of the shipped data are not in DATA, too few to train on"
    assert f"{told}: the page has no learning curve" in notes
    assert result.page.count("<img") == 3
    with pytest.raises(ValueError, match=f"{told}; leave out --splits"):
        evaluate([labelled], small_file, splits=True)
