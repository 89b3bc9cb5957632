import copy
import pickle
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from own_codebooks import codebook_yaml

from cchc_ml.model.codebook import (
    MAX_CATEGORIES,
    MIN_CATEGORIES,
    RESERVED,
    codebook_from_json,
    codebook_to_json,
    read_codebook,
)
from cchc_ml.pillars import CCHC, Codebook, Entry, OwnCategory
from cchc_ml.reading.columns import COLUMN_NAMES
from cchc_ml.tagging.schema import RESULTS


def entries(n: int) -> str:
    return "".join(f'- slug: c{i}\n  vi: "Nội dung số {i}"\n' for i in range(n))


@pytest.fixture
def read(tmp_path):
    def write_and_read(text: str | bytes) -> Codebook:
        path = tmp_path / "mine.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_codebook(path)

    return write_and_read


def test_a_codebook_is_read_in_order_and_colour(read):
    codebook = read(codebook_yaml(8))
    assert codebook.slugs == ["market", "school", "road", "water", "forest", "health", "sport", "music"]
    assert (codebook[0].vi, codebook[0].en, codebook[0].colour) == ("Chợ, buôn bán", "Market", "#332288")
    assert codebook[0].entry.names == ("chợ buôn bán",)
    assert codebook[0].entry.patterns[:2] == ("sạp hàng", "tiểu thương")
    assert codebook[0].entry.counts == ({"text": "Chúng tôi thấy sạp hàng.", "why": "it names sạp hàng"},)
    assert not codebook.is_default


def test_slug_and_vietnamese_name_are_enough(read):
    codebook = read("- slug: no\n  vi: Không gian mở\n- {slug: b, vi: 12, counts: [Một câu.]}\n")
    assert [(c.value, c.vi, c.short, c.en) for c in codebook] == [
        ("no", "Không gian mở", "Không gian mở", "Không gian mở"),
        ("b", "12", "12", "12"),
    ]
    assert codebook[1].entry.counts == ({"text": "Một câu.", "why": ""},)


@pytest.mark.parametrize("n", [MIN_CATEGORIES, MAX_CATEGORIES])
def test_two_to_forty_categories_get_colours_that_differ(read, n):
    colours = [category.colour for category in read(entries(n))]
    assert len(set(colours)) == n
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in colours)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"mine\.yaml, line 1: found nothing, want a list of categories"),
        ("slug: a\n", r"mine\.yaml, line 1: found an object, want a list of categories"),
        (entries(1), r"line 1: found 1 category, want 2 to 40"),
        (entries(41), r"line 1: found 41 categories, want 2 to 40"),
        ("[]", "found 0 categories, want 2 to 40"),
        (entries(2) + "- slug: c1\n  vi: Khác\n", "line 5: the slug 'c1' is there twice, first at line 3"),
        (entries(2) + "- slug: c2\n", "line 5: category c2 has no name; want its Vietnamese name in vi"),
        (entries(2) + "- slug: c2\n  vi:\n", "line 6: category c2 has no name"),
        (entries(2) + "- vi: Khác\n", "line 5: a category has no slug; want up to 40 of a-z"),
        (entries(2) + "- slug: Chỉ đạo\n  vi: Khác\n", "line 5: found the slug 'Ch.* want up to 40 of a-z"),
        (entries(2) + "- slug: text\n  vi: Khác\n", "line 5: the slug 'text' means something else in files"),
        (entries(2) + "- slug: c2\n  vi: Nguồn\n", "line 6: vi of category c2 is 'Nguồn', which means something else"),
        (entries(2) + "- slug: c2\n  vi: =1+1\n", r"line 6: vi of category c2 is '=1\+1'; a name cannot begin"),
        (entries(2) + "- slug: c2\n  vi: nội dung số 0\n", "line 5: c2 and c0 have the same name 'nội dung số 0'"),
        (entries(2) + "- slug: c2\n  vi: Khác\n  color: red\n", "line 7: unknown key 'color'; want one of slug, vi"),
        (entries(2) + "- slug: c2\n  vi: A\n  vi: B\n", "line 7: the key 'vi' stands twice in one category"),
        (entries(2) + "- slug: c2\n  vi: A\n  colour: red\n", "line 7: found 'red' as colour of category c2, want"),
        (entries(2) + "- slug: c2\n  vi: A\n  colour: #0072b2\n", "line 7: found nothing as colour of category c2"),
        (entries(2) + "- slug: c2\n  vi: A\n  patterns: một cửa\n", "line 7: found 'm.*' in patterns of category c2,"),
        (
            entries(2) + "- slug: c2\n  vi: A\n  patterns:\n    - một cửa\n    - '[a-z'\n",
            r"line 9: found '\[' in '\[a-z' in patterns of category c2, want words as they stand in texts",
        ),
        (entries(2) + "- slug: c2\n  vi: A\n  names: ['...']\n", "found '...' in names of category c2, want words"),
        (
            entries(2) + "- {slug: c2, vi: A, names: [chợ]}\n- {slug: c3, vi: B, names: [CHỢ]}\n",
            "line 6: the term 'chợ' stands in names of c2 and of c3; a term belongs to one category",
        ),
        (entries(2) + "- slug: c2\n  vi: A\n  counts: [{text: a, whi: b}]\n", "line 7: unknown key 'whi' in counts of"),
        (entries(2) + "- slug: c2\n  vi: A\n  counts: [{why: b}]\n", "line 7: an example in counts of category c2 has"),
        (entries(2) + "- just a text\n", "line 5: found 'just a text', want a category with slug"),
        (entries(2) + "- slug: [a\n", r"mine\.yaml, line \d is not YAML: "),
        (b"- slug: \xe9\n", "mine.yaml is not in UTF-8"),
        ("- slug: a\n  vi: \x07\n", "mine.yaml is not YAML: "),
        ("- &a [*a]\n- 1\n", "nested too deeply"),
        ("[" * 3000, "mine.yaml(, line 1)? is (not YAML|nested too deeply)"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(read, text, message):
    with pytest.raises(ValueError, match=message):
        read(text)


def test_no_codebook(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no codebook at .*no\.yaml"):
        read_codebook(tmp_path / "no.yaml")


def test_names_that_files_use_otherwise_are_reserved():
    first_names = {names[0].replace("_", " ") for names in COLUMN_NAMES.values()}
    assert first_names - RESERVED == set()
    assert {name.replace("_", " ") for name in RESULTS} - RESERVED == set()


def test_the_example_is_the_eight_fields_of_the_index(top):
    codebook = read_codebook(top / "examples" / "par-index.yaml")
    assert codebook.slugs == ["steering", *CCHC.slugs, "impact"]
    assert len({category.colour for category in codebook}) == 8
    assert [c.colour for c in codebook][1:-1] == [c.colour for c in CCHC]
    assert all(c.entry.definition_vi and c.entry.counts and c.entry.does_not_count for c in codebook)


NAMES = st.text("abcdeđêôơưạảấầ ", min_size=3, max_size=20).filter(lambda name: name.strip())
CATEGORIES = st.lists(
    st.tuples(st.from_regex("c[a-z0-9_]{1,12}", fullmatch=True), NAMES, st.from_regex("#[0-9a-f]{6}", fullmatch=True)),
    min_size=2,
    max_size=40,
    unique_by=(lambda row: row[0], lambda row: " ".join(row[1].split())),
)


@given(CATEGORIES)
def test_a_codebook_in_a_model_file_is_the_same(rows):
    made = tuple(OwnCategory(slug, Entry(f"x {' '.join(vi.split())}", slug, slug), colour) for slug, vi, colour in rows)
    codebook = Codebook(made)
    for other in (codebook_from_json(codebook_to_json(codebook)), pickle.loads(pickle.dumps(codebook))):
        assert [(c.value, c.entry, c.colour) for c in other] == [(c.value, c.entry, c.colour) for c in codebook]
    assert all(codebook.parse(c.vi) == c == codebook.parse(c.value.upper()) for c in codebook)


def test_a_copy_keeps_names_and_colours(read):
    (first, *_) = copy.deepcopy(read(codebook_yaml(3)))
    assert (first.vi, first.colour) == ("Chợ, buôn bán", "#332288")


@pytest.mark.parametrize("text", ["", "{}", "[1, 2]", '[{"slug": "a"}, {"slug": "b"}]', "[" * 100_000])
def test_a_damaged_codebook_of_a_model_file(text):
    with pytest.raises(ValueError, match="codebook"):
        codebook_from_json(text)
