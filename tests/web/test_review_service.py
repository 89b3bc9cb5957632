import json
import queue
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import httpx
import pytest
from accessibility import violations
from browser import chromium
from needs import needs
from review_items import CATEGORIES, SLUGS, item, suggestion

from cchc_ml.review import store as store_module
from cchc_ml.review.store import ReviewStore
from cchc_ml.web.review_service import create_review_app, serve_review

TEXTS = [
    "😀 Xã trả 120 hồ sơ trước hạn. Trời mưa.",
    "Tỉnh gộp hai phòng, giảm mười biên chế.",
    "Chợ huyện họp muộn vì mưa <b>lớn</b>.",
]
PARAGRAPHS = [
    item(
        "t0", TEXTS[0], headline="Tin xã", outlet="Báo thử", **suggestion(tthc=0.83), evidence_spans={"tthc": (2, 30)}
    ),
    item("t1", TEXTS[1], **suggestion(apparatus=0.61)),
    item("t2", TEXTS[2], **suggestion()),
]


@pytest.fixture
def store(tmp_path):
    return ReviewStore.create(tmp_path / "work.db", PARAGRAPHS, CATEGORIES)


@contextmanager
def running(store, blind=False):
    """Run the page on a free port; yield its URL. A service that does not start fails its test."""
    urls, stop = queue.Queue(), threading.Event()
    with ThreadPoolExecutor(1) as pool:
        service = pool.submit(serve_review, store, 0, blind=blind, on_ready=urls.put, stop=stop)
        service.add_done_callback(lambda _: urls.put(None))
        try:
            url = urls.get(timeout=60)
            if url is None:
                service.result()
            yield url
        finally:
            stop.set()
    assert service.result() is None


@pytest.fixture
def url(store):
    with running(store) as url:
        yield url


def act(url, kind, identity="", annotator="An", *, yes=(), **headers):
    sent = {"item": identity, "annotator": annotator, "kind": kind, "decisions": {s: s in yes for s in SLUGS}}
    return httpx.post(f"{url}/api/act", json=sent, headers=headers)


def following(url, annotator="An"):
    return httpx.get(f"{url}/api/next", params={"annotator": annotator}).json()


def test_a_label_is_in_the_store_before_the_answer(url, store):
    answer = act(url, "label", "t0", yes=["tthc"]).json()
    (stored,) = store.acts()
    assert (stored.item, stored.annotator, stored.time) == ("t0", "An", answer["time"])
    assert stored.saw_suggestion
    assert [slug for slug, yes in stored.decisions.items() if yes] == ["tthc"]
    assert answer["item"]["id"] == "t1"
    assert answer["progress"] == {"total": 3, "labelled": 1, "skipped": 0, "seconds": None}


def test_skipped_paragraphs_come_again_at_the_end(url):
    assert act(url, "skip", "t0").json()["item"]["id"] == "t1"
    act(url, "label", "t1")
    assert act(url, "label", "t2").json()["item"]["id"] == "t0"
    assert act(url, "label", "t0").json()["item"] is None


def test_people_do_not_see_each_other(url):
    act(url, "label", "t0", "An")
    assert following(url, "An")["item"]["id"] == "t1"
    assert following(url, "Bình")["item"]["id"] == "t0"
    assert act(url, "undo", annotator="Bình").status_code == 422


def test_undo_shows_the_paragraph_again_with_what_was_chosen(url):
    act(url, "label", "t0", yes=["tthc"])
    answer = act(url, "undo").json()
    assert answer["item"]["id"] == "t0"
    assert answer["state"]["decisions"]["tthc"] is True


def test_blind_the_suggestion_does_not_leave_the_program(store):
    with running(store, blind=True) as url:
        sent = json.dumps([following(url), act(url, "label", "t0").json(), httpx.get(f"{url}/api/setup").json()])
        assert not {"suggestion", "suggested", "evidence_spans", "0.83"} & set(sent.replace('"', " ").split())
        assert not store.acts()[0].saw_suggestion
    with running(store) as url:
        assert following(url)["item"]["suggested"] == ["apparatus"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "https://cchc.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://127.0.0.1:1"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"host": "cchc.example"}, 400),
        ({"host": "127.0.0.1.cchc.example"}, 400),
        ({"content-type": "text/plain"}, 415),
    ],
)
def test_other_pages_are_refused(url, store, headers, status):
    assert act(url, "label", "t0", **headers).status_code == status
    if status != 415:
        assert httpx.get(f"{url}/api/next", params={"annotator": "An"}, headers=headers).status_code == status
    assert store.acts() == []


def test_the_page_itself_is_served(url):
    own = {"origin": url, "sec-fetch-site": "same-origin"}
    assert act(url, "label", "t0", **own).status_code == 200
    # Someone may follow a link to the page.
    assert httpx.get(url, headers={"sec-fetch-site": "cross-site"}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/review.js", "/review.css", "/api/setup", "/no"])
def test_every_answer_has_a_policy(url, path):
    headers = httpx.get(url + path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{", "Expecting"),
        (b"[]", "want a JSON object"),
        (b'{"kind": "label", "item": "t0", "annotator": "An"}', "a label decides every category"),
        (b'{"kind": "draft", "item": "t0", "annotator": "An", "decisions": {"tthc": 0.9}}', "the decision on 'tthc'"),
        (b'{"kind": "draft", "item": "t0", "annotator": "An", "decisions": ["tthc"]}', "want decisions as an object"),
        (b'{"kind": "draft", "item": "t0", "annotator": "An", "seconds": "x"}', "want decisions as an object"),
        (b'{"kind": "skip", "item": "t0"}', "the name is ''"),
    ],
)
def test_what_is_wrong_is_said_and_not_stored(url, store, body, message):
    answer = httpx.post(f"{url}/api/act", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert message in answer.json()["detail"]
    assert store.acts() == []


def test_a_body_that_is_too_large(url):
    headers = {"content-type": "application/json"}
    assert httpx.post(f"{url}/api/act", content=b" " * 300_000, headers=headers).status_code == 413


def test_a_name_is_wanted(url):
    assert httpx.get(f"{url}/api/next").status_code == 422


def test_a_port_that_is_taken(store, url):
    with pytest.raises(OSError, match=r"cannot listen on port \d+: .*; give another --port"):
        serve_review(store, int(url.rsplit(":", 1)[1]))


def test_more_than_nine_categories_have_letters(store, monkeypatch):
    many = tuple(replace(CATEGORIES[k % 6], slug=f"c{k}") for k in range(12))
    monkeypatch.setattr(store_module, "categories", lambda: many)
    wide = ReviewStore.create(store.path.with_name("wide.db"), [item()], many)
    assert create_review_app(wide) is not None
    with running(wide) as url:
        keys = [c["key"] for c in httpx.get(f"{url}/api/setup").json()["categories"]]
    assert keys == [*"123456789", "a", "b", "d"]


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@contextmanager
def labelling(browser, url, name="An", width=1280):
    """Open the page as a person of this name; fail if the browser reports an error."""
    problems = []
    page = browser.new_page(viewport={"width": width, "height": 720})
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.goto(url)
    page.wait_for_selector("#enter:not([hidden])")
    page.keyboard.type(name)  # the field has the focus
    page.keyboard.press("Enter")
    page.wait_for_selector("#work:not([hidden])")
    yield page
    page.close()
    assert problems == []


def expect(page, selector, text):
    needs("playwright.sync_api").expect(page.locator(selector)).to_contain_text(text)


def pressed(page):
    names = page.locator(".choice[aria-pressed=true]")
    return [names.nth(k).get_attribute("data-slug") for k in range(names.count())]


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 375])
def test_everything_works_by_keyboard(browser, url, store, width):
    with labelling(browser, url, width=width) as page:
        expect(page, "#source", "Tin xã · Báo thử")
        assert page.locator("#text").inner_text() == TEXTS[0]
        assert page.locator("#text mark").inner_text() == TEXTS[0][2:30]
        assert pressed(page) == []  # a suggestion chooses nothing
        for key in "262":
            page.keyboard.press(key)
        assert pressed(page) == ["e_government"]
        page.keyboard.press("n")
        page.keyboard.type("12 nghĩ lại 0")  # digits in the notes choose nothing
        page.keyboard.press("Escape")
        page.keyboard.press("Enter")
        expect(page, "#counts", "1/3")
        page.keyboard.press("s")
        expect(page, "#text", "Chợ huyện")
        page.keyboard.press("0")
        assert pressed(page) == [None]
        page.keyboard.press("Enter")
        expect(page, "#counts", "2/3 đoạn (bỏ qua 1)")
        expect(page, "#text", TEXTS[1])  # what was skipped comes again
        page.keyboard.press("u")
        expect(page, "#text", "Chợ huyện họp muộn vì mưa <b>lớn</b>.")
        assert pressed(page) == [None]
        page.keyboard.press("5")
        page.keyboard.press("Enter")
        expect(page, "#text", TEXTS[1])
        page.keyboard.press("c")
        expect(page, "#codebook[open]", "biên chế")
        page.keyboard.press("Escape")
        page.keyboard.press("3")
        page.keyboard.press("Enter")
        page.wait_for_selector("#finished:not([hidden])")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    labels = {i.id: (i.label(SLUGS), i.notes) for i in store.items_with_decisions()}
    assert labels == {
        "t0": ({"e_government"}, "12 nghĩ lại 0"),
        "t1": ({"apparatus"}, ""),
        "t2": ({"public_finance"}, ""),
    }


@pytest.mark.slow
def test_every_key_is_on_disk_and_comes_back_after_a_reload(browser, url, store):
    with labelling(browser, url) as page:
        with page.expect_response("**/api/act"):
            page.keyboard.press("2")
        assert store.states("An")["t0"].decisions == {"tthc": True}
        page.reload()
        page.wait_for_selector("#enter:not([hidden])")
        assert page.locator("#name").input_value() == "An"
        page.keyboard.press("Enter")
        page.wait_for_selector("#work:not([hidden])")
        assert pressed(page) == ["tthc"]


@pytest.mark.slow
def test_nothing_chosen_is_not_stored(browser, url, store):
    with labelling(browser, url) as page:
        page.keyboard.press("Enter")
        expect(page, "#problem", "Chưa chọn")
        assert store.acts() == []


@pytest.mark.slow
def test_vietnamese_with_english_by_a_switch(browser, url):
    with labelling(browser, url) as page:
        page.keyboard.press("2")
        expect(page, ".choice >> nth=1", "Cải cách thủ tục hành chính")
        expect(page, ".choice >> nth=1", "gợi ý 83%")
        page.click("#language")
        expect(page, ".choice >> nth=1", "Administrative procedure reform")
        expect(page, ".choice >> nth=1", "suggested 83%")
        assert page.evaluate("document.documentElement.lang") == "en"
        assert pressed(page) == ["tthc"]  # the switch loses nothing


@pytest.mark.slow
def test_the_page_is_accessible_from_the_first_name_to_the_last_paragraph(browser, url):
    page = browser.new_page(viewport={"width": 375, "height": 720})
    page.goto(url)
    page.wait_for_selector("#enter:not([hidden])")
    assert violations(page) == []
    page.close()
    with labelling(browser, url) as page:
        page.keyboard.press("2")
        assert violations(page) == []
        page.keyboard.press("c")
        expect(page, "#codebook[open]", "biên chế")
        assert violations(page) == []
        page.keyboard.press("Escape")
        for text in TEXTS:
            expect(page, "#text", text)
            page.keyboard.press("0")
            page.keyboard.press("Enter")
        page.wait_for_selector("#finished:not([hidden])")
        assert violations(page) == []


@pytest.mark.slow
def test_blind_pages_show_no_suggestion(browser, store):
    with running(store, blind=True) as url, labelling(browser, url) as page:
        expect(page, "#blind", "Gợi ý của máy được ẩn.")
        assert page.locator("mark").count() == 0
        assert "%" not in page.locator("#choices").inner_text()


@pytest.mark.slow
def test_a_lost_connection_is_told_and_the_choice_stays(browser, store):
    page = browser.new_page()
    with running(store) as url:
        page.goto(url)
        page.fill("#name", "An")
        page.keyboard.press("Enter")
        page.wait_for_selector("#work:not([hidden])")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    expect(page, "#problem", "Chưa lưu được: không liên lạc được với chương trình")
    assert pressed(page) == ["tthc"]
    page.close()


@pytest.mark.slow
def test_two_people_in_two_windows(browser, url, store):
    with labelling(browser, url, "An") as first, labelling(browser, url, "Bình") as second:
        for page, key in ((first, "2"), (second, "6")):
            page.keyboard.press(key)
            page.keyboard.press("Enter")
        for page in (first, second):
            expect(page, "#counts", "1/3")
    labels = {(i.annotator, *sorted(i.label(SLUGS))) for i in store.items_with_decisions() if i.decisions}
    assert labels == {("An", "tthc"), ("Bình", "e_government")}
