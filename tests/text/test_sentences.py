import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_ml.text.sentences import split_sentences

TEXTS = st.text(alphabet="aăâđêơưyảạằẻẽòóỏùýỷ .,;!?…\n“”()0123456789ABĐ", max_size=200)


@given(TEXTS)
def test_sentences_are_trimmed_in_order_and_cover_every_letter(text):
    spans = split_sentences(text)
    assert all(a < b and text[a:b] == text[a:b].strip() for a, b in spans)
    assert all(b <= c for (_, b), (c, _) in pairwise(spans))
    assert "".join("".join(text[a:b] for a, b in spans).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("Xã họp. Dân đến! Xong chưa? Rồi…", ["Xã họp.", "Dân đến!", "Xong chưa?", "Rồi…"]),
        ("“Được.” Ông cười.", ["“Được.”", "Ông cười."]),
        ("Ở TP. Vinh, GS. Lê V. Tám nói v.v. và đi.", ["Ở TP. Vinh, GS. Lê V. Tám nói v.v. và đi."]),
        ("1. Về thể chế. 2. Về TTHC.", ["1. Về thể chế.", "2. Về TTHC."]),
        ("Thu 3.500 tỷ đồng qua baotinh.vn hôm qua.", ["Thu 3.500 tỷ đồng qua baotinh.vn hôm qua."]),
        ("Luật mới.Ông Ba vui.", ["Luật mới.", "Ông Ba vui."]),
        ("Từ năm 2017.“Khó lắm”, ông nói.", ["Từ năm 2017.", "“Khó lắm”, ông nói."]),
        ("Ở TP.HCM, ThS.Lê nói.", ["Ở TP.HCM, ThS.Lê nói."]),
        ("  \n ", []),
    ],
)
def test_split_sentences(text, want):
    assert [text[a:b] for a, b in split_sentences(text)] == want
    # Case matters only if a space is missing after a stop.
    if not re.search(r"[.][“Ô]", text):
        assert [text.upper()[a:b] for a, b in split_sentences(text.upper())] == [s.upper() for s in want]


@pytest.mark.parametrize("capitals", [False, True])
def test_a_number_ends_a_sentence_unless_it_is_the_number_of_an_item(capitals):
    texts = ["Xã có dân số 30. Dân vui.", "30. Dân vui.", "Năm 2025. Dân vui.", f"{'xa ' * 7}30. Dân vui."]
    counts = [len(split_sentences(text.upper() if capitals else text)) for text in texts]
    assert counts == [2, 1, 2, 2]
