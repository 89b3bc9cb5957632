"""Gather tagged rows: the share of each pillar overall, by time and by group, and the evidence for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np

from ..messages import message
from ..pillars import CCHC, AnyPillar, Codebook
from ..reading.columns import COLUMN_NAMES, cell_of, columns_of, document_of, find_column, find_text_column
from ..reading.context import is_paragraph
from ..reading.dates import find_date, month_of, year_of
from ..reading.names import without_folders
from ..reading.tables import Row
from ..text.near import near_duplicates
from .formatting import clean_places, clean_text, day, month_and_year
from .prevalence import Prevalence, prevalence_by_pillar

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["BY_MONTH", "BY_YEAR", "UNKNOWN", "Document", "Overview", "Paragraph", "Quote", "gather"]

# The fields that a report shows. It says which of them no column has.
REPORTED_FIELDS = ("date", "outlet", "headline")
# The columns that tagging adds.
TAG_COLUMNS = ("pillars", "scores", "evidence", "evidence_spans")
# A note shows so many characters of the names of columns.
MAX_NOTE_CHARS = 300
# Articles that have at least this share of their wording in common, as `near_duplicates` measures it, are reprints of
# one text. Among the 666 articles that ship with the package no two share more than 0.07; 99 % of their copies with
# the last paragraph cut, or with every 25th word changed, share more than 0.69. Shorter texts may be alike by chance.
REPRINT_SHARE = 0.5
MIN_REPRINT_TRIPLES = 40

UNKNOWN = "không rõ"
BY_MONTH, BY_YEAR = "Theo tháng", "Theo năm"
BY_OUTLET = "Theo cơ quan báo chí"
# Show at most 30 groups. Group by year instead of by month when there are more than 24 months.
MAX_GROUPS = 30
MAX_MONTHS = 24


@dataclass(frozen=True)
class Paragraph:
    """A paragraph and its tags.

    Attributes
    ----------
    text : str
        Without control characters, and with one space for each run of white space.
    position : int
        Its place among the paragraphs of its document; the first is 1.
    scores : mapping of Pillar to float
        The probability of each pillar.
    evidence : mapping of Pillar to (int, int)
        Start and end offset in `text` of the evidence sentence of each tagged pillar.
    """

    text: str
    position: int
    scores: Mapping[AnyPillar, float]
    evidence: Mapping[AnyPillar, tuple[int, int]]


@dataclass
class Document:
    """An article, or another unit that rows of a table belong to. What is not known is ``""``.

    Its reprints are documents with almost the same wording. They are not counted.
    """

    number: int
    name: str
    headline: str
    outlet: str
    date: str
    link: str
    paragraphs: list[Paragraph] = field(default_factory=list)
    reprints: list[Document] = field(default_factory=list)

    @property
    def host(self) -> str:
        """The host that the link leads to; ``""`` if it does not lead to a page of the web."""
        try:
            parts = urlsplit(self.link)
        except ValueError:  # such as half an IPv6 address
            return ""
        return (parts.hostname or "").removeprefix("www.") if parts.scheme in ("http", "https") else ""

    @property
    def appearance(self) -> str:
        """Where and when it appeared, as far as that is known: outlet, date, and host or file."""
        return ", ".join(filter(None, (self.outlet, self.date, self.host or self.name))) or self.headline or UNKNOWN


@dataclass(frozen=True)
class Quote:
    """A paragraph as evidence for one pillar."""

    pillar: AnyPillar
    paragraph: Paragraph
    document: Document

    @property
    def probability(self) -> float:
        """The probability of the pillar."""
        return self.paragraph.scores[self.pillar]

    @property
    def place(self) -> tuple[int, int]:
        """Start and end offset of the evidence sentence in the paragraph."""
        return self.paragraph.evidence[self.pillar]

    @property
    def sentence(self) -> str:
        """The evidence sentence."""
        start, end = self.place
        return self.paragraph.text[start:end]


@dataclass(frozen=True, eq=False)
class Overview:
    """What is known about a set of tagged articles.

    Attributes
    ----------
    overall : Prevalence
        The share of each pillar in the whole set.
    groups : mapping of str to (mapping of str to Prevalence)
        For each way to group (by month or year; by outlet or another column): the share in each group. A way to
        group is missing if no row has a value for it.
    quotes : mapping of Pillar to list of Quote
        All tagged paragraphs of each pillar, the most probable first.
    documents : list of Document
        All documents but the reprints, in the order of the rows.
    provenance : mapping
        What the overview was made from; see `cchc_ml.reporting.provenance.make_provenance`.
    uncounted : mapping of str to int
        Rows that are not paragraphs, by kind of block.
    codebook : Codebook
        The categories that the rows were tagged with.
    """

    overall: Prevalence
    groups: Mapping[str, Mapping[str, Prevalence]]
    quotes: Mapping[AnyPillar, Sequence[Quote]]
    documents: Sequence[Document]
    provenance: Mapping[str, Any]
    uncounted: Mapping[str, int] = field(default_factory=dict)
    codebook: Codebook = CCHC

    @property
    def reprints(self) -> list[Document]:
        """The documents that are not counted, because they are reprints of others."""
        return [reprint for document in self.documents for reprint in document.reprints]


@dataclass(frozen=True)
class _Entry:
    """A paragraph, its document, and the values of its own row that it is grouped by; ``""`` if they are not known."""

    paragraph: Paragraph
    document: Document
    date: str
    group: str


def gather(
    rows: Iterable[Row],
    prior: NDArray[np.floating[Any]],
    *,
    by: str | None = None,
    text_column: str | None = None,
    provenance: Mapping[str, Any] | None = None,
    names: Mapping[str, str] | None = None,
    on_note: Callable[[str], None] | None = None,
    codebook: Codebook = CCHC,
) -> Overview:
    """Return the overview of tagged rows.

    Parameters
    ----------
    rows : iterable of dict
        Rows as `cchc_ml.tagging.rows.tag_rows` yields them. Rows that are not paragraphs are counted and left out; see
        `cchc_ml.reading.context.is_paragraph`. Of documents that are reprints of each other, only the one with the
        earliest date is counted, or else the first.
    prior : array of shape (6,)
        See `cchc_ml.reporting.prevalence.training_prior`.
    by : str, optional
        The column to group by. The default is the outlet.
    text_column : str, optional
        The column with the text. The default is the first column with a usual name.
    provenance : mapping, optional
        What the rows were made from; see `cchc_ml.reporting.provenance.make_provenance`.
    names : mapping of str to str, optional
        How to call the files of articles; by default without the folders from the root of a disk.
    on_note : callable, optional
        Called with a sentence that names the columns that no row has: the page then has no table by month, for example.
    codebook : Codebook
        The categories that the rows were tagged with.

    Raises
    ------
    ValueError
        There is no paragraph, a row has no text, or no row has a value in the column to group by.
    """
    uncounted: Counter[str] = Counter()
    entries = _without_reprints(_read_entries(_paragraphs(rows, uncounted), by, text_column, on_note, codebook))
    documents = list({entry.document.number: entry.document for entry in entries}.values())
    _shorten_names(documents, names or {})
    probabilities = np.array([[entry.paragraph.scores[pillar] for pillar in codebook] for entry in entries])
    tags = np.array([[pillar in entry.paragraph.evidence for pillar in codebook] for entry in entries])
    owners = np.array([entry.document.number for entry in entries])

    def measure_groups(keys: Sequence[str], names: Mapping[str, str]) -> dict[str, Prevalence]:
        """Measure each group, given the key of each entry and the name of each key, in the order of the names."""
        group_of = np.array([names[key] for key in keys])
        measured = {}
        for name in dict.fromkeys(names.values()):
            inside = group_of == name
            measured[name] = prevalence_by_pillar(probabilities[inside], tags[inside], owners[inside], prior)
        return measured

    groups = {}
    time_title, moments = _moments([entry.date for entry in entries])
    if any(moments):
        groups[time_title] = measure_groups(moments, _names_in_time(moments))
    keys = [entry.group for entry in entries]
    if any(keys):
        groups[BY_OUTLET if by is None else f"Theo {clean_text(by)}"] = measure_groups(keys, _names_by_size(keys))
    return Overview(
        overall=prevalence_by_pillar(probabilities, tags, owners, prior),
        groups=groups,
        quotes=_quotes(entries, codebook),
        documents=documents,
        provenance=provenance or {},
        uncounted=uncounted,
        codebook=codebook,
    )


def _paragraphs(rows: Iterable[Row], uncounted: Counter[str]) -> Iterator[Row]:
    """Yield the rows that are paragraphs, and count the others by kind."""
    for row in rows:
        if is_paragraph(row):
            yield row
        else:
            uncounted[str(row["kind"])] += 1


def _read_entries(
    rows: Iterable[Row],
    by: str | None,
    text_column: str | None,
    on_note: Callable[[str], None] | None,
    codebook: Codebook,
) -> list[_Entry]:
    """Return the paragraphs of the rows, with one `Document` for all rows that name the same one."""
    documents: dict[str, Document] = {}
    entries: list[_Entry] = []
    columns: dict[str, None] = {}  # in the order of the tables
    for row in rows:
        columns |= dict.fromkeys(row)
        found_column = find_text_column(row, text_column)
        if found_column is None:
            raise ValueError(
                message(
                    "a row has no text; found the columns {columns}; name one with --text-column",
                    columns=", ".join(row),
                )
            )
        name = clean_text(document_of(row).partition(":")[2])
        key = name or f"\0{len(entries)}"  # a row that names no document is a document of its own
        if key not in documents:
            documents[key] = _new_document(row, len(documents), name)
        document = documents[key]
        paragraph = _paragraph(row, row[found_column], len(document.paragraphs) + 1, codebook)
        document.paragraphs.append(paragraph)
        group = _value(row, "outlet") if by is None else _value_of(row, by)
        entries.append(_Entry(paragraph, document, _value(row, "date"), group))
    if not entries:
        raise ValueError(message("found no paragraph to report on; give articles, or tables with a column of text"))
    if by is not None and not any(entry.group for entry in entries):
        raise ValueError(
            message(
                "no row has a value in a column {by!r}; found the columns {columns}; give one of them with --by",
                by=by,
                columns=", ".join(sorted(columns)),
            )
        )
    if on_note and (missing := [field for field in REPORTED_FIELDS if not columns_of(tuple(columns), field)]):
        wanted = "; ".join(f"{field} ({', '.join(COLUMN_NAMES[field][1:4])} ...)" for field in missing)
        own = ", ".join(str(column) for column in columns if column not in TAG_COLUMNS)
        on_note(f"no column was found for {wanted}; the report is without them; the columns are {own[:MAX_NOTE_CHARS]}")
    return entries


def _without_reprints(entries: Sequence[_Entry]) -> list[_Entry]:
    """Leave out the paragraphs of reprints, which become reprints of the document with the earliest date."""
    documents = list({entry.document.number: entry.document for entry in entries}.values())
    texts = [" ".join(paragraph.text for paragraph in document.paragraphs) for document in documents]
    alike: dict[int, list[Document]] = {}
    firsts = near_duplicates(texts, REPRINT_SHARE, least=MIN_REPRINT_TRIPLES)
    for document, first in zip(documents, firsts, strict=True):
        alike.setdefault(first, []).append(document)
    for group in alike.values():
        group.sort(key=lambda document: (find_date(document.date) or "9999", document.number))
        group[0].reprints += group[1:]
    left_out = {document.number for group in alike.values() for document in group[1:]}
    return [entry for entry in entries if entry.document.number not in left_out]


def _shorten_names(documents: Iterable[Document], names: Mapping[str, str]) -> None:
    """Call files by their short names: a report is passed on."""
    every = [each for document in documents for each in (document, *document.reprints)]
    other = [name for document in every for name in (document.name, document.link) if name not in names]
    shown = {**without_folders(other), **names}
    for document in every:
        document.name, document.link = shown[document.name], shown[document.link]


def _value(row: Row, field: str) -> str:
    """Return the first value of the row in a column of a field, or ``""``."""
    value = cell_of(row, field)
    return "" if value is None else clean_text(value)


def _value_of(row: Row, name: str) -> str:
    """Return the value of the row in the column that the user named, or ``""``."""
    column = find_column(row, name)
    return "" if column is None or row[column] in (None, "") else clean_text(row[column])


def _new_document(row: Row, number: int, name: str) -> Document:
    return Document(
        number=number,
        name=name,
        headline=_value(row, "headline"),
        outlet=_value(row, "outlet"),
        date=day(_value(row, "date")),
        link=_value(row, "link"),
    )


def _paragraph(row: Row, text: str, position: int, codebook: Codebook) -> Paragraph:
    pillars = [codebook.parse(slug) for slug in row["pillars"]]
    places = clean_places(text, [row["evidence_spans"][pillar] for pillar in pillars])
    scores = {pillar: float(row["scores"][pillar]) for pillar in codebook}
    return Paragraph(clean_text(text), position, scores, dict(zip(pillars, places, strict=True)))


def _quotes(entries: Sequence[_Entry], codebook: Codebook) -> dict[AnyPillar, list[Quote]]:
    """Return the tagged paragraphs of each pillar, the most probable first."""
    quotes: dict[AnyPillar, list[Quote]] = {pillar: [] for pillar in codebook}
    for entry in entries:
        for pillar in entry.paragraph.evidence:
            quotes[pillar].append(Quote(pillar, entry.paragraph, entry.document))
    for of_pillar in quotes.values():
        of_pillar.sort(key=lambda quote: -quote.probability)
    return quotes


def _moments(dates: Sequence[str]) -> tuple[str, list[str]]:
    """Return `BY_MONTH` or `BY_YEAR`, and the month or year of each date; ``""`` if it is not known."""
    months, years = [month_of(date) for date in dates], [year_of(date) for date in dates]
    some_have_only_a_year = sum(map(bool, months)) < sum(map(bool, years))
    if len(set(months)) > MAX_MONTHS or some_have_only_a_year:
        return BY_YEAR, years
    return BY_MONTH, months


def _names_in_time(moments: Iterable[str]) -> dict[str, str]:
    """Return the name of each month or year, from the first to the last, and then of the unknown one."""
    in_order = sorted(set(moments), key=lambda moment: (not moment, moment))
    return {moment: month_and_year(moment) or UNKNOWN for moment in in_order}


def _names_by_size(groups: Iterable[str]) -> dict[str, str]:
    """Return the name of each group, the largest group first. Groups after the first `MAX_GROUPS` share a name."""
    in_order = [group for group, _ in Counter(groups).most_common()]
    names = {group: group or UNKNOWN for group in in_order[:MAX_GROUPS]}
    rest = in_order[MAX_GROUPS:]
    return names | dict.fromkeys(rest, f"còn lại ({len(rest)} nhóm)")
