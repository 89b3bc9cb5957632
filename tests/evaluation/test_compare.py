import csv
from dataclasses import replace

import numpy as np
import pytest
from accessibility import violations
from browser import chromium

from cchc_ml.evaluation.compare import TERMS, compare, compare_models, comparison_page, write_flips
from cchc_ml.learning.train import training_hashes
from cchc_ml.model.storage import write_model


@pytest.fixture(scope="module")
def test_rows(corpus):
    return corpus.take(np.arange(120))


@pytest.fixture(scope="module")
def strict(small):
    """The same model, but it tags no e_government, and knows which texts it was trained on."""
    thresholds = small.model_.thresholds.copy()
    thresholds[5] = 1e6
    coef = small.model_.coef.copy()
    coef[list(small.model_.lexicon.terms).index("hồ sơ"), 1] += 5
    return replace(small.model_, thresholds=thresholds, coef=coef)


def test_the_same_model_differs_in_nothing(small, test_rows):
    comparison = compare_models(small.model_, small.model_, test_rows)
    assert str(comparison) == "+0.000 macro-F1 (p = 1.00), 0 better, 0 worse"
    assert (comparison.flips, comparison.terms) == ([], [])


def test_what_flipped_and_what_moved(small, strict, test_rows):
    there, back = (compare_models(*pair, test_rows) for pair in ((small.model_, strict), (strict, small.model_)))
    assert there.difference["difference"] == pytest.approx(-back.difference["difference"])
    assert there.difference["p"] == back.difference["p"] < 0.1
    assert (there.better, there.worse) == (back.worse, back.better)
    assert there.worse > there.better
    dropped = [flip for flip in there.flips if flip.pillar == "e_government"]
    assert dropped
    assert all(flip.old and not flip.new and flip.better is (not flip.label) for flip in dropped)
    assert [(move.pillar, move.term) for move in there.terms] == [("tthc", "hồ sơ")]
    assert there.terms[0].new > there.terms[0].old
    assert len([m for m in back.terms if m.pillar == "tthc"]) <= TERMS


def test_no_p_below_ten_documents(small, strict, corpus):
    nine = corpus.take(np.flatnonzero(np.isin(corpus.documents, np.unique(corpus.documents)[:9])))
    comparison = compare_models(small.model_, strict, nine)
    assert comparison.difference is None
    assert "(no p: fewer than 10 documents)" in str(comparison)


def test_rows_that_a_model_was_trained_on_are_counted(small, strict, test_rows):
    known = replace(strict, training_hashes=training_hashes(test_rows.take(np.arange(7))))
    comparison = compare_models(small.model_, known, test_rows)
    assert (comparison.old_seen, comparison.new_seen) == (len(test_rows), 7)  # `small` was fitted on all of them
    assert "not a fair test: OLD was trained on 120 of these paragraphs, NEW on 7" in comparison_page(
        comparison, "a → b"
    )


def test_csv_and_page(small, strict, test_rows, labelled, tmp_path):
    write_model(small.model_, tmp_path / "old.npz")
    write_model(strict, tmp_path / "new.npz")
    comparison = compare(tmp_path / "old.npz", tmp_path / "new.npz", [labelled])
    write_flips(comparison.flips, tmp_path / "flips.csv")
    with open(tmp_path / "flips.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(comparison.flips) > 0
    assert {row["better"] for row in rows} <= {"0", "1"}
    assert rows[0]["text"] == comparison.flips[0].text
    page = comparison_page(comparison, "<old> → new")
    assert "&lt;old&gt;" in page
    moved = replace(
        comparison, flips=[replace(f, row={**f.row, "document": "/home/an/a.txt"}) for f in comparison.flips]
    )
    assert "· a.txt</small>" in comparison_page(moved, "a → b")
    assert "/home/an" not in comparison_page(moved, "a → b")
    assert page.count("<article") == len(rows)
    assert "<script" not in page


@pytest.mark.slow
def test_the_page_is_accessible_and_no_wider_than_the_screen(small, strict, test_rows, tmp_path):
    path = tmp_path / "compare.html"
    path.write_text(comparison_page(compare_models(small.model_, strict, test_rows), "a" * 200), "utf8")
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 320, "height": 600})
        page.goto(path.as_uri())
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == 320
