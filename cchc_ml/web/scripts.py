"""Join the scripts of the page, which are ES modules, into one script that a page can contain."""

from __future__ import annotations

import re
from importlib.resources import files

from .page_reading import reading_module

__all__ = ["join_modules", "page_file"]

_IMPORT = re.compile(r'^import (?:\{[^}]*\} from )?"\./([\w-]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|class|const) ([\w$]+))", re.MULTILINE)
# The module that is not a file: it is translated from Python.
TRANSLATED = "translated.js"


def page_file(name: str) -> str:
    """Return the text of a file of the page, the translated module included."""
    if name == TRANSLATED:
        return reading_module()
    return files("cchc_ml.web").joinpath("page", name).read_text("utf8")


def join_modules(entry: str) -> str:
    """Return a module and all that it imports as one script, each module after those that it needs.

    A module keeps its own names to itself and gives out what it exports. What is exported has one name in all modules.
    Raises ValueError if a module imports or exports in a way that is not known here.
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
    return '"use strict";\n' + "\n".join(_closed(name, sources[name], is_entry=name == entry) for name in order)


def _closed(name: str, source: str, *, is_entry: bool) -> str:
    """Return the script of a module. That of the entry is open: a test can look at its names."""
    script = _IMPORT.sub("", source)
    exported = [match[1] for match in _EXPORT.finditer(script)]
    script = _EXPORT.sub("", script)
    if left := re.search(r"^(?:import|export)\b.*", script, re.MULTILINE):
        raise ValueError(
            f"{name}: {left[0]!r} is not joined; want import {{ … }} from, and export before a declaration"
        )
    if is_entry:
        return script
    return f"const {{ {', '.join(exported)} }} = (() => {{\n{script}\nreturn {{ {', '.join(exported)} }};\n}})();\n"
