import json
import os
import subprocess
import sys

import numpy as np
import pytest

import cchc_ml
from cchc_ml.learning.corpus import Corpus, default_lexicon, read_corpus, text_hash
from cchc_ml.learning.packing import write_packed
from cchc_ml.learning.train import check_output, default_output, row_weights, train_model, training_hashes
from cchc_ml.model.storage import read_model


@pytest.mark.slow
def test_the_shipped_model_is_what_the_shipped_data_gives(tmp_path, top, monkeypatch):
    monkeypatch.setattr("cchc_ml.learning.metrics.BOOTSTRAP_DRAWS", 2000)
    train_model([], tmp_path / "pillars.npz", n_jobs=2)
    for name in ("pillars.npz", "README.md", "metrics.json"):
        assert (tmp_path / name).read_bytes() == (top / "models" / name).read_bytes(), f"run: cchc-ml train ({name})"


@pytest.mark.slow
def test_another_environment_gives_the_same_model(tmp_path, top):
    """The hash seed, the number of processes and the number of threads change no byte."""
    program = f"from cchc_ml.learning.train import train_model; train_model([], {str(tmp_path / 'm.npz')!r}, n_jobs=1)"
    environment = os.environ | {"PYTHONHASHSEED": "12345", "OMP_NUM_THREADS": "3", "PYTHONPATH": str(top)}
    subprocess.run([sys.executable, "-c", program], env=environment, cwd=tmp_path, check=True, timeout=900)
    assert (tmp_path / "m.npz").read_bytes() == (top / "models" / "pillars.npz").read_bytes()


@pytest.mark.slow
def test_own_data_can_be_added_to_the_shipped_data(top, tmp_path, labelled, monkeypatch, corpus):
    # The whole shipped corpus takes ten seconds; the first articles of two of the project's runs stand for it.
    rows = [row for row in read_corpus(top / "data/articles.jsonl").rows if row["id"].startswith(("R01-0", "R04-0"))]
    (tmp_path / "default.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf8")
    monkeypatch.setattr("cchc_ml.learning.corpus.DEFAULT_DATA", (str(tmp_path / "default.jsonl"),))
    alone = train_model([labelled], tmp_path / "a.npz")
    (tmp_path / "both").mkdir()
    both = train_model([labelled], tmp_path / "both" / "b.npz", with_default_data=True, own_weight=3)
    assert both["cross-validated"]["n"] > alone["cross-validated"]["n"] == 240
    assert "own-heldout" in both
    assert both["own rows, cross-validated"]["n"] == 240
    card = (tmp_path / "both" / "README.md").read_text("utf8")
    assert "| own rows | 240 paragraphs of 40 documents" in card
    assert "| weight of an own row | 3 (as given) |" in card
    assert read_model(tmp_path / "a.npz").info.data == corpus.sha256()
    assert np.isfinite(cchc_ml.load(tmp_path / "both" / "b.npz").decision_function(["Một cửa."])).all()
    assert np.array_equal(read_model(tmp_path / "a.npz").training_hashes, training_hashes(corpus))


def test_only_other_splits_leave_nothing_to_train_on(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"text": "Một cửa.", "labels": ["tthc"], "split": "validation"}\n', "utf8")
    with pytest.raises(ValueError, match="no row to train on: every row has a `split` other than train; leave `split`"):
        train_model([path], tmp_path / "m.npz")
    assert not (tmp_path / "m.npz").exists()


def test_a_checkout_has_a_model_to_rebuild(tmp_path, top, monkeypatch):
    monkeypatch.chdir(top)
    assert default_output().resolve() == top / "models" / "pillars.npz"
    monkeypatch.chdir(tmp_path)
    assert default_output() is None


@pytest.mark.parametrize("name", ["m.npz", "README.md", "metrics.json"])
def test_no_file_is_overwritten_unless_asked(tmp_path, name):
    check_output(tmp_path / "m.npz")
    (tmp_path / name).write_text("# Model card")
    with pytest.raises(FileExistsError, match=f"{name} exists; give --force to overwrite it"):
        check_output(tmp_path / "m.npz")
    check_output(tmp_path / "m.npz", overwrite=True)


def test_where_no_model_can_be_written(tmp_path):
    with pytest.raises(ValueError, match=r"a model is an \.npz file; found .*m\.bin"):
        check_output(tmp_path / "m.bin")
    with pytest.raises(FileNotFoundError, match="no folder"):
        check_output(tmp_path / "none" / "m.npz")
    (tmp_path / "README.md").write_text("mine")
    with pytest.raises(ValueError, match=r"README\.md is not a model card, and the card would overwrite it"):
        check_output(tmp_path / "m.npz", overwrite=True)


def test_unsure_rows_count_less_and_real_text_of_this_decade_counts_more():
    real = {"text": "a", "labels": [], "corpus": "c"}
    rows = [real, real | {"year": 2024}, real | {"year": "2024", "sure": False}, real | {"year": 2015, "sure": True}]
    own = {"text": "a", "labels": [], "year": 2024}
    weights = row_weights(Corpus.from_rows([*rows, own, own | {"sure": False}, own | {"sure": None}]))
    assert weights.tolist() == [1, 2, 1, 1, 1, 0.5, 1]


def test_training_texts_are_known_by_eight_bytes():
    rows = [{"text": "xã", "labels": []}, {"text": "a", "labels": []}, {"text": "xã", "labels": ["tthc"]}]
    hashes = training_hashes(Corpus.from_rows(rows))
    assert hashes.dtype == np.uint64
    assert hashes.tolist() == sorted(int.from_bytes(bytes.fromhex(text_hash(text))[:8], "big") for text in ("xã", "a"))


def test_the_terms_can_be_given(tmp_path, labelled):
    terms = tmp_path / "terms.txt"
    some = default_lexicon().terms[:300]
    terms.write_text("\r\n".join(some) + "\r\n\r\n", "utf8", newline="")
    train_model([labelled], tmp_path / "m.npz", lexicon_file=terms)
    assert read_model(tmp_path / "m.npz").lexicon.terms == some


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "Một Cửa\n",
            r"terms\.txt is not a lexicon: lexicon term 'Một Cửa' is not in lower-case .* write it 'một cửa'",
        ),
        ("một cửa\nmột cửa\n", r"terms\.txt is not a lexicon: the lexicon has the term 'một cửa' twice"),
        (" \n\n", r"terms\.txt is empty"),
        ("", r"terms\.txt is empty"),
        (None, r"no file .*terms\.txt"),
    ],
)
def test_terms_that_are_refused(tmp_path, labelled, content, message):
    if content is not None:
        (tmp_path / "terms.txt").write_text(content, "utf8")
    with pytest.raises((ValueError, FileNotFoundError), match=message):
        train_model([labelled], tmp_path / "m.npz", lexicon_file=tmp_path / "terms.txt")
    assert not (tmp_path / "m.npz").exists()


def test_packed_rows_have_their_terms_already(tmp_path, labelled):
    (tmp_path / "terms.txt").write_text("một cửa\n", "utf8")
    write_packed([labelled], tmp_path / "p.jsonl.gz")
    with pytest.raises(ValueError, match=r"packed rows are counts of the shipped lexicon, not of .*terms\.txt"):
        train_model([tmp_path / "p.jsonl.gz"], tmp_path / "m.npz", lexicon_file=tmp_path / "terms.txt")


def test_progress_counts_rows_up_to_the_end(tmp_path, labelled):
    seen = []
    train_model([labelled], tmp_path / "m.npz", progress=lambda *at: seen.append(at))
    assert seen == sorted(seen)
    assert len(seen) > 10
    assert seen[-1][0] == seen[-1][1]
