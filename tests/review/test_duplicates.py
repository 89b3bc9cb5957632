from cchc_ml.review.duplicates import NearDuplicates

TEXT = " ".join(f"tiếng{i}" for i in range(60))


def test_numbers_of_earlier_texts():
    texts = NearDuplicates()
    assert texts.add_and_find(TEXT) == []
    assert texts.add_and_find("một đoạn khác hẳn với đoạn trên") == []
    assert texts.add_and_find(TEXT + " thêm") == [0]
    assert texts.like(TEXT.upper()) == [0, 2]


def test_a_near_duplicate_is_not_added():
    texts = NearDuplicates()
    assert [texts.add_if_new(text) for text in (TEXT, TEXT + " thêm", "ngắn")] == [True, False, True]
    assert texts.add("một đoạn khác hẳn với đoạn trên") == 2
