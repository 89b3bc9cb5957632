import io
import json
import pickle
import zipfile

import joblib
import numpy as np
import pytest

import cchc_ml
from cchc_ml.model.storage import FORMAT, read_model, write_model


@pytest.fixture
def path(tmp_path, small):
    write_model(small.model_, tmp_path / "model.npz")
    return tmp_path / "model.npz"


def test_a_written_model_scores_the_same(path, small, corpus):
    assert np.array_equal(cchc_ml.load(path).decision_function(corpus.texts), small.decision_function(corpus.texts))


def test_the_same_model_is_the_same_bytes(path, small, tmp_path):
    write_model(small.model_, tmp_path / "again.npz")
    assert (tmp_path / "again.npz").read_bytes() == path.read_bytes()
    assert [p.name for p in sorted(tmp_path.iterdir())] == ["again.npz", "model.npz"]


def rewrite(path, **arrays):
    """Change arrays of a model file."""
    with np.load(path) as file:
        kept = {name: file[name] for name in file.files}
    np.savez(path, **{k: v for k, v in (kept | arrays).items() if v is not None})


def header(**fields):
    return np.frombuffer(json.dumps(fields).encode(), np.uint8)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda p: p.write_bytes(pickle.dumps({"a": 1})), "is not a cchc-ml model, or is damaged"),
        (lambda p: joblib.dump([1, 2], p), "is not a cchc-ml model, or is damaged"),
        (lambda p: np.savez(p, header=np.array([{"a": 1}], dtype=object)), "is not a cchc-ml model, or is damaged"),
        (lambda p: p.write_bytes(p.read_bytes()[:5000]), "is not a cchc-ml model, or is damaged"),
        (lambda p: p.write_bytes(p.read_bytes()[:-500]), "is not a cchc-ml model, or is damaged"),
        (lambda p: p.write_bytes(b""), "is not a cchc-ml model, or is damaged"),
        (lambda p: zipfile.ZipFile(p, "w").close(), "is not a cchc-ml model, or is damaged"),
        (
            lambda p: rewrite(p, header=header(format=FORMAT + 1)),
            f"has model format {FORMAT + 1}, this version of cchc-ml reads format {FORMAT}",
        ),
        (lambda p: rewrite(p, header=header(format=FORMAT, pillars=["a"])), "is for other pillars than institutional"),
        (lambda p: rewrite(p, coef=None), "is damaged: 'coef'"),
        (lambda p: rewrite(p, coef=np.zeros((3, 6), np.float32)), "its arrays do not fit together"),
    ],
)
def test_what_is_no_model_is_refused(path, spoil, message):
    spoil(path)
    with pytest.raises(ValueError, match=message):
        read_model(path)


def test_a_missing_model_says_how_to_get_one(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no model at .*none\.npz; train one with: cchc-ml train -o"):
        read_model(tmp_path / "none.npz")


def test_the_shipped_model_loads(top):
    model = read_model()
    assert len(model.lexicon) > 5000
    assert model.header["macro_f1"]["validation"] > 0.82
    assert (top / "models/pillars.npz").stat().st_size < 2_000_000


def test_a_model_holds_plain_arrays(path):
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            np.load(io.BytesIO(archive.read(name)), allow_pickle=False)
