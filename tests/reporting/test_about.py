import re
from datetime import date

import pytest

from cchc_ml.reporting.about import About, Fact, facts, input_files, report_date
from cchc_ml.reporting.overview import gather
from cchc_ml.reporting.prevalence import training_prior
from cchc_ml.tagging.rows import tag_rows


def test_the_date_is_the_given_one_or_that_of_the_build_or_today(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1764374400")
    assert report_date("2026-01-02") == "2026-01-02"
    assert report_date() == "2025-11-29"
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    before = date.today().isoformat()
    assert before <= report_date() <= date.today().isoformat()


@pytest.mark.parametrize("given", ["", "29/11/2026", "2026-02-30", "20261129", "2026-11-29T10:00"])
def test_another_date_is_refused(given):
    with pytest.raises(ValueError, match=re.escape(f"found the date {given!r}; want a day such as 2026-11-29")):
        report_date(given)


def test_a_wrong_epoch_is_refused(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "hôm nay")
    with pytest.raises(ValueError, match="SOURCE_DATE_EPOCH is 'hôm nay'; want seconds since 1970-01-01"):
        report_date()


@pytest.mark.parametrize(
    ("day", "in_words"),
    [
        ("2026-11-29", "ngày 29 tháng 11 năm 2026"),
        ("2026-02-09", "ngày 09 tháng 02 năm 2026"),
        ("2026-09-09", "ngày 09 tháng 9 năm 2026"),
        ("", ""),
    ],
)
def test_dates_are_written_as_offices_write_them(day, in_words):
    assert About(date=day).day_in_words == in_words


def test_a_report_says_what_it_was_made_with_and_what_was_left_out(model):
    rows = [{"text": f"Xã họp dân {n}.", "kind": kind} for n, kind in enumerate(["headline", "body", "boilerplate"])]
    provenance = {
        "cchc_ml": "1.2",
        "model": "ab" * 32,
        "model_name": "m.npz",
        "inputs": {f"{n}.txt": "cd" * 32 for n in range(3)},
        "not_read": [f"{n}.doc" for n in range(25)],
        "failures": {"2.txt": "2.txt is empty"},
        "paragraphs": {"0.txt": 1},
    }
    tagged = tag_rows(model, [(row, "text") for row in rows])
    overview = gather(tagged, training_prior(model), provenance=provenance)
    said = dict(facts(overview))
    assert said["Chương trình"] == "cchc_ml 1.2"
    assert said["Mô hình"] == "m.npz, SHA-256 abababababababab"
    assert said["Dữ liệu đọc"] == "3 tệp"
    assert said["Được tính"] == "1 đoạn văn trong 1 bài"
    assert said["Không tính là đoạn văn"].startswith("1 tiêu đề, 1 dòng ngoài bài")
    assert said["Không đọc"].startswith("25 tệp thuộc loại không đọc được: 0.doc, 1.doc, ")
    assert said["Không đọc"].endswith("19.doc, … (và 5 mục nữa)")
    assert said["Đọc lỗi"] == "1 tệp không đọc được hết: 2.txt"
    assert "Bài đăng lại" not in said
    assert [file.paragraphs for file in input_files(overview)] == [1, None, None]


def test_what_is_not_known_is_not_said(model):
    overview = gather(tag_rows(model, [({"text": "Xã họp dân."}, "text")]), training_prior(model))
    assert facts(overview) == [Fact("Được tính", "1 đoạn văn trong 1 bài")]
    assert input_files(overview) == []
