import numpy as np
import pytest
from accessibility import violations
from browser import chromium
from needs import needs

from cchc_ml.evaluation.html_report import WrongTag, evaluation_page, worst_errors
from cchc_ml.learning.corpus import Corpus
from cchc_ml.learning.metrics import metrics_with_intervals
from cchc_ml.pillars import COLOURS, Pillar

HOSTILE = '</style><script src="https://tracker.example/x.js"></script><img src="https://tracker.example/x.png">'


@pytest.fixture(scope="module")
def page(small, corpus):
    """An evaluation page whose title, row fields and text try to load something from a host."""
    needs("matplotlib")
    rows = [dict(row) for row in corpus.rows[:60]]
    rows[0] |= {"text": f"{HOSTILE} Mưa lớn suốt đêm.", "labels": ["tthc"], "id": HOSTILE}
    rows.append({"labels": ["apparatus"], "sha256": "ab12", "lexicon": "x", "sentences": []})
    hostile = Corpus.from_rows(rows)
    probabilities = np.vstack([small.predict_proba([row["text"] for row in rows[:-1]]), np.zeros((1, 6))])
    probabilities[1, 3] = 1 - hostile.y[1, 3]  # at least one wrong tag
    tags = (probabilities > 0.5).astype(int)
    evaluation = metrics_with_intervals(hostile.y, tags, probabilities, hostile.documents)
    evaluation["baselines"] = {HOSTILE: (0.5, 0.4)}
    evaluation["learning_curve"] = {10: 0.5, 20: 0.6}
    errors = worst_errors(small.model_, hostile, probabilities, tags)
    return evaluation_page(HOSTILE, hostile.y, probabilities, evaluation, errors)


@pytest.fixture(scope="module")
def opened(page, tmp_path_factory):
    """The page in Chromium, with the addresses it asked for and what the console said."""
    path = tmp_path_factory.mktemp("report") / "evaluation.html"
    path.write_text(page, "utf8")
    with chromium() as browser:
        tab = browser.new_page()
        requests, console = [], []
        tab.on("request", lambda request: requests.append(request.url))
        tab.on("console", lambda message: console.append(message.text))
        tab.on("pageerror", lambda error: console.append(str(error)))
        tab.goto(path.as_uri())
        yield tab, [url for url in requests if url != path.as_uri()], console


def test_the_page_loads_nothing(opened):
    tab, requests, console = opened
    assert [url for url in requests if not url.startswith("data:image/svg+xml;base64,")] == []
    # A style or a picture that the content security policy blocks would be reported here.
    assert console == []
    assert tab.title() == HOSTILE
    assert tab.locator("script").count() == 0


def test_the_policy_blocks_what_the_page_does_not_have(opened):
    tab, *_ = opened
    policy = tab.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content")
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'sha256-")
    assert "unsafe" not in policy
    blocked = tab.evaluate("""() => new Promise(done => {
        const image = Object.assign(new Image(), {src: "https://tracker.example/x.png"});
        document.addEventListener("securitypolicyviolation", event => {
            image.remove();
            done(event.violatedDirective);
        }, {once: true});
        document.body.append(image);
    })""")
    assert blocked == "img-src"


def test_styles_and_plots_are_shown(opened):
    tab, *_ = opened
    assert tab.evaluate("getComputedStyle(document.body).maxWidth") == "1088px"
    sizes = tab.evaluate(
        "[...document.querySelectorAll('.plots img')].map(img => [img.complete, img.naturalWidth, img.alt])"
    )
    assert [complete for complete, *_ in sizes] == [True] * 4
    assert all(width > 300 for _, width, _ in sizes)
    assert [alt.split(" (")[0] for *_, alt in sizes] == [
        "Precision and recall", "Reliability", "Labels that occur together", "Learning curve",
    ]  # fmt: skip
    colours = tab.evaluate(
        "[...document.querySelectorAll('article')].map(a => [a.dataset.pillar, getComputedStyle(a).borderLeftColor])"
    )
    assert colours
    for pillar, colour in colours:
        red, green, blue = bytes.fromhex(COLOURS[Pillar(pillar)].removeprefix("#"))
        assert colour == f"rgb({red}, {green}, {blue})"


def test_the_page_is_accessible_and_no_wider_than_the_screen(opened):
    tab, *_ = opened
    assert violations(tab) == []
    assert set(tab.eval_on_selector_all("article", "all => all.map(a => a.lastElementChild.lang)")) == {"vi", ""}
    tab.set_viewport_size({"width": 320, "height": 600})
    assert tab.evaluate("document.documentElement.scrollWidth") == 320
    tab.set_viewport_size({"width": 1280, "height": 720})


def test_tables_and_errors_are_shown_as_text(opened):
    tab, *_ = opened
    headings = tab.locator("h2").all_inner_texts()
    assert headings == [f"{HOSTILE} (61 paragraphs)", "Against the baselines", "Plots", "The worst errors"]
    assert tab.locator("table").first.locator("tbody tr").count() == 6
    assert tab.locator("table").first.locator("tfoot tr").all_inner_texts()[0].startswith("macro")
    errors = "\n".join(tab.locator("article").all_inner_texts())
    assert "tthc missed, probability 0.0" in errors
    assert f"{HOSTILE} Mưa lớn suốt đêm." in errors
    assert "apparatus missed, probability 0.00" in errors
    assert "The text is not in this data; its SHA-256 is ab12." in errors


def test_without_errors_the_page_says_so(small, corpus):
    needs("matplotlib")
    y = corpus.y[:20]
    evaluation = metrics_with_intervals(y, y, y.astype(float), np.arange(20))
    page = evaluation_page("mine", y, y.astype(float), evaluation, [])
    assert "<p>None: every tag agrees with its label.</p>" in page
    assert page.count("<img") == 3


def test_the_worst_errors_come_first_and_name_their_evidence(small):
    text = "Chợ họp sớm. Bộ phận một cửa trả hồ sơ thủ tục hành chính đúng hạn. Trời mưa."
    rows = [{"text": text, "labels": []}, {"text": "Trời mưa.", "labels": ["tthc"]}, {"text": "Gió.", "labels": []}]
    corpus = Corpus.from_rows(rows)
    probabilities = np.full((3, 6), 0.1)
    probabilities[0, 1] = 0.8
    tags = (probabilities > 0.5).astype(int)
    # The missed tag is 0.9 away from its label, the wrong one 0.8.
    missed, wrong = worst_errors(small.model_, corpus, probabilities, tags)
    assert (wrong.pillar, wrong.missed, wrong.probability) == (Pillar.TTHC, False, 0.8)
    assert text[slice(*wrong.span)] == "Bộ phận một cửa trả hồ sơ thủ tục hành chính đúng hạn."
    assert wrong.pieces == [("Chợ họp sớm. ", False), (text[slice(*wrong.span)], True), (" Trời mưa.", False)]
    assert (missed.pillar, missed.missed, missed.span) == (Pillar.TTHC, True, None)
    assert worst_errors(small.model_, corpus, probabilities, tags, most=1) == [missed]
    assert worst_errors(small.model_, corpus, probabilities, corpus.y) == []


def test_the_reference_names_the_fields_that_a_row_has():
    row = {"id": "A1", "text": "a", "outlet": None, "date": 2024, "labels": []}
    assert WrongTag(Pillar.TTHC, 0.5, True, row, None).reference == "A1 · 2024"


@pytest.mark.parametrize("path", ["/home/an/bài/a.txt", r"C:\\Users\\An\\a.txt", "file:///home/an/a.txt"])
def test_documents_are_named_without_the_folders_of_a_machine(path):
    wrong = WrongTag(Pillar.TTHC, 0.9, False, {"id": "1/2", "document": path, "outlet": "Báo A"}, None)
    assert wrong.reference == "1/2 · a.txt · Báo A"


def test_a_page_in_vietnamese_has_no_english_sentence(small, corpus):
    needs("matplotlib")
    corpus = corpus.take(np.arange(60))
    probabilities = small.predict_proba(corpus.texts)
    tags = small.predict(corpus.texts)
    evaluation = metrics_with_intervals(corpus.y, tags, probabilities, corpus.documents)
    evaluation["baselines"] = {"this model, in context": (0.5, 0.5), "names list": (0.2, 0.2)}
    evaluation["learning_curve"] = {500: 0.5, 1000: 0.6}
    errors = worst_errors(small.model_, corpus, probabilities, tags, most=2)
    page = evaluation_page("a.jsonl", corpus.y, probabilities, evaluation, errors, language="vi")
    assert '<html lang="vi">' in page
    assert "<h2>a.jsonl (60 đoạn)</h2>" in page
    words = {"mô hình này, đọc cùng cả bài", "danh mục tên của bộ mã", "Đường cong học tập", "Các lỗi nặng nhất"}
    assert {word for word in words if word in page} == words
    assert not [word for word in ("paragraph", "Plots", "recall", "missed", "tagger", "support") if word in page]
