"""What holds for a whole run: the language, and whether only errors are printed."""

from __future__ import annotations

import locale
import os
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from ..messages import LANGUAGES, translate

__all__ = ["LANGUAGE_VARIABLE", "Language", "language_of", "say", "settings"]

LANGUAGE_VARIABLE = "CCHC_LANG"


class Language(StrEnum):
    """The languages of the command line."""

    vi = "vi"
    en = "en"


@dataclass
class Settings:
    """The settings of the run. `Group.main` sets them."""

    language: str = LANGUAGES[0]
    quiet: bool = False


settings = Settings()


def say(text: str) -> str:
    """Return a message in the language of the run; other text as it is."""
    return translate(text, settings.language)


def language_of(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> str:
    """Return the language of a run: of --lang, else of CCHC_LANG, else of the locale, else English.

    The arguments are looked through before they are parsed, because errors of parsing have a language too. A language
    that does not exist is passed over here: the parser rejects it.

    Examples
    --------
    >>> language_of(["predict", "a.txt", "--lang", "vi"])
    'vi'
    >>> language_of([], {"LANG": "vi_VN.UTF-8"}), language_of([], {"LANG": "vi_VN.UTF-8", "CCHC_LANG": "en"})
    ('vi', 'en')
    """
    options = list(arguments[: arguments.index("--")] if "--" in arguments else arguments)
    given = [b for a, b in pairwise(options) if a == "--lang"]
    given += [a.removeprefix("--lang=") for a in options if a.startswith("--lang=")]
    for name in (*reversed(given), environment.get(LANGUAGE_VARIABLE, "")):
        if name in LANGUAGES:
            return name
    return _language_of_locale(environment)


def _language_of_locale(environment: Mapping[str, str]) -> str:
    """Return the language of the variables that gettext reads; if they are not set, as on Windows, of the system."""
    name = next(filter(None, map(environment.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    if not name:
        with suppress(ValueError):
            name = locale.getlocale()[0] or ""
    elif name not in ("C", "POSIX"):
        name = environment.get("LANGUAGE", "").split(":")[0] or name
    # "vi_VN.UTF-8" or, on Windows, "Vietnamese_Vietnam"
    return "vi" if re.match(r"vi(etnamese)?(?![a-z])", name, re.IGNORECASE) else LANGUAGES[0]
