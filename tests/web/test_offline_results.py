"""The one-file page: folders, long texts, small screens, paper, and who cannot see it."""

import pytest
from accessibility import violations
from offline_page import TEXT, analyse, upload

pytestmark = pytest.mark.slow

FOLDER = {
    "tin/2.txt": "Tỷ lệ giải ngân vốn đầu tư công mới đạt 9% kế hoạch năm.\nMưa lớn suốt đêm qua ở thị trấn.",
    "tin/10.html": "<p>Bộ phận một cửa xã trả hồ sơ thủ tục hành chính trước hạn.</p>",
    "tin/xã/1.txt": "Tỉnh gộp hai phòng, tinh giản mười biên chế.",
    "tin/.DS_Store": "x",
    "tin/~$2.docx": "x",
    "tin/ảnh.jpg": "x",
    "tin/3.docx": "no document",
}


@pytest.fixture
def folder(tmp_path):
    for name, content in FOLDER.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf8")
    return tmp_path / "tin"


def names(page):
    return page.eval_on_selector_all(".head .name", "all => all.map((name) => name.textContent)")


def texts(page):
    return page.eval_on_selector_all("#paragraphs .text", "all => all.map((text) => text.firstChild.textContent)")


def assert_is_the_folder(page):
    assert names(page) == ["tin/2.txt", "tin/10.html", "tin/xã/1.txt"]
    counts = page.eval_on_selector_all(".head .counts", "all => all.map((counts) => counts.innerText.split(/\\s+/))")
    assert [count[0] for count in counts] == ["1/2", "1/1", "1/1"]
    assert page.locator("#problems li").all_inner_texts() == [
        "1 tệp thuộc loại khác trong thư mục không được đọc",
        "tin/3.docx: tệp hỏng, hoặc không phải loại tệp như tên gọi",
    ]


def test_a_folder_is_a_list_with_one_article_open(offline, folder):
    offline.set_input_files("#folder", folder)
    offline.wait_for_selector(".head")
    assert_is_the_folder(offline)
    assert len(texts(offline)) == 2  # the first article
    third = offline.locator(".head").nth(2)
    third.click()
    assert len(texts(offline)) == 1
    assert offline.locator(".head[aria-expanded=true]").count() == 1
    assert offline.locator("#articles li").nth(2).locator("#paragraphs article").count() == 1
    offline.uncheck("#show-apparatus")
    assert third.locator(".of").inner_text() == "0/1 đoạn"
    third.press("Enter")
    assert offline.locator(".head[aria-expanded=true]").count() == 0
    assert offline.locator("#paragraphs").is_hidden()


def test_a_folder_is_dropped(offline, folder):
    send = offline.context.new_cdp_session(offline).send
    data = {"items": [], "files": [str(folder)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        send("Input.dispatchDragEvent", {"type": kind, "x": 600, "y": 200, "data": data})
    offline.wait_for_selector(".head")
    assert_is_the_folder(offline)


def test_many_articles_are_listed_in_steps(offline):
    upload(offline, **{f"{n}__txt": f"Xã trả {n} hồ sơ." for n in range(130)})
    assert offline.locator(".head").count() == 100
    offline.click("#more-articles")
    assert offline.locator(".head").count() == 130
    assert offline.locator("#more-articles").is_hidden()
    assert offline.evaluate("state.rows.every((row) => row.number === 1)")


def test_files_without_a_paragraph_fold_into_a_line(offline):
    payload = [{"name": f"{n}.txt", "mimeType": "text/plain", "buffer": b""} for n in range(30)]
    offline.set_input_files("#files", payload)
    offline.wait_for_selector("#problems summary")
    assert offline.locator("#problems li").count() == 30
    assert not offline.locator("#problems li").first.is_visible()


def test_a_switch_among_thousands_draws_what_is_near(offline):
    """A switch took 15 seconds when 5,000 paragraphs were shown: each was made anew."""
    analyse(offline, "\n".join(f"{TEXT} {n}" for n in range(1667)))
    offline.wait_for_selector("#status:text('5001 đoạn;')", timeout=60_000)
    assert offline.locator("#paragraphs article").count() == 100
    offline.evaluate("state.shown = 5001; showParagraphs()")
    assert offline.locator("#paragraphs article").count() == 5001
    offline.locator("#paragraphs article").nth(3000).scroll_into_view_if_needed()
    drawn = """() => {
      let count = 0;
      const draw = paragraphNodes.draw;
      paragraphNodes.draw = (node, row) => { count += 1; draw(node, row); };
      $("show-tthc").click();
      paragraphNodes.draw = draw;
      return count;
    }"""
    assert 0 < offline.evaluate(drawn) <= 100
    # The others follow, those that come near first.
    offline.locator("#paragraphs article").nth(0).scroll_into_view_if_needed()
    needs_none = offline.locator("#paragraphs article").nth(0)
    needs_none.locator("li.none").wait_for()
    assert needs_none.locator("mark").count() == 0
    offline.wait_for_selector("mark[data-pillar=tthc]", state="detached")


def test_the_work_is_done_in_a_thread_of_its_own(offline):
    analyse(offline, "Xã trả hồ sơ thủ tục hành chính trước hạn. " * 25_000)  # a megabyte
    offline.wait_for_selector("mark", timeout=60_000)
    assert offline.evaluate("tagger.made") is None
    assert len(offline.inner_text("#paragraphs")) < 20_000
    offline.click(".whole >> nth=0")
    assert len(offline.inner_text("#paragraphs .text")) > 1_000_000


def test_without_a_worker_the_page_says_the_same(open_offline):
    shown = []
    refused = "window.Worker = function () { throw new Error('not for files'); };"
    broken = "const Own = window.Worker; window.Worker = function () { return new Own('data:text/plain,?'); };"
    for script in ("", refused, broken):
        with open_offline(script) as page:
            analyse(page)
            shown.append(page.evaluate("state.rows.map(({ found }) => found)"))
            assert page.evaluate("tagger.made === undefined") == (not script)
    assert shown[0] == shown[1] == shown[2]


def test_what_is_begun_later_ends_what_is_running(offline):
    offline.evaluate("text => { $('text').value = text; }", "\n".join(f"{TEXT} {n}" for n in range(3000)))
    offline.click("#tag")
    offline.evaluate("text => { $('text').value = text; }", TEXT)
    offline.click("#tag")
    offline.wait_for_selector("#status:text('3 đoạn;')", timeout=60_000)
    assert offline.locator("#progress").is_hidden()


@pytest.mark.parametrize("width", [320, 375])
def test_results_come_first_on_a_telephone(open_offline, width):
    with open_offline(width=width, height=667) as page:
        analyse(page, "\n".join([TEXT] * 9))
        first = page.locator("#paragraphs article").first.bounding_box()
        assert first["y"] < 340
        assert page.locator("#text").is_hidden()
        for panel in ("pillars", "threshold", "corrections", "download"):
            assert page.locator(f"#panel-{panel}").is_hidden()
        page.locator("#paragraphs article").nth(8).scroll_into_view_if_needed()
        bar = page.locator("#bar").bounding_box()
        assert 0 <= bar["y"] < 20
        assert bar["height"] <= 100
        for button in page.locator("#bar button").all():
            button.click()
            assert page.locator("fieldset:visible").count() == 1
            assert page.evaluate("document.documentElement.scrollWidth") == width
        page.keyboard.press("Escape")
        assert page.locator("fieldset:visible").count() == 0
        page.click("#bar button >> nth=0")
        page.uncheck("#show-tthc")
        assert page.locator("mark[data-pillars=tthc]").count() == 0
        page.click("#edit")
        assert page.evaluate("document.activeElement.id") == "text"


@pytest.mark.parametrize("width", [375, 1280])
def test_nobody_is_shut_out(open_offline, width):
    with open_offline(width=width) as page:
        assert violations(page) == []
        analyse(page)
        page.click(".others >> nth=0")
        page.click(".judge >> nth=0")
        if width < 1000:
            page.click("#bar button[data-panel=corrections]")
        assert violations(page) == []
        upload(page, a__txt=TEXT, b__txt=TEXT, c__docx="x")
        page.wait_for_selector(".head")
        assert violations(page) == []
        page.click("#language")
        assert violations(page) == []


def test_one_place_speaks_up_and_counts_do_not(offline):
    analyse(offline)
    assert offline.locator("output, [aria-live]").count() == 0
    assert offline.locator("[role=status]").count() == 1


def test_paper_shows_every_article_and_no_control(offline):
    upload(offline, a__txt=TEXT, b__txt=TEXT)
    offline.wait_for_selector(".head")
    offline.evaluate("dispatchEvent(new Event('beforeprint'))")
    offline.emulate_media(media="print", color_scheme="dark")
    assert offline.locator("#paper article:visible").count() == 6
    assert offline.locator("#paper h3:visible").all_inner_texts() == ["a.txt", "b.txt"]
    assert offline.locator("#paper .chip:visible").count() == 4
    hidden = "#controls, #text, #tag, #articles, #paragraphs, .judge, .finish"
    assert offline.locator(hidden).locator("visible=true").count() == 0
    styles = offline.locator("#paper mark").first.evaluate(
        "node => [getComputedStyle(node).printColorAdjust, getComputedStyle(document.body).backgroundColor]"
    )
    assert styles == ["exact", "rgb(255, 255, 255)"]
    offline.evaluate("dispatchEvent(new Event('afterprint'))")
    assert offline.locator("#paper *").count() == 0


def test_what_of_a_table_is_passed_over_is_said_in_both_languages(offline):
    upload(offline, a__csv="text,ghi chú,ghi chú\nXã trả hồ sơ trước hạn.,x,y\n,,z\n")
    assert offline.locator("#problems li").all_inner_texts() == [
        "a.csv: các cột trùng tên được đánh số: ghi chú (2)",
        "a.csv: bỏ qua 1 dòng không có văn bản (dòng 3)",
    ]
    offline.click("#language")
    assert offline.locator("#problems li").all_inner_texts() == [
        "a.csv: columns with the same name are numbered: ghi chú (2)",
        "a.csv: rows passed over: 1 without text (line 3)",
    ]


def test_why_a_table_is_not_read_is_said_in_both_languages(offline):
    content = "text,text\nXã trả hồ sơ trước hạn.,x\n".encode()
    offline.set_input_files("#files", {"name": "a.csv", "mimeType": "text/csv", "buffer": content})
    offline.wait_for_selector("#problems li")
    vietnamese = "a.csv: không đọc được tệp: hai cột trùng tên: text, text; hãy đổi tên một cột"
    assert offline.inner_text("#problems") == vietnamese
    offline.click("#language")
    assert offline.inner_text("#problems").endswith("two columns have the same name: text, text; rename one of them")


def test_two_files_of_one_name_are_two_articles(offline):
    files = [{"name": "tin.txt", "mimeType": "text/plain", "buffer": text.encode()} for text in TEXT.split("\n")[1:]]
    offline.set_input_files("#files", files)
    offline.wait_for_selector(".head")
    assert names(offline) == ["tin.txt", "tin.txt"]
    assert offline.evaluate("state.rows.map(({ number }) => number)") == [1, 1]
