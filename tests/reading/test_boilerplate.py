import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_ml.learning.corpus import read_corpus
from cchc_ml.reading.boilerplate import Kind, arrange, end_of, is_boilerplate, is_prose
from cchc_ml.text.sentences import split_sentences


def test_the_projects_own_articles_come_apart(top):
    articles = {}
    for row in read_corpus(top / "data/articles.jsonl").rows:
        if "medium" in row:
            articles.setdefault(row["article"], []).append(row)
    body = kept = other = through = 0
    for rows in articles.values():
        lines = [
            (x["text"], x["kind"])
            for row in rows
            for x in [*row.get("before", []), {"text": row["text"], "kind": "body"}, *row.get("after", [])]
        ]
        for block, (_, kind) in zip(arrange([text for text, _ in lines]), lines, strict=True):
            if kind == "body":
                body += 1
                kept += block.kind is Kind.BODY
            elif kind != "headline":
                other += 1
                through += block.kind in (Kind.BODY, Kind.SUBHEADING)
    assert kept / body >= 0.99
    assert through / other <= 0.01


@pytest.mark.parametrize(
    "text",
    [
        "Trang chủ » Tin tức",
        "Lượt truy cập: 18.402",
        "Chia sẻ: Facebook | Zalo",
        "Ảnh: Quang cảnh hội nghị",
        "Tin, ảnh: Hải Đăng",
        "Các tin khác",
    ],
)
def test_boilerplate_is_not_prose(text):
    assert not is_prose(text)


def test_a_teaser_that_the_body_repeats_counts_once():
    lead = "Sáng 3/7, lãnh đạo UBND xã họp bàn cách gỡ bốn mươi sáu hồ sơ trễ hẹn còn tồn từ quý trước."
    blocks = arrange(
        [lead, lead + " Cuộc họp kéo dài hai giờ.", "Chiều cùng ngày, đoàn kiểm tra xuống bốn thôn xa nhất của xã."]
    )
    assert [b.kind for b in blocks] == [Kind.BOILERPLATE, Kind.BODY, Kind.BODY]


@given(st.lists(st.text(alphabet="Xã họp bàn việc. |:-\n", max_size=60), max_size=12))
def test_arranging_keeps_every_block_in_order(texts):
    assert [b.text for b in arrange(texts)] == texts


@pytest.mark.parametrize(
    "text",
    [
        "Đăng ký khai sinh nay chỉ mất một ngày.",
        "Số người nộp hồ sơ trực tuyến tăng gấp đôi.",
        "Người dân đăng nhập Cổng dịch vụ công bằng VNeID.",
        "Xã trả kết quả hồ sơ qua Zalo.",
        "Chủ đề năm nay là tinh gọn bộ máy.",
        "Lịch tiếp công dân được công khai.",
        "Giấy phép xây dựng được cấp trong 5 ngày.",
    ],
)
def test_a_whole_sentence_may_speak_of_anything(text):
    long = "Sáng nay, lãnh đạo xã cùng các ban ngành họp bàn cách gỡ vướng cho người dân ở những thôn xa."
    assert [b.kind for b in arrange([long, text, long + " Họp đến trưa."])][1] is Kind.BODY


def test_capitals_are_no_names():
    long = "Sáng nay, lãnh đạo xã cùng các ban ngành họp bàn cách gỡ vướng cho người dân ở những thôn xa."
    other = "Chiều cùng ngày, đoàn kiểm tra công vụ xuống bốn thôn xa nhất, nghe dân nói chuyện giấy tờ đất."
    blocks = arrange(["XÃ CHỌN NGÀY LÀM THỦ TỤC CHO DÂN", long, "TINH GỌN BỘ MÁY", other, "LÂM VĂN HƯỞNG"])
    assert [b.kind for b in blocks] == [Kind.HEADLINE, Kind.BODY, Kind.SUBHEADING, Kind.BODY, Kind.BOILERPLATE]


def test_a_page_of_ten_thousand_lines_ends():
    lines = [
        f"Thôn {n} họp bàn việc làm đường, góp công và góp của, ai cũng vui vẻ nhận phần mình." for n in range(5000)
    ]
    titles = ["Tin ngắn số này"] * 5000
    assert len(arrange([*lines, *titles, lines[0] + " Hết."])) == 10_001
    assert len(split_sentences("Mục lục " + "." * 200_000)) == 1


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        ("Hết", False),
        ("Xã họp.", True),
        ("Xã họp 3/7/2026.", False),
        ("Ảnh: Quang cảnh hội nghị sáng nay ở xã.", False),
        ("Sáng 3/7/2026, xã họp bàn việc gỡ hồ sơ.", True),
        ("3/7/2026 xã họp bàn việc gỡ hồ sơ.", False),
        ("Xã họp bàn việc gỡ hồ sơ…", True),
        ("Xã họp bàn việc gỡ…", False),
        ("Vì sao hồ sơ của dân vẫn trễ hẹn ở bốn xã?", False),
        ("Vì sao hồ sơ của dân vẫn trễ hẹn ở bốn xã vùng cao trong suốt ba tháng qua của năm nay?", True),
        ("Xem thêm: vì sao hồ sơ của dân vẫn trễ hẹn ở bốn xã vùng cao trong suốt ba tháng qua của năm nay?", False),
        ("việc " * 39 + "làm", True),
        ("việc " * 38 + "làm", False),
        ("Mời quý vị theo dõi chương trình vào tối nay lúc tám giờ.", False),
        ("Các tin khác", False),
    ],
)
def test_each_end_of_a_block_has_its_rule(text, prose):
    assert is_prose(text) is prose


@pytest.mark.parametrize(
    ("text", "end"), [("Xong.", "."), ("“Xong.”", "."), ("(xong…)", "…"), ("“Xong”", "”"), ("Gồm:", ":"), ("Tin", "")]
)
def test_the_end_of_a_text_stands_before_its_closing_quotes(text, end):
    assert end_of(text) == end


@pytest.mark.parametrize(
    ("text", "boilerplate"),
    [
        ("Trang chủ » Tin tức", True),
        ("All rights reserved", True),
        ("Ngày 3/7", True),
        ("Châu An - Võ Hải Lam", True),
        ("12 3", True),
        ("việc " * 41, True),
        ("việc " * 40, False),
        ("Những việc làm ngay", False),
    ],
)
def test_a_line_that_may_be_a_headline_is_not_boilerplate(text, boilerplate):
    assert is_boilerplate(text) is boilerplate


PARAGRAPH = "Sáng nay, lãnh đạo xã cùng các ban ngành họp bàn cách gỡ vướng cho người dân ở {} thôn xa."


def kinds(texts, **kwargs):
    return [block.kind.value for block in arrange(texts, **kwargs)]


def test_a_box_of_related_articles_ends_before_a_long_paragraph():
    long = PARAGRAPH.format("bốn") + " " + "Họp đến trưa, mọi người cùng nghe dân nói. " * 4
    texts = [PARAGRAPH.format("hai"), "Tin liên quan", PARAGRAPH.format("ba"), long.strip()]
    assert kinds(texts) == ["body", "boilerplate", "boilerplate", "body"]
    two_sentences = PARAGRAPH.format("ba") + " Họp đến trưa."
    assert kinds([*texts[:2], two_sentences, texts[3]])[2] == "body"
    assert kinds([*texts[:2], two_sentences]) == ["body", "boilerplate", "boilerplate"]


def test_the_headline_of_the_page_goes_before_the_last_line_above_the_body():
    texts = ["Xã gỡ hồ sơ trễ hẹn", "Những việc làm ngay hôm nay", PARAGRAPH.format("hai"), PARAGRAPH.format("ba")]
    assert kinds(texts)[:2] == ["boilerplate", "headline"]
    assert kinds(texts, headline="XÃ GỠ HỒ SƠ TRỄ HẸN!")[:2] == ["headline", "boilerplate"]


def test_items_of_a_list_are_body_inside_the_body_only():
    texts = ["Một việc", PARAGRAPH.format("hai"), "Hai việc", "Ba | việc", PARAGRAPH.format("ba"), "Bốn việc"]
    items = {"Một việc", "Hai việc", "Ba | việc", "Bốn việc"}
    assert kinds(texts, items=items) == ["boilerplate", "body", "body", "boilerplate", "body", "boilerplate"]


def test_a_bulleted_list_goes_on_below_the_last_paragraph():
    texts = [
        PARAGRAPH.format("hai"),
        PARAGRAPH.format("ba")[:-1] + " gồm những việc sau đây:",
        "- Thể chế",
        "- TTHC",
        "Hết",
    ]
    assert kinds(texts) == ["body", "body", "body", "body", "boilerplate"]


def test_a_paragraph_that_occurs_twice_is_body_once():
    texts = [PARAGRAPH.format("hai"), PARAGRAPH.format("ba"), PARAGRAPH.format("hai").upper()]
    assert kinds(texts) == ["body", "body", "boilerplate"]
