import pytest
from lxml import html

from cchc_ml.reading.asides import aside_places, hidden_places
from cchc_ml.reading.pieces import cut
from cchc_ml.reading.tree import Tree

TEXT = "Sở Nội vụ kiểm tra đột xuất việc chấp hành kỷ luật tại bảy xã trong tháng tư."


def tree(body):
    return Tree(html.document_fromstring(f"<html><body>{body}</body></html>"))


def texts(body):
    page = tree(body)
    return [piece.text for piece in cut(page, hidden_places(page))]


@pytest.mark.parametrize(
    "attribute",
    [
        "hidden",
        'hidden="hidden"',
        'style="DISPLAY : none"',
        'style="display:none !important"',
        'style="visibility: Hidden"',
        'style="mso-hide:all"',
        'class="d-none"',
        'class="box hidden"',
        'class="sr-only"',
        'class="screen-reader-text"',
    ],
)
def test_what_a_reader_does_not_see_is_left_out(attribute):
    assert texts(f"<p>Xã họp.</p><div {attribute}><p>Nháp.</p></div><p>Dân <b {attribute}>nháp</b> nghe.</p>") == [
        "Xã họp.",
        "Dân nghe.",
    ]


@pytest.mark.parametrize("names", ["d-none d-md-block", "hidden md:block", "hidden-xs", "hide-on-mobile"])
def test_what_is_hidden_on_small_screens_only_is_read(names):
    assert texts(f'<div class="{names}">Xã họp.</div>') == ["Xã họp."]


def asides(body):
    page = tree(body)
    return {page.elements[place].get("class") for place in aside_places(page, cut(page))}


def test_an_aside_with_much_of_the_prose_is_none():
    article, other = f"<p>{TEXT}</p>" * 3, "<p>Xã bên họp.</p>"
    assert asides(f'<div class="print">{article}</div><div class="related">{other}</div>') == {"related"}
    assert asides(f'<div class="print"><p>{TEXT[:30]}</p></div><div>{article}</div>') == {"print"}


def test_the_prose_of_a_box_is_measured_in_blocks_and_not_in_runs_of_text():
    chopped = " ".join(f"<span>{word}</span>" for word in TEXT.split())
    assert asides(f'<div class="tools"><p>{chopped}</p></div>') == set()


def test_a_tool_of_the_page_has_no_paragraph_without_link():
    article = f"<p>{TEXT}</p>" * 20
    long = TEXT + " " + TEXT
    assert asides(f'<div>{article}</div><div class="share"><p>{long}</p></div>') == set()
    assert asides(f'<div>{article}</div><div class="share"><a href="#">In</a><p>{long}</p></div>') == {"share"}
    assert asides(f'<div>{article}</div><div class="comments"><p>{long}</p></div>') == {"comments"}


def test_a_label_is_read_if_it_is_longer_than_the_name_of_a_field():
    body = f"<p><label>{TEXT}</label></p><label class='name'>Họ và tên</label>"
    assert asides(body) == {"name"}
    assert TEXT in texts(body)
