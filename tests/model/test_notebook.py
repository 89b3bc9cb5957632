from dataclasses import replace
from html.parser import HTMLParser

import numpy as np

from cchc_ml.model.explanation import Explanations, explain
from cchc_ml.model.notebook import shades
from cchc_ml.pillars import COLOURS, PILLARS, Pillar

TEXT = 'Chợ <script>alert("x")</script> họp sớm. Bộ phận một cửa trả hồ sơ thủ tục hành chính. Trời mưa.'


class Page(HTMLParser):
    """The tags and the text of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open, self.tags, self.text = [], set(), ""
        self.feed(html)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.tags.add(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_the_evidence_is_underlined_in_the_colour_of_its_pillar(small):
    (annotation,) = small.annotate([TEXT])
    assert Pillar.TTHC in annotation.pillars
    html = annotation._repr_html_()
    page = Page(html)
    assert page.tags == {"div", "p", "u", "span"}
    assert TEXT in page.text
    assert f"{Pillar.TTHC.vi} {annotation.scores[Pillar.TTHC]:.0%}" in page.text
    best = annotation.pillars[0]
    start, end = annotation.evidence[best]
    assert f'<u style="text-decoration-color:{COLOURS[best]}">{TEXT[start:end]}</u>' in html


def test_an_annotation_without_its_text_shows_its_pillars(small):
    (annotation,) = small.model_.annotate([TEXT])
    assert Pillar.TTHC.vi in Page(annotation._repr_html_()).text
    (untagged,) = small.annotate(["Trời mưa."])
    assert not untagged.pillars
    assert Page(untagged._repr_html_()).text == "Trời mưa.–"


def test_words_are_shaded_by_their_weight(small):
    explained = explain(small.model_, TEXT)
    assert isinstance(explained, Explanations)
    why = explained["tthc"]
    colours, weights = shades(why.weights()), why.weights()
    assert len(colours) == len(weights) == len(TEXT)
    assert sum(weights) == np.float64(why.total()) or abs(sum(weights) - why.total()) < 1e-6
    heaviest = int(np.argmax(np.abs(weights)))
    assert colours[heaviest] in ("#74c476", "#fb6a4a")
    page = Page(why.to_html(Pillar.TTHC))
    assert page.tags <= {"div", "p", "span", "b"}
    assert TEXT in page.text
    assert f"{Pillar.TTHC.vi} có, {why.probability:.0%}" in page.text


def test_the_tagged_pillars_and_the_nearest_are_shown(small):
    explained = small.explain(TEXT)
    shown = explained.shown()
    tagged = [pillar for pillar in PILLARS if explained[pillar].tagged]
    assert set(shown[:-1]) == set(tagged)
    assert not explained[shown[-1]].tagged
    html = explained._repr_html_()
    assert [pillar for pillar in shown if pillar.vi in html] == shown


def test_infinite_thresholds_are_words(small):
    model = replace(small.model_, thresholds=np.full(6, np.inf, np.float32))
    html = explain(model, TEXT)._repr_html_()
    assert "inf" not in Page(html).text
    assert "không bao giờ (never)" in html
