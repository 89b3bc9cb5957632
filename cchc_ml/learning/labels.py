"""Read labels and splits from the cells of tables, as people and programs write them."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from typing import Any

from ..messages import message
from ..pillars import CCHC, AnyPillar, Codebook
from ..reading.columns import cell_of, columns_of, fold_name

__all__ = ["TRAIN", "are_tags", "label_cell", "parse_labels", "read_labels", "split_of"]

# What is written where no pillar applies, as `fold_name` returns it.
NONE_WORDS = frozenset(("none", "không", "khong", "không có", "khong co", "không thuộc", "không nhãn", "no label"))
# What programs write for a value that is missing.
MISSING_WORDS = frozenset(("nan", "null", "na", "n a"))
# Cells of a pillar's own column, in lower case.
YES_CELLS = ("1", "true", "x", "có", "đúng", "✓", "✔")
NO_CELLS = ("0", "false", "none", "không", "sai", "-")

TRAIN = "train"
# Other names of the split to train on, as `fold_name` returns them.
TRAIN_NAMES = (TRAIN, "training", "tập huấn luyện", "huấn luyện", "tap huan luyen", "huan luyen")
# The column of tags that `cchc-ml predict` writes. People correct the tags in it.
TAGS_COLUMN = "pillars"

_BRACKETS = {"[": "]", "(": ")", "{": "}"}
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_SEPARATORS = re.compile(r"[;|,\n]")


def parse_labels(value: object, codebook: Codebook = CCHC) -> tuple[AnyPillar, ...]:
    """Return the pillars in a label field.

    The field is a list of slugs or names, or one string: the names with ``;``, ``|``, ``,`` or a line break between
    them, or a list as JSON or Python writes it. ``"none"`` and ``"không"`` stand for no pillar.

    Raises
    ------
    ValueError
        A label is not a pillar, or the field is not a string or a list of strings.

    Examples
    --------
    >>> parse_labels("e_government; tthc")
    (<Pillar.TTHC: 'tthc'>, <Pillar.E_GOVERNMENT: 'e_government'>)
    >>> parse_labels("['tthc']"), parse_labels("không")
    ((<Pillar.TTHC: 'tthc'>,), ())
    """
    if value is None:
        return ()
    if isinstance(value, str):
        value = _split(value, codebook)
    if not isinstance(value, Iterable) or isinstance(value, Mapping):
        raise ValueError(
            message(
                'labels are {value}; give a list of names, such as ["{slug}"]',
                value=f"{value!r:.80}",
                slug=codebook.slugs[0],
            )
        )
    labels = list(value)
    if not all(isinstance(label, str) for label in labels):
        raise ValueError(
            message(
                'labels are {value}; give a list of names, such as ["{slug}"]',
                value=f"{labels!r:.80}",
                slug=codebook.slugs[0],
            )
        )
    if len(labels) == 1 and fold_name(labels[0]) in NONE_WORDS:
        return ()
    pillars = {codebook.parse(label) for label in labels}
    return tuple(pillar for pillar in codebook if pillar in pillars)


def _split(text: str, codebook: Codebook) -> list[str]:
    """Return the names in one string."""
    text = unicodedata.normalize("NFC", text).strip()
    if codebook.has_name(text):
        return [text]
    if text[:1] in _BRACKETS and text.endswith(_BRACKETS[text[0]]):
        with suppress(ValueError):
            parsed = json.loads(text)
            if isinstance(parsed, list) and all(isinstance(name, str) for name in parsed):
                return parsed
        if quoted := [a or b for a, b in _QUOTED.findall(text)]:
            return quoted
        text = text[1:-1]
    # A name may contain a comma, so names become slugs before the split.
    for slug, pattern in _name_patterns(codebook):
        text = pattern.sub(slug, text)
    return [part for part in _SEPARATORS.split(text) if part.strip()]


@cache
def _name_patterns(codebook: Codebook) -> list[tuple[str, re.Pattern[str]]]:
    r"""Return a slug and a pattern for each name that has a comma, with any white space between its words.

    A long name comes before a short one that it may contain.
    """
    names = {(name, pillar.value) for pillar in codebook for name in (pillar.vi, pillar.short) if "," in name}
    return [
        (slug, re.compile(r"\s+".join(map(re.escape, name.split())), re.IGNORECASE))
        for name, slug in sorted(names, key=lambda pair: (-len(pair[0]), pair))
    ]


def read_labels(row: Mapping[str, Any], codebook: Codebook = CCHC) -> tuple[AnyPillar, ...] | None:
    """Return the pillars of a row; None if nobody labelled it: the cell is empty.

    The labels are in a column of labels, or in one column for each category. If all of these are empty, nobody
    labelled the row. If any of them has a value, an empty one means no.

    Raises
    ------
    ValueError
        The row has no such columns, a cell is not a label, or the two kinds of columns contradict each other.

    Examples
    --------
    >>> read_labels({"Nhãn": "tthc"}), read_labels({"labels": []}), read_labels({"labels": ""})
    ((<Pillar.TTHC: 'tthc'>,), (), None)
    """
    columns = columns_of(tuple(row), "labels")
    column = next(iter(columns), None)
    by_pillar = _pillar_columns(tuple(row), codebook)
    has_all = len(by_pillar) == len(codebook)
    if column is None and not has_all:
        raise ValueError(
            message(
                "no labels; the columns are {row}; add a column 'labels', or the {number} columns {codebook}",
                row=", ".join(map(str, row))[:300],
                number=codebook.number,
                codebook=", ".join(codebook),
            )
        )
    cells = {pillar: _mark(row[name]) for pillar, name in by_pillar.items()} if has_all else {}
    if column is None:
        return _marked(cells, codebook)
    labels = None if _is_missing(row[column]) else parse_labels(row[column], codebook)
    if labels is None and column == TAGS_COLUMN:  # no tag was written as an empty cell
        labels = ()
    # Beside tags, the numbers in the pillars' columns are probabilities.
    if cells and not (TAGS_COLUMN in columns and all(map(_is_number, cells.values()))):
        marked = _marked(cells, codebook)
        if marked is not None and labels is not None and marked != labels:
            raise ValueError(
                message(
                    "the column {column} says {labels}, but the columns of 0 and 1 say {marked}; remove one of them",
                    column=repr(column),
                    labels=" ".join(labels) or message("none"),
                    marked=" ".join(marked) or message("none"),
                )
            )
        return marked if labels is None else labels
    return labels


def label_cell(labels: Iterable[AnyPillar]) -> str:
    """Return labels as one word or more, for a message.

    Examples
    --------
    >>> from cchc_ml.pillars import Pillar
    >>> label_cell([Pillar.TTHC, Pillar.APPARATUS]), label_cell([])
    ('tthc;apparatus', 'none')
    """
    return ";".join(labels) or "none"


def are_tags(row: Mapping[str, Any]) -> bool:
    """Return whether the labels of a row are in the column that `cchc-ml predict` writes.

    Examples
    --------
    >>> are_tags({"pillars": []}), are_tags({"pillars": [], "labels": []})
    (True, False)
    """
    return next(iter(columns_of(tuple(row), "labels")), "") == TAGS_COLUMN


@cache
def _pillar_columns(names: tuple[str, ...], codebook: Codebook) -> dict[AnyPillar, str]:
    """Return the columns that have a pillar's slug or Vietnamese name."""
    return {codebook.parse(name): name for name in names if isinstance(name, str) and codebook.has_name(name)}


def _is_missing(value: object) -> bool:
    """Whether a cell is empty: nobody labelled the row."""
    if value is None or value != value:  # NaN is not equal to itself
        return True
    if not isinstance(value, str):
        return False
    return not value.strip("\u200b\ufeff\xa0 \t\r\n") or fold_name(value) in MISSING_WORDS


def _mark(value: object) -> str:
    """Return a cell of a pillar's column in one form; ``""`` if it is empty."""
    if _is_missing(value):
        return ""
    text = unicodedata.normalize("NFC", str(value)).strip().casefold()
    with suppress(ValueError):
        return f"{float(text.replace(',', '.')):g}"
    return text


def _is_number(mark: str) -> bool:
    with suppress(ValueError):
        return 0 <= float(mark) <= 1
    return mark == ""


def _marked(cells: Mapping[AnyPillar, str], codebook: Codebook) -> tuple[AnyPillar, ...] | None:
    """Return the pillars whose cells say yes; None if all cells are empty."""
    unknown = {mark for mark in cells.values() if mark} - {*YES_CELLS, *NO_CELLS}
    if unknown:
        raise ValueError(
            message(
                "found {unknown} in the column of a {noun}; write 0 or 1",
                unknown=repr(min(unknown)[:80]),
                noun=codebook.noun,
            )
        )
    if not any(cells.values()):
        return None
    return tuple(pillar for pillar in codebook if cells[pillar] in YES_CELLS)


def split_of(row: Mapping[str, Any]) -> str:
    """Return the split of a row in lower case, ``"train"`` for any of its names, ``""`` if it has none.

    Raises
    ------
    ValueError
        The split is a number. Folds of a cross-validation are not splits.

    Examples
    --------
    >>> split_of({"Split": "TRAIN "}), split_of({"split": "own-heldout"}), split_of({"text": "Xã họp."})
    ('train', 'own-heldout', '')
    """
    value = cell_of(row, "split")
    if _is_missing(value):
        return ""
    text = " ".join(str(value).casefold().split())
    if isinstance(value, int | float) or re.fullmatch(r"(?:fold[ _-]?)?\d+(?:\.0+)?", text):
        raise ValueError(
            message(
                "the split is {value}, a number; write train, validation or test, or leave out the "
                "column: folds are made anew in training",
                value=repr(value),
            )
        )
    return TRAIN if fold_name(text) in TRAIN_NAMES else text
