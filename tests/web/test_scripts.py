import re

import pytest

from cchc_ml.web.scripts import join_modules, page_file

MODULES = {"interface.js", "reading.js", "tagger.js", "words.js", "writing.js"}


@pytest.fixture(scope="module")
def joined():
    return join_modules("interface.js")


def test_no_module_is_left_to_import(joined):
    assert re.findall(r"^(?:import|export)\b.*", joined, re.MULTILINE) == []


@pytest.mark.parametrize("name", MODULES)
def test_every_module_is_there_once(joined, name):
    heading = page_file(name).partition("\n")[0]
    assert joined.count(heading) == 1


def test_a_module_stands_below_those_that_it_needs(joined):
    assert joined.index("class Tagger") < joined.index("new Tagger(")
    assert joined.index("const LETTER =") < joined.index("class Encodings")
