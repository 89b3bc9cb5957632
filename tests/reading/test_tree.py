from lxml import html

from cchc_ml.reading.tree import Tree, names_of, tag_of


def tree(body):
    return Tree(html.document_fromstring(f"<html><body>{body}</body></html>"))


def test_a_tree_knows_what_holds_what():
    page = tree("<div><p><b>a</b></p></div><p>c</p>")
    names = [tag_of(element) for element in page.elements]
    div, first, bold, second = (names.index("div"), names.index("p"), names.index("b"), names.index("p", 4))
    assert page.holds(div, bold)
    assert page.holds(bold, bold)
    assert not page.holds(div, second)
    assert page.common(bold, first) == first
    assert page.common(bold, second) == names.index("body")
    assert page.sums([1] * len(names))[div] == 3


def test_names_and_boxes():
    page = tree('<figure CLASS="anh" id=a><img></figure><p class="photo-box">a</p><!-- x -->')
    figure, paragraph = (page.elements[i] for i in (2, 4))
    assert (tag_of(figure), names_of(figure)) == ("figure", "anh a")
    assert page.is_image_box(page.place[figure])
    assert page.is_image_box(page.place[paragraph])
    assert not page.is_image_box(0)
