"""Rows with the same text: no text may be both learned from and measured on, and none counts twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..messages import message, plural
from ..reading.inputs import OnNote
from ..reading.tables import Row
from ..text.normalize import normalise
from .corpus import Corpus, text_hash
from .labels import label_cell

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["add_rows", "leave_out_known", "separate_twins", "without_texts_of"]

# A note names so many texts.
TEXTS_IN_NOTE = 5
# So many characters of a text are shown where its row has no id.
SHOWN_CHARS = 40


def add_rows(corpus: Corpus, own: Corpus, on_note: OnNote | None = None) -> tuple[Corpus, NDArray[np.bool_]]:
    """Return the rows of both, and which of them are of `own`. No text is there twice to train on.

    A row of training of `corpus` with the text of an own row is left out: the own label holds.

    Parameters
    ----------
    on_note : callable, optional
        Called with a sentence that counts the rows that are left out, and with one that names contradicting labels.
    """
    both = _join(corpus, own)
    numbers = _text_numbers(both.rows)
    is_own = np.arange(len(both)) >= len(corpus)
    _note_contradictions(both, numbers, on_note)
    is_copy = ~is_own & both.is_training() & np.isin(numbers, numbers[is_own])
    if on_note and is_copy.any():
        on_note(
            message(
                "{n:,} texts are in the default data too; each is used once, with its own label", n=int(is_copy.sum())
            )
        )
    kept = np.flatnonzero(~is_copy)
    return both.take(kept), is_own[kept]


def _join(*corpora: Corpus) -> Corpus:
    rows = [row for corpus in corpora for row in corpus.rows]
    y = np.concatenate([corpus.y for corpus in corpora])
    codebook = corpora[0].codebook
    labels = [[pillar for pillar, has in zip(codebook, of, strict=True) if has] for of in y]
    return Corpus.from_rows(rows, labels, codebook)


def separate_twins(corpus: Corpus, on_note: OnNote | None = None) -> tuple[Corpus, NDArray[np.intp]]:
    """Return a corpus without texts that are both in training and held out, and the numbers of the rows that are kept.

    Rows of training whose text is held out too are left out. If a text occurs in several documents of training, all
    its rows belong to the first of them: then cross-validation does not learn from a text that it measures.

    Parameters
    ----------
    on_note : callable, optional
        Called with a sentence that counts the rows that are left out, and with one that names contradicting labels.
    """
    numbers = _text_numbers(corpus.rows)
    in_training = corpus.is_training()
    _note_contradictions(corpus, numbers, on_note)
    is_leak = in_training & np.isin(numbers, numbers[~in_training])
    if on_note and is_leak.any():
        on_note(
            message(
                "{n:,} rows to train on have a text that is held out too; they are not trained on", n=int(is_leak.sum())
            )
        )
    kept = np.flatnonzero(~is_leak)
    documents = corpus.documents.copy()
    first: dict[int, int] = {}
    for i in np.flatnonzero(in_training & ~is_leak).tolist():
        documents[i] = documents[first.setdefault(int(numbers[i]), i)]
    return Corpus(corpus.rows, corpus.y, documents, corpus.codebook).take(kept), kept


def without_texts_of(corpus: Corpus, other: Corpus) -> Corpus:
    """Return the rows of `corpus` whose text is not in `other`."""
    numbers = _text_numbers([*other.rows, *corpus.rows])
    return corpus.take(np.flatnonzero(~np.isin(numbers[len(other) :], numbers[: len(other)])))


def leave_out_known(corpus: Corpus, training_hashes: NDArray[np.uint64], on_note: OnNote | None = None) -> Corpus:
    """Return the rows whose text a model was not trained on. If it was trained on all of them, return all.

    Parameters
    ----------
    training_hashes : array of uint64
        See `cchc_ml.model.model.Model`.
    on_note : callable, optional
        Called with a sentence that counts the rows that the model was trained on.
    """
    is_known = np.isin([int(mark[:16], 16) for mark in corpus.text_hashes()], training_hashes)
    if not is_known.any():
        return corpus
    found = message("{n:,} of {all:,} rows are in this model's training data", n=int(is_known.sum()), all=len(corpus))
    if is_known.all():
        if on_note:
            on_note(
                message(
                    "{found}: the measures say how well it remembers them, not how well it does on new text",
                    found=found,
                )
            )
        return corpus
    if on_note:
        on_note(message("{found}; measured on the other {n:,}", found=found, n=int((~is_known).sum())))
    return corpus.take(np.flatnonzero(~is_known))


def _text_numbers(rows: Sequence[Row]) -> NDArray[np.intp]:
    """Return a number for each row: the same for the same text.

    The text of a packed row is known by its hash only. Two texts are also the same if they differ in nothing but case,
    white space, punctuation and the form of Unicode.
    """
    number_of: dict[str, int] = {}
    numbers = []
    for row in rows:
        marks = [text_hash(row["text"]), text_hash(normalise(row["text"]))] if "text" in row else [row["sha256"]]
        number = next((number_of[mark] for mark in marks if mark in number_of), len(number_of))
        for mark in marks:
            number_of.setdefault(mark, number)
        numbers.append(number)
    return np.array(numbers, np.intp)


def _note_contradictions(corpus: Corpus, numbers: NDArray[np.intp], on_note: OnNote | None) -> None:
    if on_note is None:
        return
    rows_of = defaultdict(list)
    for i, number in enumerate(numbers.tolist()):
        rows_of[number].append(i)
    found = [rows for rows in rows_of.values() if len({corpus.y[i].tobytes() for i in rows}) > 1]
    if found:
        shown = "; ".join(_name_rows(corpus, rows) for rows in found[:TEXTS_IN_NOTE])
        more = "; ..." if len(found) > TEXTS_IN_NOTE else ""
        on_note(
            plural(
                "{n:,} text has different labels in different rows: {rows}",
                "{n:,} texts have different labels in different rows: {rows}",
                len(found),
                rows=shown + more,
            )
        )


def _name_rows(corpus: Corpus, rows: Sequence[int]) -> str:
    """Return one row of each labelling: its id or the beginning of its text, and its labels."""
    first = {corpus.y[i].tobytes(): i for i in reversed(rows)}
    return " / ".join(f"{_name(corpus.rows[i])}: {_labels(corpus, i)}" for i in sorted(first.values()))


def _name(row: Row) -> str:
    if row.get("id") not in (None, ""):
        return str(row["id"])
    return repr(str(row.get("text", row.get("sha256")))[:SHOWN_CHARS])


def _labels(corpus: Corpus, i: int) -> str:
    return label_cell(pillar for pillar, has in zip(corpus.codebook, corpus.y[i], strict=True) if has)
