"""Sentences for users: written in English where they arise, and translated where they are shown.

An exception, a note or the head of a table is a `Message`. It is a string in English, so Python programmers read it as
any other string. It remembers its template and its values, so the command line can say it in Vietnamese.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

__all__ = ["LANGUAGES", "Message", "joined", "message", "message_of", "number", "plural", "translate"]

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
    return Message(template, None, {name: _value(value) for name, value in values.items()})


def plural(one: str, many: str, /, n: int, **values: object) -> Message:
    """Return the sentence `one` if the number `n` is 1, else the sentence `many`.

    Examples
    --------
    >>> plural("{n} file", "{n} files", 1), plural("{n:,} file", "{n:,} files", 12000)
    ('1 file', '12,000 files')
    """
    return Message(one, many, {"n": n, **{name: _value(value) for name, value in values.items()}})


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
    between = separator.replace("{", "{{").replace("}", "}}")
    return Message(between.join(f"{{{name}}}" for name in named), None, named)


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


def _value(value: object) -> Value:
    if isinstance(value, BaseException):
        return message_of(value)
    return value if isinstance(value, (str, int, float)) else str(value)
