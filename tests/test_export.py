import csv
import io
import json

import pytest

from cchc_ml.export import read_inputs, tag_rows, write_csv, write_jsonl
from cchc_ml.pillars import PILLARS

ROWS = [
    {"id": 7, "text": "Sở rà soát, bãi bỏ văn bản quy phạm pháp luật.", "note": None},
    {"id": 8, "text": "Trời mưa to suốt đêm, hai nhà dân tốc mái.", "note": "=1+1"},
]


def test_a_row_keeps_its_fields_and_gets_three(small):
    tagged = list(tag_rows(small.model_, ROWS))
    assert [list(row) for row in tagged] == [["id", "text", "note", "pillars", "scores", "evidence"]] * 2
    assert tagged[0]["pillars"] == ["institutional"]
    assert tagged[0]["evidence"] == {"institutional": ROWS[0]["text"]}
    assert list(tagged[0]["scores"]) == [str(p) for p in PILLARS]
    assert tagged[1]["pillars"] == []
    assert tagged[1]["evidence"] == {}


def test_rows_come_as_they_are_read(small):
    def endless():
        while True:
            yield {"text": "Một cửa."}

    assert next(tag_rows(small.model_, endless()))["text"] == "Một cửa."


def test_jsonl_and_csv_hold_the_same(small):
    lines, cells = io.StringIO(), io.StringIO()
    write_jsonl(tag_rows(small.model_, ROWS), lines)
    write_csv(tag_rows(small.model_, ROWS), cells)
    objects = [json.loads(line) for line in lines.getvalue().splitlines()]
    table = list(csv.DictReader(io.StringIO(cells.getvalue())))
    for row, flat in zip(objects, table, strict=True):
        assert flat["text"] == row["text"]
        assert flat["pillars"] == ";".join(row["pillars"])
        assert float(flat["tthc"]) == row["scores"]["tthc"]
        assert flat["institutional_evidence"] == row["evidence"].get("institutional", "")


def test_csv_wants_the_same_fields_in_every_row(small):
    rows = tag_rows(small.model_, [{"text": "a"}, {"text": "b", "extra": 1}])
    with pytest.raises(ValueError, match=r"rows differ in their fields .*extra.*; choose --format jsonl"):
        write_csv(rows, io.StringIO())


def test_a_folder_is_read_in_the_order_of_names(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "2.txt").write_text("Hai.\nBa.")
    (tmp_path / "a.jsonl").write_text('{"text": "Một.", "k": 1}\n')
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8")
    rows = list(read_inputs([tmp_path]))
    assert rows == [
        {"text": "Một.", "k": 1},
        {"source": str(tmp_path / "b" / "2.txt"), "paragraph": 1, "text": "Hai."},
        {"source": str(tmp_path / "b" / "2.txt"), "paragraph": 2, "text": "Ba."},
    ]
