import json
from hashlib import sha256

import pytest

from cchc_ml import __version__
from cchc_ml.files import data_path
from cchc_ml.reporting.provenance import content_hash, make_provenance, read_html_report, verify

MODEL_FILE = data_path("models/pillars.npz")


def text_of(tmp_path):
    """A text that no file of another test has: files are looked for in the folders around, too."""
    return f"Xã họp ở {tmp_path.name}."


@pytest.fixture
def inputs(tmp_path):
    paths = [tmp_path / "a & b.txt", tmp_path / "c.jsonl"]
    for path in paths:
        path.write_text(f"Xã họp. {path.name}", "utf8")
    return paths


@pytest.fixture
def provenance(inputs, model, tmp_path):
    names = {str(path): path.name for path in inputs}
    return make_provenance(
        names, MODEL_FILE, model, {"by": None}, not_read=["cũ.doc"], folder=tmp_path.name, date="2026-11-29"
    )


def test_the_record_has_the_hashes_of_all_that_a_report_is_made_from(provenance, inputs, model, tmp_path):
    assert provenance == {
        "cchc_ml": __version__,
        "date": "2026-11-29",
        "model": sha256(MODEL_FILE.read_bytes()).hexdigest(),
        "model_name": "pillars.npz",
        "data": model.info.data,
        "options": {"by": None},
        "folder": tmp_path.name,
        "inputs": {path.name: sha256(path.read_bytes()).hexdigest() for path in inputs},
        "not_read": ["cũ.doc"],
        "places": {},
    }
    assert json.loads(json.dumps(provenance)) == provenance


def test_the_content_hash_ignores_white_space_only():
    assert content_hash("một cửa\n") == content_hash("một\r\n\tcửa") == sha256("mộtcửa".encode()).hexdigest()
    assert content_hash("một cửa") != content_hash("Một cửa")


def test_nothing_differs_if_nothing_was_changed(provenance, tmp_path):
    record = {**provenance, "content": content_hash("Trang")}
    assert verify(record, "Trang", tmp_path / "x.html", MODEL_FILE) == []


@pytest.mark.parametrize("report", ["in/x.html", "x.html", "out/x.html", "a/b/out/x.html"])
@pytest.mark.parametrize("folder", ["in", "năm/in"])
def test_inputs_are_found_from_the_place_of_the_report(model, tmp_path, report, folder):
    file, out = tmp_path / folder / "con" / "a.txt", tmp_path / report
    for path in (file, out):
        path.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text_of(tmp_path), "utf8")
    record = make_provenance({str(file): "con/a.txt"}, MODEL_FILE, model, {}, folder="in")
    record["content"] = content_hash("Trang")
    assert verify(record, "Trang", out, MODEL_FILE) == []
    file.write_text("Xã họp lại.", "utf8")
    (difference,) = verify(record, "Trang", out, MODEL_FILE)
    assert difference.endswith("a.txt was changed")


def test_inputs_are_found_from_the_current_folder(model, tmp_path, monkeypatch):
    here, there = tmp_path / "here", tmp_path / "there" / "far" / "away"
    there.mkdir(parents=True)
    (here / "in").mkdir(parents=True)
    (here / "in" / "a.txt").write_text(text_of(tmp_path), "utf8")
    record = make_provenance({str(here / "in" / "a.txt"): "a.txt"}, MODEL_FILE, model, {}, folder="in")
    record["content"] = content_hash("Trang")
    monkeypatch.chdir(here)
    assert verify(record, "Trang", there / "x.html", MODEL_FILE) == []


def test_a_file_that_is_gone_is_not_looked_for_elsewhere(model, tmp_path):
    for folder in ("in", "other/in"):
        (tmp_path / folder).mkdir(parents=True)
        for name in "ab":
            (tmp_path / folder / f"{name}.txt").write_text(text_of(tmp_path), "utf8")
    names = {str(tmp_path / "in" / f"{name}.txt"): f"{name}.txt" for name in "ab"}
    record = make_provenance(names, MODEL_FILE, model, {}, folder="in") | {"content": content_hash("Trang")}
    (tmp_path / "in" / "a.txt").unlink()
    gone = tmp_path / "in" / "a.txt"
    assert verify(record, "Trang", tmp_path / "x.html", MODEL_FILE) == [f"{gone} does not exist any more"]


@pytest.mark.parametrize("folder", ["in", ""])
def test_another_file_of_the_same_name_nearby_is_no_change(model, tmp_path, folder):
    """The report is beside an unrelated file of the same name; the input is further away."""
    file, other = (tmp_path / place / folder / "a.txt" for place in ("far", "near"))
    for path, text in ((file, text_of(tmp_path)), (other, "Việc khác.")):
        path.parent.mkdir(parents=True)
        path.write_text(text, "utf8")
    record = make_provenance({str(file): "a.txt"}, MODEL_FILE, model, {}, folder=folder)
    record["content"] = content_hash("Trang")
    assert verify(record, "Trang", tmp_path / "near" / "x.html", MODEL_FILE) == []
    file.unlink()
    (difference,) = verify(record, "Trang", tmp_path / "near" / "x.html", MODEL_FILE)
    assert difference == f"{other} was changed"


def test_a_change_is_seen_although_a_copy_nearby_is_unchanged(model, tmp_path):
    file, copy, report = tmp_path / "hồ sơ" / "a.txt", tmp_path / "bản sao" / "a.txt", tmp_path / "ra" / "x.html"
    for path in (file, copy, report):
        path.parent.mkdir()
        path.write_text(text_of(tmp_path), "utf8")
    record = make_provenance({str(file): "a.txt"}, MODEL_FILE, model, {}, folder="", report=report)
    assert "hồ sơ" not in json.dumps(record, ensure_ascii=False)
    record["content"] = content_hash("Trang")
    assert verify(record, "Trang", report, MODEL_FILE) == []
    file.write_text("Xã họp lại.", "utf8")
    assert verify(record, "Trang", report, MODEL_FILE) == [f"{file} was changed"]


def test_inputs_that_are_nowhere_are_one_difference(model, tmp_path, monkeypatch):
    (tmp_path / "b").mkdir()
    (tmp_path / "in-nobody-has").mkdir()
    files = [tmp_path / "in-nobody-has" / f"{name}-nobody-has.txt" for name in "ab"]
    for file in files:
        file.write_text(text_of(tmp_path), "utf8")
    record = make_provenance({str(f): f.name for f in files}, MODEL_FILE, model, {}, folder="in-nobody-has")
    record["content"] = content_hash("Trang")
    for file in files:
        file.unlink()
    (difference,) = verify(record, "Trang", tmp_path / "b" / "x.html", MODEL_FILE)
    assert difference.startswith("none of the 2 inputs was found in ")
    assert difference.endswith("put x.html beside the folder of the inputs, or run this beside it")


def test_files_of_several_folders_are_each_looked_for(model, tmp_path):
    files = [tmp_path / "x" / "a.txt", tmp_path / "y" / "b.txt"]
    for file in files:
        file.parent.mkdir()
        file.write_text(text_of(tmp_path), "utf8")
    record = make_provenance({str(file): file.name for file in files}, MODEL_FILE, model, {}, folder=None)
    record["content"] = content_hash("Trang")
    assert verify(record, "Trang", tmp_path / "r.html", MODEL_FILE) == []


def test_each_difference_is_reported(provenance, inputs, tmp_path):
    other_model = tmp_path / "model.npz"
    other_model.write_bytes(b"\0")
    inputs[0].unlink()
    inputs[1].write_text("{}", "utf8")
    record = {**provenance, "cchc_ml": "0.0", "content": content_hash("Trang")}
    page = tmp_path / "x.html"
    assert verify(record, "Trang khác", page, other_model) == [
        f"written by cchc_ml 0.0, but this is {__version__}",
        f"{page} was changed after it was written",
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
