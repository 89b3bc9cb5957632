import pytest

from cchc_ml.pillars import PILLARS
from cchc_ml.reporting.overview import MAX_GROUPS, gather
from cchc_ml.reporting.prevalence import training_prior
from cchc_ml.tagging.rows import tag_rows

SENTENCE = "Bộ phận một cửa xã trả hồ sơ thủ tục hành chính trước hạn."
TEXT = f"Chợ đông. {SENTENCE} Trời mưa."


@pytest.fixture
def overview(model):
    """Gather an overview of rows of text."""
    return lambda rows, **options: gather(
        tag_rows(model, [(row, "text") for row in rows]), training_prior(model), **options
    )


def articles(n, **columns):
    return [
        {"document": f"bài {i}", "text": f"{TEXT} {i}", **{k: v[i % len(v)] for k, v in columns.items()}}
        for i in range(n)
    ]


def test_shares_are_measured_overall_and_by_month_outlet_and_column(overview):
    rows = articles(120, date=["2024-01-05", "15/02/2024"], outlet=["Báo A", "Báo B", "Báo B"], tỉnh=["X", "Y"])
    gathered = overview(rows)
    assert (gathered.overall.paragraphs, gathered.overall.documents) == (120, 120)
    assert list(gathered.groups) == ["Theo tháng", "Theo cơ quan báo chí"]
    assert list(gathered.groups["Theo tháng"]) == ["01/2024", "02/2024"]
    assert [group.paragraphs for group in gathered.groups["Theo cơ quan báo chí"].values()] == [80, 40]
    by_province = overview(rows, by="tỉnh")
    assert list(by_province.groups["Theo tỉnh"]) == ["X", "Y"]
    with pytest.raises(ValueError, match="no row has a value in a column 'huyện'; found the columns date, document"):
        overview(rows, by="huyện")


def test_a_date_may_be_a_year_alone(overview):
    gathered = overview(articles(60, date=["2024", "15/02/2025", "không rõ"]))
    assert list(gathered.groups) == ["Theo năm"]
    assert list(gathered.groups["Theo năm"]) == ["2024", "2025", "không rõ"]


def test_more_than_24_months_are_grouped_by_year(overview):
    dates = [f"{year}-{month:02}-01" for year in (2023, 2024, 2025) for month in range(1, 13)]
    assert list(overview(articles(24, date=dates[:24])).groups) == ["Theo tháng"]
    assert list(overview(articles(25, date=dates[:25])).groups) == ["Theo năm"]


def test_the_smallest_of_many_groups_are_put_together(overview):
    outlets = [f"Báo {i}" for i in range(MAX_GROUPS + 2)]
    groups = overview([*articles(1, outlet=["Báo 31"]), *articles(32, outlet=outlets)]).groups["Theo cơ quan báo chí"]
    assert len(groups) == MAX_GROUPS + 1
    assert next(iter(groups)) == "Báo 31"
    assert list(groups)[-1] == "còn lại (2 nhóm)"
    assert groups["còn lại (2 nhóm)"].paragraphs == 2


def test_headlines_and_boilerplate_are_not_counted(overview):
    kinds = ("headline", "body", "boilerplate", "subheading", "body")
    rows = [{"text": TEXT, "kind": kind, "source": "a"} for kind in kinds]
    assert overview(rows).overall.paragraphs == 2
    with pytest.raises(ValueError, match="found no paragraph to report on"):
        overview(rows[:1])


def test_rows_of_one_document_are_together_and_rows_without_a_name_are_not(overview):
    rows = [{"text": TEXT, "source": "a", "headline": "Một cửa"}, {"text": TEXT, "source": "a"}, {"text": TEXT}]
    first, second = overview([*rows, {"text": TEXT}]).documents[:2]
    assert (first.name, first.headline, [p.position for p in first.paragraphs]) == ("a", "Một cửa", [1, 2])
    assert (second.name, [p.position for p in second.paragraphs]) == ("", [1])
    assert overview([*rows, {"text": TEXT}]).overall.documents == 3


def test_the_strongest_come_first_with_their_sentence(overview):
    quotes = overview([*articles(3), {"document": "x", "text": "Mưa."}]).quotes["tthc"]
    assert len(quotes) == 3
    assert {quote.sentence for quote in quotes} == {SENTENCE}
    assert [quote.probability for quote in quotes] == sorted((quote.probability for quote in quotes), reverse=True)


def test_the_evidence_is_the_place_that_was_tagged_not_the_first_that_reads_the_same(overview, model):
    text = (
        "Ông nói: xã trả hồ sơ đúng hạn là  thủ tục hành chính tốt, theo báo cáo.\x00\n"
        "xã trả hồ sơ đúng hạn là \t thủ tục hành chính tốt"
    )
    start, end = model.annotate([text])[0].evidence[PILLARS[1]]
    assert start > text.index("\n")  # the model decides for the second line
    (quote,) = overview([{"text": text}]).quotes["tthc"]
    assert quote.sentence == " ".join(text[start:end].split())
    assert quote.place[0] > quote.paragraph.text.index("báo cáo.")


def test_the_columns_of_a_tracking_sheet_are_found(overview):
    notes = []
    rows = [
        {
            "STT": i,
            "Ngày đăng": f"{1 + i % 2:02}/0{5 + i % 2}/2026",
            "Cơ quan\nbáo chí": ["Báo A", "Báo B"][i % 2],
            "Tiêu đề": f"Bài {i // 3}",
            "text": f"{TEXT} {i}",
        }
        for i in range(12)
    ]
    gathered = overview(rows, on_note=notes.append)
    assert list(gathered.groups) == ["Theo tháng", "Theo cơ quan báo chí"]
    assert list(gathered.groups["Theo tháng"]) == ["05/2026", "06/2026"]
    assert gathered.overall.documents == 4, "rows of one headline are one article"
    assert gathered.documents[0].headline == "Bài 0"
    assert notes == []


def test_columns_that_are_not_found_are_named(overview):
    notes = []
    overview([{"Nội dung": TEXT, "text": TEXT, "Đơn vị": "x", "Nguồn": "y"}], on_note=notes.append)
    assert notes == [
        "no column was found for date (ngày, ngày đăng, ngày đăng bài ...); "
        "headline (title, tiêu đề, tiêu đề bài ...); the report is without them; the columns are "
        "Nội dung, text, Đơn vị, Nguồn"
    ]
