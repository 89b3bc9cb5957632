import json

import pytest

from cchc_ml.pillars import PILLARS, Pillar
from cchc_ml.reading.inputs import read_file
from cchc_ml.tagging.rows import as_row, tag_rows
from cchc_ml.web import tasks
from cchc_ml.web.limits import Limits
from cchc_ml.web.problems import Refused
from cchc_ml.web.tasks import Article, Failed, Options, Share

TEXTS = ["Sở Tư pháp đề nghị bãi bỏ 14 văn bản quy phạm pháp luật.", "😀 Mưa.", "Xã trả hồ sơ một cửa trước hạn. Chợ."]
ALL = Options()


@pytest.fixture(autouse=True)
def _worker(model, monkeypatch):
    monkeypatch.setattr(tasks, "_model", model, raising=False)


def tag(texts, options=ALL):
    (results,) = tasks.tag([Share(texts, options)])
    return [json.loads(result) for result in results]


def test_texts_are_tagged_as_on_the_command_line(model):
    for text, annotation, got in zip(TEXTS, model.annotate(TEXTS), tag(TEXTS), strict=True):
        want = as_row(annotation, text)
        assert (got["pillars"], got["scores"]) == (want["pillars"], want["scores"])
        assert {pillar: sentence["text"] for pillar, sentence in got["evidence"].items()} == want["evidence"]
        assert all(text[s["start"] : s["end"]] == s["text"] for s in got["evidence"].values())


def test_shares_of_several_requests_are_told_apart():
    options = Options(threshold=0.0)
    shares = [Share(TEXTS[:1], ALL), Share(TEXTS, options), Share(TEXTS[1:], ALL), Share([], ALL)]
    got = [[json.loads(result) for result in results] for results in tasks.tag(shares)]
    assert got == [tag(TEXTS[:1]), tag(TEXTS, options), tag(TEXTS[1:]), []]


@pytest.mark.parametrize("threshold", [0.0, 0.01, 0.5, 1.0])
def test_a_threshold_tags_every_pillar_from_it_on(model, threshold):
    for annotation, got in zip(model.annotate(TEXTS), tag(TEXTS, Options(threshold)), strict=True):
        want = {pillar.value for pillar, score in annotation.scores.items() if score >= threshold}
        assert set(got["pillars"]) == set(got["evidence"]) == want
        assert got["pillars"] == sorted(want, key=lambda pillar: -annotation.scores[pillar])
        assert len(got["scores"]) == len(PILLARS)


def test_only_the_pillars_that_are_wanted_are_returned():
    wanted = (Pillar.TTHC, Pillar.APPARATUS)
    for every, got in zip(tag(TEXTS), tag(TEXTS, Options(None, wanted)), strict=True):
        assert got["scores"] == {pillar: every["scores"][pillar] for pillar in wanted}
        assert got["pillars"] == [pillar for pillar in every["pillars"] if pillar in wanted]
        assert got["evidence"] == {pillar: s for pillar, s in every["evidence"].items() if pillar in wanted}


def rows(article, limits=None):
    answer = tasks.tag_article(article, limits or Limits())
    return answer if isinstance(answer, Refused) else json.loads(b"[%s]" % answer)


@pytest.mark.parametrize("name", ["mot-cua-xa.txt", "hop-giao-ban.html"])
def test_an_article_is_tagged_as_on_the_command_line(model, top, name):
    path = top / "data" / "samples" / name
    got = rows(Article(path.read_bytes(), "", name, ALL))
    assert got == [row | {"source": name} for row in tag_rows(model, read_file(path))]


def test_an_article_has_options_too(top):
    body = (top / "data/samples/mot-cua-xa.txt").read_bytes()
    for row in rows(Article(body, "", "a.txt", Options(0.0, (Pillar.TTHC,)))):
        assert row["pillars"] == list(row["scores"]) == list(row["evidence"]) == list(row["evidence_spans"]) == ["tthc"]


@pytest.mark.parametrize(
    ("body", "kind", "name", "limits", "code"),
    [
        (b"a", "", None, {}, "invalid"),
        (b"a", "multipart/form-data; boundary=b", "a.txt", {}, "invalid"),
        (b"MZ", "", "a.exe", {}, "unsupported_media_type"),
        (b"", "", "a.txt", {}, "unreadable_article"),
        (b"PK no", "", "a.docx", {}, "unreadable_article"),
        (b"ab.\n" * 3, "", "a.txt", {"paragraphs": 2}, "too_many_paragraphs"),
        (b"\r" * 41, "", "a.txt", {"paragraphs": 2}, "too_many_paragraphs"),
        (b"ab.\n" * 3, "", "a.txt", {"answer_bytes": 500}, "answer_too_large"),
    ],
    ids=range(8),
)
def test_articles_that_are_refused(body, kind, name, limits, code):
    assert rows(Article(body, kind, name, ALL), Limits(**limits)).code == code


def test_why_an_article_is_refused_is_said_in_the_language_of_the_request():
    got = rows(Article(b"", "", "a.txt", ALL, "vi"))
    assert got == Refused("unreadable_article", "a.txt là tệp trống")
    got = rows(Article(b"ab.\n" * 3, "", "a.txt", ALL, "vi"), Limits(paragraphs=2))
    assert got == Refused("too_many_paragraphs", "a.txt có hơn 2 đoạn; hãy gửi một bài")


def test_what_goes_wrong_is_told_without_content():
    def fail(error):
        raise error

    assert tasks.outcome(len, ["abc"]) == 3
    assert tasks.outcome(fail, [MemoryError()]).code == "too_much_work"
    line = fail.__code__.co_firstlineno + 1
    assert tasks.outcome(fail, [KeyError("Bí Mật")]) == Failed(f"KeyError at test_tasks.py:{line}")
