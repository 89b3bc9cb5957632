"""Sentences for users: written in English where they arise, and translated where they are shown.

An exception, a note or the head of a table is a `Message`. It is a string in English, so Python programmers read it as
any other string. It remembers its template and its values, so the command line can say it in Vietnamese.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

__all__ = [
    "LANGUAGES",
    "Message",
    "catalogued",
    "joined",
    "message",
    "message_of",
    "number",
    "placed",
    "plural",
    "problem_of",
    "translate",
    "translations",
]

# The first one is the language of the source.
LANGUAGES = ("en", "vi")

_LOCALE = Path(__file__).parent / "locale"
_SWAPPED = str.maketrans(",.", ".,")

# Messages stay as they are; numbers are formatted when they are shown; other values are text already.
Value = str | int | float


class Message(str):
    """A sentence in English that can be translated. Make one with `message` or `plural`."""

    __slots__ = ("many", "template", "values")
    template: str
    many: str | None
    values: Mapping[str, Value]

    def __new__(cls, template: str, many: str | None, values: Mapping[str, Value]) -> Message:
        """Return the sentence in English."""
        chosen = template if many is None or values["n"] == 1 else many
        self = super().__new__(cls, chosen.format(**values))
        self.template, self.many, self.values = template, many, values
        return self

    def __reduce__(self) -> tuple[type[Message], tuple[str, str | None, Mapping[str, Value]]]:
        return type(self), (self.template, self.many, self.values)


def message(template: str, /, **values: object) -> Message:
    """Return a sentence with values for its ``{names}``.

    `make messages` collects the template for translation, so it must be a literal string.

    Examples
    --------
    >>> message("no file {path}", path="a.txt")
    'no file a.txt'
    """
    return Message(template, None, _values(values))


def plural(one: str, many: str, /, n: int, **values: object) -> Message:
    """Return the sentence `one` if the number `n` is 1, else the sentence `many`.

    Examples
    --------
    >>> plural("{n} file", "{n} files", 1), plural("{n:,} file", "{n:,} files", 12000)
    ('1 file', '12,000 files')
    """
    return Message(one, many, {"n": n, **_values(values)})


def number(value: float, form: str = "") -> Message:
    """Return a number that is written as the language of the reader has it.

    Examples
    --------
    >>> number(0.97654, ".3f"), translate(number(12000, ","), "vi")
    ('0.977', '12.000')
    """
    return Message(f"{{value:{form}}}", None, {"value": value})


def joined(separator: str, parts: Iterable[str]) -> Message:
    """Return sentences with a separator between them, as one message.

    Examples
    --------
    >>> joined("; ", ["a", message("b")])
    'a; b'
    """
    named = {f"part{k}": part for k, part in enumerate(parts)}
    if not isinstance(separator, Message):
        return Message(_escaped(separator).join(f"{{{name}}}" for name in named), None, named)
    template = "{separator}".join(f"{{{name}}}" for name in named)
    return Message(template, None, {**named, "separator": separator})


def catalogued(text: str) -> Message:
    """Return a text that stands in the catalogue as it is: the value of an enumeration, a help text, a name.

    Somewhere `message` is called with it, so that it is collected.
    """
    return Message(_escaped(text), None, {})


def placed(where: str, problem: str | BaseException) -> Message:
    """Return a problem with the place in a file where it was found.

    Examples
    --------
    >>> placed("a.csv, line 3", message("row without text"))
    'a.csv, line 3: row without text'
    """
    return message("{where}: {problem}", where=where, problem=problem)


def problem_of(error: BaseException) -> str:
    """Return what an exception says, without the place that `placed` added."""
    text = message_of(error)
    if isinstance(text, Message) and text.template == "{where}: {problem}":
        problem = text.values["problem"]
        return problem if isinstance(problem, str) else str(problem)
    return text


def message_of(error: BaseException) -> str:
    """Return what an exception says: a `Message` if it was raised with one, else its text."""
    if len(error.args) == 1 and isinstance(error.args[0], Message):
        return error.args[0]
    return str(error)


def translate(text: str, language: str) -> str:
    """Return a text in a language of `LANGUAGES`. What is not a `Message`, or has no translation, stays as it is."""
    if not isinstance(text, Message) or language == LANGUAGES[0]:
        return str(text)
    catalogue = _catalogue(language)
    if text.many is None:
        # The empty text would be the header of the catalogue.
        chosen = catalogue.gettext(text.template) if text.template else ""
    else:
        chosen = catalogue.ngettext(text.template, text.many, int(text.values["n"]))
    values = {name: translate(v, language) if isinstance(v, str) else v for name, v in text.values.items()}
    return _Vietnamese().vformat(chosen, (), values)


def translations(templates: Iterable[str], language: str) -> dict[str, str]:
    """Return the texts of the catalogue for those of some templates that it has.

    Of a plural, the template is the sentence for 1, and the text is that for many.

    Examples
    --------
    >>> translations(["line {n}", "not in the catalogue"], "vi")
    {'line {n}': 'dòng {n}'}
    """
    catalogue = _catalogue(language)
    texts = {one: catalogue.gettext(one) for one in templates if one}
    texts |= {one: catalogue.ngettext(one, one, 2) for one, text in texts.items() if text == one}
    return {one: text for one, text in texts.items() if text != one}


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("cchc_ml", _LOCALE, [language])


class _Vietnamese(Formatter):
    """Writes 12,345.6 as 12.345,6."""

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return kwargs[str(key)]

    def format_field(self, value: Any, format_spec: str) -> str:
        text = format(value, format_spec)
        return text if isinstance(value, str) else text.translate(_SWAPPED)


def _values(values: Mapping[str, object]) -> dict[str, Value]:
    return {name: _place(value) if name == "where" else _value(value) for name, value in values.items()}


def _value(value: object) -> Value:
    if isinstance(value, BaseException):
        return message_of(value)
    return value if isinstance(value, (str, int, float)) else str(value)


def _place(where: object) -> Value:
    """Return a place in a file, such as "a.csv, line 3", as a message.

    Readers make the place of each row. It is plain text, because a message for each row would take too long.
    """
    found = None if isinstance(where, Message) else _PLACE.fullmatch(str(where))
    if found is None:
        return _value(where)
    file, sheet, kind, n = found.groups()
    inside = _KINDS_OF_PLACES[kind](int(n))
    if file is None:
        return inside
    if sheet is not None:
        return message("{file}, sheet {sheet}, {place}", file=_name(file), sheet=sheet, place=inside)
    return message("{file}, {place}", file=_name(file), place=inside)


_PLACE = re.compile(r"(?:(.+?), (?:sheet (.+), )?)?(line|row|paragraph|task|category) (\d+)", re.DOTALL)
_KINDS_OF_PLACES: dict[str, Callable[[int], Message]] = {
    "line": lambda n: message("line {n}", n=n),
    "row": lambda n: message("row {n}", n=n),
    "paragraph": lambda n: message("paragraph {n}", n=n),
    "task": lambda n: message("task {n}", n=n),
    "category": lambda n: message("category {n}", n=n),
}


def _name(file: str) -> str:
    """Return the name of a file, or what is not a file in words."""
    words = {"standard input": message("standard input"), "the codebook": message("the codebook")}
    words["data frame"] = message("data frame")
    return words.get(file, file)


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
