"""The elements of a web page, numbered from top to bottom."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from lxml import etree

__all__ = ["Tree", "names_of", "tag_of"]

_IMAGE_BOXES = {"td", "tr", "tbody", "table", "figure", "center"}
_IMAGE_BOX_NAME = re.compile(
    r"(?i)image|img|photo|figure|picture|caption|media|thumb|chu-?thich|hinh|(?:^|[\s_-])(?:anh|pic)"
)


class Tree:
    """The elements of a page, numbered from top to bottom. To ask whether one stands in another takes one comparison.

    Attributes
    ----------
    root : lxml element
    elements : list of lxml element
    tags : list of str
        Their names in lower case.
    place : dict
        The number of each element.
    parent : list of int
        The number of the element that each one stands in; 0 for the root.
    end : list of int
        The number behind the last element that stands in each one.
    """

    def __init__(self, root: Any) -> None:
        self.root = root
        self.place: dict[Any, int] = {}
        self.parent: list[int] = []
        self.elements: list[Any] = []
        for element in root.iter(etree.Element):
            self.place[element] = len(self.elements)
            self.parent.append(self.place.get(element.getparent(), 0))
            self.elements.append(element)
        self.tags = [tag_of(element) for element in self.elements]
        self.end = self.sums([1] * len(self.elements))
        self.end = [place + size for place, size in enumerate(self.end)]

    def holds(self, outer: int, inner: int) -> bool:
        """Whether an element is another one or holds it."""
        return outer <= inner < self.end[outer]

    def common(self, one: int, other: int) -> int:
        """Return the smallest element that holds both."""
        while not self.holds(one, other):
            one = self.parent[one]
        return one

    def sums(self, values: Iterable[int]) -> list[int]:
        """Return for each element the sum of the values of it and all that stand in it."""
        sums = list(values)
        for place in range(len(sums) - 1, 0, -1):
            sums[self.parent[place]] += sums[place]
        return sums

    def is_image_box(self, place: int) -> bool:
        """Whether an element is made for a picture and its caption."""
        return self.tags[place] in _IMAGE_BOXES or bool(_IMAGE_BOX_NAME.search(names_of(self.elements[place])))


def tag_of(element: Any) -> str:
    """Return the name of an element in lower case, "" for a comment."""
    return element.tag.lower() if isinstance(element.tag, str) else ""


def names_of(element: Any) -> str:
    """Return the class and the id of an element."""
    return f"{element.get('class') or ''} {element.get('id') or ''}"
