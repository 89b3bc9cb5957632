"""The one-file page: what a person says of its tags, and where that goes."""

import json
from hashlib import sha256

import pytest
from accessibility import violations
from offline_page import TEXT, analyse, download, upload

from cchc_ml.learning.corpus import read_corpus
from cchc_ml.pillars import PILLARS
from cchc_ml.review.categories import categories
from cchc_ml.review.formats import read_items, write_json_lines
from cchc_ml.review.items import make_id
from cchc_ml.review.merge import merge

pytestmark = pytest.mark.slow

SLUGS = [pillar.value for pillar in PILLARS]
NO_STORAGE = "Object.defineProperty(window, 'localStorage', { get() { throw new Error('refused'); } });"


def judge(page, paragraph, slug, says):
    item = page.locator(f"#paragraphs article >> nth={paragraph}").locator(f"li[data-pillar={slug}]")
    item.locator(f"[data-says={says}]").click()


def finish(page, paragraph):
    page.locator("#paragraphs article").nth(paragraph).locator(".finish").click()


def add(page, paragraph, slug):
    page.locator("#paragraphs article").nth(paragraph).locator(".others").click()
    judge(page, paragraph, slug, "true")


def pressed(page):
    """What is pressed, by paragraph, pillar and yes or no."""
    return page.eval_on_selector_all(
        "[aria-pressed=true]",
        "all => all.map((b) => [[...document.querySelectorAll('#paragraphs article')].indexOf(b.closest('article')),"
        " b.closest('li').dataset.pillar, b.dataset.says === 'true'])",
    )


def corrections(page, path):
    name, content = download(page, "#save-corrections")
    path.mkdir(exist_ok=True)
    (path / name).write_bytes(content)
    return path / name


def test_what_is_said_stays_until_it_is_taken_away(offline):
    analyse(offline)
    assert offline.inner_text("#looked") == "Chưa xem đoạn nào."
    assert offline.locator("#save-corrections").is_disabled()
    judge(offline, 0, "tthc", "true")
    judge(offline, 1, "public_finance", "false")
    add(offline, 2, "apparatus")
    said = [[0, "tthc", True], [1, "public_finance", False], [2, "apparatus", True]]
    assert pressed(offline) == said
    assert offline.inner_text("#looked") == "Đã xem 3 đoạn, xong 0. Máy đúng 1 trong 3 lần (33%)."
    offline.reload()
    assert offline.inner_text("#looked") == "Đã xem 3 đoạn, xong 0. Máy đúng 1 trong 3 lần (33%)."
    assert offline.locator("#save-corrections").is_visible()  # before anything is read
    assert offline.locator("fieldset:visible").count() == 1
    assert violations(offline) == []
    upload(offline, a__txt=TEXT)  # the same paragraphs, from elsewhere
    assert pressed(offline) == said
    judge(offline, 0, "tthc", "true")  # the same once more takes it back
    assert pressed(offline) == said[1:]
    offline.once("dialog", lambda dialog: dialog.dismiss())
    offline.click("#forget")
    assert pressed(offline) == said[1:]
    offline.once("dialog", lambda dialog: dialog.accept())
    offline.click("#forget")
    assert pressed(offline) == []
    offline.reload()
    assert offline.inner_text("#looked") == "Chưa xem đoạn nào."


def test_keys_say_yes_and_no(offline):
    analyse(offline)
    chip = offline.locator(".chip").first
    chip.focus()
    offline.keyboard.press("k")
    assert pressed(offline) == [[0, "tthc", False]]
    assert offline.evaluate("document.activeElement.classList[0]") == "chip"  # the focus stays
    offline.keyboard.press("c")
    assert pressed(offline) == [[0, "tthc", True]]
    offline.keyboard.press("Control+k")
    assert pressed(offline) == [[0, "tthc", True]]


def test_from_the_page_to_training(offline, model, tmp_path):
    texts = TEXT.split("\n")
    upload(offline, **{"bao cao__txt": TEXT})
    offline.fill("#annotator", " Lê An ")
    offline.press("#annotator", "Tab")
    finish(offline, 0)  # tthc, as the model says
    judge(offline, 1, "public_finance", "false")
    add(offline, 1, "e_government")
    finish(offline, 1)
    path = corrections(offline, tmp_path / "out")
    assert path.name == "nhan-da-sua-Lê-An.jsonl"
    items = read_items(path, categories())
    assert [(item.text, item.annotator, item.document) for item in items] == [
        (text, "Lê An", "bao cao.txt") for text in texts[:2]
    ]
    assert [item.id for item in items] == [make_id("bao cao.txt", text) for text in texts[:2]]
    for item, tagged in zip(items, model.annotate(texts, ["a"] * 3), strict=False):
        assert item.suggestion == pytest.approx({p.value: score for p, score in tagged.scores.items()}, abs=5e-5)
        assert set(item.suggested) == {p.value for p in tagged.pillars}
        assert item.evidence_spans == {p.value: span for p, span in tagged.evidence.items()}
    merged = merge(items, SLUGS)
    assert merged.counts() == {"labelled": 2, "disputed": 0, "partial": 0, "untouched": 0}
    write_json_lines(merged.rows(), tmp_path / "labelled.jsonl")
    corpus = read_corpus(tmp_path / "labelled.jsonl")
    assert corpus.texts == texts[:2]
    assert [[SLUGS[k] for k in row.nonzero()[0]] for row in corpus.y] == [["tthc"], ["e_government"]]


def test_a_suggestion_is_no_decision(offline, tmp_path):
    analyse(offline)
    judge(offline, 0, "tthc", "true")
    (line,) = corrections(offline, tmp_path / "out").read_text("utf8").splitlines()
    record = json.loads(line)
    assert record["decisions"] == {slug: True if slug == "tthc" else None for slug in SLUGS}
    assert set(record["suggestion"]) == set(SLUGS)
    (item,) = read_items(tmp_path / "out" / "nhan-da-sua.jsonl", categories())
    assert item.decisions == {"tthc": True}
    assert item.label(SLUGS) is None
    assert list(merge([item], SLUGS).rows()) == []


def test_evidence_is_counted_in_characters_of_python(offline, model, tmp_path):
    text = "😀 Chợ 👍🏽 họp sớm. Bộ phận một cửa trả hồ sơ thủ tục hành chính trước hạn 😀."
    analyse(offline, text)
    finish(offline, 0)
    (item,) = read_items(corrections(offline, tmp_path / "out"), categories())
    (tagged,) = model.annotate([text])
    assert item.text == text
    assert item.evidence_spans == {p.value: span for p, span in tagged.evidence.items()} != {}


def test_a_browser_that_keeps_nothing_says_so(open_offline, tmp_path):
    with open_offline(NO_STORAGE) as page:
        analyse(page)
        judge(page, 0, "tthc", "true")
        assert page.locator("#not-kept").is_visible()
        assert len(corrections(page, tmp_path / "out").read_text("utf8").splitlines()) == 1


def test_what_other_pages_keep_is_left_alone(open_offline):
    script = "localStorage.setItem('other', '1'); localStorage.setItem('cchc-ml-correction-x', '{broken');"
    with open_offline(script) as page:
        analyse(page)
        judge(page, 0, "tthc", "true")
        page.once("dialog", lambda dialog: dialog.accept())
        page.click("#forget")
        assert page.evaluate("Object.keys(localStorage).sort()") == ["cchc-ml-correction-x", "other"]


def test_another_window_with_the_page_shows_it_too(offline):
    analyse(offline)
    other = offline.context.new_page()
    other.goto(offline.url)
    analyse(other)
    judge(other, 0, "tthc", "false")
    offline.wait_for_selector("[aria-pressed=true]")
    assert pressed(offline) == [[0, "tthc", False]]


def test_hashes_are_those_of_python(offline):
    texts = ["", "a" * 55, "a" * 56, "ạ" * 64, "😀" * 1000, *(f"Xã {n} trả hồ sơ" * n for n in range(80))]
    assert offline.evaluate("all => all.map(sha256)", texts) == [sha256(t.encode()).hexdigest() for t in texts]
