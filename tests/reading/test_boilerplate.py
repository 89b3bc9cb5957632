import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_ml.learning.corpus import read_corpus
from cchc_ml.reading.boilerplate import Kind, arrange, is_prose, join_lines
from cchc_ml.text.sentences import split_sentences


def test_the_projects_own_articles_come_apart(top):
    articles = {}
    for row in read_corpus(top / "data/articles.jsonl").rows:
        if "medium" in row:
            articles.setdefault(row["article"], []).append(row)
    body = found = other = through = 0
    for rows in articles.values():
        lines = [
            (x["text"], x["kind"])
            for row in rows
            for x in [*row.get("before", []), {"text": row["text"], "kind": "body"}, *row.get("after", [])]
        ]
        for block, (_, kind) in zip(arrange([text for text, _ in lines]), lines, strict=True):
            if kind == "body":
                body += 1
                found += block.kind is Kind.BODY
            elif kind != "headline":
                other += 1
                through += block.kind in (Kind.BODY, Kind.SUBHEADING)
    assert found / body >= 0.99
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


@given(st.lists(st.text(alphabet="Xãhọp bànviệc.,-", max_size=120), max_size=12))
def test_joining_loses_no_letter(lines):
    assert "".join("".join(join_lines(lines)).split()) == "".join("".join(lines).split())


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


def test_a_narrow_column_is_joined():
    text = (
        "Sáng nay lãnh đạo xã cùng các ban ngành họp bàn cách gỡ vướng cho người dân ở thôn xa, "
        "họp đến tận trưa mới xong."
    )
    assert join_lines(textwrap.wrap(text, 34)) == [text]


def test_a_headline_over_its_paragraph_stands_alone():
    head, text = "Xã Bình Lãng cải cách thủ tục hành chính", "Sáng nay lãnh đạo xã họp bàn cách gỡ vướng."
    assert join_lines([head, text]) == [head, text]
