import re

import pytest
from scripts import run

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


def test_all_of_python_that_the_translated_reading_uses_is_there(page_modules):
    """A function of Python that python.js does not have would fail only on the file that needs it."""
    used = sorted(set(re.findall(r"\bpy\.(\w+)", page_file("translated.js"))))
    script = 'import { py } from "./python.js";\nanswer = given.filter((name) => !(name in py));'
    assert len(used) > 50
    assert run(script, page_modules, used) == []


def test_a_sentence_of_python_is_said_in_vietnamese(page_modules):
    script = """import { catalogue, joinedSentences, placedSentence, sentence, vietnamese } from "./messages.js";
import "./reading.js";
const bad = sentence("{n:,} without text", { values: { n: 1234 } });
const places = ["line 2", "line 9"].map((where) => sentence("{where}", { values: { where } }));
const values = { name: "a.csv", kinds: joinedSentences(" and ", [bad]), places: joinedSentences(", ", places) };
const note = sentence("{name}: rows passed over: {kinds} ({places})", { values });
const own = placedSentence("a.csv, line 3", "this is no sentence");
answer = [note, vietnamese(note), own, vietnamese(own), vietnamese("as it is"), catalogue.size > 50];"""
    assert run(script, page_modules) == [
        "a.csv: rows passed over: 1,234 without text (line 2, line 9)",
        "a.csv: bỏ qua 1.234 dòng không có văn bản (dòng 2, dòng 9)",
        "a.csv, line 3: this is no sentence",
        "a.csv, dòng 3: this is no sentence",
        "as it is",
        True,
    ]
