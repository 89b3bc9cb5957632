import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_ml.text import encodings
from cchc_ml.text.encodings import (
    Repaired,
    from_tcvn3,
    from_vni,
    mapped_nfc,
    plausibility,
    repair,
    repair_text,
    to_tcvn3,
    to_vni,
)


@given(st.text(max_size=60))
def test_maps_lead_from_the_start_to_the_end_in_order(text):
    for change in (repair, mapped_nfc, from_tcvn3, from_vni):
        fixed, origin = change(text)
        if origin is None:
            assert change is repair
            assert fixed == text
            continue
        assert len(origin) == len(fixed) + 1
        assert origin == sorted(origin)
        assert (origin[0], origin[-1]) == (0, len(text)) or not text or not fixed


def test_the_map_leads_to_the_same_words():
    text = unicodedata.normalize("NFD", "Trời mưa. Xã họp dân.")
    fixed, origin = mapped_nfc(text)
    a = fixed.index("Xã")
    assert unicodedata.normalize("NFC", text[origin[a] : origin[a + 2]]) == "Xã"


@pytest.mark.parametrize(
    "text", ["Café Zürich đón khách từ Đà Nẵng", "Naïve Bayes", "São Paulo 30°C ± 2", "Hòa giải ở cơ sở", "", "ÀÁÂÃ"]
)
def test_text_that_is_right_is_not_changed(text):
    assert repair(text) == Repaired(text, None)


def test_real_paragraphs_are_plausible(corpus):
    assert all(plausibility(text) > 0.9 and repair(text).text == text for text in corpus.texts)


def test_a_whole_corpus_in_old_encodings_comes_back(corpus):
    for text in corpus.texts[:100]:
        assert repair(to_vni(text)).text == text
        assert repair(to_tcvn3(text)).text.lower() == text.lower()
        assert repair(text.encode("utf8").decode("latin-1")).text == text


@pytest.mark.parametrize("write", [to_tcvn3, to_vni, lambda text: unicodedata.normalize("NFD", text)])
def test_the_map_of_a_repaired_text_leads_to_each_of_its_words(write):
    words = ["Xã", "rà", "soát", "thủ", "tục,", "bãi", "bỏ", "giấy", "tờ", "thừa"]
    written = write(" ".join(words))
    repaired, origin = repair(written)
    assert repaired == " ".join(words)
    place = 0
    for word in words:
        assert written[origin[place] : origin[place + len(word)]] == write(word)
        place += len(word) + 1


KEPT = [
    "· Xã Pá Lau",
    "» Tin tức » Xã hội",
    "© 2019 Xã Vân Hồ",
    "¨ Chọn",
    "½ diện tích",
    "24 ha ¼",
    "Xã · Phường",
    "· Xã Pá Lau\n· Xã Là Gì\n",
    "«Xã hội»",
    "Coi là: «đúng»",
    "§ 5",
    "100 £",
    "5 µm",
    "m²",
    "El Niño, La Niña",
    "José Mourinho nói",
    "Müller, Noël, Gül",
    "Cà Mau × Bạc Liêu",
    "XÃ\xa0LA",
    "XÃ\xa0HỘI",
    "“Đúng là…”",
    "Là và có",
    "Ðảng ở Ðà Nẵng",
    "Pác Bó, Nà Phặc, Lý Sơn, Kôn Rẫy",
    "xã Mù Cả ©",
]


@pytest.mark.parametrize("text", KEPT)
def test_short_clean_lines_are_not_touched(text):
    assert repair(text) == Repaired(text, None)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Nguån", "Nguồn"),
        ("Néi dung", "Nội dung"),
        ("Tieâu ñeà", "Tiêu đề"),
        ("¤ t« ë ®©y", "Ô tô ở đây"),
        ("\xadu tiªn", "ưu tiên"),
        ("Tr¶ lêi: “§óng”", "Trả lời: “Đúng”"),
        ("lóa gi¸ 50.000 ®/kg", "lúa giá 50.000 đ/kg"),
        ("¤ng NguyÔn V¨n §., ¶nh ®· chôp", "Ông Nguyễn Văn Đ., ảnh đã chụp"),
        ("· C¶i c¸ch hµnh chÝnh", "· Cải cách hành chính"),
        ("© Sè liÖu cña tØnh", "© Số liệu của tỉnh"),
        ("caÒi caìch haÌnh chính", "cải cách hành chính"),
        ("HÃ´m nay Ã´tÃ´ vÃ\xa0o xÃ£", "Hôm nay ôtô vào xã"),
        ("â€œXã họp bànâ€\x9d, thá»§ tá»¥c", "“Xã họp bàn”, thủ tục"),
    ],
)
def test_short_lines_in_an_old_encoding_are_converted(text, wanted):
    assert repair(text).text == wanted


@pytest.mark.parametrize("write", [to_tcvn3, to_vni, lambda text: text.encode().decode("latin-1")])
def test_each_part_of_a_mixed_text_is_read_as_it_was_written(corpus, write):
    lines = [text for text in corpus.texts[:60] if "\n" not in text]
    for by in (2, 3, len(lines) // 3):
        mixed = [write(line) if number // by % 2 else line for number, line in enumerate(lines)]
        assert repair("\n".join(mixed)).text.lower() == "\n".join(lines).lower()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Huyện và x· tr¶ hå s¬ ®óng h¹n", "Huyện và xã trả hồ sơ đúng hạn"),
        ("Đến ngày 30/9, bé phËn mét cöa tr¶ ®óng h¹n, theo báo cáo của các xã", None),
        ("Caûi caùch thuû tuïc; Đúng hạn", "Cải cách thủ tục; Đúng hạn"),
        ("Thá»§ tục", "Thủ tục"),
    ],
)
def test_a_run_of_words_in_a_line_is_read_as_it_was_written(text, wanted):
    wanted = wanted or "Đến ngày 30/9, bộ phận một cửa trả đúng hạn, theo báo cáo của các xã"
    assert repair(text).text == wanted


@given(st.text(alphabet="aăâbêđ µ¸¶·¹¨»©®«¬\xad§ñùûàáãAÃ€\u0301ếạ\n.", max_size=40))
def test_a_word_with_a_letter_beyond_latin_1_is_never_converted(text):
    words = {word for word in re.findall(r"[^\W\d_]+", text) if any(c in "ăđếạ" for c in word)}
    assert all(word in repair(text).text for word in words if "\u0301" not in text)


def test_capitals_follow_the_words_around_them():
    assert repair("CéNG HßA X· HéI CHñ NGHÜA VIÖT NAM").text == "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    assert repair("Tæ tr\xadëng TØNH §oµn\nTØNH ë TR£N").text == "Tổ trưởng TỈNH Đoàn\nTỈNH Ở TRÊN"


def test_the_text_alone_is_the_text_of_the_repair(corpus):
    for text in [*corpus.texts[:40], *map(to_vni, corpus.texts[:40]), unicodedata.normalize("NFD", corpus.texts[0])]:
        assert repair_text(text) == repair(text).text


def test_the_work_is_linear_in_the_length_of_the_text(corpus, monkeypatch):
    """A slice of 1,000 characters is judged once, whatever its place; runs go on from slice to slice."""
    monkeypatch.setattr(encodings, "_SLICE_CHARS", 1000)
    text = to_tcvn3("\n".join(corpus.texts[:40]))
    judged = []

    def counted(given, tokens, reading, judge=encodings._cheapest_readings):
        judged.append(len(tokens))
        return judge(given, tokens, reading)

    monkeypatch.setattr(encodings, "_cheapest_readings", counted)
    once = repair_text(text)
    work = sum(judged)
    judged.clear()
    assert repair_text(f"{text}\n{text}") == f"{once}\n{once}"
    assert sum(judged) <= 2 * work + 1
    assert max(judged) < 500
