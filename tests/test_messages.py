"""Every sentence for users is a message, and every message is in English and in Vietnamese."""

import ast
import pickle
import re
import subprocess
import sys
import unicodedata
from string import Formatter

import catalogue
import pytest

from cchc_ml.messages import joined, message, message_of, number, plural, translate, translations

PACKAGE = catalogue.PACKAGE
VIETNAMESE = {entry.id if isinstance(entry.id, str) else entry.id[0]: entry for entry in catalogue.read_catalogue()}
VIETNAMESE.pop("")


def test_a_message_is_a_string_in_english():
    text = message("no file {path}", path="a.txt")
    assert text == "no file a.txt"
    assert translate(text, "en") == "no file a.txt"
    assert type(translate(text, "en")) is str


def test_a_message_is_translated_with_the_messages_in_it():
    error = ValueError(message("{file}: {reason}", file="a", reason=message("not enough memory")))
    assert str(error) == "a: not enough memory"
    assert translate(message_of(error), "vi") == "a: không đủ bộ nhớ"
    outer = message("{problem}; see: {help}", problem=error, help="x")
    assert translate(outer, "vi") == "a: không đủ bộ nhớ; hãy xem: x"
    assert translate(joined(", ", [outer, "{x}"]), "vi") == "a: không đủ bộ nhớ; hãy xem: x, {x}"


def test_what_is_no_message_stays_as_it_is():
    assert translate("any {thing}", "vi") == "any {thing}"
    assert translate(message(""), "vi") == ""
    assert message_of(ValueError("any")) == "any"
    assert message_of(ValueError(message("a"), 2)) == "('a', 2)"


@pytest.mark.parametrize(
    ("n", "english", "vietnamese"), [(1, "1 file", "1 tệp"), (12345, "12,345 files", "12.345 tệp")]
)
def test_numbers_agree_with_their_nouns(n, english, vietnamese):
    text = plural("{n:,} file", "{n:,} files", n)
    assert (text, translate(text, "vi")) == (english, vietnamese)


def test_numbers_are_written_as_the_reader_writes_them():
    assert (number(1234.5, ",.2f"), translate(number(1234.5, ",.2f"), "vi")) == ("1,234.50", "1.234,50")
    assert translate(message("{file}: {reason}", file="1.5.txt", reason="0.5"), "vi") == "1.5.txt: 0.5"


def test_a_message_survives_the_way_between_processes():
    text = pickle.loads(pickle.dumps(ValueError(plural("{n:,} file", "{n:,} files", 2)))).args[0]
    assert translate(text, "vi") == "2 tệp"


def test_the_catalogue_is_that_of_the_source():
    """If this fails: `make messages`, and write the Vietnamese of what is new."""
    assert catalogue.PO.read_bytes() == catalogue.po_bytes(catalogue.renewed())
    assert catalogue.MO.read_bytes() == catalogue.mo_bytes(catalogue.renewed())


def test_the_same_messages_give_the_same_bytes():
    code = "import catalogue, sys; c = catalogue.renewed(); sys.stdout.buffer.write(catalogue.po_bytes(c))"
    command = [sys.executable, "-c", code]
    environment = {"PYTHONHASHSEED": "7", "PYTHONPATH": f"{PACKAGE.parent}:{PACKAGE.parent / 'tests'}"}
    done = subprocess.run(command, env=environment, capture_output=True, check=True)
    assert done.stdout == catalogue.PO.read_bytes()


def test_every_message_has_vietnamese():
    for id, entry in VIETNAMESE.items():
        assert catalogue.is_translated(entry.string), id
        assert not entry.fuzzy, id


def fields(text):
    """Return the names in a template with the forms of their numbers."""
    return {(name, form) for _, name, form, _ in Formatter().parse(text) if name is not None}


def of(entry):
    """Return all texts of an entry of the catalogue: English, then Vietnamese."""
    texts = [entry.id] if isinstance(entry.id, str) else list(entry.id)
    return texts, [entry.string] if isinstance(entry.string, str) else list(entry.string)


def test_vietnamese_has_the_same_values():
    for id, entry in VIETNAMESE.items():
        english, vietnamese = of(entry)
        for text in vietnamese:
            assert fields(text) == set().union(*map(fields, english)), text
            assert unicodedata.is_normalized("NFC", text)
            assert text.startswith(" ") == id.startswith(" "), text
            assert text.endswith(" ") == id.endswith(" "), text


# Words that only an English sentence has: no part of a command, a name of a file or of a measure.
ENGLISH = re.compile(
    r"\b(the|of|is|are|was|not|and|or|with|for|this|that|give|want|found|file|files|row|rows|column|paragraphs?)\b"
)
# What is written the same in both languages: options, commands, names of files, values, code.
CODE = re.compile(r"`[^`]*`|'[^']*'|--[\w-]+|\.\w+|\{[^}]*\}|\[[^]]*\]|cchc-ml [\w -]+|\w+=[\w.]+|[\w-]+\.\w+")


def test_vietnamese_is_not_mixed_with_english():
    texts = [text for entry in VIETNAMESE.values() for text in of(entry)[1]]
    assert [text for text in texts if ENGLISH.search(CODE.sub(" ", text))] == []


def test_english_is_not_mixed_with_vietnamese():
    for id, entry in VIETNAMESE.items():
        for text in of(entry)[0]:
            letters = re.sub(r"cải cách hành chính|nội dung|một cửa", "", text)
            assert not re.search(r"[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9]", letters), id


# Functions that show text, and arguments that hold text which is shown.
SHOWING = {
    "print",
    "tell",
    "print_error",
    "print_note",
    "print_warning",
    "say",
    "add_column",
    "add_row",
    "progress_bar",
}
SHOWN = {"title", "caption", "help"}
TWO_WORDS = re.compile(r"[^\W\d_]{2,}[,:;]? [^\W\d_]{2,}")
# Not sentences: what a message of Typer is found by, names of data, colours.
NO_SENTENCES = {
    "console.py": re.compile(r"black on "),
    "evaluate.py": re.compile(r"validation, modern_validation"),
    "usage.py": re.compile(
        r"range>|Input should be|Value error|No such command|Got unexpected|Missing command|does not take|env var:"
    ),
}


def texts_outside(path):
    """Yield the texts in a module of the command line that are shown, or look like sentences, and are no messages."""
    tree = ast.parse(path.read_text("utf8"))
    inside, documents, shown = set(), set(), set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node) is not None:
            documents.add(node.body[0].value)
        if isinstance(node, ast.Call):
            name = catalogue.name_of(node.func)
            if name in catalogue.MARKERS:
                inside.update(ast.walk(node))
            if name in SHOWING:
                shown.update(node.args)
            for keyword in node.keywords:
                if keyword.arg in catalogue.SHOWN and name in ("Option", "Argument", "Typer", "_limit"):
                    inside.add(keyword.value)  # collected by `make messages`
                elif keyword.arg in SHOWN:
                    shown.add(keyword.value)
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            shown.update(node.exc.args)
    for node in ast.walk(tree):
        if node in inside or node in documents:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and TWO_WORDS.search(node.value):
            allowed = NO_SENTENCES.get(path.name)
            if not (allowed and allowed.search(node.value)):
                yield node.lineno, node.value
        if node in shown:
            parts = node.values if isinstance(node, ast.JoinedStr) else [node]
            for part in parts:
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    words = re.sub(r"\b(F1|kappa|alpha|id|cchc-ml)\b", "", part.value)
                    if re.search(r"[^\W\d_]{2,}", words):
                        yield node.lineno, part.value


@pytest.mark.parametrize("path", sorted((PACKAGE / "cli").glob("*.py")), ids=lambda path: path.name)
def test_the_command_line_shows_messages_only(path):
    assert list(texts_outside(path)) == []


def test_what_is_outside_is_found(tmp_path):
    path = tmp_path / "m.py"
    path.write_text('tell("wrote")\nraise ValueError(f"no {x}")\nTable(title="Of it")\ny = "two words"\nz = "one"\n')
    assert {text for _, text in texts_outside(path)} == {"wrote", "no ", "Of it", "two words"}


def test_translations_have_sentences_and_plurals_and_no_others():
    known = translations(["{path} is empty", "{n} paragraph", "nobody says this", ""], "vi")
    assert known["{path} is empty"] == translate(message("{path} is empty", path="{path}"), "vi")
    assert set(known) <= {"{path} is empty", "{n} paragraph"}
