import json
from hashlib import sha256

import pytest

from cchc_ml import __version__
from cchc_ml.files import data_path
from cchc_ml.reporting.provenance import content_hash, make_provenance, read_html_report, verify

MODEL_FILE = data_path("models/pillars.npz")


@pytest.fixture
def inputs(tmp_path):
    paths = [tmp_path / "a & b.txt", tmp_path / "c.jsonl"]
    for path in paths:
        path.write_text(f"Xã họp. {path.name}", "utf8")
    return paths


@pytest.fixture
def provenance(inputs, model):
    return make_provenance(inputs, MODEL_FILE, model, {"by": None}, ["cũ.doc"])


def test_the_record_has_the_hashes_of_all_that_a_report_is_made_from(provenance, inputs, model):
    assert provenance == {
        "cchc_ml": __version__,
        "model": sha256(MODEL_FILE.read_bytes()).hexdigest(),
        "data": model.info.data,
        "options": {"by": None},
        "inputs": {str(path): sha256(path.read_bytes()).hexdigest() for path in inputs},
        "not_read": ["cũ.doc"],
    }
    assert json.loads(json.dumps(provenance)) == provenance


def test_the_content_hash_ignores_white_space_only():
    assert content_hash("một cửa\n") == content_hash("một\r\n\tcửa") == sha256("mộtcửa".encode()).hexdigest()
    assert content_hash("một cửa") != content_hash("Một cửa")


def test_nothing_differs_if_nothing_was_changed(provenance):
    record = {**provenance, "content": content_hash("Trang")}
    assert verify(record, "Trang", "x.html", MODEL_FILE) == []


def test_each_difference_is_reported(provenance, inputs, tmp_path):
    other_model = tmp_path / "model.npz"
    other_model.write_bytes(b"\0")
    inputs[0].unlink()
    inputs[1].write_text("{}", "utf8")
    record = {**provenance, "cchc_ml": "0.0", "content": content_hash("Trang")}
    assert verify(record, "Trang khác", "x.html", other_model) == [
        f"written by cchc_ml 0.0, but this is {__version__}",
        "x.html was changed after it was written",
        f"{other_model} is a different model",
        f"{inputs[0]} does not exist any more",
        f"{inputs[1]} was changed",
    ]


def test_the_record_of_a_page_is_taken_out_of_its_content(tmp_path):
    path = tmp_path / "x.html"
    path.write_text(
        '<p>Một</p>\n<script type="application/json" id="provenance">{"a":\n1}</script>\n<p>Hai</p>', "utf8"
    )
    assert read_html_report(path) == ({"a": 1}, "<p>Một</p>\n\n<p>Hai</p>")


def test_a_page_without_a_record_is_refused(tmp_path):
    path = tmp_path / "x.html"
    path.write_text("<html></html>", "utf8")
    with pytest.raises(ValueError, match=r"x\.html does not contain a provenance record; want a page that was written"):
        read_html_report(path)
