import json

import numpy as np
import pytest

from cchc_ml.learning.metric_tables import Table
from cchc_ml.learning.metrics import metrics
from cchc_ml.learning.model_card import check_card, markdown_table, write_card

FACTS = {"name": "m.npz", "version": "1.2", "n": 6, "documents": 5, "data": "ab12", "terms": 7}
SCORES = {"validation": metrics(np.eye(6, dtype=int), np.eye(6, dtype=int), np.eye(6))}

SOURCES = [
    {
        "name": name,
        "average": average,
        "n": 6,
        "documents": 5,
        "positive": 4,
        "taggers": {"alone": {"f1": 0.5, "low": 0.4, "high": 0.6}},
    }
    for name, average in (("validation", "macro"), ("validation, portal", "micro"))
]
MIX = {
    "n": 9,
    "positive": 3,
    "tags": 2,
    "precision": 0.5,
    "precision_interval": [0.1, 0.9],
    "recall": 1 / 3,
    "recall_interval": [0.0, 1.0],
    "average_precision": 0.4,
    "mean_probability": 0.021,
    "rate": 1 / 18,
}


def test_the_card_and_the_metrics_say_the_same(tmp_path):
    write_card(tmp_path, FACTS, SCORES, SOURCES, {"alone": MIX}, "## Limits\n\n- few\n", "Read so.")
    card = (tmp_path / "README.md").read_text("utf8")
    assert card.startswith("# Model card: m.npz\n")
    assert "| trained on | 6 paragraphs of 5 documents, SHA-256 `ab12` |" in card
    assert "### validation (6 paragraphs)\n\n| pillar | support | precision | recall | F1 | AP |\n" in card
    assert "| `tthc` | 1 | 1.000 | 1.000 | 1.000 | 1.000 |\n" in card
    assert "| macro | | 1.000 | 1.000 | 1.000 | |\n| micro | | 1.000 | 1.000 | 1.000 | |\n" in card
    assert "samples" not in card
    assert card.endswith("## Limits\n\n- few\n")
    assert json.loads((tmp_path / "metrics.json").read_text("utf8")) == {
        "model": FACTS,
        "scores": SCORES,
        "sources": SOURCES,
        "natural_mix": {"alone": MIX},
    }
    assert "## Scores\n\nRead so.\n\n### Held-out rows" in card
    # Real text comes first.
    assert (
        card.index("### Held-out rows (macro-F1)\n")
        < card.index("### By kind of")
        < card.index("### natural mix")
        < card.index("### validation")
    )
    assert "| `validation` | 6 | 5 | 4 | 0.500 (0.40-0.60) |\n" in card
    assert "### natural mix (9 paragraphs drawn at random, 3 labels)\n" in card
    assert "| `alone` | 2 | 0.500 | 0.10-0.90 | 0.333 | 0.00-1.00 | 0.400 | 0.0210 | 0.0556 |\n" in card


def test_a_table_as_markdown():
    table = Table("mine", ("pillar", "TP", "F1"), [("tthc", 3, 0.5), ("apparatus", 0, "–")], [("macro", None, 0.25)])
    assert markdown_table(table).splitlines() == [
        "### mine",
        "",
        "| pillar | TP | F1 |",
        "| --- | ---: | ---: |",
        "| `tthc` | 3 | 0.500 |",
        "| `apparatus` | 0 | – |",
        "| macro | | 0.250 |",
    ]


def test_another_readme_is_not_overwritten(tmp_path):
    check_card(tmp_path)
    (tmp_path / "README.md").write_text("# My project\n", "utf8")
    with pytest.raises(ValueError, match=r"README\.md is not a model card, and the card would overwrite it; write the"):
        check_card(tmp_path)
    write_card(tmp_path, FACTS, SCORES)
    check_card(tmp_path)
