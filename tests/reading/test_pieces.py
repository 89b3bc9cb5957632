import pytest
from lxml import html

from cchc_ml.reading.pieces import cut
from cchc_ml.reading.tree import Tree

TEXT = "Sở Nội vụ kiểm tra đột xuất việc chấp hành kỷ luật tại bảy xã trong tháng tư."


def tree(body):
    return Tree(html.document_fromstring(f"<html><body>{body}</body></html>"))


def texts(body):
    return [piece.text for piece in cut(tree(body))]


def test_only_a_link_with_an_address_is_a_link():
    pieces = cut(tree(f'<p><a name="x">{TEXT}</a></p><p><a href="/x">{TEXT}</a></p>'))
    assert [piece.is_link for piece in pieces] == [False, True]


def test_a_sentence_with_two_linked_laws_is_no_link():
    law = '<a href="/1">Luật Cán bộ, công chức</a> và <a href="/2">Nghị định 138/2020/NĐ-CP về tuyển dụng</a>'
    pieces = cut(tree(f"<p>Căn cứ {law}, xã mở kỳ thi mới.</p><p>{law}</p>"))
    assert [piece.is_link for piece in pieces] == [False, True]


@pytest.mark.parametrize(
    "mark",
    ["h&shy;ành", "h&#8203;ành", "h&#8288;ành", "h&#65279;ành", "h<wbr>ành", "h<!-- x -->ành", "<span>h</span>ành"],
)
def test_a_mark_inside_a_word_vanishes(mark):
    assert texts(f"<p>Kỷ luật {mark} chính.</p>") == ["Kỷ luật hành chính."]


@pytest.mark.parametrize(
    "written", ["x&amp;#227; h&amp;#7885;p", "x&amp;atilde; h&amp;#x1ecd;p", "x&atilde; h&#7885;p", "xã&amp;nbsp;họp"]
)
def test_entities_are_undone_even_if_they_were_escaped_twice(written):
    assert texts(f"<p>{written}</p>") == ["xã họp"]


def test_one_square_metre_does_not_make_a_page_one_of_an_old_font():
    assert texts("<p>Nhà 30 m²</p>" * 4 + "<p>Kỷ luật h&shy;ành chính.</p>")[-1] == "Kỷ luật hành chính."


def test_soft_hyphens_of_an_old_font_are_letters():
    assert texts("<p>Tr&shy;&iacute;c h&sup1;n, ng&shy;&ecirc;i d&copy;n nh&Euml;n k&Otilde;t qu&para;.</p>") == [
        "Trước hạn, người dân nhận kết quả."
    ]


ONE, TWO = "Sáng nay, xã họp bàn việc gỡ hồ sơ.", "Chiều cùng ngày, đoàn xuống bốn thôn xa."


@pytest.mark.parametrize(
    ("body", "want"),
    [
        (f"<pre>{ONE}\n\n{TWO}</pre>", [ONE, TWO]),
        (f"<div style='white-space: pre-line'>{ONE}\n\n{TWO}</div>", [ONE, TWO]),
        (f"<div class='whitespace-pre-wrap'>{ONE}\n{TWO}</div>", [ONE, TWO]),
        (f"<div>{ONE}\n\n{TWO}</div>", [ONE, TWO]),
        (f"<div>{ONE}\n{TWO}</div>", [f"{ONE} {TWO}"]),
        (f"<div>{ONE[:20]}\n\n{ONE[20:].lstrip()}</div>", [ONE]),
        (f"<td>{ONE}<br>{TWO}</td>", [ONE, TWO]),
        (f"<p>{ONE}<br><br>{TWO}</p>" * 3, [ONE, TWO] * 3),
        (f"<p>{ONE}<br>{TWO}</p>" * 3, [f"{ONE} {TWO}"] * 3),
        (f"<div>{ONE}<br>{TWO}</div>" * 3, [f"{ONE} {TWO}"] * 3),
        (f"<p><b>Vì sao trễ?</b><br>{TWO}</p>" * 3, ["Vì sao trễ?", TWO] * 3),
        (f"<p>{ONE}<br>- {TWO}</p>" * 3, [ONE, f"- {TWO}"] * 3),
        ("<p>Sáng nay, xã họp bàn việc<br>gỡ hồ sơ.</p>", [ONE]),
        (f"<p>{'<br>'.join([ONE * 9, TWO * 9])}</p>" * 3, [ONE * 9, TWO * 9] * 3),
        ("<p>Xã <st1:place>Tà Mung</st1:place> họp<o:p></o:p>.</p>", ["Xã Tà Mung họp."]),
    ],
)
def test_line_breaks(body, want):
    assert texts(body) == want


def test_what_is_known_of_a_piece():
    body = (
        f"<div><img src=a></div><h2><b>Xã họp</b></h2><ul><li><i>{ONE}</i></li></ul>"
        '<header><time datetime="2019-03-12">hôm kia</time></header>'
    )
    heading, item, clock = cut(tree(body))
    assert (heading.level, heading.is_bold, heading.image is not None) == (2, True, True)
    assert (item.item, item.is_italic, item.image, item.prose) == (True, True, None, True)
    assert (clock.day, clock.clock is not None, clock.item) == ("2019-03-12", True, False)


def test_a_caption_that_is_left_out_is_the_caption_of_the_image():
    page = tree(f"<figure><img src=a><figcaption>Ảnh.</figcaption></figure><p>{ONE}</p>")
    assert [(piece.text, piece.image) for piece in cut(page)] == [(ONE, None)]
