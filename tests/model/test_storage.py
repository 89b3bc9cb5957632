import io
import json
import pickle
import zipfile
from dataclasses import replace
from pathlib import Path

import joblib
import numpy as np
import pytest

import cchc_ml
from cchc_ml.model.info import ModelInfo
from cchc_ml.model.storage import FORMAT, read_model, write_model
from cchc_ml.pillars import PILLARS


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
        (
            lambda p: rewrite(p, header=header(format=FORMAT, pillars=["a"])),
            "is for other pillars; want a model for institutional",
        ),
        (lambda p: rewrite(p, coef=None, idf=None), "is damaged: it does not have coef, idf; train it again"),
        (
            lambda p: rewrite(p, coef=np.zeros((3, 6), np.float32)),
            r"is damaged: the array 'coef' is float32 of shape \(3, 6\), want floats of shape \(\d+, 6\); train",
        ),
        (lambda p: rewrite(p, intercept=np.zeros(6, np.int64)), "the array 'intercept' is int64 of shape"),
        (lambda p: rewrite(p, lexicon=np.frombuffer(b"x", np.uint8)), "is damaged: the array 'names' is int8 of shape"),
        (
            lambda p: rewrite(p, header=header(format=FORMAT, pillars=list(PILLARS), prevalence=[1])),
            "is damaged: the header has prevalence = .*; want six numbers; train it again",
        ),
    ],
)
def test_what_is_not_a_model_is_rejected(path, spoil, message):
    spoil(path)
    with pytest.raises(ValueError, match=message):
        read_model(path)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["idf", "coef", "intercept", "calibration", "thresholds"])
def test_a_number_that_is_not_finite_is_damage(path, small, name, bad):
    array = np.array(getattr(small.model_, name, small.model_.features.idf))
    array.flat[-1] = bad
    rewrite(path, **{name: array})
    if name == "thresholds" and np.isinf(bad):  # a pillar that is never, or always, tagged
        assert read_model(path).thresholds[-1] == bad
        return
    with pytest.raises(ValueError, match=f"is damaged: the array '{name}' must not have NaN or infinite numbers"):
        read_model(path)


@pytest.mark.parametrize("name", ["names", "patterns"])
@pytest.mark.parametrize("number", [-2, 6])
def test_a_pillar_that_does_not_exist_is_damage(path, name, number):
    with np.load(path) as file:
        array = file[name].copy()
    array[0] = number
    rewrite(path, **{name: array})
    with pytest.raises(ValueError, match=f"the array '{name}' must have numbers from -1 to 5"):
        read_model(path)


def test_a_header_may_lack_facts(path, small):
    rewrite(path, header=header(format=FORMAT, pillars=list(PILLARS)))
    assert read_model(path).info == ModelInfo()
    assert cchc_ml.load(path).predict(["mưa"]).shape == (1, 6)


def test_the_header_is_sorted_json(path, small):
    info = ModelInfo(version="9", prevalence=(0.5,) * 6)
    write_model(replace(small.model_, info=info), path)
    with np.load(path) as file:
        text = file["header"].tobytes().decode("utf8")
    assert json.loads(text) == {"format": 1, "pillars": list(PILLARS), "version": "9", "prevalence": [0.5] * 6}
    assert text == json.dumps(json.loads(text), ensure_ascii=False, sort_keys=True)
    assert read_model(path).info == info


def test_a_model_of_format_1_still_reads_to_the_same_scores(tmp_path):
    """`format-1.npz` was written by the package before 0.1.0 was published. Never write it again."""
    folder = Path(__file__).parent
    model = read_model(folder / "format-1.npz")
    wanted = json.loads((folder / "format-1.json").read_text("utf8"))
    texts = [row["text"] for row in wanted]
    assert model.score_texts(texts) == pytest.approx(np.array([row["scores"] for row in wanted]), abs=2e-5)
    for annotation, row in zip(model.annotate(texts), wanted, strict=True):
        assert list(annotation.scores.values()) == pytest.approx(row["probabilities"], abs=2e-5)
        assert list(annotation.pillars) == row["pillars"]
        assert {pillar: list(place) for pillar, place in annotation.evidence.items()} == row["evidence"]
    assert (model.info.version, model.info.objective, model.info.macro_f1) == ("0.1.0", "f1", {"cross-validated": 0.5})
    if FORMAT == 1:
        write_model(model, tmp_path / "again.npz")
        assert (tmp_path / "again.npz").read_bytes() == (folder / "format-1.npz").read_bytes()


def test_a_missing_model_says_how_to_get_one(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no model at .*none\.npz; train one with: cchc-ml train -o"):
        read_model(tmp_path / "none.npz")


def test_the_shipped_model_loads(top):
    model = read_model()
    assert len(model.lexicon) > 5000
    assert model.info.macro_f1["validation"] > 0.82
    assert (top / "models/pillars.npz").stat().st_size < 2_000_000


def test_a_model_holds_plain_arrays(path):
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            np.load(io.BytesIO(archive.read(name)), allow_pickle=False)
