import pytest
from review_items import CATEGORIES

from cchc_ml.pillars import COLOURS, PILLARS
from cchc_ml.review.categories import categories, category_keys, find_category


def test_the_categories_are_those_of_the_codebook_in_its_order():
    assert [c.slug for c in categories()] == list(PILLARS)
    assert [c.colour for c in categories()] == [COLOURS[p] for p in PILLARS]
    assert all(c.definition_vi and c.definition and c.counts and c.does_not_count for c in categories())


def test_definitions_are_vietnamese():
    assert all(set(c.definition_vi.casefold()) & set("ạảấầậắặếềệịọốồộớờợụứừựđ") for c in categories())


def test_keys_are_digits_then_letters_without_those_of_commands():
    assert category_keys(6) == tuple("123456")
    keys = category_keys(40)
    assert keys[:12] == tuple("123456789abd")
    assert len(set(keys)) == 40
    assert not {"0", "c", "n", "s", "u"} & set(keys)


def test_more_categories_than_keys():
    with pytest.raises(ValueError, match="100 categories; the page has keys for 53"):
        category_keys(100)


@pytest.mark.parametrize("name", ["tthc", " TTHC ", "Thủ tục hành chính", "cải cách thủ tục hành chính"])
def test_a_category_is_found_by_each_of_its_names(name):
    assert find_category(name, CATEGORIES).slug == "tthc"


def test_an_unknown_category():
    assert find_category("thể thao", CATEGORIES) is None
