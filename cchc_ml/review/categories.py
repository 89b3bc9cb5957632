"""The categories that people label by. This module is the only place of this wing that knows where they come from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ..messages import message
from ..pillars import CCHC, Codebook, Entry, OwnCategory

__all__ = ["NONE", "Category", "as_codebook", "categories", "category_keys", "find_category", "read_categories"]

# The choice "none of the categories" in programs that cannot tell an empty answer from no answer.
NONE = "none"

# Letters that the page uses for commands: codebook, notes, skip, undo.
_COMMAND_LETTERS = "cnsu"
_LETTERS = "".join(letter for letter in "abcdefghijklmnopqrstuvwxyz" if letter not in _COMMAND_LETTERS)


@dataclass(frozen=True)
class Category:
    """One category of a codebook, as people see it.

    Attributes
    ----------
    slug : str
        The name used in files.
    short, vi, en : str
        The Vietnamese name in few words, the whole Vietnamese name, the English name.
    colour : str
        ``"#rrggbb"``.
    definition, definition_vi : str
        What belongs to the category, in English and Vietnamese.
    counts, does_not_count : tuple of (str, str)
        Examples, each with the reason.
    """

    slug: str
    short: str
    vi: str
    en: str
    colour: str
    definition: str
    definition_vi: str
    counts: tuple[tuple[str, str], ...] = ()
    does_not_count: tuple[tuple[str, str], ...] = ()


def categories(codebook: Codebook = CCHC) -> tuple[Category, ...]:
    """Return the categories to label by, in the order of the codebook."""
    return tuple(
        Category(
            slug=category.value,
            short=category.short,
            vi=category.vi,
            en=category.en,
            colour=category.colour,
            definition=category.entry.definition,
            definition_vi=category.entry.definition_vi,
            counts=tuple((example["text"], example["why"]) for example in category.entry.counts),
            does_not_count=tuple((example["text"], example["why"]) for example in category.entry.does_not_count),
        )
        for category in codebook
    )


@lru_cache(maxsize=16)
def as_codebook(among: tuple[Category, ...]) -> Codebook:
    """Return the codebook of some categories, to read labels with."""
    if [c.slug for c in among] == CCHC.slugs and among == categories():
        return CCHC
    return Codebook(tuple(OwnCategory(c.slug, Entry(c.vi, c.en, c.short), c.colour) for c in among))


def read_categories(text: str) -> tuple[Category, ...]:
    """Return the categories that a store keeps as JSON.

    Raises
    ------
    ValueError
        They are damaged.
    """
    try:
        rows = json.loads(text)
        examples = ("counts", "does_not_count")
        fields: list[dict[str, Any]] = [
            {key: tuple(map(tuple, value)) if key in examples else str(value) for key, value in row.items()}
            for row in rows
        ]
        return tuple(Category(**row) for row in fields)
    except (ValueError, TypeError, AttributeError) as error:
        raise ValueError(message("the codebook of a store is damaged ({type})", type=type(error).__name__)) from None


def category_keys(number: int) -> tuple[str, ...]:
    """Return one key for each of `number` categories: digits, then letters, then capitals.

    The letters of the page's own commands are left out.

    Examples
    --------
    >>> category_keys(11)
    ('1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b')

    Raises
    ------
    ValueError
        There are more categories than keys.
    """
    keys = "123456789" + _LETTERS + _LETTERS.upper()
    if number > len(keys):
        raise ValueError(message("{number} categories; the page has keys for {keys}", number=number, keys=len(keys)))
    return tuple(keys[:number])


def find_category(name: str, among: Sequence[Category]) -> Category | None:
    """Return the category that a slug or a name stands for, or None."""
    wanted = name.strip().casefold()
    for category in among:
        if wanted in (category.slug.casefold(), category.short.casefold(), category.vi.casefold()):
            return category
    return None
