import json
from typing import NotRequired, get_origin, get_type_hints

import numpy as np

from cchc_ml.learning.metric_types import Agreement, Average, Calibration, Difference, Evaluation, Metrics, PillarScores
from cchc_ml.learning.metrics import agreement, metrics, metrics_with_intervals, paired


def keys(kind):
    """The keys that a dict of this type must have, and those that it may have."""
    hints = get_type_hints(kind, include_extras=True)
    optional = {name for name, hint in hints.items() if get_origin(hint) is NotRequired}
    return set(hints) - optional, optional


def test_the_keys_of_what_is_measured_are_those_of_the_types():
    y, documents = np.eye(6, dtype=int), np.arange(6)
    required, optional = keys(Metrics)
    measured = metrics(y, y, y)
    assert set(measured) == required
    assert set(measured["pillars"]["tthc"]) == keys(PillarScores)[0]
    assert set(measured["macro"]) == set(measured["micro"]) == set(measured["samples"]) == keys(Average)[0]
    full = metrics_with_intervals(y, y, y.astype(float), documents)
    assert set(full) == required | optional
    assert set(full["calibration"]["tthc"]) == keys(Calibration)[0]
    assert set(agreement(y, y)) == keys(Agreement)[0]
    assert set(paired(y, y, y, documents)) == keys(Difference)[0]
    assert keys(Evaluation)[0] == required


def test_the_shipped_metrics_have_these_keys(top):
    scores = json.loads((top / "models/metrics.json").read_text("utf8"))["scores"]
    required, optional = keys(Metrics)
    assert set(scores) == {
        name + way
        for name in ("cross-validated", "own-heldout", "validation", "modern_validation")
        for way in ("", ", in context")
    }
    assert set(scores["cross-validated"]) == set(scores["cross-validated, in context"]) == required
    assert set(scores["validation"]) == set(scores["own-heldout"]) == required | optional
