"""The six pillars of administrative reform, their colours, and the codebook that defines them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any


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
    definition : str
        What belongs to the pillar, in English.
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
    source: str
    definition: str
    definition_vi: str
    counts: tuple[dict[str, str], ...]
    does_not_count: tuple[dict[str, str], ...]
    names: tuple[str, ...]
    patterns: tuple[str, ...]


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


def _fold(name: str) -> str:
    """Return a name as it is compared: in NFC and lower case, without invisible characters and double spaces."""
    seen = "".join(c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c) != "Cf")
    return " ".join(seen.casefold().split())


@cache
def _pillar_of_name() -> dict[str, Pillar]:
    return {_fold(name): pillar for pillar in PILLARS for name in (pillar.value, pillar.vi, pillar.short)}


def is_pillar(name: str) -> bool:
    """Return whether a name is the slug or a Vietnamese name of a pillar; see `parse_pillar`.

    Examples
    --------
    >>> is_pillar("Thể chế"), is_pillar("Nội dung")
    (True, False)
    """
    return _fold(name) in _pillar_of_name()


def parse_pillar(name: str) -> Pillar:
    """Return the pillar with this slug or Vietnamese name.

    Upper and lower case are the same, and so are the ways to write a letter with marks, or a space, in Unicode.

    Raises
    ------
    ValueError
        No pillar has this name. The message lists the six, and shows characters that are not visible.

    Examples
    --------
    >>> parse_pillar("Thủ tục hành chính")
    <Pillar.TTHC: 'tthc'>
    """
    pillar = _pillar_of_name().get(_fold(name))
    if pillar is None:
        names = ", ".join(pillar.short for pillar in PILLARS)
        raise ValueError(f"unknown pillar {_visible(name)}; the six are {', '.join(PILLARS)} ({names})")
    return pillar


def _visible(name: str) -> str:
    """Return a name in quotation marks, with escapes for invisible characters, special spaces and separate marks."""
    seen = (c if c.isprintable() and not unicodedata.combining(c) else ascii(c)[1:-1] for c in name[:MAX_SHOWN_CHARS])
    return f"'{''.join(seen)}'"
