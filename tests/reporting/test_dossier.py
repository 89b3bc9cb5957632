import pytest
from needs import needs

from cchc_ml.pillars import PILLARS
from cchc_ml.reporting.dossier import QUOTE_HEADS, read_dossier, write_dossier
from cchc_ml.reporting.overview import gather
from cchc_ml.reporting.prevalence import training_prior
from cchc_ml.tagging.rows import tag_rows

docx, openpyxl = needs("docx"), needs("openpyxl")
SENTENCE = "Bộ phận một cửa xã trả hồ sơ thủ tục hành chính trước hạn."
RECEIPT = {"cchc_ml": "0", "inputs": {"a & <b>.txt": "00"}}


@pytest.fixture(scope="module")
def overview(model):
    rows = [
        {
            "text": f"=1+1 Chợ đông. {SENTENCE} Trời mưa {n}.",
            "headline": "Một cửa",
            "outlet": "Báo A",
            "date": "2026-01-02",
            "url": f"https://a.vn/{n}",
        }
        for n in range(40)
    ]
    return gather(tag_rows(model, [(row, "text") for row in rows]), training_prior(model), receipt=RECEIPT)


def test_the_document_quotes_by_pillar_with_the_evidence_in_bold(overview, tmp_path):
    write_dossier(overview, tmp_path / "d.docx")
    document = docx.Document(tmp_path / "d.docx")
    assert [p.text for p in document.paragraphs if p.style.name == "Heading 1"] == [
        *(pillar.vi for pillar in PILLARS),
        "Biên nhận",
    ]
    quotes = [p for p in document.paragraphs if p.style.name == "Quote"]
    assert len(quotes) == 40
    assert {run.text.strip() for run in quotes[0].runs if run.bold} == {SENTENCE}
    assert any(p.text.startswith("Một cửa · Báo A · 2026-01-02 · https://a.vn/") for p in document.paragraphs)
    assert [cell.text for cell in document.tables[0].rows[2].cells][:2] == ["Cải cách thủ tục hành chính", "40"]


def test_the_workbook_has_a_sheet_a_pillar(overview, tmp_path):
    write_dossier(overview, tmp_path / "d.xlsx")
    book = openpyxl.load_workbook(tmp_path / "d.xlsx")
    assert book.sheetnames == ["Tổng quan", *(pillar.short for pillar in PILLARS), "Biên nhận"]
    rows = list(book["Thủ tục hành chính"].iter_rows(values_only=True))
    assert rows[0] == QUOTE_HEADS
    assert len(rows) == 41
    number, headline, outlet, date, link, probability, sentence, text = rows[1]
    assert (number, headline, outlet, date, sentence) == (1, "Một cửa", "Báo A", "2026-01-02", SENTENCE)
    assert link.startswith("https://a.vn/")
    assert probability > 0.9
    assert text.startswith("=1+1 Chợ đông.")
    assert book["Thủ tục hành chính"]["H2"].data_type == "s"


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_a_dossier_seals_what_it_says(overview, tmp_path, kind):
    path = tmp_path / f"d.{kind}"
    write_dossier(overview, path)
    receipt, content = read_dossier(path)
    assert receipt.items() >= RECEIPT.items()
    assert SENTENCE in content
    if kind == "docx":
        document = docx.Document(path)
        document.paragraphs[1].add_run(" thêm")
        document.save(path)
    else:
        book = openpyxl.load_workbook(path)
        book["Thủ tục hành chính"]["F2"] = 0.5
        book.save(path)
    again, changed = read_dossier(path)
    assert again == receipt
    assert changed != content


def test_what_is_no_dossier(overview, tmp_path):
    with pytest.raises(ValueError, match=r"d\.pdf is no dossier; want one of \.docx, \.xlsx"):
        write_dossier(overview, tmp_path / "d.pdf")
    (tmp_path / "d.docx").write_bytes(b"PK")
    docx.Document().save(tmp_path / "e.docx")
    for name in ("d.docx", "e.docx"):
        with pytest.raises(ValueError, match="holds no receipt"):
            read_dossier(tmp_path / name)
