import json

import pytest


@pytest.mark.slow
def test_plan(cli, labelled):
    result = cli("plan", labelled)
    assert result.exit_code == 0
    assert "Macro-F1 by number of labels" in result.stdout
    assert "+400" in result.stdout
    assert "label first: " in result.stdout


def test_too_few_and_held_out_rows(cli, tmp_path):
    path = tmp_path / "own.jsonl"
    rows = [{"text": "Xã họp.", "labels": ["tthc"]}, {"text": "Trời mưa.", "labels": [], "split": "validation"}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf8")
    result = cli("plan", path)
    assert result.exit_code == 0
    assert result.stdout.startswith(
        "1 rows of 1 documents: too few for a learning curve; want 100 rows of 20 documents"
    )
    assert "label first: Thể chế (institutional): only 0 rows have it" in result.stdout
