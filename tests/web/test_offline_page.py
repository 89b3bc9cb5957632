import csv
import io
import json
import zipfile

import pytest
from browser import chromium
from needs import needs
from own_codebooks import own_rows
from workbooks import assert_print_setup

from cchc_ml.evaluation.robustness import VARIANTS
from cchc_ml.model.storage import read_model
from cchc_ml.model.thresholds import choose
from cchc_ml.pillars import PILLARS
from cchc_ml.text.encodings import to_tcvn3, to_vni
from cchc_ml.web.offline_page import render_offline_page

pytestmark = pytest.mark.slow

NASTY = [
    "",
    " \n\t ",
    "…",
    "😀👍🏽 Một cửa 😀 liên thông. 👨‍👩‍👧 Giải ngân!",
    "Thủ\u200b tục hành\u00ad chính ở TP.HCM, v.v. Ông Lê V. Tám. 1. Về thể chế. VOV.VN đưa tin.Xã mừng.",
    "Dòng một\r\nDòng hai\r\n\r\nGiải ngân vốn đầu tư công.\u2028Cuối.",
    "https://example.org/một-cửa?x=1&y=2 … #CCHC @xã",
    "İSTANBUL ÐẠI ÐỒNG ð ŉ ß Straße ﬁ",
    "cai cach hanh chinh, mot cua lien thong va giai ngan von dau tu cong",
    "一窓 行政 改革 thủ tục",
    "?!?!...”»)] (“Một cửa.” “Kỷ luật.”)",
    "hoà giải thuỷ lợi quí kỉ luật QÚY",
    "Xã rà soát văn bản. " * 500,
    "· Xã Pá Lau » Thủ tục · ½ © ¨ ® § 5",
    "Đến nay, bé phËn mét cöa tr¶ ®óng h¹n 97,6% hå s¬, theo báo cáo. Giải ngân 50.000 ®/kg.",
    "Xã trả hồ sơ.\nCaûi caùch haønh chính; thủ tục\nThá»§ tá»¥c hÃ nh chÃ­nh, giải ngân\ncaÒi caìch",
    "CéNG HßA X· HéI, ¤ng NguyÔn V¨n §. ë “tæ mét cöa”",
]


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def path(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("app") / "cchc.html"
    path.write_text(render_offline_page(model), "utf8")
    return path


@pytest.fixture
def page(browser, path):
    context = browser.new_context(accept_downloads=True, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    requests, errors = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(path.as_uri())
    yield page
    context.close()
    assert [url for url in requests if not url.startswith(("file:", "blob:", "data:"))] == []
    assert errors == []


def own_paragraphs(top):
    with open(top / "data" / "articles.jsonl", encoding="utf8") as file:
        return [json.loads(line)["text"] for line in file]


def assert_same(page, model, texts, documents=None):
    answers = page.evaluate(
        "([texts, documents]) => tagger.decide(texts.map((text) => tagger.read(text)), documents)"
        ".map(({ probabilities, passes, evidence }, i) =>"
        " [probabilities, passes, evidence.map((span) => span && texts[i].slice(...span))])",
        [texts, documents or [None] * len(texts)],
    )
    for text, (probabilities, passes, evidence), want in zip(
        texts, answers, model.annotate(texts, documents), strict=True
    ):
        assert probabilities == pytest.approx(list(want.scores.values()), abs=1e-9), text[:80]
        assert {p for p, one in zip(PILLARS, passes, strict=True) if one} == set(want.pillars), text[:80]
        for pillar, (a, b) in want.evidence.items():
            assert evidence[PILLARS.index(pillar)] == text[a:b], text[:80]


def test_articles_are_read_in_context(page, model, top):
    with open(top / "data" / "articles.jsonl", encoding="utf8") as file:
        rows = [json.loads(line) for line in file][:600]
    texts, documents = [row["text"] for row in rows], [row["article"] for row in rows]
    documents[5:8] = [None] * 3
    assert_same(page, model, texts, documents)
    alone, together = model.annotate(texts), model.annotate(texts, documents)
    assert any(a.pillars != b.pillars for a, b in zip(alone, together, strict=True))


def test_a_model_with_other_thresholds_reads_articles_alike(browser, model, top, tmp_path):
    sure = choose(model, precision=0.8)
    path = tmp_path / "sure.html"
    path.write_text(render_offline_page(sure), "utf8")
    with open(top / "data" / "articles.jsonl", encoding="utf8") as file:
        rows = [json.loads(line) for line in file][:300]
    page = browser.new_page()
    page.goto(path.as_uri())
    assert_same(page, sure, [row["text"] for row in rows], [row["article"] for row in rows])
    page.close()


def test_pasted_text_is_one_article(page, model):
    texts = TEXT.split("\n") * 3
    tag(page, "\n".join(texts))
    shown = page.evaluate("state.rows.map((row) => row.found.probabilities)")
    want = model.annotate(texts, ["pasted"] * len(texts))
    assert shown == [pytest.approx(list(annotation.scores.values()), abs=1e-9) for annotation in want]


def test_every_paragraph_of_ours_is_scored_as_in_python(page, model, top):
    assert_same(page, model, own_paragraphs(top))


SPELLINGS = {**VARIANTS, "TCVN3": to_tcvn3, "VNI": to_vni, "mojibake": lambda text: text.encode().decode("latin-1")}


@pytest.mark.parametrize("change", SPELLINGS.values(), ids=SPELLINGS)
def test_every_spelling_is_scored_as_in_python(page, model, top, change):
    assert_same(page, model, [change(text) for text in own_paragraphs(top)[::12]])


def test_nasty_texts_are_scored_as_in_python(page, model):
    assert_same(page, model, NASTY)


TEXT = """Chợ họp sớm. Bộ phận một cửa xã trả 97,6% hồ sơ thủ tục hành chính trước hạn.
Tỷ lệ giải ngân vốn đầu tư công mới đạt 9%.
Trận mưa đêm qua làm ngập chợ."""


def tag(page, text=TEXT):
    page.fill("#text", text)
    page.click("#tag")
    page.wait_for_selector("#paragraphs article")


def marks(page):
    return page.eval_on_selector_all(
        "mark", "all => all.map((mark) => [mark.firstChild.textContent, mark.dataset.pillars])"
    )


def test_pasted_text_is_highlighted(page):
    tag(page)
    assert marks(page) == [
        ["Bộ phận một cửa xã trả 97,6% hồ sơ thủ tục hành chính trước hạn.", "tthc"],
        ["Tỷ lệ giải ngân vốn đầu tư công mới đạt 9%.", "public_finance"],
    ]
    assert page.inner_text("#status") == "3 đoạn; 2 đoạn có ít nhất một trụ cột đang hiển thị."
    assert page.get_attribute("mark", "title") == "Bằng chứng: Thủ tục hành chính"


def test_pillars_are_switched_off_and_on(page):
    tag(page)
    page.uncheck("#show-tthc")
    assert [pillars for _, pillars in marks(page)] == ["public_finance"]
    page.check("#show-tthc")
    assert len(marks(page)) == 2


def test_one_threshold_for_all(page, model):
    text = "Trạm y tế xã có máy siêu âm mới. Ủy ban họp bàn kế hoạch tuần.\n" + TEXT
    tag(page, text)
    page.check("input[name=threshold][value=common]")
    tagged = []
    for percent in (5, 50, 95):
        page.evaluate(
            "p => { const slider = $('threshold'); slider.value = p;"
            " slider.dispatchEvent(new Event('input', { bubbles: true })); }",
            percent,
        )
        assert page.inner_text("#threshold-value") == f"{percent}%"
        want = sum(
            score >= percent / 100
            for annotation in model.annotate(text.split("\n"), ["pasted"] * 4)
            for score in annotation.scores.values()
        )
        tagged.append(page.locator(".chip").count())
        assert tagged[-1] == want
    assert tagged == sorted(tagged, reverse=True)


def test_the_language_is_switched(page):
    tag(page)
    page.click("#language")
    assert page.inner_text("h1") == "Pillars of administrative reform in a text"
    assert page.get_attribute("html", "lang") == "en"
    assert "paragraphs" in page.inner_text("#status")
    page.click("#language")
    assert page.get_attribute("html", "lang") == "vi"


def test_the_keyboard_is_enough(page):
    page.focus("#text")
    page.keyboard.insert_text(TEXT)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "tag"
    page.keyboard.press("Enter")
    page.wait_for_selector("mark")
    page.focus("#show-tthc")
    page.keyboard.press("Space")
    assert [pillars for _, pillars in marks(page)] == ["public_finance"]
    names = page.eval_on_selector_all(
        "button, input:not([hidden]), textarea",
        "all => all.map((x) => x.textContent || x.ariaLabel ||"
        " [...(x.labels ?? [])].map((l) => l.textContent).join(''))",
    )
    assert all(name.strip() for name in names)


def docx(*paragraphs):
    body = "".join(f"<w:p><w:r><w:t>{p}</w:t></w:r></w:p>" for p in paragraphs)
    xml = f'<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{body}</w:body></w:document>'
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", xml)
    return file.getvalue()


FIRST, SECOND = (
    "Bộ phận một cửa xã trả hồ sơ thủ tục hành chính trước hạn.",
    "Tỷ lệ giải ngân vốn đầu tư công mới đạt 9% kế hoạch năm.",
)
FILES = {
    "a.txt": f"{FIRST}\r\n{SECOND}\r\n".encode(),
    "utf16.txt": f"{FIRST}\n{SECOND}".encode("utf-16"),
    "a.html": f"<html><body><nav><a href='/'>Trang chủ</a></nav><p>{FIRST}</p><p>{SECOND}</p></body></html>".encode(
        "utf-8-sig"
    ),
    "a.docx": docx(FIRST, SECOND),
    "a.csv": f'id;noi_dung\n1;"{FIRST}"\n2;"{SECOND}"\n'.encode("utf-8-sig"),
}


@pytest.mark.parametrize("name", FILES)
def test_files_are_read(page, name):
    page.set_input_files("#files", {"name": name, "mimeType": "application/octet-stream", "buffer": FILES[name]})
    page.wait_for_selector("mark")
    assert marks(page) == [[FIRST, "tthc"], [SECOND, "public_finance"]]
    assert page.inner_text("#problems") == ""


def test_files_are_dropped(page):
    page.evaluate(
        "bytes => { const data = new DataTransfer(); data.items.add(new File([new Uint8Array(bytes)], 'a.txt'));"
        " const options = { dataTransfer: data, bubbles: true, cancelable: true };"
        " document.body.dispatchEvent(new DragEvent('drop', options)); }",
        list(FILES["a.txt"]),
    )
    page.wait_for_selector("mark")
    assert len(marks(page)) == 2


def test_a_file_that_cannot_be_read_is_reported(page):
    page.set_input_files(
        "#files", {"name": "x.docx", "mimeType": "application/octet-stream", "buffer": b"PK not really"}
    )
    page.wait_for_selector("#problems li")
    assert page.inner_text("#problems") == "x.docx: tệp hỏng, hoặc không phải loại tệp như tên gọi"


def download(page, button):
    with page.expect_download() as waiting:
        page.click(button)
    return waiting.value.path().read_bytes()


@pytest.mark.filterwarnings("ignore:Workbook contains no default style")
def test_downloads_are_read_by_others(page, model):
    openpyxl = needs("openpyxl")
    texts = [*TEXT.split("\n"), "=1+1 là công thức"]
    tag(page, "\n".join(texts))
    data = download(page, "#csv")
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    workbook = openpyxl.load_workbook(io.BytesIO(download(page, "#xlsx"))).active
    assert_print_setup(workbook)
    sheet = [[cell.value for cell in row] for row in workbook]
    assert len(rows) == len(sheet) == 5
    records = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    assert [record["text"] for record in records[:3]] == [row[2] for row in sheet[1:4]] == TEXT.split("\n")
    assert records[0]["pillars"] == "tthc"
    assert float(records[0]["tthc_probability"]) == pytest.approx(
        model.annotate(texts, ["pasted"] * len(texts))[0].scores["tthc"], abs=5e-5
    )
    assert openpyxl.load_workbook(io.BytesIO(download(page, "#xlsx"))).active.cell(5, 3).data_type == "s"
    assert any("thủ tục hành chính" in str(cell).lower() for cell in sheet[1])


@pytest.mark.parametrize("width", [375, 1280])
def test_nothing_is_wider_than_the_screen(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    tag(page, TEXT + "\n" + "x" * 300)
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_many_paragraphs_do_not_freeze_the_page(page):
    # Playwright's fill() would wait for the browser to lay out the long text; on a busy machine that takes too long.
    page.evaluate("text => { $('text').value = text; }", "\n".join(f"{TEXT} {n}" for n in range(700)))
    page.click("#tag")
    page.wait_for_selector("#status:text('2100 đoạn;')", timeout=60_000)
    assert page.locator("#paragraphs article").count() == 100


def test_a_codebook_of_ones_own_is_followed(browser, own, tmp_path):
    model = read_model(own.model)
    path = tmp_path / "own.html"
    path.write_text(render_offline_page(model), "utf8")
    page = browser.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(path.as_uri())
    texts = [row["text"] for row in own_rows(own.n)] + ["", "Chợ."]
    answers = page.evaluate(
        '(texts) => tagger.decide(texts.map((text) => tagger.read(text)), texts.map(() => "a"))'
        ".map(({ probabilities, passes }) => [probabilities, passes])",
        texts,
    )
    for (probabilities, passes), want in zip(answers, model.annotate(texts, ["a"] * len(texts)), strict=True):
        assert probabilities == pytest.approx(list(want.scores.values()), abs=1e-9)
        assert {c for c, one in zip(own.codebook, passes, strict=True) if one} == set(want.pillars)
    names = page.eval_on_selector_all("#pillars label", "all => all.map((one) => one.dataset.pillar)")
    colours = page.eval_on_selector_all(
        "#pillars label", "all => all.map((one) => getComputedStyle(one).getPropertyValue('--colour').trim())"
    )
    assert (names, colours) == (own.codebook.slugs, [c.colour for c in own.codebook])
    assert "cải cách hành chính" not in page.inner_text("header")
    assert page.title() == "Các nhóm của bộ mã trong văn bản"
    page.close()
    assert errors == []
