import json
import re
from pathlib import Path
from zipfile import ZipFile

import pytest
from needs import needs

from cchc_ml.reporting.about import About
from cchc_ml.reporting.dossier import read_dossier
from cchc_ml.reporting.provenance import read_html_report
from cchc_ml.reporting.report import verify_reports, write_report
from cchc_ml.tagging.rows import tag_rows

ARTICLE = [
    "Bộ phận một cửa xã trả hồ sơ thủ tục hành chính trước hạn cho bà con từ tháng trước.",
    "Chợ phiên đông người qua lại, hàng quán mở từ sáng sớm tới chiều muộn mới vãn.",
    "Xã rà soát văn bản quy phạm pháp luật đã hết hiệu lực và bãi bỏ ba nghị quyết cũ.",
    "Ông chủ tịch nói cán bộ xã đi tập huấn tin học hai buổi mỗi tuần, học xong thì thi.",
]


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
    again = write_report(model, [folder], out, tag=tag_rows, overwrite=True)
    assert again.passed_over == {str(out): "the output"}
    other = write_report(model, [folder], folder / "again.html", tag=tag_rows)
    assert other.passed_over == {str(out): "a result of an earlier run"}
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
    written = write_report(model, [folder], tmp_path / name, tag=tag_rows)
    assert written.passed_over == {str(folder / "cũ.doc"): "of a kind that is not read"}
    read = read_dossier if name.endswith("docx") else read_html_report
    record, content = read(tmp_path / name)
    assert record["not_read"] == ["cũ.doc"]
    assert "1 tệp thuộc loại không đọc được: cũ.doc" in content
    assert verify_reports([tmp_path / name]) == []


def unpacked(path):
    """Return all that a report says, also in the parts of an archive."""
    if path.suffix == ".html":
        return path.read_text("utf8")
    with ZipFile(path) as archive:
        return "\n".join(archive.read(name).decode("utf8", "replace") for name in archive.namelist())


@pytest.mark.parametrize("name", ["r.html", "r.docx", "r.xlsx"])
def test_a_report_names_files_relative_to_the_folder_that_was_given(model, folder, tmp_path, name):
    (folder / "con").mkdir()
    (folder / "con" / "d.txt").write_text("\n".join(ARTICLE), "utf8")
    (folder / "cũ.doc").write_bytes(b"x")
    (folder / "rỗng.txt").write_bytes(b"")
    (folder / "e.csv").write_text("text,source\nXã họp dân.,/home/an/bài/x.txt\n,y\n", "utf8")
    (folder / "f.csv").write_text(f"text,url\n{ARTICLE[0]},file:///home/an/bài/z.html\n", "utf8")
    out = tmp_path / "out" / name
    out.parent.mkdir()
    write_report(model, [folder], out, tag=tag_rows, on_error=lambda file, reason: None, on_note=lambda note: None)
    said = unpacked(out)
    assert str(tmp_path) not in said
    assert "/home/an" not in said
    record, _ = (read_html_report if name == "r.html" else read_dossier)(out)
    assert list(record["inputs"]) == ["a.txt", "b.jsonl", "con/d.txt", "e.csv", "f.csv", "rỗng.txt"]
    assert record["failures"] == {"rỗng.txt": "rỗng.txt is empty"}
    assert record["notes"] == ["e.csv: bỏ qua 1 dòng không có văn bản (dòng 3)"]
    assert record["paragraphs"] == {"a.txt": 2, "b.jsonl": 300, "con/d.txt": 4, "e.csv": 1, "f.csv": 1, "rỗng.txt": 0}
    assert verify_reports([out]) == []


def test_the_names_do_not_depend_on_how_the_folder_is_written(model, folder, tmp_path, monkeypatch):
    about = About(date="2026-11-29")
    monkeypatch.chdir(tmp_path)
    for name, given in (("1.html", "in"), ("2.html", folder), ("3.html", "./in/")):
        write_report(model, [given], tmp_path / name, tag=tag_rows, about=about)
    assert len({(tmp_path / name).read_bytes() for name in ("1.html", "2.html", "3.html")}) == 1


@pytest.mark.parametrize("name", ["r.html", "r.docx", "r.xlsx"])
def test_the_same_input_gives_the_same_bytes(model, folder, tmp_path, name, monkeypatch):
    out = tmp_path / name
    written = []
    for epoch, moment in (("0", 1.7e9), ("0", 1.8e9), ("86400", 1.8e9)):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
        monkeypatch.setattr("time.time", lambda moment=moment: moment)
        write_report(model, [folder], out, tag=tag_rows, overwrite=True)
        written.append(out.read_bytes())
    assert written[0] == written[1] != written[2]


@pytest.mark.parametrize("name", ["r.html", "r.docx", "r.xlsx"])
def test_reprints_are_counted_once_and_listed(model, tmp_path, name):
    rows = []
    for article, outlet, day, texts in (
        ("1", "Báo Sơn Lam", "2026-05-04", ARTICLE),
        ("2", "Báo Trà Giang", "2026-05-03", [*ARTICLE[:3], ARTICLE[3].replace("hai buổi", "ba buổi")]),
        ("3", "Báo Vĩnh Khê", "2026-05-05", ARTICLE[:3]),
        ("4", "Báo Vĩnh Khê", "2026-05-06", ["Trận mưa đêm qua làm ngập chợ huyện, bà con bỏ hàng chạy lũ."]),
    ):
        rows += [{"article": article, "outlet": outlet, "date": day, "text": text} for text in texts]
    table = tmp_path / "in.jsonl"
    table.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf8")
    write_report(model, [table], tmp_path / name, tag=tag_rows)
    _, content = (read_html_report if name == "r.html" else read_dossier)(tmp_path / name)
    assert "5 đoạn văn trong 2 bài" in content
    assert "2 bài (7 đoạn) gần như trùng lời" in content
    assert "Báo Sơn Lam, 04/05/2026, 1; Báo Vĩnh Khê, 05/05/2026, 3" in content
    assert "03/05/2026" in content, "the earliest stands for all"


def test_paragraphs_are_counted_as_predict_counts_them(cli, tmp_path, top):
    pages = [
        str(top / "tests" / "pages" / f"{name}.html") for name in ("p01-R18-07", "p12-sharepoint-diem-tin-noi-chinh")
    ]
    told = cli("predict", *pages, "-o", tmp_path / "kq.jsonl").stderr
    assert cli("report", *pages, "-o", tmp_path / "r.html").exit_code == 0
    said = (tmp_path / "r.html").read_text("utf8")
    n, m, tagged = re.match(r"(\d+) paragraphs \(and \d+ headings\) of (\d+) articles, (\d+)", told).groups()
    assert f"<p>{n} đoạn văn trong {m} bài; {tagged} đoạn được gắn ít nhất một trụ cột.</p>" in said
    record, _ = read_html_report(tmp_path / "r.html")
    assert sum(record["paragraphs"].values()) == int(n)
    kinds = [json.loads(line)["kind"] for line in Path(tmp_path / "kq.jsonl").read_text("utf8").splitlines()]
    assert kinds.count("body") == int(n) < len(kinds)
    assert f"{kinds.count('headline')} tiêu đề, {kinds.count('subheading')} tiêu đề phụ, " in said


def test_what_cannot_be_read_is_left_out_told_and_recorded(cli, folder, tmp_path):
    (folder / "rỗng.txt").write_bytes(b"")
    out = tmp_path / "r.docx"
    result = cli("report", folder, "-o", out)
    assert result.exit_code == 1
    assert f"cchc-ml: {folder / 'rỗng.txt'} is empty" in result.stderr
    assert result.stderr.endswith("1 of 3 files could not be read to the end\n")
    assert read_dossier(out)[0]["failures"] == {"rỗng.txt": "rỗng.txt is empty"}
    strict = cli("report", folder, "-o", tmp_path / "s.docx", "--strict")
    assert (strict.exit_code, strict.stderr) == (2, f"cchc-ml: {folder / 'rỗng.txt'} is empty\n")
    assert not (tmp_path / "s.docx").exists()


def test_nothing_is_written_if_nothing_can_be_read(cli, tmp_path):
    files = [tmp_path / "a.txt", tmp_path / "b.txt"]
    for file in files:
        file.write_bytes(b"")
    result = cli("report", *files, "-o", tmp_path / "r.html")
    assert result.exit_code == 2
    assert [f"cchc-ml: {file} is empty" for file in files] == result.stderr.splitlines()[:2]
    assert not (tmp_path / "r.html").exists()


def test_a_file_that_is_changed_while_it_is_read_is_named(model, folder, tmp_path):
    """Its hash would be that of another text than the one that was tagged."""

    def change(*done):
        (folder / "a.txt").write_text("Xã họp bàn việc khác.", "utf8")

    with pytest.raises(ValueError, match=r"a\.txt was changed while it was read; run again"):
        write_report(model, [folder], tmp_path / "r.html", tag=tag_rows, on_progress=change)
    assert not (tmp_path / "r.html").exists()
