"""The six pillars of administrative reform, their colours, and the codebook that defines them."""

from __future__ import annotations

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
        Examples that are and are not evidence for the pillar: a sentence (``text``) and the reason (``why``).
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


def parse_pillar(name: str) -> Pillar:
    """Return the pillar with this slug or Vietnamese name. Upper and lower case are the same.

    Raises
    ------
    ValueError
        No pillar has this name. The message lists the six slugs.

    Examples
    --------
    >>> parse_pillar("Thủ tục hành chính")
    <Pillar.TTHC: 'tthc'>
    """
    wanted = name.strip().casefold()
    for pillar in PILLARS:
        if wanted in (pillar.value, pillar.vi.casefold(), pillar.short.casefold()):
            return pillar
    raise ValueError(f"unknown pillar {name!r}; the six are {', '.join(PILLARS)}")
