import pytest
from needs import needs

from cchc_ml.reporting.dossier import read_dossier
from cchc_ml.reporting.provenance import read_html_report
from cchc_ml.reporting.report import verify_reports, write_report
from cchc_ml.tagging.rows import tag_rows


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("Xã rà soát văn bản quy phạm pháp luật.\nChợ đông.\n", "utf8")
    (tmp_path / "in" / "b.jsonl").write_text('{"text": "Tỷ lệ giải ngân đạt 9%."}\n' * 300, "utf8")
    return tmp_path / "in"


@pytest.mark.parametrize("name", ["r.html", "r.HTM", "r.docx", "r.xlsx"])
def test_a_report_is_written_by_its_ending_and_verified(model, folder, tmp_path, name):
    needs("docx")
    needs("xlsxwriter")
    out, seen = tmp_path / name, []
    write_report(model, [folder], out, tag=tag_rows, on_progress=lambda *done: seen.append(done))
    record, _ = (read_html_report if "ht" in name.lower() else read_dossier)(out)
    assert record
    assert seen[-1] == (302, 302)
    assert verify_reports([out]) == []
    (folder / "a.txt").write_text("Xã họp.", "utf8")
    assert verify_reports([out]) == [f"{out}: {folder / 'a.txt'} was changed"]


def test_the_report_itself_is_not_an_input(model, folder):
    out = folder / "report.html"
    write_report(model, [folder], out, tag=tag_rows)
    first = out.read_bytes()
    assert write_report(model, [folder], out, tag=tag_rows, overwrite=True) == {str(out): "the output"}
    assert write_report(model, [folder], folder / "again.html", tag=tag_rows) == {
        str(out): "a result of an earlier run"
    }
    assert out.read_bytes() == first


def test_reports_that_are_refused(model, folder, tmp_path):
    def write(inputs, name):
        write_report(model, inputs, tmp_path / name, tag=tag_rows)

    with pytest.raises(ValueError, match=r"a report is an \.html, \.docx or \.xlsx file; found .*x\.pdf"):
        write([folder], "x.pdf")
    (tmp_path / "a.html").write_text("<p>Xã họp.</p>", "utf8")
    with pytest.raises(ValueError, match=r"a\.html is input and output"):
        write([tmp_path / "a.html"], "a.html")
    with pytest.raises(ValueError, match="standard input is not a file; name the files"):
        write(["-"], "x.html")
    (tmp_path / "mine.html").write_text("mine")
    with pytest.raises(FileExistsError, match=r"mine\.html exists; give --force to overwrite it"):
        write([folder], "mine.html")
    assert (tmp_path / "mine.html").read_text() == "mine"


@pytest.mark.parametrize("name", ["r.html", "r.docx"])
def test_files_of_kinds_that_are_not_read_are_told_and_recorded(model, folder, tmp_path, name):
    (folder / "cũ.doc").write_bytes(b"x")
    passed_over = {str(folder / "cũ.doc"): "of a kind that is not read"}
    assert write_report(model, [folder], tmp_path / name, tag=tag_rows) == passed_over
    read = read_dossier if name.endswith("docx") else read_html_report
    assert read(tmp_path / name)[0]["not_read"] == list(passed_over)
    assert verify_reports([tmp_path / name]) == []
