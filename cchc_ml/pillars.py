"""The six pillars of administrative reform, and codebooks: theirs, and those that users write."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from .messages import message


class Pillar(StrEnum):
    """One of the six parts of the reform in Resolution 76/NQ-CP. Its value is the slug that every file uses.

    Examples
    --------
    >>> from cchc_ml import Pillar
    >>> Pillar("tthc").vi
    'Cải cách thủ tục hành chính'
    """

    INSTITUTIONAL = "institutional"
    TTHC = "tthc"
    APPARATUS = "apparatus"
    CIVIL_SERVICE = "civil_service"
    PUBLIC_FINANCE = "public_finance"
    E_GOVERNMENT = "e_government"

    @property
    def vi(self) -> str:
        """The Vietnamese name."""
        return codebook()[self].vi

    @property
    def en(self) -> str:
        """The English name."""
        return codebook()[self].en

    @property
    def short(self) -> str:
        """A short Vietnamese name, for example for the head of a column."""
        return codebook()[self].short

    @property
    def colour(self) -> str:
        """The colour in pages and plots: ``"#rrggbb"``."""
        return COLOURS[self]

    @property
    def entry(self) -> Entry:
        """What the codebook says about the pillar."""
        return codebook()[self]


PILLARS: tuple[Pillar, ...] = tuple(Pillar)

# An error shows so many characters of a wrong name.
MAX_SHOWN_CHARS = 80

# The colour of each pillar in pages and plots. Colour-blind readers can distinguish them (Okabe and Ito, 2008).
COLOURS = dict(zip(PILLARS, ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"), strict=True))


@dataclass(frozen=True)
class Entry:
    """What the codebook says about one pillar.

    Attributes
    ----------
    vi, en, short : str
        The Vietnamese name, the English name, and a short Vietnamese name.
    source : str
        The document that defines the pillar.
    definition, definition_vi : str
        What belongs to the pillar, in English and in Vietnamese.
    counts, does_not_count : tuple of dict
        Examples that are and are not evidence for the pillar: a sentence (``text``), and the reason in
        English (``why``) and Vietnamese (``why_vi``).
    names : tuple of str
        Names of the pillar. To name the pillar is evidence enough.
    patterns : tuple of str
        Standard terms of the pillar's subject.
    """

    vi: str
    en: str
    short: str
    source: str = ""
    definition: str = ""
    definition_vi: str = ""
    counts: tuple[dict[str, str], ...] = ()
    does_not_count: tuple[dict[str, str], ...] = ()
    names: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()


class OwnCategory(str):
    """A category of a codebook that a user wrote. It is its slug, and has the names of a `Pillar`.

    Parameters
    ----------
    slug : str
    entry : Entry
    colour : str
        ``"#rrggbb"``.

    Examples
    --------
    >>> category = OwnCategory("steering", Entry("Chỉ đạo, điều hành", "Steering", "Chỉ đạo"), "#117733")
    >>> category == "steering", category.value, category.short
    (True, 'steering', 'Chỉ đạo')
    """

    __slots__ = ("colour", "entry")

    entry: Entry
    colour: str

    def __new__(cls, slug: str, entry: Entry, colour: str) -> OwnCategory:
        """Return the category."""
        self = super().__new__(cls, slug)
        self.entry, self.colour = entry, colour
        return self

    def __getnewargs__(self) -> tuple[str, Entry, str]:  # type: ignore[override]
        return str(self), self.entry, self.colour

    @property
    def value(self) -> str:
        """The slug, which every file uses."""
        return str(self)

    @property
    def vi(self) -> str:
        """The Vietnamese name."""
        return self.entry.vi

    @property
    def en(self) -> str:
        """The English name."""
        return self.entry.en

    @property
    def short(self) -> str:
        """A short Vietnamese name, for example for the head of a column."""
        return self.entry.short


# What a model tags: one of the six pillars, or a category of another codebook.
AnyPillar = Pillar | OwnCategory


@cache
def codebook() -> dict[Pillar, Entry]:
    """Return the entry of each pillar in `codebook.yaml`, in the order of `PILLARS`."""
    import yaml

    rows: list[dict[str, Any]] = yaml.safe_load(files("cchc_ml").joinpath("codebook.yaml").read_text("utf8"))
    entries = {}
    for row in rows:
        slug = Pillar(row.pop("slug"))
        fields: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in row.items()
        }
        entries[slug] = Entry(**fields)
    return entries


def fold(name: str) -> str:
    """Return a name as it is compared: in NFC and lower case, without invisible characters and double spaces."""
    seen = "".join(c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c) != "Cf")
    return " ".join(seen.casefold().split())


class UnknownPillarError(ValueError):
    """No category of the codebook has this name."""


@dataclass(frozen=True, eq=False)
class Codebook:
    """The categories that paragraphs are tagged with, in their order.

    Attributes
    ----------
    categories : tuple of Pillar, or of OwnCategory
        They are the columns of all arrays.

    Examples
    --------
    >>> len(CCHC), CCHC.slugs[1], CCHC.parse("Thể chế")
    (6, 'tthc', <Pillar.INSTITUTIONAL: 'institutional'>)
    """

    categories: tuple[AnyPillar, ...]

    def __len__(self) -> int:
        return len(self.categories)

    def __iter__(self) -> Iterator[AnyPillar]:
        return iter(self.categories)

    def __getitem__(self, number: int) -> AnyPillar:
        return self.categories[number]

    @property
    def slugs(self) -> list[str]:
        """The slugs of the categories."""
        return [category.value for category in self.categories]

    @property
    def is_default(self) -> bool:
        """Whether these are the six pillars as this package defines them."""
        return self.categories == PILLARS and all(isinstance(category, Pillar) for category in self.categories)

    @property
    def noun(self) -> str:
        """What messages call a category: "pillar" for the six, otherwise "category"."""
        return message("pillar") if self.is_default else message("category")

    @property
    def noun_vi(self) -> str:
        """The same for Vietnamese readers."""
        return "trụ cột" if self.is_default else "nhóm"

    @property
    def number(self) -> str:
        """How many there are, in messages."""
        return message("six") if len(self) == len(PILLARS) else str(len(self))

    @property
    def terms(self) -> tuple[str, ...]:
        """The names and patterns of all categories, each once."""
        entries = (category.entry for category in self.categories)
        return tuple(dict.fromkeys(term for entry in entries for term in (*entry.names, *entry.patterns)))

    @cached_property
    def _of_name(self) -> dict[str, AnyPillar]:
        return {fold(name): c for c in self.categories for name in (c.value, c.vi, c.short)}

    def has_name(self, name: str) -> bool:
        """Return whether a name is the slug or a Vietnamese name of a category; see `parse`."""
        return fold(name) in self._of_name

    def parse(self, name: str) -> AnyPillar:
        """Return the category with this slug or Vietnamese name.

        Upper and lower case are the same, and so are the ways to write a letter with marks, or a space, in Unicode.

        Raises
        ------
        UnknownPillarError
            No category has this name. The message lists them all, and shows characters that are not visible.
        """
        category = self._of_name.get(fold(name))
        if category is None:
            names = ", ".join(c.short for c in self.categories)
            raise UnknownPillarError(
                message(
                    "unknown {noun} {name}; the {number} are {slugs} ({names})",
                    noun=self.noun,
                    name=visible(name),
                    number=self.number,
                    slugs=", ".join(self.slugs),
                    names=names,
                )
            )
        return category


# The six pillars.
CCHC = Codebook(PILLARS)


def is_pillar(name: str) -> bool:
    """Return whether a name is the slug or a Vietnamese name of a pillar; see `parse_pillar`.

    Examples
    --------
    >>> is_pillar("Thể chế"), is_pillar("Nội dung")
    (True, False)
    """
    return fold(name) in _pillar_of_name()


@cache
def _pillar_of_name() -> dict[str, Pillar]:
    return {fold(name): pillar for pillar in PILLARS for name in (pillar.value, pillar.vi, pillar.short)}


def parse_pillar(name: str) -> Pillar:
    """Return the pillar with this slug or Vietnamese name; see `Codebook.parse`.

    Raises
    ------
    ValueError
        No pillar has this name.

    Examples
    --------
    >>> parse_pillar("Thủ tục hành chính")
    <Pillar.TTHC: 'tthc'>
    """
    return Pillar(CCHC.parse(name))


def visible(name: str) -> str:
    """Return a name in quotation marks, with escapes for invisible characters, special spaces and separate marks."""
    seen = (c if c.isprintable() and not unicodedata.combining(c) else ascii(c)[1:-1] for c in name[:MAX_SHOWN_CHARS])
    return f"'{''.join(seen)}'"


_SPOKEN = (
    message("institutional"),
    message("tthc"),
    message("apparatus"),
    message("civil_service"),
    message("public_finance"),
    message("e_government"),
)


def spoken(slug: str) -> str:
    """Return a slug as tables for people show it: in English as it is, in Vietnamese the short name of the pillar.

    Examples
    --------
    >>> from cchc_ml.messages import translate
    >>> translate(spoken("tthc"), "vi"), spoken("tthc"), spoken("steering")
    ('Thủ tục hành chính', 'tthc', 'steering')
    """
    return next((name for name in _SPOKEN if name == slug), slug)
