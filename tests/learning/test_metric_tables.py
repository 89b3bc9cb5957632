import numpy as np
import pytest

from cchc_ml.learning.metric_tables import Table, format_cell, metric_tables, scores_table
from cchc_ml.learning.metrics import agreement, metrics, metrics_with_intervals, paired
from cchc_ml.pillars import PILLARS

RNG = np.random.default_rng(0)
Y = RNG.integers(0, 2, (40, 6))
TAGS = np.where(RNG.random((40, 6)) < 0.8, Y, 1 - Y)
DOCUMENTS = np.arange(40)


def test_scores_have_a_row_for_each_pillar_and_each_average():
    measured = metrics_with_intervals(Y, TAGS, TAGS.astype(float), DOCUMENTS)
    table = scores_table(measured, "mine")
    assert table.title == "mine (40 paragraphs)"
    assert list(table.head) == [
        "pillar", "support", "TP", "FP", "FN", "precision", "recall", "F1", "95 %", "AP", "ECE",
    ]  # fmt: skip
    assert [row[0] for row in table.rows] == [str(pillar) for pillar in PILLARS]
    assert [row[0] for row in table.summary] == ["macro", "micro", "samples", "exact match"]
    assert all(len(row) == len(table.head) for row in [*table.rows, *table.summary])
    tthc = dict(zip(table.head, table.rows[1], strict=True))
    scores, (low, high) = measured["pillars"]["tthc"], measured["intervals"]["tthc"]
    assert [tthc[name] for name in ("support", "TP", "FP", "FN")] == [
        scores[key] for key in ("support", "tp", "fp", "fn")
    ]
    assert [tthc[name] for name in ("precision", "recall", "F1", "AP")] == [
        scores[key] for key in ("precision", "recall", "f1", "average_precision")
    ]
    assert tthc["95 %"] == f"{low:.2f}-{high:.2f}"
    assert tthc["ECE"] == measured["calibration"]["tthc"]["ece"]
    exact = dict(zip(table.head, table.summary[-1], strict=True))
    assert exact == dict.fromkeys(table.head) | {"pillar": "exact match", "F1": measured["exact_match"]}


def test_without_intervals_and_calibration_there_are_no_columns_for_them():
    table = scores_table(metrics(Y, TAGS, TAGS), "mine")
    assert list(table.head) == ["pillar", "support", "TP", "FP", "FN", "precision", "recall", "F1", "AP"]
    assert all(len(row) == 9 for row in [*table.rows, *table.summary])


def test_a_pillar_that_does_not_occur_has_no_scores():
    y, tags = Y.copy(), TAGS.copy()
    y[:, :2], tags[:, 0], tags[:, 1] = 0, 0, 1
    rows = scores_table(metrics(y, tags, tags), "mine").rows
    assert rows[0] == ["institutional", 0, 0, 0, 0, "–", "–", "–", "–"]
    # With wrong tags it has scores, but no average precision.
    assert rows[1] == ["tthc", 0, 0, 40, 0, 0.0, 0.0, 0.0, "–"]


def test_without_tags_there_is_no_precision():
    tags = np.zeros_like(TAGS)
    assert scores_table(metrics(Y, tags, tags), "mine").rows[1][5:8] == ["–", 0.0, 0.0]


@pytest.mark.parametrize(
    ("documents", "remark"),
    [
        (1, "There are no intervals and no p-values: 1 document is too few, at least 10 are needed."),
        (9, "There are no intervals and no p-values: 9 documents are too few, at least 10 are needed."),
        (10, "The intervals come from 10 documents only. Below 50 documents they are too narrow"),
        (49, "The intervals come from 49 documents only."),
        (50, ""),
    ],
)
def test_few_documents_are_remarked_on(documents, remark):
    y, tags = np.tile(Y, (5, 1))[:100], np.tile(TAGS, (5, 1))[:100]
    names = np.arange(100) % documents
    evaluation = {
        **metrics_with_intervals(y, tags, tags.astype(float), names),
        "baselines": {"this model": (0.8, 0.7), "names list": (0.5, 0.4)},
        "comparison": {"baseline": "names list", **paired(y, tags, 1 - tags, names)},
    }
    scores, baselines = metric_tables(evaluation, "mine")
    assert scores.note.startswith(remark)
    assert bool(scores.note) == bool(remark)
    assert ("95 %" in scores.head) == ("95 %" in baselines.note) == (" p = " in baselines.note) == (documents >= 10)
    assert baselines.note.startswith("Alone, against names list: +0.")


def test_each_part_of_an_evaluation_has_a_table():
    scores = metrics(Y, TAGS, TAGS)
    evaluation = {
        **scores,
        "in_context": scores,
        "sources": [
            {
                "name": name, "average": average, "n": 9, "documents": 5, "positive": 4,
                "taggers": {"alone": {"f1": 0.5, "low": 0.4, "high": 0.6}},
            }
            for name, average in (("validation", "macro"), ("validation, portal", "micro"))
        ],
        "comparison_in_context": {"baseline": "names list", **paired(Y, Y, TAGS, DOCUMENTS)},
        "baselines": {"this model": (0.8, 0.7), "names list": (0.5, 0.4)},
        "comparison": {"baseline": "names list", **paired(Y, Y, TAGS, DOCUMENTS)},
        "objective": {
            "name": "precision=0.9", "recall": 0.5, "recall_at_f1": 0.8, "precision": 0.95, "precision_at_f1": 0.7,
            "for_review": 12,
        },
        "splits": {"random": scores},
        "stress": {"as written": {"macro_f1": 0.9, "drop": 0.0, "same": 1.0}},
        "agreement": agreement(Y, TAGS),
    }  # fmt: skip
    tables = metric_tables(evaluation, "mine")
    assert [table.title for table in tables] == [
        "mine (40 paragraphs)",
        "mine, in context (40 paragraphs)",
        "Held-out rows (macro-F1)",
        "By kind of source and year (micro-F1)",
        "Against the baselines",
        "Objective precision=0.9",
        "By kind of split",
        "Spelling variants",
        "Two annotators (40 paragraphs)",
    ]
    for table in tables:
        assert table.rows
        assert all(len(row) == len(table.head) for row in [*table.rows, *table.summary])
    _, _, held_out, sources, baselines, objective, splits, variants, annotators = tables
    assert baselines.rows[1] == ("names list", 0.5, 0.4)
    assert baselines.note.startswith("Alone, against names list: +0.")
    assert " In context, against names list: +0." in baselines.note
    assert held_out.rows == [["validation", 9, 5, 4, "0.500 (0.40-0.60)"]]
    assert [row[0] for row in sources.rows] == ["validation, portal"]
    assert objective.rows == [("for precision=0.9", 0.95, 0.5), ("for f1", 0.7, 0.8)]
    assert objective.note.startswith("12 paragraphs")
    assert splits.rows == [("random", 40, scores["macro"]["f1"], scores["micro"]["f1"])]
    assert variants.rows == [("as written", 0.9, 0.0, 1.0)]
    assert len(annotators.rows) == 6


def test_parts_that_were_not_measured_have_no_table():
    assert [table.title for table in metric_tables(metrics(Y, TAGS, TAGS), "mine")] == ["mine (40 paragraphs)"]


def test_columns_can_be_selected():
    table = Table("t", ("a", "b", "c"), [("x", 1, 2)], [("mean", None, 2.0)], note="n")
    assert table.select("c", "a") == Table("t", ("c", "a"), [[2, "x"]], [[2.0, "mean"]], note="n")
    with pytest.raises(ValueError, match="not in tuple"):
        table.select("d")


@pytest.mark.parametrize(("cell", "text"), [(None, ""), (3, "3"), (0.1, "0.100"), (1.0, "1.000"), ("–", "–")])
def test_cells_as_text(cell, text):
    assert format_cell(cell) == text
