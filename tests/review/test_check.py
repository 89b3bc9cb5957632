import csv
import json
import re

import numpy as np
import pytest
from review_items import CATEGORIES, SLUGS

from cchc_ml.learning.corpus import read_corpus
from cchc_ml.review.check import Kind, check_data, is_vietnamese, write_findings
from cchc_ml.review.formats import read_items
from cchc_ml.review.merge import merge

TEXT = "Bộ phận một cửa của xã trả kết quả hồ sơ đất đai trước hạn hai ngày cho bà con trong thôn và tổ dân phố."


def write(path, rows):
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf8")
    return path


def found(path):
    checked = check_data([path], CATEGORIES)
    return [(str(f.kind), int(re.search(r"line (\d+)$", f.place)[1])) for f in checked.findings], checked


def test_every_kind_of_odd_row(tmp_path):
    rows = [
        {"id": "a", "text": TEXT, "labels": ["tthc"], "document": "D1"},
        {"id": "b", "text": TEXT + " Xã họp.", "labels": ["apparatus"], "document": "D2"},
        {"id": "c", "text": TEXT, "labels": ["tthc"], "document": "D3", "split": "validation"},
        {"id": "d", "text": "Ngân sách xã năm nay không tăng.", "labels": [], "document": "D1", "split": "test"},
        {"id": "e", "text": "", "labels": []},
        {"id": "f", "text": "Xã " * 2000, "labels": []},
        {"id": "g", "text": "The district council approved its annual budget on Monday.", "labels": []},
        {"id": "h", "text": "Xã họp về thuế.", "labels": ["tax"]},
    ]
    kinds, checked = found(write(tmp_path / "a.jsonl", rows))
    assert kinds == [
        ("near-duplicate with other labels", 1),
        ("near-duplicate with other labels", 2),
        ("near-duplicate with other labels", 2),
        ("near-duplicate with other labels", 3),
        ("text in two splits", 3),
        ("text in two splits", 3),
        ("document in two splits", 4),
        ("unknown label", 8),
        ("no text", 5),
        ("over-long", 6),
        ("not Vietnamese", 7),
    ]
    assert checked.rows == 6
    assert "too few rows" in checked.notes[0]


def test_clean_rows(tmp_path):
    rows = [{"text": TEXT, "labels": ["tthc"], "split": "train"}, {"text": "Trời mưa.", "labels": [], "split": ""}]
    assert found(write(tmp_path / "a.jsonl", rows))[0] == []


@pytest.mark.parametrize(
    ("text", "vietnamese"),
    [
        (TEXT, True),
        ("UBND xã A thi hành NĐ 30 về công tác văn thư", True),
        ("Xa tra ho so truoc han cho nguoi dan trong thon", True),
        ("Thñ tôc hµnh chÝnh cña x· ®−îc c¶i c¸ch", True),
        ("OK", True),
        ("中文 的 文本 不 是 越南", False),
        ("Les services publics restent ouverts pendant les vacances", False),
    ],
)
def test_language(text, vietnamese):
    assert is_vietnamese(text) is vietnamese


@pytest.mark.parametrize("kind", [".xlsx", ".csv"])
def test_a_correction_is_merged_back(tmp_path, kind):
    rows = [
        {"id": "a", "text": TEXT, "labels": ["tthc"], "split": "validation"},
        {"id": "b", "text": TEXT, "labels": ["tthc", "apparatus"]},
    ]
    data = write(tmp_path / "data.jsonl", rows)
    sheet = tmp_path / f"fix{kind}"
    assert write_findings(check_data([data], CATEGORIES).findings, sheet, CATEGORIES) == 2
    untouched = [item for path in (data, sheet) for item in read_items(path, CATEGORIES)]
    assert [row["labels"] for row in merge(untouched, SLUGS).rows()] == [["tthc"], ["tthc", "apparatus"]]
    if kind == ".csv":
        with open(sheet, encoding="utf-8-sig", newline="") as file:
            cells = list(csv.DictReader(file))
        assert cells[1]["Ý kiến: Tổ chức bộ máy"] == "nhãn: có"
        places = [re.findall(r"\b(?:line|dòng) \d", cell["Ý kiến: ghi chú"]) for cell in cells]
        assert places == [["dòng 1", "dòng 2"], ["dòng 2", "dòng 1"]]
        cells[1]["Tổ chức bộ máy"] = "không"
        with open(sheet, "w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, list(cells[0]))
            writer.writeheader()
            writer.writerows(cells)
        corrected = [item for path in (data, sheet) for item in read_items(path, CATEGORIES)]
        merged = list(merge(corrected, SLUGS).rows())
        assert [row["labels"] for row in merged] == [["tthc"], ["tthc"]]
        assert merged[0]["split"] == "validation"


@pytest.mark.slow
def test_planted_label_errors_are_ranked_first(top, tmp_path):
    rows = [dict(row) for row in read_corpus(top / "data/articles.jsonl").training().rows[:1000]]
    chance = np.random.default_rng(0)
    planted = set(chance.choice(len(rows), 26, replace=False).tolist())
    for i in planted:
        rows[i]["labels"] = [str(chance.choice([slug for slug in SLUGS if slug not in rows[i]["labels"]]))]
    kinds, checked = found(write(tmp_path / "own.jsonl", rows))
    assert checked.notes == []
    first = [line - 1 for kind, line in kinds if kind == Kind.label][:30]
    assert len(planted & set(first)) >= 20
