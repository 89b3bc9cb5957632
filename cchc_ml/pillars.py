"""The six pillars of administrative reform, and the codebook that defines them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["COLOURS", "PILLARS", "Entry", "Pillar", "codebook", "parse_pillar"]


class Pillar(StrEnum):
    """One of the six reform contents of Resolution 76/NQ-CP; its value is the slug used in every file.

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
        """The Vietnamese name, short enough for a column head."""
        return codebook()[self].short


PILLARS: tuple[Pillar, ...] = tuple(Pillar)

# One colour a pillar, in pages and plots. Colour-blind readers can tell them apart (Okabe and Ito, 2008).
COLOURS = dict(zip(PILLARS, ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"), strict=True))


@dataclass(frozen=True)
class Entry:
    """What the codebook says of one pillar; `names` and `patterns` are terms of the lexicon."""

    vi: str
    en: str
    short: str
    source: str
    definition: str
    counts: tuple[dict[str, str], ...]
    does_not_count: tuple[dict[str, str], ...]
    names: tuple[str, ...]
    patterns: tuple[str, ...]


@cache
def codebook() -> dict[Pillar, Entry]:
    """Read `codebook.yaml`: one entry a pillar, in the order of `PILLARS`."""
    import yaml

    rows: list[dict[str, Any]] = yaml.safe_load(files("cchc_ml").joinpath("codebook.yaml").read_text("utf8"))
    entries = {}
    for row in rows:
        slug = Pillar(row.pop("slug"))
        fields: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in row.items()}
        entries[slug] = Entry(**fields)
    return entries


def parse_pillar(name: str) -> Pillar:
    """Return the pillar that a slug or a Vietnamese name stands for.

    Raises
    ------
    ValueError
        The name is no pillar's; the message lists the six slugs.
    """
    wanted = name.strip().casefold()
    for pillar in PILLARS:
        if wanted in (pillar.value, pillar.vi.casefold(), pillar.short.casefold()):
            return pillar
    raise ValueError(f"unknown pillar {name!r}; the six are {', '.join(PILLARS)}")
