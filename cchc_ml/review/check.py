"""Look for what is wrong in labelled data: probable label errors, leaks between splits, rows that are no paragraphs."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..learning.own_models import assign_folds, score_parts
from ..learning.thresholds import platt
from ..messages import Message, joined, message, placed, translate
from ..pillars import CCHC, Codebook, spoken
from ..text.encodings import SYLLABLE, repair_text
from .categories import Category
from .duplicates import NearDuplicates
from .items import ReviewItem
from .labelled import LabelledRow, read_labelled
from .sheet import write_review_sheet

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..learning.fitting import Progress

__all__ = ["Checked", "Finding", "Kind", "check_data", "is_vietnamese", "write_findings"]

# A label is doubtful if a model that did not see it gives it less than this probability.
DOUBTFUL = 0.1
# A category is learned for the search of label errors if so many paragraphs have it and so many do not.
LEAST_EXAMPLES = 10
# A longer text is not one paragraph of an article.
LONG_CHARS = 4_000
# A text of at least so many words is Vietnamese if at least this share of them can be Vietnamese syllables.
LEAST_WORDS = 5
LEAST_SYLLABLES = 0.6

_WORD = re.compile(r"[^\W\d_]+")
_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")


class Kind(StrEnum):
    """What is wrong with a row."""

    label = "probable label error"
    conflict = "near-duplicate with other labels"
    text_split = "text in two splits"
    document_split = "document in two splits"
    unknown = "unknown label"
    split_name = "unusable split"
    empty = "no text"
    unreadable = "unreadable text"
    long = "over-long"
    foreign = "not Vietnamese"

    @property
    def said(self) -> Message:
        """The kind, for users."""
        return _SAID[self]


_SAID = {
    Kind.label: message("probable label error"),
    Kind.conflict: message("near-duplicate with other labels"),
    Kind.text_split: message("text in two splits"),
    Kind.document_split: message("document in two splits"),
    Kind.unknown: message("unknown label"),
    Kind.split_name: message("unusable split"),
    Kind.empty: message("no text"),
    Kind.unreadable: message("unreadable text"),
    Kind.long: message("over-long"),
    Kind.foreign: message("not Vietnamese"),
}


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    Attributes
    ----------
    kind : Kind
    place : str
        File and row.
    message : str
        What was found there.
    text : str
        The start of the text; empty if there is none.
    item : ReviewItem or None
        The paragraph, where labels are in doubt.
    doubtful : dict of str to float
        The probability of each category whose label is in doubt, by a model that did not see the label.
    """

    kind: Kind
    place: str
    message: str
    text: str = ""
    item: ReviewItem | None = None
    doubtful: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Checked:
    """What `check_data` returns.

    Attributes
    ----------
    rows : int
        Labelled rows that were read.
    unfinished : int
        Rows that were passed over, because nobody labelled them or they were not looked at in full.
    findings : list of Finding
        By kind; probable label errors are ranked, the likeliest first.
    notes : list of str
        What could not be looked for, and why.
    """

    rows: int
    unfinished: int
    findings: list[Finding]
    notes: list[str]

    @property
    def certain(self) -> bool:
        """Whether anything was found that is more than the opinion of a model."""
        return any(finding.kind is not Kind.label for finding in self.findings)


def check_data(
    paths: Sequence[str | Path],
    categories: Sequence[Category],
    *,
    codebook: Codebook = CCHC,
    text_column: str | None = None,
    n_jobs: int | None = None,
    progress: Progress | None = None,
) -> Checked:
    """Look for what is wrong in labelled tables.

    Parameters
    ----------
    paths : sequence of path
        Labelled tables, or review sheets that are filled in.
    categories : sequence of Category
    codebook : Codebook
        Where the categories are from.
    text_column : str, optional
        The column with the text. Default: any usual name.
    n_jobs : int, optional
        Processes.
    progress : callable, optional
        See `cchc_ml.learning.own_models.score_parts`.

    Raises
    ------
    FileNotFoundError, ValueError
        A file cannot be read at all, or has no labelled row.
    ImportError
        datasketch is not installed (extra ``review``).
    """
    faults: list[Finding] = []
    unfinished: list[str] = []
    kinds = {"empty": Kind.empty, "text": Kind.unreadable, "label": Kind.unknown, "split": Kind.split_name}
    rows: list[LabelledRow] = []
    for path in paths:
        rows += read_labelled(
            path,
            categories,
            text_column=text_column,
            on_fault=lambda kind, where, message: faults.append(Finding(kinds[kind], where, message)),
            on_unfinished=unfinished.append,
        )
    if not rows and not faults:
        files = ", ".join(map(str, paths))
        raise ValueError(message("{files}: no row is labelled in full; want at least one", files=files))
    labels, notes = _label_errors(rows, categories, codebook, n_jobs, progress)
    near = _near_duplicates(rows)
    findings = [*labels, *_conflicts(rows, near, categories), *_splits(rows, near), *_odd_texts(rows), *faults]
    order = list(Kind)
    findings.sort(key=lambda finding: order.index(finding.kind))
    return Checked(len(rows), len(unfinished), findings, notes)


def _label_errors(
    rows: Sequence[LabelledRow],
    categories: Sequence[Category],
    codebook: Codebook,
    n_jobs: int | None,
    progress: Progress | None,
) -> tuple[list[Finding], list[str]]:
    """Return the labels that a model of the other documents finds improbable, the least probable first."""
    slugs = [c.slug for c in categories]
    y = np.array([[row.item.decisions[slug] for slug in slugs] for row in rows], np.int8).reshape(-1, len(slugs))
    documents = [row.document for row in rows]
    rare = [k for k, column in enumerate(y.T) if _too_few(column)]
    if len(set(documents)) < 2 or len(rare) == len(slugs):
        return [], [message("probable label errors were not looked for: too few rows, or only one document")]
    names = ", ".join(categories[k].short for k in rare)
    few = message(
        "no label errors of {names}: fewer than {least} rows with it, or without it", names=names, least=LEAST_EXAMPLES
    )
    notes: list[str] = [few] if rare else []
    probability = _out_of_fold([row.item.text for row in rows], y, documents, codebook, n_jobs, progress)
    of_label = np.where(y == 1, probability, 1 - probability)
    of_label[:, rare] = 1
    found = []
    for i in np.argsort(of_label.min(axis=1), kind="stable"):
        doubtful = [k for k in np.argsort(of_label[i], kind="stable") if of_label[i, k] < DOUBTFUL]
        if not doubtful:
            break
        said = joined("; ", [_doubt(slugs[k], bool(y[i, k]), float(probability[i, k])) for k in doubtful])
        item = rows[i].item
        doubts = tuple((slugs[k], round(float(probability[i, k]), 4)) for k in doubtful)
        found.append(Finding(Kind.label, item.place, said, item.text, item, doubts))
    return found, notes


def _doubt(slug: str, yes: bool, probability: float) -> Message:
    chance = _percent(probability)
    if yes:
        return message("{slug} is yes, the others suggest {chance}", slug=spoken(slug), chance=chance)
    return message("{slug} is no, the others suggest {chance}", slug=spoken(slug), chance=chance)


def _too_few(column: NDArray[np.int8]) -> bool:
    return min(int(column.sum()), len(column) - int(column.sum())) < LEAST_EXAMPLES


def _percent(probability: float) -> str:
    return f"{round(100 * probability)} %"


def _out_of_fold(
    texts: Sequence[str],
    y: NDArray[np.int8],
    documents: Sequence[str],
    codebook: Codebook,
    n_jobs: int | None,
    progress: Progress | None,
) -> NDArray[np.float64]:
    """Return the probability of each category by a model that saw no paragraph of the same document."""
    folds = assign_folds(documents)
    parts = [np.flatnonzero(folds != fold) for fold in np.unique(folds)]
    scores = np.zeros(y.shape)
    for fold, of_part in enumerate(score_parts(texts, y, parts, codebook=codebook, n_jobs=n_jobs, progress=progress)):
        scores[folds == fold] = of_part[folds == fold]
    slope, offset = np.array([platt(y[:, k], scores[:, k]) for k in range(y.shape[1])]).T
    probability: NDArray[np.float64] = 1 / (1 + np.exp(-(slope * scores + offset)))
    return probability


def _near_duplicates(rows: Sequence[LabelledRow]) -> list[tuple[int, int]]:
    """Return the pairs of rows with almost the same text, each with the earlier row first."""
    texts = NearDuplicates()
    return [(j, i) for i, row in enumerate(rows) for j in texts.add_and_find(row.item.text)]


def _conflicts(
    rows: Sequence[LabelledRow], near: Sequence[tuple[int, int]], categories: Sequence[Category]
) -> Iterator[Finding]:
    for j, i in near:
        first, second = rows[j].item, rows[i].item
        differ = [c.slug for c in categories if first.decisions[c.slug] != second.decisions[c.slug]]
        if not differ:
            continue
        for item, other in ((first, second), (second, first)):
            said = joined(", ", [_here(slug, item.decisions[slug]) for slug in differ])
            yield Finding(
                Kind.conflict,
                item.place,
                message("{said}, but not in {place}", said=said, place=_said(other.place)),
                item.text,
                item,
                tuple((s, 0.5) for s in differ),
            )


def _here(slug: str, yes: bool) -> Message:
    return message("{slug} is yes here", slug=slug) if yes else message("{slug} is no here", slug=slug)


def _splits(rows: Sequence[LabelledRow], near: Sequence[tuple[int, int]]) -> Iterator[Finding]:
    for j, i in near:
        if rows[j].split != rows[i].split:
            same = rows[j].item.text.split() == rows[i].item.text.split()
            said = message(
                "in {split}; {text} is in {other}: {place}",
                split=rows[i].split,
                text=message("the same text") if same else message("almost the same text"),
                other=rows[j].split,
                place=_said(rows[j].item.place),
            )
            yield Finding(Kind.text_split, rows[i].item.place, said, rows[i].item.text)
    first_of: dict[str, dict[str, LabelledRow]] = defaultdict(dict)
    for row in rows:
        first_of[row.document].setdefault(row.split, row)
    for document, by_split in first_of.items():
        first, *others = by_split.values()
        for row in others:
            said = message(
                "{document} is in {split} here, and in {other}: {place}",
                document=document,
                split=row.split,
                other=first.split,
                place=_said(first.item.place),
            )
            yield Finding(Kind.document_split, row.item.place, said, row.item.text)


def _odd_texts(rows: Sequence[LabelledRow]) -> Iterator[Finding]:
    for row in rows:
        item = row.item
        if len(item.text) > LONG_CHARS:
            said = message("{n:,} characters; want one paragraph, at most {most:,}", n=len(item.text), most=LONG_CHARS)
            yield Finding(Kind.long, item.place, said, item.text)
        if not is_vietnamese(item.text):
            said = message("few of its words are Vietnamese syllables")
            yield Finding(Kind.foreign, item.place, said, item.text)


def is_vietnamese(text: str) -> bool:
    """Whether most words of a text can be Vietnamese syllables. A text of few words gets the benefit of the doubt.

    Examples
    --------
    >>> is_vietnamese("Xã trả hồ sơ trước hạn."), is_vietnamese("The district council approved its annual budget.")
    (True, False)
    """
    words = [word.casefold() for word in _WORD.findall(repair_text(text))]
    if len(words) < LEAST_WORDS:
        return True
    plain = (unicodedata.normalize("NFC", _TONES.sub("", unicodedata.normalize("NFD", word))) for word in words)
    return sum(SYLLABLE.fullmatch(word) is not None for word in plain) >= LEAST_SYLLABLES * len(words)


def _said(place: str) -> Message:
    """Return a place in a file as a message."""
    return message("{where}", where=place)


def write_findings(findings: Sequence[Finding], path: Path, categories: Sequence[Category]) -> int:
    """Write the paragraphs whose labels are in doubt as a sheet to correct; return how many there are.

    Merged with the data (`cchc-ml review merge DATA SHEET -o corrected.jsonl`), what is filled in there decides. A
    category that is not in doubt is shown in brackets. A paragraph that is left alone keeps its labels.

    Raises
    ------
    ValueError
        As `cchc_ml.review.sheet.write_review_sheet`.
    """
    of_item: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.item is not None:
            of_item[finding.item.id].append(finding)
    items, votes, agreed = [], {}, {}
    for identity, of_one in of_item.items():
        item = of_one[0].item
        assert item is not None
        doubtful = {slug: chance for finding in of_one for slug, chance in finding.doubtful}
        items.append(replace(item.without_decisions(), adjudicates=True, annotator=""))
        agreed[identity] = {slug: said for slug, said in item.decisions.items() if slug not in doubtful}
        votes[identity] = {slug: f"nhãn: {'có' if item.decisions[slug] else 'không'}" for slug in doubtful}
        for slug, chance in (pair for finding in of_one if finding.kind is Kind.label for pair in finding.doubtful):
            votes[identity][slug] += f" · máy: {_percent(chance)}"
        votes[identity][""] = "\n".join(translate(placed(finding.place, finding.message), "vi") for finding in of_one)
    write_review_sheet(items, path, categories, votes=votes, agreed=agreed)
    return len(items)
