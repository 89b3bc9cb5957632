import re

import pytest

from cchc_ml.model.lexicon import Lexicon, codebook_terms
from cchc_ml.pillars import COLOURS, PILLARS, Pillar, codebook, parse_pillar


def test_the_six_slugs_in_their_order():
    assert [str(p) for p in PILLARS] == [
        "institutional",
        "tthc",
        "apparatus",
        "civil_service",
        "public_finance",
        "e_government",
    ]


def test_the_codebook_has_an_entry_a_pillar_with_examples():
    assert tuple(codebook()) == PILLARS
    for entry in codebook().values():
        assert entry.definition
        assert entry.source.startswith("Nghị quyết 76")
        assert all(example["text"] and example["why"] for example in (*entry.counts, *entry.does_not_count))


def test_a_term_of_the_codebook_belongs_to_one_pillar_and_is_written_as_it_is_matched():
    listed = [term for entry in codebook().values() for term in (*entry.names, *entry.patterns)]
    assert len(listed) == len(set(listed))
    assert Lexicon(codebook_terms()).terms == tuple(listed)


@pytest.mark.parametrize("name", ["tthc", " TTHC ", "Cải cách thủ tục hành chính", "thủ tục hành chính"])
def test_parse_pillar(name):
    assert parse_pillar(name) is Pillar.TTHC


def test_parse_pillar_names_the_six():
    with pytest.raises(ValueError, match=r"unknown pillar 'digital'; the six are institutional, tthc, .*e_government"):
        parse_pillar("digital")


def test_each_pillar_has_its_own_colour():
    assert tuple(COLOURS) == PILLARS
    assert len(set(COLOURS.values())) == 6
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in COLOURS.values())
