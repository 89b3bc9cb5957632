import json

import numpy as np
import pytest

from cchc_ml.learning.metric_tables import Table
from cchc_ml.learning.metrics import metrics
from cchc_ml.learning.model_card import check_card, markdown_table, write_card

FACTS = {"name": "m.npz", "version": "1.2", "n": 6, "documents": 5, "data": "ab12", "terms": 7}
SCORES = {"validation": metrics(np.eye(6, dtype=int), np.eye(6, dtype=int), np.eye(6))}


def test_the_card_and_the_metrics_say_the_same(tmp_path):
    write_card(tmp_path, FACTS, SCORES, "## Limits\n\n- few\n")
    card = (tmp_path / "README.md").read_text("utf8")
    assert card.startswith("# Model card: m.npz\n")
    assert "| trained on | 6 paragraphs of 5 documents, SHA-256 `ab12` |" in card
    assert "### validation (6 paragraphs)\n\n| pillar | support | precision | recall | F1 | AP |\n" in card
    assert "| `tthc` | 1 | 1.000 | 1.000 | 1.000 | 1.000 |\n" in card
    assert "| macro | | 1.000 | 1.000 | 1.000 | |\n| micro | | 1.000 | 1.000 | 1.000 | |\n" in card
    assert "samples" not in card
    assert card.endswith("## Limits\n\n- few\n")
    assert json.loads((tmp_path / "metrics.json").read_text("utf8")) == {"model": FACTS, "scores": SCORES}


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
