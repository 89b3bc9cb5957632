"""Read and check labelled paragraphs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..files import data_path
from ..messages import message, placed, plural
from ..model.counts import Counts
from ..model.lexicon import Lexicon
from ..pillars import CCHC, AnyPillar, Codebook
from ..reading.columns import document_of
from ..reading.context import is_paragraph
from ..reading.decode import read_text
from ..reading.inputs import OnNote, TextRows, passed_over
from ..reading.tables import Row, read_rows
from .documents import Documents, place_of, read_documents
from .labels import TRAIN, are_tags, read_labels, split_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

# The labelled data that ships with the package.
DEFAULT_DATA = ("data/real.jsonl.gz", "data/articles.jsonl")
# The counts of the whole documents that its real paragraphs stand in.
DEFAULT_DOCUMENTS = "data/documents.npz.xz"


# The `sampling` of rows that were drawn at random from what is published.
DRAWN = "random"


def indicator(labels: Sequence[Iterable[AnyPillar]], codebook: Codebook = CCHC) -> NDArray[np.int8]:
    """Return n label sets as a 0/1 array, with a column for each category of the codebook.

    Examples
    --------
    >>> from cchc_ml.pillars import Pillar
    >>> indicator([[Pillar.TTHC], []]).tolist()
    [[0, 1, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]]
    """
    rows = [[category in set(row) for category in codebook] for row in labels]
    return np.array(rows, np.int8).reshape(-1, len(codebook))


@dataclass(frozen=True, eq=False)
class Corpus:
    """n labelled paragraphs. Each is text or, if it is packed, counts of terms.

    Attributes
    ----------
    rows : sequence of dict
        All fields of each paragraph.
    y : array of shape (n, 6)
        The labels, 0 or 1.
    documents : array of shape (n,)
        The document of each paragraph, from its field `document`, `article`, `link`, `source` or `headline`; see
        `cchc_ml.reading.columns.document_of`. A paragraph without these fields is a document by itself.
    codebook : Codebook
        The categories, in the order of the columns of `y`.
    """

    rows: Sequence[Row]
    y: NDArray[np.int8]
    documents: NDArray[np.str_]
    codebook: Codebook = CCHC

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def from_rows(
        cls, rows: Sequence[Row], labels: Sequence[Iterable[AnyPillar]] | None = None, codebook: Codebook = CCHC
    ) -> Corpus:
        """Return a corpus of checked rows. By default, the labels are read from the rows.

        Raises
        ------
        ValueError
            A row is not labelled, or its labels are not known.
        """
        if labels is None:
            labels = [_require_labels(f"row {number}", row, codebook) for number, row in enumerate(rows, 1)]
        documents = [document_of(row) or f"row:{i}" for i, row in enumerate(rows)]
        return cls(rows, indicator(labels, codebook), np.array(documents, dtype=np.str_), codebook)

    def where(self, field: str, *values: str) -> Corpus:
        """Return the rows whose `field` has one of `values`."""
        value_of = split_of if field == "split" else lambda row: str(row.get(field))
        return self.take(np.flatnonzero([value_of(row) in values for row in self.rows]))

    def training(self) -> Corpus:
        """Return the rows to train on; see `is_training`."""
        return self.take(np.flatnonzero(self.is_training()))

    def is_training(self) -> NDArray[np.bool_]:
        """Return for each row whether it is one to train on: it has no split, or the split "train".

        Raises
        ------
        ValueError
            A split is a number; see `cchc_ml.learning.labels.split_of`.
        """
        return np.array([split_of(row) in ("", TRAIN) for row in self.rows], bool)

    def held_out(self) -> Corpus:
        """Return the other rows than those of `training`."""
        return self.take(np.flatnonzero(~self.is_training()))

    def take(self, index: NDArray[np.intp]) -> Corpus:
        """Return the rows at `index`."""
        return Corpus([self.rows[i] for i in index], self.y[index], self.documents[index], self.codebook)

    @property
    def packed(self) -> bool:
        """Whether any row has counts instead of text."""
        return any("text" not in row for row in self.rows)

    @property
    def texts(self) -> list[str]:
        """The texts. A packed corpus has none."""
        return [row["text"] for row in self.rows]

    def counts(self, lexicon: Lexicon) -> Counts:
        """Count the terms of `lexicon` in every paragraph.

        Raises
        ------
        ValueError
            A packed row was counted with another lexicon, or refers to a paragraph that is not in the shipped
            documents.
        """
        mark = fingerprint(lexicon)
        other = next((row for row in self.rows if "text" not in row and row.get("lexicon") != mark), None)
        if other is not None:
            raise ValueError(
                message(
                    "row {id} was packed with lexicon {other}, this one is {mark}; pack it again from its text",
                    id=repr(other.get("id")),
                    other=other.get("lexicon"),
                    mark=mark,
                )
            )
        texts = [i for i, row in enumerate(self.rows) if "text" in row]
        ids = [i for i, row in enumerate(self.rows) if "text" not in row and "sentences" in row]
        references = [i for i, row in enumerate(self.rows) if "text" not in row and "sentences" not in row]
        parts = [
            lexicon.count(self.rows[i]["text"] for i in texts),
            Counts.from_ids((self.rows[i]["sentences"] for i in ids), len(lexicon)),
            *([_stored_counts([self.rows[i] for i in references])] if references else []),
        ]
        return Counts.join(parts)[np.argsort([*texts, *ids, *references])]

    def others(self, lexicon: Lexicon) -> Others | None:
        """Return the other paragraphs of the rows' documents, as far as they ship with the package; None if none do."""
        if fingerprint(lexicon) != fingerprint(default_lexicon()) or not any(map(place_of, self.rows)):
            return None
        documents = default_documents()
        numbers = documents.others(self.rows)
        if not len(numbers):
            return None
        names = [document_of({"document": documents.paragraphs[i].document}) for i in numbers]
        return Others(documents.counts[numbers], np.array(names, np.str_))

    def in_articles(self, lexicon: Lexicon) -> tuple[Counts, NDArray[np.str_]]:
        """Return the counts of the rows, then those of `others`, and the document of each: what is read in context."""
        counts, others = self.counts(lexicon), self.others(lexicon)
        if others is None:
            return counts, self.documents
        return Counts.join([counts, others.counts]), np.concatenate([self.documents, others.documents])

    def drawn(self) -> NDArray[np.bool_]:
        """Return which rows were drawn at random: their field `sampling` is ``random``."""
        return np.array([row.get("sampling") == DRAWN for row in self.rows], bool)

    def text_hashes(self) -> list[str]:
        """Return the SHA-256 of each text. A packed row has that of its text."""
        return [text_hash(row["text"]) if "text" in row else row["sha256"] for row in self.rows]

    def sha256(self) -> str:
        """Return a SHA-256 of the texts and labels. A packed row and its text give the same."""
        digest = hashlib.sha256()
        for mark, labels in zip(self.text_hashes(), self.y, strict=True):
            digest.update(mark.encode() + labels.tobytes())
        return digest.hexdigest()


@dataclass(frozen=True, eq=False)
class Others:
    """The n other paragraphs of some documents, without labels.

    Attributes
    ----------
    counts : Counts
    documents : array of shape (n,)
        The document of each, as in `Corpus`.
    """

    counts: Counts
    documents: NDArray[np.str_]


def only_paragraphs(corpus: Corpus, on_note: OnNote | None = None) -> Corpus:
    """Return the rows that are paragraphs; see `cchc_ml.reading.context.is_paragraph`. If none is, return all.

    `on_note` is called with a sentence that counts the other rows.
    """
    kept = [i for i, row in enumerate(corpus.rows) if is_paragraph(row)]
    n_others = len(corpus) - len(kept)
    if not kept or not n_others:
        return corpus
    if on_note:
        on_note(
            plural(
                "{n:,} row is left out: it is a heading or boilerplate, not a paragraph",
                "{n:,} rows are left out: they are headings or boilerplate, not paragraphs",
                n_others,
            )
        )
    return corpus.take(np.array(kept))


def _stored_counts(rows: Sequence[Row]) -> Counts:
    """Return the counts of rows that refer to the shipped documents."""
    documents = default_documents()
    numbers = [documents.place.get(place) if (place := place_of(row)) else None for row in rows]
    for row, number in zip(rows, numbers, strict=True):
        if number is None:
            raise ValueError(
                message(
                    "row {id} refers to a paragraph that is not in {file}; give its text",
                    id=repr(row.get("id")),
                    file=DEFAULT_DOCUMENTS,
                )
            )
    return documents.counts[np.array(numbers, np.intp)]


def hash_numbers(hashes: Iterable[str]) -> NDArray[np.uint64]:
    """Return the first 8 bytes of each SHA-256, as sorted numbers without repetition."""
    return np.unique(np.array([int(mark[:16], 16) for mark in hashes], np.uint64))


def text_hash(text: str) -> str:
    """Return the SHA-256 of a text's UTF-8 bytes."""
    return hashlib.sha256(text.encode("utf8")).hexdigest()


def fingerprint(lexicon: Lexicon) -> str:
    """Return a short hash of a lexicon. Packed rows keep it, to name the lexicon that they were counted with."""
    return text_hash("\n".join(lexicon.terms))[:16]


def default_lexicon() -> Lexicon:
    """Return the lexicon that ships with the package, `data/lexicon.txt`."""
    return Lexicon(read_text(data_path("data/lexicon.txt")).splitlines())


@cache
def default_documents() -> Documents:
    """Return the documents that ship with the package."""
    return read_documents(data_path(DEFAULT_DOCUMENTS), default_lexicon())


def read_corpus(
    *paths: str | Path,
    text_column: str | None = None,
    on_note: OnNote | None = None,
    codebook: Codebook = CCHC,
) -> Corpus:
    """Read labelled paragraphs, as text or packed. Without paths, read the data that ships with the package.

    The text of a row is in the field `text_column`, or else in the first field with a usual name. In the returned rows,
    the field is always called `text`.

    Parameters
    ----------
    on_note : callable, optional
        Called with a sentence that counts the rows of a file that are left out: those that nobody labelled (the cell is
        empty; `[]`, `none` and `không` say that no pillar applies), rows without text, and rows of totals. Without it,
        such a row raises.
    codebook : Codebook
        The categories that the labels name.

    Raises
    ------
    FileNotFoundError, ValueError
        As `cchc_ml.reading.tables.read_rows`; or a row has no text, no labels or an unknown label. The message names
        the file and the line.
    """
    rows: list[Row] = []
    labels: list[tuple[AnyPillar, ...]] = []
    for path in paths or [data_path(name) for name in DEFAULT_DATA]:
        texts, unlabelled, before = TextRows(str(path), text_column, on_note), [], len(rows)
        for where, row in read_rows(path, text_column, on_note):
            if (checked := _text_or_packed(where, row, texts)) is None:
                continue
            if (found := (_read_labels if on_note else _require_labels)(where, row, codebook)) is None:
                unlabelled.append(where)
                continue
            labels.append(found)
            rows.append(checked)
        if len(rows) == before:
            problem = (
                message("{path} has no labels", path=path) if unlabelled else message("{path} has no rows", path=path)
            )
            raise ValueError(message("{problem}; give a table with at least one labelled paragraph", problem=problem))
        texts.end()
        if on_note:
            _note_labels(str(path), unlabelled, rows[-1], on_note)
    return Corpus.from_rows(rows, labels, codebook)


def _read_labels(where: str, row: Row, codebook: Codebook) -> tuple[AnyPillar, ...] | None:
    try:
        return read_labels(row, codebook)
    except ValueError as error:
        raise ValueError(placed(where, error)) from None


def _require_labels(where: str, row: Row, codebook: Codebook) -> tuple[AnyPillar, ...]:
    labels = _read_labels(where, row, codebook)
    if labels is None:
        raise ValueError(
            placed(where, message("nobody labelled this row; remove it, or write none where no label applies"))
        )
    return labels


def _note_labels(name: str, unlabelled: Sequence[str], row: Row, on_note: OnNote) -> None:
    if unlabelled:
        counted = message("{n:,} without labels", n=len(unlabelled)), unlabelled
        on_note(message("{note}; write none where no label applies", note=passed_over(name, [counted])))
    if are_tags(row):
        on_note(
            message(
                "{name}: the labels are the tags in the column 'pillars'; people should have corrected them", name=name
            )
        )


def _text_or_packed(where: str, row: Row, texts: TextRows) -> Row | None:
    """Return a packed row, or a row of text with the text in the field `text`; None if the row has no text."""
    if "sentences" not in row and "lexicon" not in row:
        field = texts.field_of(where, row)
        if field is None:
            return None
        return {"text": row[field]} | {key: row[key] for key in row if key not in (field, "text")}
    if not _is_packed(row):
        raise ValueError(
            placed(
                where,
                message(
                    "a packed row needs `sha256`, `lexicon` and, in `sentences`, lists of term numbers, or "
                    "`corpus`, `document` and `part`; write it with: cchc-ml pack"
                ),
            )
        )
    return row


def _is_packed(row: Row) -> bool:
    if not (isinstance(row.get("sha256"), str) and isinstance(row.get("lexicon"), str)):
        return False
    sentences = row.get("sentences")
    if sentences is None:
        return "text" not in row and place_of(row) is not None
    return isinstance(sentences, list) and all(
        isinstance(s, list) and all(type(i) is int and i >= 0 for i in s) for s in sentences
    )
