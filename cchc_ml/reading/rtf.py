r"""Read rich text (.rtf). It needs the extra `office`: striprtf makes text of what is prepared here.

A group in braces is a part of a document: `{\footnote …}`. Groups without text for a reader are dropped first, because
striprtf reads a picture letter by letter, and looks for links with a pattern whose work is not linear.
"""

from __future__ import annotations

import re

from ..files import require_extra
from ..messages import message
from ..text.old_fonts import WINDOWS_1252

__all__ = ["rtf_lines"]

# A binary picture, an escaped character, a brace, or the end of a paragraph.
_MARK = re.compile(r"\\bin(\d{1,9}) ?|\\[{}\\]|[{}]|\\par(?![a-z])")
_GROUP_HEAD = re.compile(r"\{\s*(\\\*\s*)?\\([a-z]+)")
# Destinations whose text no reader sees. Of those behind \* only these are read.
_DROPPED = {
    "pict",
    "object",
    "objdata",
    "info",
    "stylesheet",
    "listtable",
    "themedata",
    "colorschememapping",
    "datastore",
} | {"header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf", "fldinst", "annotation"}
_READ_BEHIND_STAR = {"footnote", "shppict", "shpinst", "shptxt"}
# Hidden or deleted text, in the control words at the start of a group.
_HIDDEN_GROUP = re.compile(r"\{(?:\\(?!(?:v|deleted)(?![a-z]))[a-z]+-?\d* ?)*\\(?:v|deleted)(?![a-z0-9])")
DROP, NOTE, FONTS = "drop", "note", "fonts"
# A font table is at most so long: striprtf reads it with a pattern whose work is not linear.
MAX_FONT_TABLE_CHARS = 50_000
# Each cell of a table is a paragraph of its own.
_CELL = re.compile(r"\\(?:nest)?cell(?![a-z])|\\row(?![a-z])")
_NOTE_MARK = re.compile(r"\\chftn(?![a-z])|\\footnote(?![a-z])")


def rtf_lines(name: str, data: bytes) -> list[str]:
    """Return the paragraphs of an `.rtf` file in order. A footnote comes after the paragraph that has it.

    Parameters
    ----------
    name : str
        The name of the file, for error messages.

    Raises
    ------
    ImportError
        striprtf is not installed.
    ValueError
        The file is damaged.
    """
    striprtf = require_extra("striprtf.striprtf", "office", message("{ending} files", ending=".rtf"))
    prepared = _CELL.sub(r"\\par ", _without_hidden_groups(data.decode("latin-1")))
    try:
        text: str = striprtf.rtf_to_text(prepared, errors="ignore")
    except Exception as error:  # striprtf raises errors of any type for damaged files
        raise ValueError(
            message("{name} is damaged or is not RTF ({type})", name=name, type=type(error).__name__)
        ) from None
    # Two numbers may be the halves of one character.
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").translate(WINDOWS_1252)
    return text.split("\n")


def _without_hidden_groups(text: str) -> str:
    """Return RTF without the groups that no reader sees, and with footnotes behind their paragraph."""
    kept: list[str] = []
    notes: list[str] = []
    open_groups: list[tuple[int, str]] = []  # where each open group begins among what is kept, and its fate
    last = place = 0
    while mark := _MARK.search(text, place):
        place = mark.end()
        if mark[1]:
            kept.append(text[last : mark.start()])
            last = place = min(place + int(mark[1]), len(text))
        elif mark[0] == "{":
            kept.append(text[last : mark.start()])
            last = mark.start()
            open_groups.append((len(kept), _fate(text, mark.start())))
        elif mark[0] == "}" and open_groups:
            start, fate = open_groups.pop()
            is_outermost = not open_groups
            kept.append(text[last : mark.start() if is_outermost else place])
            last = place
            if fate == FONTS and sum(map(len, kept[start:])) <= MAX_FONT_TABLE_CHARS:
                continue
            if fate:
                group = "".join(kept[start:])
                del kept[start:]
                notes += [_NOTE_MARK.sub("", group)] if fate == NOTE else []
            elif is_outermost:
                kept += [*_as_paragraphs(notes), "}"]
        elif mark[0] == r"\par" and notes and not any(fate for _, fate in open_groups):
            kept += [text[last:place], *_as_paragraphs(notes)]
            last = place
    kept.append(text[last:])
    cut_off = next((start for start, fate in open_groups if fate), len(kept))
    return "".join(kept[:cut_off])


def _as_paragraphs(notes: list[str]) -> list[str]:
    """Return footnotes as paragraphs, and empty the list."""
    paragraphs = [rf"\par {note}\par " for note in notes]
    notes.clear()
    return paragraphs


def _fate(text: str, start: int) -> str:
    """Return what happens to the group that begins here: it is dropped, it is a note, or "" if it stays."""
    head = _GROUP_HEAD.match(text, start)
    if head and head[2] == "footnote":
        return NOTE
    if head and head[2] == "fonttbl":
        return FONTS
    if head and (head[2] in _DROPPED or (head[1] and head[2] not in _READ_BEHIND_STAR)):
        return DROP
    return DROP if _HIDDEN_GROUP.match(text, start, start + 400) else ""
