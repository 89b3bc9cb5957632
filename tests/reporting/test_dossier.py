import re

import pytest
from needs import needs
from workbooks import assert_print_setup

from cchc_ml.pillars import PILLARS
from cchc_ml.reporting.about import About
from cchc_ml.reporting.dossier import QUOTE_COLUMNS, _sheet_name, read_dossier, write_dossier
from cchc_ml.reporting.formatting import percent
from cchc_ml.reporting.overview import gather
from cchc_ml.reporting.prevalence import training_prior
from cchc_ml.reporting.provenance import content_hash
from cchc_ml.reporting.word import is_contents
from cchc_ml.tagging.rows import tag_rows

docx, openpyxl = needs("docx"), needs("openpyxl")
SENTENCE = "Bộ phận một cửa xã trả hồ sơ thủ tục hành chính trước hạn."
PROVENANCE = {"cchc_ml": "0", "inputs": {"a & <b>.txt": "00"}}


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
    return gather(tag_rows(model, [(row, "text") for row in rows]), training_prior(model), provenance=PROVENANCE)


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
    assert any(p.text.startswith("Một cửa · Báo A · 02/01/2026 · https://a.vn/") for p in document.paragraphs)
    assert [cell.text for cell in document.tables[0].rows[2].cells][:2] == ["Cải cách thủ tục hành chính", "40"]


def test_the_workbook_has_a_sheet_a_pillar(overview, tmp_path):
    write_dossier(overview, tmp_path / "d.xlsx")
    book = openpyxl.load_workbook(tmp_path / "d.xlsx")
    assert book.sheetnames == ["Tổng quan", *(pillar.short for pillar in PILLARS), "Biên nhận"]
    rows = list(book["Thủ tục hành chính"].iter_rows(values_only=True))
    assert rows[0] == QUOTE_COLUMNS
    assert len(rows) == 41
    number, headline, outlet, date, link, probability, sentence, text, reprints = rows[1]
    assert not reprints
    assert (number, headline, outlet, date, sentence) == (1, "Một cửa", "Báo A", "02/01/2026", SENTENCE)
    assert link.startswith("https://a.vn/")
    assert probability > 0.9
    assert text.startswith("=1+1 Chợ đông.")
    assert book["Thủ tục hành chính"]["H2"].data_type == "s"


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_the_hash_covers_what_a_dossier_says(overview, tmp_path, kind):
    path = tmp_path / f"d.{kind}"
    write_dossier(overview, path)
    record, content = read_dossier(path)
    assert record == {**PROVENANCE, "content": content_hash(content)}
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
    assert again == record
    assert content_hash(changed) != content_hash(content)


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_the_evidence_is_the_place_that_was_tagged_not_the_first_that_reads_the_same(model, tmp_path, kind):
    first, second = (
        "xã trả hồ sơ đúng hạn là thủ tục hành chính tốt, theo báo cáo.",
        "xã trả hồ sơ đúng hạn là thủ tục hành chính tốt",
    )
    rows = tag_rows(model, [({"text": f"Ông nói: {first}\n{second}"}, "text")])
    path = tmp_path / f"d.{kind}"
    write_dossier(gather(rows, training_prior(model)), path)
    if kind == "docx":
        (quote,) = (p for p in docx.Document(path).paragraphs if p.style.name == "Quote")
        assert [(run.text, run.bold) for run in quote.runs] == [(f"Ông nói: {first} ", False), (second, True)]
    else:
        assert openpyxl.load_workbook(path)["Thủ tục hành chính"]["G2"].value == second


def test_a_small_set_has_no_shares_but_its_quotes(model, tmp_path):
    path = tmp_path / "d.docx"
    write_dossier(gather(tag_rows(model, [({"text": SENTENCE}, "text")]), training_prior(model)), path)
    document = docx.Document(path)
    assert [[cell.text for cell in row.cells][1:] for row in document.tables[0].rows][2] == ["1", "", ""]
    assert sum(p.text == "Trích yếu: Không có đoạn nào." for p in document.paragraphs) == 5


@pytest.fixture(scope="module")
def document(overview, tmp_path_factory):
    path = tmp_path_factory.mktemp("dossier") / "d.docx"
    write_dossier(overview, path, About("Hồ sơ năm 2026", "Sở Nội vụ & Đào tạo", "2026-02-09"))
    return docx.Document(path)


def test_the_document_is_set_up_as_offices_file_it(document):
    (section,) = document.sections
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    xml = document.styles.element.xml
    assert set(re.findall(r'w:ascii="([^"]*)"', xml)) == {"Times New Roman"}
    assert "Theme=" not in "".join(re.findall(r"<w:rFonts[^>]*>", xml))
    assert set(re.findall(r'w:lang w:val="([^"]*)"', xml)) == {"vi-VN"}
    assert document.styles["Normal"].font.size.pt == 13
    foot = section.footer.paragraphs[0]._p.xml
    assert re.findall(r"<w:instrText[^>]*>([^<]*)<", foot) == [" PAGE ", " NUMPAGES "]
    assert section.footer.paragraphs[0].text == "Trang 1/1"
    properties = document.core_properties
    assert (properties.title, properties.author) == ("Hồ sơ năm 2026", "Sở Nội vụ & Đào tạo")
    assert (properties.language, properties.comments, properties.created.year) == ("vi-VN", "", 2026)


def test_the_document_has_unit_date_title_and_contents(document):
    assert [cell.text for cell in document.tables[0].rows[0].cells] == [
        "SỞ NỘI VỤ & ĐÀO TẠO",
        "ngày 09 tháng 02 năm 2026",
    ]
    assert [p.text for p in document.paragraphs if p.style.name == "Title"] == ["Hồ sơ năm 2026"]
    headings = [p for p in document.paragraphs if p.style.name == "Heading 1"]
    lines = [p for p in document.paragraphs if is_contents(p)]
    assert [line.text.split("\t")[0] for line in lines] == [heading.text for heading in headings]
    assert lines[1].text == "Cải cách thủ tục hành chính\t40 đoạn"
    xml = "".join(line._p.xml for line in lines)
    assert re.findall(r"<w:instrText[^>]*>([^<]*)<", xml) == [r' TOC \o "1-1" \h \z \u ']
    assert re.findall('fldCharType="([a-z]*)"', xml) == ["begin", "separate", "end"]
    targets = [re.search('<w:bookmarkStart [^>]*w:name="([^"]*)"', heading._p.xml)[1] for heading in headings]
    assert re.findall('w:anchor="([^"]*)"', xml) == targets


def test_an_abstract_begins_each_pillar(document):
    texts = [p.text for p in document.paragraphs]
    place = [p.text for p in document.paragraphs if not is_contents(p)].index("Cải cách thủ tục hành chính")
    abstract = [p.text for p in document.paragraphs if not is_contents(p)][place + 1]
    assert abstract.startswith("Trích yếu: 40 đoạn được gắn nhãn trong 40 bài của 1 cơ quan báo chí, ngày 02/01/2026; ")
    assert "tỷ lệ ước lượng" in abstract
    assert sum(text.startswith("Trích yếu: ") for text in texts) == 6


def test_an_abstract_says_of_how_many_articles_outlet_and_date_are_not_known(model, tmp_path):
    known = [{"outlet": "Báo A", "date": "2026-01-02"}, {"outlet": "Báo A"}, {}, {}]
    rows = [{"text": f"{SENTENCE} Lần {n}.", "document": n, **more} for n, more in enumerate(known)]
    write_dossier(gather(tag_rows(model, [(row, "text") for row in rows]), training_prior(model)), tmp_path / "d.docx")
    texts = [p.text for p in docx.Document(tmp_path / "d.docx").paragraphs]
    (abstract,) = [text for text in texts if text.startswith("Trích yếu: 4 đoạn")]
    assert "trong 4 bài của 1 cơ quan báo chí (2 bài không rõ), ngày 02/01/2026 (3 bài không rõ)" in abstract


def test_numbers_of_a_workbook_are_numbers_and_agree_with_word(overview, tmp_path):
    for name in ("d.xlsx", "d.docx"):
        write_dossier(overview, tmp_path / name)
    sheet = openpyxl.load_workbook(tmp_path / "d.xlsx")["Tổng quan"]
    _, tagged, share, interval = sheet[3]
    assert (tagged.value, tagged.number_format) == (40, "#,##0")
    assert share.number_format == "0.0%"
    shown = [cell.text for cell in docx.Document(tmp_path / "d.docx").tables[0].rows[2].cells]
    assert shown[1:] == [str(tagged.value), percent(share.value), interval.value]


def test_the_receipt_is_a_table_and_the_record_is_hidden(document):
    assert [[cell.text for cell in row.cells] for row in document.tables[-1].rows] == [
        ["Tệp", "SHA-256 (16 chữ số đầu)", "Đoạn văn"],
        ["a & <b>.txt", "00", ""],
    ]
    (hidden,) = (p for p in document.paragraphs if any(run.font.hidden for run in p.runs))
    assert hidden.text.startswith("{")
    assert "<w:vanish/>" in hidden._p.pPr.xml


def test_a_new_table_of_contents_changes_nothing_that_is_hashed(overview, tmp_path):
    path = tmp_path / "d.docx"
    write_dossier(overview, path)
    record, _ = read_dossier(path)
    document = docx.Document(path)
    for line in document.paragraphs:
        if is_contents(line):
            line.add_run("17")
    document.save(path)
    assert content_hash(read_dossier(path)[1]) == record["content"]


def test_the_workbook_is_set_up_for_print(overview, tmp_path):
    write_dossier(overview, tmp_path / "d.xlsx", About(unit="Sở A & B", date="2026-11-29"))
    book = openpyxl.load_workbook(tmp_path / "d.xlsx")
    for sheet in book:
        assert_print_setup(sheet, repeated=sheet.title != "Biên nhận")
        assert sheet.oddHeader.center.text == "Sở A && B · Hồ sơ bằng chứng cải cách hành chính · 29/11/2026"
    receipt = book["Biên nhận"]
    assert receipt.print_area.startswith("'Biên nhận'!$A$1:$C$")
    assert receipt.column_dimensions["F"].hidden
    assert ["a & <b>.txt", "00"] in [list(row[:2]) for row in receipt.iter_rows(values_only=True)]


def test_a_file_of_another_kind_is_refused(overview, tmp_path):
    with pytest.raises(ValueError, match=r"d\.pdf is not a dossier file; want a name that ends in \.docx or \.xlsx"):
        write_dossier(overview, tmp_path / "d.pdf")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_a_file_without_a_record_or_damaged_is_refused(tmp_path, kind):
    damaged, other = tmp_path / f"damaged.{kind}", tmp_path / f"other.{kind}"
    damaged.write_bytes(b"PK")
    (docx.Document() if kind == "docx" else openpyxl.Workbook()).save(other)
    for path in (damaged, other):
        with pytest.raises(
            ValueError, match=rf"{path.name} does not contain a provenance record \(\w+\); want a dossier"
        ):
            read_dossier(path)


def test_sheets_have_names_that_excel_allows():
    names = ["Tổng quan", "Biên nhận"]
    long = "Phòng, chống tham nhũng, tiêu cực và lãng phí"
    for short in ("Đất/nước: hỏi?", "đất nước hỏi", "TỔNG QUAN", long, long + " nữa", "[]", "History", "'a'"):
        names.append(_sheet_name(short, names))
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert 1 <= len(name) <= 31
        assert not set(name) & set("[]:*?/\\")
        assert name[0] != "'" != name[-1]
        assert name.casefold() != "history"
