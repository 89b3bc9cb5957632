"""What the readers of Word, OpenDocument and PDF files share: paragraphs, facts, fonts, the check of an archive."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple, TypedDict

from ..messages import message
from ..text.encodings import from_tcvn3, from_vni, plausibility
from .lines import join_lines

__all__ = [
    "TITLE_LEVEL",
    "XML_PARSER_OPTIONS",
    "Document",
    "Facts",
    "Paragraph",
    "Passage",
    "Run",
    "check_archive",
    "paragraphs_of",
    "place_of_title",
]

# A file that unpacks to more bytes than this is rejected; and one that unpacks to more than 100 times its own size,
# if that is also more than the second number: a zip bomb.
MAX_UNPACKED_BYTES = 200_000_000
MAX_UNPACKED_BYTES_OF_BOMB = 20_000_000
BOMB_RATIO = 100

# An XML file of a document is parsed without looking outside of it.
XML_PARSER_OPTIONS: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "remove_comments": True,
    "remove_pis": True,
}

TITLE_LEVEL = 0
# A line of a table of contents: a tab or dots, and the number of a page at the end. So many in a row are one.
_CONTENTS_LINE = re.compile(r".*\S\s*(?:\t|\.{3,}|…)[\s.…]*(?:\d{1,4}|[ivxlc]{1,7})\s*$")
MIN_CONTENTS_LINES = 3

# A title has so many words. A line that is not centred and has so many words belongs to the body.
MIN_TITLE_WORDS, MAX_TITLE_WORDS = 4, 40
MIN_BODY_WORDS = 15
# Centred lines that are not the title: the head of an official letter, a remark in brackets, the second half of a
# title.
_NO_TITLE = re.compile(
    r"(?i)cộng h[oò][aà] xã hội|độc lập\b|kính gửi|số\s*:|\(|phần (?:thứ|[ivx\d])|chương \w|mục \w|[ivx]{1,5}[.)]\s"
    r"|[^,]{1,40}, ngày \S* tháng|ủy ban nhân dân|uỷ ban nhân dân|-{2,}|(?-i:[a-zà-ỹđ])"
)

_TCVN3_FONT = re.compile(r"(?i)\.?vn(?=[a-z]).*|\.?tcvn.*")
_VNI_FONT = re.compile(r"(?i)vni\b.*|vni[- ].*")
_LATER_LETTER = re.compile("[\u0100-\u02ff\u1e00-\u1eff]")
# If so many of the runs in an old font have letters that the font does not have, the text is Unicode: the font is left
# over.
UNICODE_RUNS_SHARE = 0.2


class Facts(TypedDict):
    """What a file says about itself; None where it says nothing."""

    headline: str | None
    date: str | None
    author: str | None
    outlet: str | None


class Paragraph(NamedTuple):
    """A paragraph of a document.

    Attributes
    ----------
    text : str
        With single spaces.
    level : int or None
        0 for a title, 1 to 9 for a heading, by its style; None for other text.
    item : bool
        Whether it is an item of a list.
    """

    text: str
    level: int | None = None
    item: bool = False


class Document(NamedTuple):
    """A document that was read.

    Attributes
    ----------
    paragraphs : list of Paragraph
        In order.
    facts : Facts
        What it says about itself.
    notes : tuple of str
        What of it could not be read.
    """

    paragraphs: list[Paragraph]
    facts: Facts
    notes: tuple[str, ...] = ()


class Run(NamedTuple):
    """A piece of text with the name of its font, if it is known."""

    text: str
    font: str | None = None


@dataclass
class Passage:
    """A paragraph as it stands in the file. Its text may have tabs and line breaks.

    Attributes
    ----------
    runs : list of Run
    level : int or None
    item : bool or None
        As for `Paragraph`.
    centred : bool or None
        Whether it is set in the middle.
    goes_on : bool
        Whether its end was deleted: the next passage belongs to the same paragraph.
    """

    runs: list[Run] = field(default_factory=list)
    level: int | None = None
    item: bool | None = None
    centred: bool | None = None
    goes_on: bool = False


def check_archive(name: str, file: Path | BytesIO) -> None:
    """Raise if a file is not a zip archive, or unpacks to more than a document does.

    Parameters
    ----------
    name : str
        The name of the file, for error messages.
    file : Path or BytesIO
        The file, or its content.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise ValueError(message("{name} is damaged: {error}", name=name, error=error)) from None
    size = file.stat().st_size if isinstance(file, Path) else file.getbuffer().nbytes
    most = MAX_UNPACKED_BYTES_OF_BOMB if unpacked >= BOMB_RATIO * size else MAX_UNPACKED_BYTES
    if unpacked > most:
        raise ValueError(
            message(
                "{name} unpacks to {unpacked:,} bytes; want at most {most:,}", name=name, unpacked=unpacked, most=most
            )
        )


def paragraphs_of(passages: Iterable[Passage]) -> list[Paragraph]:
    """Return the paragraphs of a document: joined, split at line breaks, in Unicode, without a table of contents.

    A line break (Shift+Enter) ends a paragraph as it does in plain text; in a heading or a centred line it does not.
    """
    joined = list(_joined(passages))
    fonts_are_old = _fonts_are_old(joined)
    texts = [_text_of_runs(passage.runs, fonts_are_old) for passage in joined]
    kept = _without_contents(texts)
    found: list[Paragraph] = []
    centred: list[bool] = []
    for passage, text in zip(joined, texts, strict=True):
        if text in kept:
            is_one = passage.level is not None or passage.centred
            lines = [text] if is_one else join_lines(text.split("\n"))
            lines = [" ".join(line.split()) for line in lines if line.strip()]
            if found and lines and passage.centred and centred[-1] and lines[0][0].islower():
                found[-1] = found[-1]._replace(text=f"{found[-1].text} {lines.pop(0)}")  # a title of two lines
            found += [Paragraph(line, passage.level, bool(passage.item)) for line in lines]
            centred += [bool(passage.centred)] * len(lines)
    place = place_of_title(found, centred)
    if place is not None:
        found[place] = found[place]._replace(level=TITLE_LEVEL)
    return found


def place_of_title(paragraphs: Sequence[Paragraph], centred: Sequence[bool]) -> int | None:
    """Return the place of the title in a document that has none by its style: the last centred line above the body."""
    if any(paragraph.level == TITLE_LEVEL for paragraph in paragraphs):
        return None
    places = []
    for place, (text, level, item) in enumerate(paragraphs):
        words = len(text.split())
        if level is not None or item or (words >= MIN_BODY_WORDS and not centred[place]):
            break
        if centred[place] and MIN_TITLE_WORDS <= words <= MAX_TITLE_WORDS and not _NO_TITLE.match(text):
            places.append(place)
    return places[-1] if places else None


def _joined(passages: Iterable[Passage]) -> Iterator[Passage]:
    """Join each passage whose end was deleted with the next one. The style is that of the last."""
    before: list[Run] = []
    for passage in passages:
        if passage.goes_on:
            before += passage.runs
        else:
            yield replace(passage, runs=before + passage.runs) if before else passage
            before = []
    if before:
        yield Passage(before)


def _without_contents(texts: Sequence[str]) -> set[str]:
    """Return the texts that are not lines of a table of contents."""
    kept: set[str] = set()
    contents: set[str] = set()
    filled = (text for text in texts if text.strip())
    for is_line, group in groupby(filled, key=lambda text: bool(_CONTENTS_LINE.match(text))):
        lines = list(group)
        (contents if is_line and len(lines) >= MIN_CONTENTS_LINES else kept).update(lines)
    return kept - contents


# Fonts


def _decoder(font: str | None) -> str:
    """Return the encoding that a font needs: "tcvn3", "tcvn3 capitals", "vni", or "" for Unicode."""
    if not font:
        return ""
    if _VNI_FONT.fullmatch(font):
        return "vni"
    if _TCVN3_FONT.fullmatch(font):
        return "tcvn3 capitals" if font.endswith("H") else "tcvn3"
    return ""


def _fonts_are_old(passages: Iterable[Passage]) -> bool:
    """Whether the runs in fonts of TCVN3 and VNI have the letters of these fonts, and not those of Unicode."""
    beyond_ascii = [
        run.text for passage in passages for run in passage.runs if _decoder(run.font) and not run.text.isascii()
    ]
    unicode = sum(bool(_LATER_LETTER.search(text)) for text in beyond_ascii)
    return unicode <= UNICODE_RUNS_SHARE * len(beyond_ascii)


def _text_of_runs(runs: Iterable[Run], fonts_are_old: bool) -> str:
    """Return the text of runs. A run in a font of TCVN3 or VNI is converted."""
    parts = []
    for decoder, group in groupby(runs, key=lambda run: _decoder(run.font) if fonts_are_old else ""):
        text = "".join(run.text for run in group)
        parts.append(_converted(text, decoder))
    return "".join(parts)


def _converted(text: str, decoder: str) -> str:
    if not decoder or _LATER_LETTER.search(text):
        return text
    converted = (from_vni if decoder == "vni" else from_tcvn3)(text)[0]
    if plausibility(converted) < plausibility(text):
        return text
    return converted.upper() if decoder == "tcvn3 capitals" else converted
