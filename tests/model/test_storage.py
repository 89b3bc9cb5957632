import io
import json
import pickle
import struct
import tracemalloc
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
            f"has model format {FORMAT + 1}, this version of cchc-ml reads formats 1 to {FORMAT}; upgrade",
        ),
        (
            lambda p: rewrite(p, header=header(format=FORMAT, categories=["a"])),
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
            lambda p: rewrite(p, header=header(format=FORMAT, categories=list(PILLARS), prevalence=[1])),
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
    rewrite(path, header=header(format=FORMAT, categories=list(PILLARS)))
    assert read_model(path).info == ModelInfo()
    assert cchc_ml.load(path).predict(["mưa"]).shape == (1, 6)


def test_the_header_is_sorted_json(path, small):
    info = ModelInfo(version="9", prevalence=(0.5,) * 6)
    write_model(replace(small.model_, info=info), path)
    with np.load(path) as file:
        text = file["header"].tobytes().decode("utf8")
    assert json.loads(text) == {"format": FORMAT, "categories": list(PILLARS), "version": "9", "prevalence": [0.5] * 6}
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
    # It reads every paragraph alone, also if it is told the documents.
    assert model.context is None
    assert model.annotate(texts, ["a"] * len(texts)) == model.annotate(texts)
    assert not len(model.training_hashes)
    write_model(model, tmp_path / "again.npz")
    assert np.array_equal(read_model(tmp_path / "again.npz").score_texts(texts), model.score_texts(texts))


def test_a_missing_model_says_how_to_get_one(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no model at .*none\.npz; train one with: cchc-ml train -o"):
        read_model(tmp_path / "none.npz")


def test_the_shipped_model_loads(top):
    model = read_model()
    assert len(model.lexicon) > 5000
    assert model.info.macro_f1["validation"] > 0.835
    assert model.info.macro_f1["modern_validation"] > 0.709
    assert model.info.macro_f1["modern_validation, in context"] > 0.745
    assert model.context.weight == 0.8
    assert len(model.training_hashes) > 24_000
    assert (top / "models/pillars.npz").stat().st_size < 3_000_000


def test_a_model_holds_plain_arrays(path):
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            np.load(io.BytesIO(archive.read(name)), allow_pickle=False)


def test_weights_of_16_bits_are_the_trained_ones(path, small):
    with np.load(path) as file:
        assert file["coef"].dtype == np.float16
    assert np.array_equal(read_model(path).coef, small.model_.coef)
    finer = replace(small.model_, coef=small.model_.coef + np.float32(1e-6))
    write_model(finer, path)
    assert np.array_equal(read_model(path).coef, finer.coef)


def test_the_context_and_the_hashes_are_kept(path, small, tmp_path):
    assert small.model_.context is not None
    hashes = np.array([1, 2**64 - 1], np.uint64)
    write_model(replace(small.model_, training_hashes=hashes), path)
    read = read_model(path)
    assert read.context.weight == small.model_.context.weight
    assert np.array_equal(read.context.thresholds, small.model_.context.thresholds)
    assert np.array_equal(read.context.calibration, small.model_.context.calibration)
    assert np.array_equal(read.training_hashes, hashes)
    write_model(replace(small.model_, context=None), path)
    assert read_model(path).context is None


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"context_weight": None}, "is damaged: it does not have context_weight; train"),
        ({"context_weight": np.float64(np.nan)}, "the array 'context_weight' must not have NaN"),
        ({"context_weight": np.zeros(2)}, r"the array 'context_weight' is float64 of shape \(2,\), want floats"),
        ({"context_thresholds": np.zeros(5, np.float32)}, "the array 'context_thresholds' is float32 of shape"),
        ({"context_thresholds": np.full(6, np.nan, np.float32)}, "the array 'context_thresholds' must not have NaN"),
        ({"context_calibration": np.zeros((6, 2), int)}, "the array 'context_calibration' is int64 of shape"),
        ({"training_hashes": np.zeros(3)}, r"the array 'training_hashes' is float64 of shape \(3,\), want uint64"),
    ],
)
def test_a_damaged_context_is_reported(path, arrays, message):
    rewrite(path, **arrays)
    with pytest.raises(ValueError, match=message):
        read_model(path)


def npy(shape, data=b"", dtype="<f4"):
    """Return an array file that declares a shape, and holds other data."""
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": dtype, "fortran_order": False, "shape": shape})
    return file.getvalue() + data


def write_zip(path, compression=zipfile.ZIP_STORED, **members):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.npy", data)


@pytest.mark.parametrize(
    "shape", [(10**12,), (2**62, 2**62), (10**18, 0, 10**18), (-1,), (4, -4)], ids=["large", "huge", "zero", "-1", "-4"]
)
def test_no_more_is_allocated_than_the_file_holds(path, shape):
    write_zip(path, header=npy(shape, b"\0" * 64))
    with pytest.raises(ValueError, match="is not a cchc-ml model, or is damaged"):
        read_model(path)


@pytest.mark.parametrize(
    "header",
    [
        "(" * 9000,
        "[" * 9000,
        "-" * 9000 + "1",
        "1" + "+1" * 4000,
        "('" + "a" * 9000,
        "\0",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (6L,), }",
    ],
    ids=["round", "square", "minus", "sum", "string", "zero", "Python 2"],
)
def test_the_header_of_an_array_is_no_program(path, header):
    text = header.encode()
    write_zip(path, header=b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text) + 1) + text + b"\n" + bytes(24))
    with pytest.raises(ValueError, match="is not a cchc-ml model, or is damaged"):
        read_model(path)


def test_a_small_file_that_unpacks_to_a_large_one_is_rejected(path):
    write_zip(path, zipfile.ZIP_DEFLATED, coef=npy((25_000_000,), bytes(100_000_000)))
    assert path.stat().st_size < 200_000
    tracemalloc.start()
    with pytest.raises(
        ValueError, match=r"is not a cchc-ml model: coef\.npy has 100,000,\d+ bytes; at most 67,108,864"
    ):
        read_model(path)
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


def test_many_arrays_that_are_large_together_are_rejected(path):
    write_zip(path, zipfile.ZIP_DEFLATED, **{f"a{i}": npy((3_000_000,), bytes(12_000_000)) for i in range(6)})
    with pytest.raises(
        ValueError, match=r"is not a cchc-ml model: its arrays have 72,000,\d+ bytes; at most 67,108,864"
    ):
        read_model(path)
    write_zip(path, **{f"a{i}": npy((0,)) for i in range(65)})
    with pytest.raises(ValueError, match="is not a cchc-ml model: it has 65 arrays; a model has at most 64"):
        read_model(path)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "[]", "3", "null", '"format"', "{}", "\xff"])
def test_a_strange_header_is_reported(path, text):
    rewrite(path, header=np.frombuffer(text.encode("latin-1"), np.uint8))
    with pytest.raises(ValueError, match="is not a cchc-ml model, or is damaged") as error:
        read_model(path)
    assert len(str(error.value)) < 400


def test_a_long_header_is_not_read(path):
    rewrite(path, header=np.frombuffer(b" " * (2 << 20), np.uint8))
    with pytest.raises(ValueError, match=r"is not a cchc-ml model: header\.npy has 2,097,\d+ bytes; at most 1,048,576"):
        read_model(path)


def test_millions_of_terms_are_counted_before_they_are_split(path):
    rewrite(path, lexicon=np.full(20_000_000, ord("\n"), np.uint8))
    with pytest.raises(ValueError, match=r"is damaged: the array 'names' is int8 of shape .* want integers of shape"):
        read_model(path)


def test_a_codebook_that_does_not_fit_its_header(own, tmp_path):
    path = tmp_path / "m.npz"
    path.write_bytes(own.model.read_bytes())
    rewrite(path, codebook=np.frombuffer(b"[]", np.uint8))
    with pytest.raises(ValueError, match="is damaged: the codebook: found 0 categories, want 2 to 40; train it again"):
        read_model(path)
    path.write_bytes(own.model.read_bytes())
    rewrite(path, header=header(format=FORMAT, categories=own.codebook.slugs[::-1]))
    with pytest.raises(ValueError, match="is damaged: its header has the categories"):
        read_model(path)


def test_without_its_codebook_a_model_is_for_other_pillars(own, tmp_path):
    path = tmp_path / "m.npz"
    path.write_bytes(own.model.read_bytes())
    rewrite(path, codebook=None)
    with pytest.raises(ValueError, match="is for other pillars; want a model for institutional"):
        read_model(path)
