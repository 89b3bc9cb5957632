"""The reading of files as a script: `cchc_ml.reading` itself, translated, and what stands in for libraries."""

from __future__ import annotations

import json
import re
from functools import cache
from html.entities import html5
from typing import Any

from ..messages import translations
from ..reading.kinds import ARTICLES
from .translate import translate

__all__ = ["READ_ENDINGS", "reading_module"]

# The endings of the files that the page reads: articles, without PDF, and tables.
READ_ENDINGS = (*(ending for ending in ARTICLES if ending != ".pdf"), ".csv", ".tsv", ".xlsx", ".jsonl")

# The functions that the page calls.
_EXPORTED = {
    "reading.inputs": ("read_file",),
    "reading.lines": ("join_lines",),
    "reading.context": ("article_of", "documents_of"),
    "reading.workbooks": ("MAX_SHEET_CELLS",),
    "reading.decode": ("SNIFF_BYTES",),
    "text.sniffing": ("sniff",),
    "text.old_fonts": ("WINDOWS_1252",),
    "text.sentences": ("ABBREVIATIONS",),
}

# What is not translated, and what stands for it: in python.js, in library.js, or in the scripts of the tagger.
_STAND_INS = {
    # text: the tagger has these already
    "text.encodings.repair_text": "repairText",
    "text.encodings.plausibility": "plausibility",
    "text.encodings.readings": "readingsOf",
    "text.encodings.from_tcvn3": "fromTcvn3",
    "text.encodings.from_vni": "fromVni",
    "text.old_fonts.from_tcvn3": "fromTcvn3",
    "text.old_fonts.from_vni": "fromVni",
    "text.sentences.split_sentences": "sentencesOf",
    # files
    "builtins.open": "openFile",
    "builtins.iter": "py.iterator",
    "pathlib.Path": "PagePath",
    "pathlib.PurePath": "py.PurePath",
    "io.BytesIO": "py.BytesIO",
    "_io.BytesIO": "py.BytesIO",
    "zipfile.ZipFile": "ZipFile",
    "zipfile.BadZipFile": "py.DamagedError",
    "zlib.error": "py.DamagedError",
    "gzip.BadGzipFile": "py.DamagedError",
    "gzip.GzipFile": "gzipFile",
    "posixpath.normpath": "py.normpath",
    "posixpath.join": "py.joinPaths",
    "sys.maxsize": "2 ** 53",
    # text formats
    "html.unescape": "unescapeHtml",
    "lxml.html.HTMLParser": "HtmlParserOptions",
    "lxml.html.document_fromstring": "documentOf",
    "lxml.etree.Element": '"*"',
    "lxml.etree.iterwalk": "iterwalk",
    "lxml.etree.parse": "parseXml",
    "lxml.etree.XMLParser": "XmlParser",
    "lxml.etree.LxmlError": "py.DamagedError",
    "lxml.etree.ParserError": "py.DamagedError",
    "lxml.etree.XMLSyntaxError": "py.DamagedError",
    "json.loads": "py.loadJson",
    "csv.reader": "csvReader",
    "csv.Error": "CsvError",
    "_csv.Error": "CsvError",
    "csv.field_size_limit": "fieldSizeLimit",
    "email.message_from_bytes": "messageOf",
    "email.header.decode_header": "sameHeader",
    "email.header.make_header": "headerText",
    "email.utils.parsedate_to_datetime": "mailTime",
    "email.errors.HeaderParseError": "py.DamagedError",
    # small parts of the library
    "collections.Counter": "py.Counter",
    "dataclasses.replace": "py.replace",
    "itertools.chain": "py.chain",
    "itertools.combinations": "py.combinations",
    "itertools.groupby": "py.groupby",
    "itertools.islice": "py.islice",
    "itertools.pairwise": "py.pairwise",
    "itertools.zip_longest": "py.zipLongest",
    "math.isfinite": "Number.isFinite",
    "unicodedata.normalize": "py.normalize",
    "unicodedata.is_normalized": "py.is_normalized",
    "unicodedata.combining": "py.combining",
    "unicodedata.category": "py.category",
    "datetime.date": "py.Date",
    "datetime.time": "py.Date",
    "datetime.datetime": "py.Datetime",
    "decimal.Decimal": "py.Date",
    "codecs.getincrementaldecoder": "incrementalDecoder",
    # sentences for users
    "messages.message": "sentence",
    "messages.plural": "pluralSentence",
    "messages.joined": "joinedSentences",
    "messages.placed": "placedSentence",
    "messages.number": "numberSentence",
    "messages.catalogued": "sameSentence",
    "messages.message_of": "sameSentence",
    "messages.problem_of": "sameSentence",
    # what the page reads in its own way, or not at all
    "reading.decode.decode_lines": "decodeLines",
    "files.require_extra": "libraryOf",
    "reading.pdf.read_pdf": 'refuse("the page does not read PDF files")',
    "reading.tables._read_parquet": 'refuse("the page does not read Parquet files")',
    "reading.tables._JSON": "jsonDecoder",
    "reading.workbooks.open_workbook": "openWorkbook",
    "reading.inputs._standard_input": 'refuse("a file has no name")',
    "reading.names.printable_name": "sameName",
}
_IMPORTS = """\
import { ZipFile } from "./archives.js";
import { iterwalk } from "./elements.js";
import {
  CsvError, HtmlParserOptions, PagePath, csvReader, decodeLines, documentOf, fieldSizeLimit, fromTcvn3, fromVni,
  gzipFile, incrementalDecoder, jsonDecoder, libraryOf, openFile, openWorkbook, plausibility, readingsOf, refuse,
  repairText, sameName, sentencesOf, unescapeHtml,
} from "./library.js";
import { headerText, mailTime, messageOf, sameHeader } from "./mail.js";
import {
  joinedSentences, numberSentence, placedSentence, pluralSentence, sameSentence, sentence,
} from "./messages.js";
import { py } from "./python.js";
import { XmlParser, parseXml } from "./xml.js";
"""


@cache
def reading_module() -> str:
    """Return the translated reading as an ES module."""
    exported = [f"{module.replace('.', '_')}${name}" for module, names in _EXPORTED.items() for name in names]
    script = translate(_EXPORTED, _STAND_INS)
    heading = "/* Translated from cchc_ml/reading by cchc_ml/web/translate.py: change it there. */\n\n"
    for name in exported:
        script = re.sub(
            rf"^(?:function\*?|const) {re.escape(name)}(?= |\()", r"export \g<0>", script, count=1, flags=re.M
        )
    tables = {"HTML_RULES": _html_rules(), "RTF_TABLES": _rtf_tables(), "SENTENCES": _sentences(script)}
    data = [
        f"export const {name} = {json.dumps(table, ensure_ascii=True, separators=(',', ':'))};"
        for name, table in tables.items()
    ]
    return "\n".join([heading + _IMPORTS, script, *data, ""])


# A string of the translated script.
_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')
# The sentences of the places in a file: readers write a place as plain text.
_PLACES = ("line {n}", "row {n}", "paragraph {n}")


def _sentences(script: str) -> dict[str, str]:
    """Return the sentences of the reading in Vietnamese, by their templates in English."""
    return translations([*map(json.loads, _STRING.findall(script)), *_PLACES], "vi")


# Elements that have only text in them; what closes them is not asked of lxml.
_RAW = {"style", "xmp", "iframe", "noembed", "noframes", "script", "plaintext", "title", "textarea"}
_ROOTS = {"html", "head", "body"}
# No tag of HTML: it closes nothing and nothing closes it.
_OTHER = "x-y"


@cache
def _html_rules() -> dict[str, Any]:
    """Return how lxml parses pages: which elements are empty, and which start tags close which open elements."""
    from lxml.html.defs import tags

    names = sorted(tags - _RAW - _ROOTS)
    empty = [name for name in names if not _holds(f"<{name}><{_OTHER}>", name, _OTHER)]
    closed_by = {
        old: [new for new in sorted(tags - _ROOTS) if not _holds(f"<{old}>.<{new}>", old, new)]
        for old in names
        if old not in empty
    }
    in_head = [new for new in sorted(tags - {"html", "head"}) if not _holds(f"<head><{new}>", "head", new)]
    return {
        "empty": empty,
        "closedBy": {old: news for old, news in {**closed_by, "head": in_head}.items() if news},
        "entities": dict(html5.items()),
    }


def _holds(page: str, outer: str, inner: str) -> bool:
    """Whether lxml puts the last element of one name into one of another name."""
    from lxml import html

    root = html.document_fromstring(page if page.startswith("<head") else f"<{_OTHER}>{page}")
    found = list(root.iter(inner))
    return any(element.tag == outer for element in found[-1].iterancestors())


def _rtf_tables() -> dict[str, Any] | None:
    """Return the control words of rich text that striprtf knows. Without it, the page does not read rich text."""
    try:
        from striprtf import striprtf
    except ImportError:
        return None
    return {
        "destinations": sorted(striprtf.destinations),
        "special": striprtf.specialchars,
        "section": sorted(striprtf.sectionchars),
        "charsets": striprtf.charset_map,
    }
