"""The categories that people label by. This module is the only place of this wing that knows where they come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..pillars import COLOURS, PILLARS, codebook

__all__ = ["NONE", "Category", "categories", "category_keys", "find_category"]

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


def categories() -> tuple[Category, ...]:
    """Return the categories to label by, in the order of the codebook."""
    entries = codebook()
    return tuple(
        Category(
            slug=pillar.value,
            short=entries[pillar].short,
            vi=entries[pillar].vi,
            en=entries[pillar].en,
            colour=COLOURS[pillar],
            definition=entries[pillar].definition,
            definition_vi=entries[pillar].definition_vi,
            counts=tuple((example["text"], example["why"]) for example in entries[pillar].counts),
            does_not_count=tuple((example["text"], example["why"]) for example in entries[pillar].does_not_count),
        )
        for pillar in PILLARS
    )


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
        raise ValueError(f"{number} categories; the page has keys for {len(keys)}")
    return tuple(keys[:number])


def find_category(name: str, among: Sequence[Category]) -> Category | None:
    """Return the category that a slug or a name stands for, or None."""
    wanted = name.strip().casefold()
    for category in among:
        if wanted in (category.slug.casefold(), category.short.casefold(), category.vi.casefold()):
            return category
    return None
