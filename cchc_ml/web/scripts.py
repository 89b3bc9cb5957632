"""Join the scripts of the page, which are ES modules, into one script that a page can contain."""

from __future__ import annotations

import re
from importlib.resources import files

__all__ = ["join_modules", "page_file"]

_IMPORT = re.compile(r'^import (?:\{[^}]*\} from )?"\./([\w-]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?function|class |const )", re.MULTILINE)


def page_file(name: str) -> str:
    """Return the text of a file of the page."""
    return files("cchc_ml.web").joinpath("page", name).read_text("utf8")


def join_modules(entry: str) -> str:
    """Return a module and all that it imports as one script, each module after those that it needs.

    Every name is written once in all modules: an import has no other name for it (``as``), and two modules have no
    names in common. A browser reports what is not so when it reads the script.
    """
    order: list[str] = []
    sources: dict[str, str] = {}

    def add(name: str) -> None:
        if name in sources:
            return
        sources[name] = page_file(name)
        for needed in _IMPORT.findall(sources[name]):
            add(needed)
        order.append(name)

    add(entry)
    return '"use strict";\n' + "\n".join(_EXPORT.sub("", _IMPORT.sub("", sources[name])) for name in order)
