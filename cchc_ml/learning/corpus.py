"""Labelled paragraphs: reading and checking them, and packing text that may not be published into counts of terms."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..files import data_path
from ..model.counts import Counts
from ..model.lexicon import Lexicon
from ..pillars import PILLARS, Pillar, parse_pillar
from ..reading.decode import read_text
from ..reading.inputs import require_text
from ..reading.tables import Row, find_text_column, read_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Corpus", "default_lexicon", "indicator", "pack_files", "parse_labels", "read_corpus", "same_rows"]

DEFAULT_DATA = ("data/news.jsonl.gz", "data/articles.jsonl")


def parse_labels(value: object) -> tuple[Pillar, ...]:
    """Return the pillars of a label field: a list of slugs or names, or one string with ``;``, ``|`` or ``,`` between them.

    Raises
    ------
    ValueError
        A label is no pillar, or the value is neither text nor a list of text.
    """
    if value is None:
        return ()
    if isinstance(value, str):
        try:
            return (parse_pillar(value),)
        except ValueError:
            # One pillar's name has a comma in it.
            for pillar in PILLARS:
                value = re.sub(re.escape(pillar.vi), pillar.value, value, flags=re.IGNORECASE)
            value = [part for part in re.split("[;|,]", value) if part.strip()]
    if not isinstance(value, Iterable) or isinstance(value, dict):
        raise ValueError(f'labels are {value!r}; want a list of pillars, such as ["tthc"]')
    labels = list(value)
    if not all(isinstance(label, str) for label in labels):
        raise ValueError(f'labels are {labels!r}; want a list of pillars, such as ["tthc"]')
    found = {parse_pillar(label) for label in labels}
    return tuple(pillar for pillar in PILLARS if pillar in found)


YES = ("1", "1.0", "true", "x")


@cache
def _pillar_columns(names: tuple[str, ...]) -> dict[Pillar, str]:
    """Return the columns that are called after a pillar, by slug or Vietnamese name."""
    found = {}
    for name in names:
        with suppress(ValueError):
            found[parse_pillar(str(name))] = name
    return found


def _labels_of(row: Row) -> tuple[Pillar, ...]:
    if "labels" in row:
        return parse_labels(row["labels"])
    columns = _pillar_columns(tuple(row))
    if len(columns) == len(PILLARS):
        cells = {pillar: str(row[text_column]).strip().lower() for pillar, text_column in columns.items()}
        odd = set(cells.values()) - {*YES, "0", "0.0", "false", "none", ""}
        if odd:
            raise ValueError(f"found {odd.pop()!r} in a pillar's column; want 0 or 1")
        return tuple(p for p in PILLARS if cells[p] in YES)
    raise ValueError(
        f"no labels; want a column 'labels', or the six {', '.join(PILLARS)}; columns found: {', '.join(row)}"
    )


def indicator(labels: Sequence[Iterable[Pillar]]) -> NDArray[np.int8]:
    """Return the (n, 6) 0/1 array of n label sets."""
    return np.array([[pillar in set(row) for pillar in PILLARS] for row in labels], np.int8).reshape(-1, len(PILLARS))


@dataclass(frozen=True)
class Corpus:
    """n labelled paragraphs, as text, as packed counts of terms, or some of each.

    Attributes
    ----------
    rows : sequence of dict
        Every field that was read.
    y : array of shape (n, 6)
        The labels.
    documents : array of shape (n,)
        The document that each paragraph belongs to: field `document`, `article` or `source`; else itself.
    """

    rows: Sequence[Row]
    y: NDArray[np.int8]
    documents: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def from_rows(cls, rows: Sequence[Row], labels: Sequence[Iterable[Pillar]] | None = None) -> Corpus:
        """Make a corpus of rows that were checked, of the labels in them where none are given."""
        names = [
            next(
                (f"{k}:{row[k]}" for k in ("document", "article", "source") if row.get(k) not in (None, "")), f"row:{i}"
            )
            for i, row in enumerate(rows)
        ]
        return cls(
            rows,
            indicator([_labels_of(row) for row in rows] if labels is None else labels),
            np.array(names, dtype=np.str_),
        )

    def where(self, field: str, *values: str) -> Corpus:
        """Return the rows whose `field` has one of `values`."""
        return self.take(np.flatnonzero([str(row.get(field)) in values for row in self.rows]))

    def training(self) -> Corpus:
        """Return the rows that are there to train on: those of no split, or of split train."""
        return self.take(np.flatnonzero([row.get("split") in (None, "", "train") for row in self.rows]))

    def take(self, index: NDArray[np.intp]) -> Corpus:
        """Return the rows at `index`."""
        return Corpus([self.rows[i] for i in index], self.y[index], self.documents[index])

    @property
    def packed(self) -> bool:
        """Whether any row has counts instead of text."""
        return any("text" not in row for row in self.rows)

    @property
    def texts(self) -> list[str]:
        """The texts; only of a corpus that is not packed."""
        return [row["text"] for row in self.rows]

    def counts(self, lexicon: Lexicon) -> Counts:
        """Count the terms of `lexicon` in every paragraph.

        Raises
        ------
        ValueError
            A packed row was counted with another lexicon.
        """
        mark = fingerprint(lexicon)
        other = next((row for row in self.rows if "text" not in row and row.get("lexicon") != mark), None)
        if other is not None:
            raise ValueError(
                f"row {other.get('id')!r} was packed with lexicon {other.get('lexicon')}, this one is {mark}; pack it again from its text"
            )
        counted = lexicon.count(row["text"] for row in self.rows if "text" in row).ids()
        return Counts.from_ids(
            (next(counted) if "text" in row else row["sentences"] for row in self.rows), len(lexicon)
        )

    def sha256(self) -> str:
        """Return a hash of the texts and labels, the same for a packed row and its text."""
        digest = hashlib.sha256()
        for row, labels in zip(self.rows, self.y, strict=True):
            digest.update((text_hash(row["text"]) if "text" in row else row["sha256"]).encode() + labels.tobytes())
        return digest.hexdigest()


def text_hash(text: str) -> str:
    """Return the SHA-256 of a text's UTF-8 bytes."""
    return hashlib.sha256(text.encode("utf8")).hexdigest()


def fingerprint(lexicon: Lexicon) -> str:
    """Return a short hash of a lexicon, to tell which one a row was packed with."""
    return text_hash("\n".join(lexicon.terms))[:16]


def default_lexicon() -> Lexicon:
    """Return the lexicon that ships with the package, `data/lexicon.txt`."""
    return Lexicon(read_text(data_path("data/lexicon.txt")).splitlines())


def read_corpus(*paths: str | Path, text_column: str | None = None) -> Corpus:
    """Read labelled paragraphs, of text or packed; without paths, those that ship with the package.

    The text of a row is in the field `text_column`, or the first of a usual name; it is `text` in what is returned.

    Raises
    ------
    FileNotFoundError, ValueError
        As `cchc_ml.reading.tables.read_rows`; or a row has no text or no labels, or an unknown one. The message names file and line.
    """
    rows: list[Row] = []
    labels: list[tuple[Pillar, ...]] = []
    for path in paths or [data_path(name) for name in DEFAULT_DATA]:
        before = len(rows)
        for where, row in read_rows(path):
            if "sentences" not in row:
                name = require_text(where, row, text_column)
                row = {"text": row[name]} | {key: value for key, value in row.items() if key not in (name, "text")}
            elif not _is_packed(row):
                raise ValueError(
                    f"{where}: a packed row wants `sha256`, `lexicon` and lists of term numbers in `sentences`"
                )
            try:
                labels.append(_labels_of(row))
            except ValueError as error:
                raise ValueError(f"{where}: {error}") from None
            rows.append(row)
        if len(rows) == before:
            raise ValueError(f"{path} has no rows")
    return Corpus.from_rows(rows, labels)


def _is_packed(row: Row) -> bool:
    sentences = row["sentences"]
    return (
        isinstance(row.get("sha256"), str)
        and isinstance(row.get("lexicon"), str)
        and isinstance(sentences, list)
        and all(isinstance(s, list) and all(type(i) is int and i >= 0 for i in s) for s in sentences)
    )


def pack_files(paths: Iterable[str | Path], lexicon: Lexicon, *, text_column: str | None = None) -> str:
    """Pack labelled text as JSON Lines: the text is replaced by its SHA-256 and by the counts of the lexicon's terms.

    `sentences` lists, for each sentence, the line numbers (from 0) of the terms in it, sorted, one for each occurrence;
    `lexicon` tells which lexicon; a row without `split` gets the name of a file called train or validation. Every other field is kept.
    """
    mark = fingerprint(lexicon)
    lines = []
    for path in paths:
        corpus = read_corpus(path, text_column=text_column)
        if corpus.packed:
            raise ValueError(f"{path} is packed already")
        other = next((name for row in corpus.rows for name in row if name != "text" and find_text_column([name])), None)
        if other is not None:
            raise ValueError(f"{path} has text in {other!r} too, which would be published; drop that column")
        for row, sentences in zip(corpus.rows, lexicon.count(corpus.texts).ids(), strict=True):
            kept = {key: row[key] for key in row if key != "text"}
            if (name := Path(path).name.split(".")[0]) in ("train", "validation"):
                kept.setdefault("split", name)
            packed = kept | {"sha256": text_hash(row["text"]), "lexicon": mark, "sentences": sentences}
            lines.append(json.dumps(packed, ensure_ascii=False, separators=(",", ":")) + "\n")
    return "".join(lines)


def same_rows(packed: str, path: str | Path) -> str:
    """Compare packed rows with those of a file; return how they differ, or nothing."""
    ours = [json.loads(line) for line in packed.splitlines()]
    theirs = [row for _, row in read_rows(path)]
    if len(ours) != len(theirs):
        return f"{path} has {len(theirs)} rows, this text {len(ours)}"
    for number, (a, b) in enumerate(zip(ours, theirs, strict=True), 1):
        fields = [key for key in {**a, **b} if a.get(key) != b.get(key)]
        if fields:
            return f"{path} differs from this text, first in row {number} ({b.get('id')!r}): {', '.join(fields)}"
    return ""
