"""Write a regular expression of Python as one of JavaScript that matches the same text."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, NamedTuple

__all__ = ["ScriptPattern", "script_pattern"]

# The parser of `re`. It has no public name; the tests look at every operation that is used here.
_PARSER: Any = import_module("re._parser")
_SYNTAX = frozenset("^$\\.*+?()[]{}|/-")

# What Python calls a word character, a digit and white space, in a set of JavaScript: for text, and for bytes.
_WORD, _DIGIT = r"\p{L}\p{N}_", r"\p{Nd}"
_SPACE = r"\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_BYTE_WORD, _BYTE_DIGIT, _BYTE_SPACE = "A-Za-z0-9_", "0-9", r"\t-\r\x20"
# `[^\W\d_]`, the usual way to write a letter.
_LETTER = r"[\p{L}\p{Nl}\p{No}]"


class ScriptPattern(NamedTuple):
    """A regular expression of JavaScript.

    Attributes
    ----------
    source, flags : str
    groups : list of int
        The number of each group of the Python expression in this one.
    names : dict of str to int
        The number of each named group in the Python expression.
    """

    source: str
    flags: str
    groups: list[int]
    names: dict[str, int]


def script_pattern(pattern: re.Pattern[Any]) -> ScriptPattern:
    r"""Return a pattern for JavaScript.

    Raises
    ------
    ValueError
        The pattern has something that is not translated.

    Examples
    --------
    >>> script_pattern(re.compile(r"(?i)^\d+(?P<unit>m)$"))
    ScriptPattern(source='^[\\p{Nd}]+(m)(?=\\n?$)', flags='iu', groups=[0, 1], names={'unit': 1})
    """
    writer = _Writer(pattern)
    source = writer.sequence(_PARSER.parse(pattern.pattern, pattern.flags))
    flags = "iu" if pattern.flags & re.IGNORECASE and not writer.folds_case else "u"
    return ScriptPattern(source, flags, [0, *writer.groups.values()], dict(pattern.groupindex))


class _Writer:
    def __init__(self, pattern: re.Pattern[Any]) -> None:
        self.groups: dict[int, int] = {}
        self._n_groups = 0
        self._flags = pattern.flags
        self._pattern = pattern.pattern
        is_text = isinstance(pattern.pattern, str)
        self._classes = {
            "WORD": _WORD if is_text else _BYTE_WORD,
            "DIGIT": _DIGIT if is_text else _BYTE_DIGIT,
            "SPACE": _SPACE if is_text else _BYTE_SPACE,
        }
        # Where a part of the pattern minds the case, no flag says for all of it that case does not matter.
        self.folds_case = is_text and "(?-i:" in pattern.pattern
        self._ignores_case = bool(pattern.flags & re.IGNORECASE)

    def sequence(self, items: Any) -> str:
        return "".join(self._item(str(operation), value) for operation, value in items)

    def _item(self, operation: str, value: Any) -> str:
        rule: Callable[[_Writer, Any], str] | None = getattr(_Writer, f"_{operation.lower()}", None)
        if rule is None:
            raise ValueError(f"the operation {operation} in the pattern {self._pattern!r} is not translated")
        return rule(self, value)

    def _literal(self, code: int) -> str:
        if self.folds_case and self._ignores_case and len(_cases(code)) > 1:
            return f"[{''.join(map(_character, _cases(code)))}]"
        return "-" if chr(code) == "-" else _character(code)

    def _not_literal(self, code: int) -> str:
        return f"[^{self._set_of_code(code, code)}]"

    def _any(self, _: Any) -> str:
        return r"[\s\S]" if self._flags & re.DOTALL else r"[^\n]"

    def _in(self, items: Sequence[Any]) -> str:
        parts = [(str(operation), value) for operation, value in items]
        is_negated = parts[0][0] == "NEGATE"
        inside: list[str] = []
        outside: list[str] = []
        for operation, value in parts[is_negated:]:
            if operation == "LITERAL":
                inside.append(self._set_of_code(value, value))
            elif operation == "RANGE":
                inside.append(self._set_of_code(*value))
            else:
                name = str(value).removeprefix("CATEGORY_")
                (outside if name.startswith("NOT_") else inside).append(self._classes[name.removeprefix("NOT_")])
        return self._set("".join(inside), outside, is_negated)

    def _set(self, inside: str, outside: Sequence[str], is_negated: bool) -> str:
        r"""Return a set that has what is inside, and all that is not one of those outside."""
        if not outside:
            return f"[{'^' * is_negated}{inside}]"
        if is_negated:
            if outside == [_WORD] and inside in (_DIGIT + "_", "_" + _DIGIT):
                return _LETTER
            ahead = "".join(f"(?=[{one}])" for one in outside[1:]) + (f"(?![{inside}])" if inside else "")
            return f"{ahead}[{outside[0]}]" if not ahead else f"(?:{ahead}[{outside[0]}])"
        ways = [f"[^{one}]" for one in outside] + ([f"[{inside}]"] if inside else [])
        return ways[0] if len(ways) == 1 else f"(?:{'|'.join(ways)})"

    def _set_of_code(self, first: int, last: int) -> str:
        codes = f"{_character(first)}-{_character(last)}" if first < last else _character(first)
        if not (self.folds_case and self._ignores_case):
            return codes
        others = {case for code in range(first, last + 1) for case in _cases(code)} - set(range(first, last + 1))
        return codes + "".join(map(_character, sorted(others)))

    def _branch(self, value: Any) -> str:
        return f"(?:{'|'.join(self.sequence(way) for way in value[1])})"

    def _subpattern(self, value: Any) -> str:
        group, _, without, inner = value
        if group is None:
            before = self._ignores_case
            self._ignores_case = before and not without & re.IGNORECASE
            text = f"(?:{self.sequence(inner)})"
            self._ignores_case = before
            return text
        self._n_groups += 1
        self.groups[group] = self._n_groups
        return f"({self.sequence(inner)})"

    def _max_repeat(self, value: Any, lazy: str = "") -> str:
        least, most, inner = value
        text = self.sequence(inner)
        if len(inner) != 1 or str(inner[0][0]) not in ("LITERAL", "NOT_LITERAL", "ANY", "IN", "SUBPATTERN"):
            text = f"(?:{text})"
        if most == _PARSER.MAXREPEAT:
            times = {0: "*", 1: "+"}.get(least, f"{{{least},}}")
        else:
            times = "?" if (least, most) == (0, 1) else f"{{{least}}}" if least == most else f"{{{least},{most}}}"
        return f"{text}{times}{lazy}"

    def _min_repeat(self, value: Any) -> str:
        return self._max_repeat(value, "?")

    def _possessive_repeat(self, value: Any) -> str:
        return self._taken_whole(lambda: self._max_repeat(value))

    def _atomic_group(self, inner: Any) -> str:
        return self._taken_whole(lambda: self.sequence(inner))

    def _taken_whole(self, write: Callable[[], str]) -> str:
        """Return a pattern that does not give back what it matched: JavaScript never goes back into what lies ahead."""
        self._n_groups += 1
        number = self._n_groups
        return f"(?:(?=({write()}))\\{number})"

    def _at(self, value: Any) -> str:
        many = bool(self._flags & re.MULTILINE)
        word = self._classes["WORD"]
        border = f"(?<=[{word}])(?![{word}])|(?<![{word}])(?=[{word}])"
        return {
            "AT_BEGINNING": r"(?<![^\n])" if many else "^",
            "AT_BEGINNING_STRING": "^",
            "AT_END": r"(?=\n|$)" if many else r"(?=\n?$)",
            "AT_END_STRING": "$",
            "AT_BOUNDARY": f"(?:{border})",
            "AT_NON_BOUNDARY": f"(?!{border})",
        }[str(value)]

    def _assert(self, value: Any) -> str:
        direction, inner = value
        return f"({'?=' if direction > 0 else '?<='}{self.sequence(inner)})"

    def _assert_not(self, value: Any) -> str:
        direction, inner = value
        return f"({'?!' if direction > 0 else '?<!'}{self.sequence(inner)})"

    def _groupref(self, group: int) -> str:
        return f"(?:\\{self.groups[group]})"


def _cases(code: int) -> list[int]:
    """Return a character in lower and upper case."""
    c = chr(code)
    return sorted({ord(way) for way in (c, c.lower(), c.upper()) if len(way) == 1})


def _character(code: int) -> str:
    c = chr(code)
    if c in _SYNTAX:
        return "\\" + c
    if c.isprintable() and not _joins(c):
        return c
    return f"\\u{{{code:x}}}"


def _joins(c: str) -> bool:
    """Whether a character would join the one before it in the script."""
    return "\u0300" <= c <= "\u036f" or c == "\ufe0f"
