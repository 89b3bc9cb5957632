"""The styles of a Word document: what each says about its paragraphs and runs."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from .documents import TITLE_LEVEL

__all__ = ["Style", "Styles", "attribute", "font_of", "is_on", "level_of"]

_OFF = ("0", "false", "off", "none")
_HEADING_NAME = re.compile(r"(?:heading|đầu đề|tiêu đề)\s*(\d)")
_TITLE_NAMES = ("title", "tiêu đề")
# A chain of styles is not longer.
MAX_STYLES = 20


class Style(NamedTuple):
    """What a style says; None where it says nothing."""

    name: str = ""
    parent: str | None = None
    font: str | None = None
    hidden: bool | None = None
    level: int | None = None
    centred: bool | None = None
    item: bool | None = None


class Styles:
    """The styles of a document. A style has what its parents have, unless it says otherwise."""

    def __init__(self, root: Any | None) -> None:
        elements = [] if root is None else root.findall("{*}style")
        self._styles = {attribute(element.attrib, "styleId") or "": _style(element) for element in elements}
        default = [element for element in elements if attribute(element.attrib, "default") in ("1", "true", "on")]
        paragraph = next((element for element in default if attribute(element.attrib, "type") == "paragraph"), None)
        self._default = None if paragraph is None else attribute(paragraph.attrib, "styleId")
        fonts = None if root is None else root.find("{*}docDefaults/{*}rPrDefault/{*}rPr/{*}rFonts")
        self.default_font = None if fonts is None else font_of(fonts.attrib)

    def chain(self, identifier: str | None) -> list[Style]:
        """Return a style and its parents."""
        found: list[Style] = []
        while len(found) < MAX_STYLES and (style := self._styles.get(identifier or "")):
            found.append(style)
            identifier = style.parent
        return found

    def of_paragraph(self, identifier: str | None) -> list[Style]:
        """Return the style of a paragraph and its parents. Without a name it is the default style."""
        return self.chain(identifier if identifier in self._styles else self._default)


def _style(element: Any) -> Style:
    def value(path: str) -> str | None:
        found = element.find(path)
        return None if found is None else attribute(found.attrib, "val") or ""

    name = (value("{*}name") or "").lower()
    hidden, fonts = element.find("{*}rPr/{*}vanish"), element.find("{*}rPr/{*}rFonts")
    alignment = value("{*}pPr/{*}jc")
    return Style(
        name=name,
        parent=value("{*}basedOn"),
        font=None if fonts is None else font_of(fonts.attrib),
        hidden=None if hidden is None else is_on(hidden.attrib),
        level=level_of(name, value("{*}pPr/{*}outlineLvl")),
        centred=None if alignment is None else alignment == "center",
        item=None if element.find("{*}pPr/{*}numPr") is None else True,
    )


def level_of(name: str, outline: str | None) -> int | None:
    """Return the level of a heading, by the name of its style or by its outline level."""
    if name in _TITLE_NAMES:
        return TITLE_LEVEL
    if heading := _HEADING_NAME.fullmatch(name):
        return int(heading[1])
    return int(outline) + 1 if outline and outline.isdecimal() and int(outline) < 9 else None


def attribute(attributes: Any, name: str) -> str | None:
    """Return an attribute, whatever its namespace is: there are two editions of the format."""
    for key, value in attributes.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return None


def is_on(attributes: Any) -> bool:
    """Whether a property is on: it is, unless its value says that it is not."""
    return (attribute(attributes, "val") or "1").lower() not in _OFF


def font_of(attributes: Any) -> str | None:
    """Return the name of a font: that of the letters beyond ASCII, if there are two."""
    return attribute(attributes, "hAnsi") or attribute(attributes, "ascii")
