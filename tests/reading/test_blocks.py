import time
import timeit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_ml.learning.corpus import read_corpus
from cchc_ml.reading.blocks import Kind, arrange
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


BODY = (PARAGRAPH.format("hai"), PARAGRAPH.format("ba"))


def headline(*above, body=BODY):
    blocks = arrange([*above, *body])
    assert [block.kind for block in blocks[len(above) :]] == [Kind.BODY] * len(body)
    return next((block.text for block in blocks if block.kind is Kind.HEADLINE), None)


HEAD = "Xã Tà Mung gỡ hồ sơ trễ hẹn"


@pytest.mark.parametrize(
    "above",
    [
        [HEAD],
        ["Trang chủ", "Tin tức", HEAD, "12/03/2019 09:20"],
        ["Cổng thông tin điện tử xã Tà Mung", "Thứ Ba, 12/03/2019", HEAD],
        ["Thời sự trong tỉnh nhà", "12/03/2019 09:20", HEAD],
        [HEAD, "Trâm Anh – Thế Vỹ", "12/03/2019"],
        [HEAD, "12/03/2019", "Sở Nội vụ cung cấp"],
        [HEAD, "12/03/2019", "SGTC - Kỳ họp thứ chín của hội đồng khóa mới"],
        [HEAD, "Trung tâm Chuyển đổi số tỉnh"],
        [HEAD, "412 lượt xem", "12/03/2019"],
        [HEAD, "12/03/2019", "Cỡ chữ: nhỏ | vừa | lớn"],
        ["THỜI SỰ QUỐC HỘI DÂN NGUYỆN HĐND QUỐC TẾ", "12/03/2019", HEAD],
        ["NÓNG: Tâm bão số hai và bóng đá nữ", "Thứ Ba, 12/03/2019", HEAD],
        ["Xã bên họp bàn làm đường … Đọc tiếp", HEAD],
    ],
)
def test_the_headline_stands_above_the_date_or_above_the_body(above):
    assert headline(*above) == HEAD


@pytest.mark.parametrize(
    "text",
    [
        "Gỡ khó",
        "Đường dây nóng 16/5: “Chúng tôi không báo trước”",
        "[Lược ghi] Phiên chất vấn chiều 8/12",
        "Cò bằng lái chuyển nhà lên Facebook",
        "Chánh Thanh tra Sở Thông tin và Truyền thông tỉnh: “Luật đi nhanh, nghị định đi bộ, cán bộ thì chạy theo”",
    ],
)
def test_the_line_above_the_date_may_be_short_or_begin_like_boilerplate(text):
    assert headline("Trang chủ", text, "12/03/2019") == text


def test_a_headline_may_end_with_a_full_stop():
    assert headline("Trang chủ", "Trả hồ sơ ngoài giờ hành chính.", "12/03/2019") == "Trả hồ sơ ngoài giờ hành chính."
    lead = "Xã trả hồ sơ cả ban đêm."
    assert headline(HEAD, body=(lead, PARAGRAPH.format("hai"))) == HEAD


def test_sections_with_numbers_are_sub_headings():
    texts = [HEAD, "I. MỤC ĐÍCH, YÊU CẦU", "1. Mục đích", PARAGRAPH.format("hai"), "II. TỔ CHỨC THỰC HIỆN"]
    assert kinds([*texts, PARAGRAPH.format("ba")])[1:5] == ["subheading", "subheading", "body", "subheading"]


LEAD = "Sau ba tháng gỡ từng việc một, xã vùng cao này không còn hồ sơ nào nằm quá hẹn"


def test_a_lead_without_a_full_stop_is_body():
    body = (LEAD, PARAGRAPH.format("hai"))
    assert headline(HEAD, "12/03/2019", body=body) == HEAD
    bold = "Xã vùng cao này không còn hồ sơ quá hẹn"
    texts = [HEAD, bold, PARAGRAPH.format("hai"), PARAGRAPH.format("ba")]
    assert kinds(texts, headline=HEAD)[1] == "boilerplate"
    assert kinds(texts, headline=HEAD, leads={bold})[1] == "body"


def test_questions_and_last_words_of_an_interview_are_body():
    texts = [
        HEAD,
        "PV: Thưa ông, vì sao trễ?",
        PARAGRAPH.format("hai"),
        "- Xã đã làm gì để gỡ?",
        PARAGRAPH.format("ba"),
    ]
    assert kinds([*texts, "PV: Xin cảm ơn ông!"]) == ["headline", "body", "body", "body", "body", "body"]


def test_the_end_of_a_document_is_boilerplate_up_to_an_annex():
    annex = PARAGRAPH.format("bốn") + " " + "Họp đến trưa, mọi người cùng nghe dân nói. " * 4
    end = ["Nơi nhận:", "- Như trên;", "- Các phòng, ban của huyện;", "- Lưu: VT."]
    texts = [HEAD, PARAGRAPH.format("hai"), *end, annex.strip()]
    assert kinds(texts) == ["headline", "body", *["boilerplate"] * 4, "body"]


@pytest.mark.parametrize("bullets", ["abc", "123", "---", "👉👉👉"])
def test_a_list_below_a_colon_is_body_with_the_line_that_leads_to_it(bullets):
    marks = [f"{mark}) " if mark.isalpha() else f"{mark}. " if mark.isdigit() else f"{mark} " for mark in bullets]
    items = [
        mark + text
        for mark, text in zip(marks, ("Rà soát quy định;", "Rút ngắn giấy tờ;", "Gộp các phòng"), strict=True)
    ]
    texts = [HEAD, "Hội nghị giao các việc sau:", *items, PARAGRAPH.format("hai")]
    assert kinds(texts) == ["headline", *["body"] * 5]


def test_a_sentence_that_a_list_goes_on_is_body():
    texts = [PARAGRAPH.format("hai"), "Các mặt đã làm được gồm", "kiểm soát thủ tục,", PARAGRAPH.format("ba")]
    assert kinds(texts, items={texts[2]}) == ["body"] * 4
    assert kinds(texts)[1] == "subheading"


def test_a_long_line_inside_the_body_is_no_sub_heading():
    texts = [PARAGRAPH.format("hai"), "việc " * 25 + "làm", PARAGRAPH.format("ba"), "việc " * 25 + "làm"]
    assert kinds(texts) == ["body", "body", "body", "boilerplate"]


def test_a_heading_outranks_wording():
    texts = [PARAGRAPH.format("hai"), "Đăng ký kết hôn", "Tin liên quan", PARAGRAPH.format("ba") + " Họp. " * 45]
    assert kinds(texts)[1:3] == ["boilerplate", "boilerplate"]
    assert kinds(texts, headings=set(texts[1:3]))[1:3] == ["subheading", "boilerplate"]


def test_a_box_inside_a_copied_article_ends_where_the_article_goes_on():
    lines = [
        "Xã Tà Mung gỡ hồ sơ trễ hẹn",
        "Sáng nay, xã trả hết hồ sơ đất đai còn nợ từ tháng trước.",
        "Đọc thêm",
        "Bản Nậm Pắt mở phiên chợ",
        "Công chức xã không ngại hỏi lại. Hồ sơ nào thiếu, họ gọi điện ngay trong ngày.",
        "Ai cũng về sớm hơn mọi hôm.",
        "Lò Thị Mây",
        "Có thể bạn quan tâm",
        "Đường về bản đã thông",
        "Sau ba ngày mưa, đường về bản đã thông. Xe chở hàng qua được từ chiều.",
    ]
    kinds = [block.kind for block in arrange(lines)]
    assert [i for i, kind in enumerate(kinds) if kind is Kind.BODY] == [1, 4, 5]


def test_the_heading_of_a_box_does_not_throw_the_whole_article_away():
    assert headline(HEAD, "12/03/2019", "Xem thêm") == HEAD


def test_a_post_loses_its_counters():
    post = ["UBND xã", "3 giờ ·", "👉 Xã trả hồ sơ cả thứ Bảy 🕗", "#cchc", "Xem thêm", "12 bình luận", "Hay quá xã ơi"]
    assert [block.text for block in arrange(post) if block.kind is Kind.BODY] == [post[2]]


@pytest.mark.slow
@pytest.mark.parametrize(
    "line",
    ["12/03/2019 09:20", "Xem thêm", "Tin, ảnh: Hải Đăng", "- Thể chế", "LÂM VĂN HƯỞNG", "Những việc làm ngay", "("],
)
def test_twice_as_many_lines_take_twice_the_time(line):
    def seconds(n):
        return min(
            timeit.repeat(
                lambda: arrange([line] * n + [PARAGRAPH.format("hai")]), timer=time.process_time, repeat=3, number=1
            )
        )

    assert seconds(2000) < 5 * seconds(1000) + 0.2
