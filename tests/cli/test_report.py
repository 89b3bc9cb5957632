import pytest

from cchc_ml.files import data_path


@pytest.fixture
def page(cli, tmp_path):
    (tmp_path / "a & b.txt").write_text("Xã rà soát văn bản quy phạm pháp luật.\nChợ đông.\n", "utf8")
    (tmp_path / "c.jsonl").write_text('{"text": "Tỷ lệ giải ngân đạt 9%.", "outlet": "Báo A"}\n', "utf8")
    result = cli("report", tmp_path / "a & b.txt", tmp_path / "c.jsonl", "-o", tmp_path / "overview.html")
    assert result.exit_code == 0, result.stderr
    return tmp_path / "overview.html"


def test_verify_finds_nothing_if_nothing_was_changed(cli, page):
    result = cli("report", "--verify", page)
    assert (result.exit_code, result.stdout) == (0, "OK: inputs, model and report are unchanged\n")


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_dossiers_are_verified_too(cli, tmp_path, kind):
    source, out = tmp_path / "a.txt", tmp_path / f"d.{kind}"
    source.write_text("Xã rà soát văn bản quy phạm pháp luật.\nChợ đông.\n", "utf8")
    assert cli("report", source, "-o", out).exit_code == 0
    assert cli("report", "--verify", out).stdout == "OK: inputs, model and report are unchanged\n"
    source.write_text("Xã họp.", "utf8")
    assert cli("report", "--verify", out).stdout == f"{out}: {source} was changed\n"


def test_verify_reports_what_was_changed(cli, page, tmp_path):
    other = tmp_path / "model.npz"
    other.write_bytes(data_path("models/pillars.npz").read_bytes() + b"\0")
    (tmp_path / "a & b.txt").unlink()
    (tmp_path / "c.jsonl").write_text("{}")
    page.write_text(page.read_text("utf8").replace("Xã rà soát", "Huyện rà soát"), "utf8")
    result = cli("report", "--verify", page, "--model", other)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f"{page}: {page} was changed after it was written",
        f"{page}: {other} is a different model",
        f"{page}: {tmp_path / 'a & b.txt'} does not exist any more",
        f"{page}: {tmp_path / 'c.jsonl'} was changed",
    ]


def test_verify_refuses_a_page_that_is_not_a_report(cli, tmp_path):
    path = tmp_path / "x.html"
    path.write_text("<html></html>")
    result = cli("report", "--verify", path)
    assert result.exit_code == 2
    assert result.stderr == (
        f"cchc-ml: {path} does not contain a provenance record; "
        "want a page that was written with: cchc-ml report -o x.html\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give either -o REPORT.html to write a report, or --verify and reports that were written"),
        (["-o", "x.pdf"], "a report is an .html, .docx or .xlsx file; found x.pdf"),
    ],
)
def test_reports_that_are_refused(cli, arguments, message):
    result = cli("report", "data/samples", *arguments)
    assert (result.exit_code, result.stderr) == (2, f"cchc-ml: {message}\n")
