import numpy as np
import pytest

import cchc_ml
from cchc_ml.learning.train import train_model
from cchc_ml.model.storage import read_model


@pytest.mark.slow
def test_the_shipped_model_is_what_the_shipped_data_gives(tmp_path, top):
    train_model([], tmp_path / "pillars.npz", n_jobs=2)
    for name in ("pillars.npz", "README.md", "metrics.json"):
        assert (tmp_path / name).read_bytes() == (top / "models" / name).read_bytes(), f"run: cchc-ml train ({name})"


def test_own_data_can_be_added_to_the_shipped_data(tmp_path, labelled, monkeypatch, corpus):
    # The whole shipped corpus takes ten seconds; the project's own articles stand for it.
    monkeypatch.setattr("cchc_ml.learning.corpus.DEFAULT_DATA", ("data/articles.jsonl",))
    alone = train_model([labelled], tmp_path / "a.npz")
    both = train_model([labelled], tmp_path / "b.npz", with_default_data=True)
    assert both["cross-validated"]["n"] > alone["cross-validated"]["n"] == 240
    assert "own-heldout" in both
    assert read_model(tmp_path / "a.npz").info.data == corpus.sha256()
    assert np.isfinite(cchc_ml.load(tmp_path / "b.npz").decision_function(["Một cửa."])).all()


def test_only_other_splits_leave_nothing_to_train_on(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"text": "Một cửa.", "labels": ["tthc"], "split": "validation"}\n', "utf8")
    with pytest.raises(ValueError, match="no row to train on: every row has a `split` other than train; leave `split`"):
        train_model([path], tmp_path / "m.npz")
    assert not (tmp_path / "m.npz").exists()
