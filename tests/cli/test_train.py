import json
import re

import pytest

SAMPLE = "data/samples/mot-cua-xa.txt"


def test_train_on_own_data(cli, tmp_path, labelled):
    out = tmp_path / "mine.npz"
    result = cli("train", labelled, "-o", out, "--jobs", "1")
    assert result.exit_code == 0, result.stderr
    assert "cross-validated (240 paragraphs)" in result.stdout
    assert f"wrote {out}" in result.stderr
    metrics = json.loads((tmp_path / "metrics.json").read_text())
    assert f"{metrics['scores']['cross-validated']['macro']['f1']:.3f}" in (tmp_path / "README.md").read_text()
    assert cli("predict", SAMPLE, "--model", out).exit_code == 0
    assert cli("train", labelled, "-o", out).exit_code == 2


def test_train_on_csv_with_one_label_missing(cli, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("text,labels\nMột cửa,tthc\nMưa,\n")
    result = cli("train", path, "-o", tmp_path / "m.npz")
    assert result.exit_code == 2
    assert "no paragraph has the pillar institutional" in result.stderr
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["x.jsonl"], "the model needs a file: give -o FOLDER/MODEL.npz"),
        (["--with-default-data", "-o", "m.npz"], "--with-default-data needs DATA to add"),
        (["own.jsonl", "--own-weight", "2", "-o", "m.npz"], "give --with-default-data too"),
        (["x.jsonl", "-o", "m.bin"], "a model is an .npz file; found m.bin"),
    ],
)
def test_train_options_that_do_not_fit(cli, args, message):
    result = cli("train", *args)
    assert result.exit_code == 2
    assert message in result.stderr


def test_few_rows_are_warned_of_by_name(cli, tmp_path, labelled):
    few = tmp_path / "few.jsonl"
    few.write_text("".join(labelled.read_text("utf8").splitlines(keepends=True)[:30]), "utf8")
    result = cli("train", few, "-o", tmp_path / "few.npz")
    assert result.exit_code == 0
    remark = re.search(
        r"^cchc-ml: warning: (tthc: \d positive paragraphs in \d documents; at least .*)$", result.stderr, re.M
    )
    assert "Warning" not in result.stderr
    assert "## Warnings\n\n" in (tmp_path / "README.md").read_text("utf8")
    assert f"- {remark[1]}\n" in (tmp_path / "README.md").read_text("utf8")


def test_a_precision_that_is_not_reached_is_said(cli, tmp_path, labelled):
    out = tmp_path / "sure.npz"
    result = cli("train", labelled, "-o", out, "--objective", "precision=0.99")
    assert result.exit_code == 0
    assert (
        "warning: no threshold has precision 0.99 with 95 % confidence for institutional (the most is 0."
        in result.stderr
    )
    for command in (
        ("explain", "data/samples/mot-cua-xa.txt"),
        ("predict", "data/samples/mot-cua-xa.txt", "-f", "table"),
    ):
        assert not re.search(r"\binf\b|\bnan\b", cli(*command, "--model", out).stdout)
    evaluated = cli("evaluate", labelled, "--model", out).stdout
    assert not re.search(r"\binf\b|\bnan\b", evaluated)
    assert re.search(r"for precision=0.99 +│ +– │ +0\.000", evaluated)
    assert not re.search(r"\binf\b", result.stdout + (tmp_path / "README.md").read_text("utf8"))


def test_no_words_are_one_line(cli, tmp_path, labelled):
    rows = [json.loads(line) for line in labelled.read_text("utf8").splitlines()]
    numbers = tmp_path / "numbers.jsonl"
    numbers.write_text("".join(json.dumps({**row, "text": str(i)}) + "\n" for i, row in enumerate(rows)), "utf8")
    result = cli("train", numbers, "-o", tmp_path / "m.npz")
    assert result.exit_code == 2
    assert (
        "no word of the lexicon is in any paragraph (the first is '0'); is the text in another column?" in result.stderr
    )


def test_train_for_precision(cli, tmp_path, labelled):
    out = tmp_path / "sure.npz"
    assert cli("train", labelled, "-o", out, "--objective", "precision=0.8").exit_code == 0
    assert "Objective precision=0.8" in cli("evaluate", labelled, "--model", out).stdout
    assert "objective must be" in cli("train", labelled, "-o", out, "--force", "--objective", "recall").stderr


def test_a_readme_that_is_no_card_is_never_overwritten(cli, tmp_path, labelled):
    readme = tmp_path / "README.md"
    readme.write_text("mine")
    result = cli("train", labelled, "-o", tmp_path / "m.npz", "--force")
    assert result.exit_code == 2
    assert "is not a model card, and the card would overwrite it; write the model into" in result.stderr
    assert readme.read_text() == "mine"


def test_packed_rows_can_be_trained_on(cli, tmp_path, labelled):
    (tmp_path / "m").mkdir()
    assert cli("pack", labelled, "-o", tmp_path / "c.jsonl.gz").exit_code == 0
    assert cli("train", tmp_path / "c.jsonl.gz", "-o", tmp_path / "m" / "m.npz").exit_code == 0


@pytest.mark.slow
def test_a_learned_lexicon_can_be_trained_with(cli, tmp_path, labelled):
    terms = tmp_path / "terms.txt"
    assert cli("lexicon", labelled, "-o", terms, "--max-terms", "50", "--jobs", "1").exit_code == 0
    out = tmp_path / "m.npz"
    assert cli("train", labelled, "-o", out, "--lexicon", terms, "--jobs", "1").exit_code == 0
    assert cli("predict", SAMPLE, "--model", out).exit_code == 0
    packed = cli("train", "-o", out, "--force", "--lexicon", terms)
    assert (packed.exit_code, packed.stderr.count("\n")) == (2, 1)
    assert packed.stderr.endswith("give text, or leave out --lexicon\n")
