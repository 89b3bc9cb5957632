"""The lexicon, and how its terms are found and counted in running text.

Terms are learned once, with the word segmentation of underthesea. They are then found without it, by matching
syllables, in the same way for training and for prediction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import compress
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from ..messages import message
from ..pillars import CCHC, Codebook
from ..text.encodings import repair
from ..text.matcher import Matcher
from ..text.normalize import is_undiacritized, normalise
from ..text.sentences import split_sentences
from .counts import Counts

# Texts are matched together up to this many characters: enough to make numpy's fixed costs small, and memory stays
# small.
BATCH_CHARS = 1 << 19
# Characters above it are bold or italic forms of letters, not Vietnamese letters.
LAST_LETTER = "\uffff"


class Prepared(NamedTuple):
    """A paragraph, ready for terms to be found in it.

    Attributes
    ----------
    text : str
        The paragraph in Unicode, in NFC.
    sentences : list of (int, int)
        Start and end of each sentence in `text`.
    origin : list of int or None
        For each character of `text`, and for its end, the offset in the original. None if nothing was changed.
    """

    text: str
    sentences: list[tuple[int, int]]
    origin: list[int] | None

    def in_original(self, start: int, end: int) -> tuple[int, int]:
        """Return the start and end, in the original, of the characters of `text` from `start` to `end`."""
        return (start, end) if self.origin is None else (self.origin[start], self.origin[end])

    def sentences_in_original(self) -> list[tuple[int, int]]:
        """Return start and end of each sentence in the original."""
        return self.sentences if self.origin is None else [self.in_original(*span) for span in self.sentences]


def prepare(text: str) -> Prepared:
    """Repair the encoding of a paragraph and split it into sentences."""
    text, origin = repair(text)
    return Prepared(text, split_sentences(text), origin)


def batches(texts: Iterable[str]) -> Iterator[list[Prepared]]:
    """Yield prepared texts in lists of at least `BATCH_CHARS` characters."""
    batch, size = [], 0
    for text in texts:
        batch.append(prepare(text))
        size += len(text)
        if size >= BATCH_CHARS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


class TermMatch(NamedTuple):
    """An occurrence of a term.

    Attributes
    ----------
    id : int
        The place of the term in the lexicon.
    start, end : int
        Where it starts and ends in the original text.
    sentence : int
        The number of its sentence.
    """

    id: int
    start: int
    end: int
    sentence: int


# One command builds many lexicons of the same terms (of the model, of the data, of each fold). The terms are checked
# once, and the lexicons share a matcher, which is never changed.
@lru_cache(maxsize=4)
def _check_terms(terms: tuple[str, ...]) -> None:
    """Raise if a term cannot be found in text as it is written, or stands twice."""
    for term in terms:
        if normalise(term) != f" {term} ":
            raise ValueError(
                message(
                    "lexicon term {term} is not in lower-case NFC syllables; write it {normalise}",
                    term=repr(term),
                    normalise=repr(normalise(term).strip()),
                )
            )
        if max(term) > LAST_LETTER:
            raise ValueError(
                message(
                    "lexicon term {term} has a letter above U+FFFF, which cannot be found in text; leave it out",
                    term=repr(term),
                )
            )
    if len(set(terms)) != len(terms):
        twice = next(term for term, n in Counter(terms).items() if n > 1)
        raise ValueError(message("the lexicon has the term {twice} twice; want each term once", twice=repr(twice)))


@lru_cache(maxsize=4)
def _matcher_of(terms: tuple[str, ...], *, without_diacritics: bool = False) -> Matcher:
    return Matcher(terms, without_diacritics=without_diacritics)


class Lexicon:
    """An ordered list of terms, found in running text in any accepted spelling.

    In a text without diacritics, they are found without diacritics.

    Parameters
    ----------
    terms : sequence of str
        Lower-case syllables in NFC with single spaces between them, the most frequent term first: if two terms are
        the same without diacritics, the first stands for both. The id of a term is its place in the list.

    Examples
    --------
    >>> lexicon = Lexicon(["một cửa", "kỷ luật", "cửa"])
    >>> for match in lexicon.find("Kỉ luật ở bộ phận MỘT CỬA"):
    ...     print(match)
    TermMatch(id=1, start=0, end=7, sentence=0)
    TermMatch(id=0, start=18, end=25, sentence=0)
    TermMatch(id=2, start=22, end=25, sentence=0)
    """

    def __init__(self, terms: Sequence[str]) -> None:
        self.terms = tuple(terms)
        _check_terms(self.terms)

    def __len__(self) -> int:
        return len(self.terms)

    def __getstate__(self) -> dict[str, Any]:
        return {"terms": self.terms}

    @cached_property
    def _with_diacritics(self) -> Matcher:
        return _matcher_of(self.terms)

    @cached_property
    def _without_diacritics(self) -> Matcher:
        return _matcher_of(self.terms, without_diacritics=True)

    def _matcher(self, without_diacritics: bool) -> Matcher:
        return self._without_diacritics if without_diacritics else self._with_diacritics

    def find(self, text: str) -> list[TermMatch]:
        """Return each occurrence of a term in a paragraph, overlaps included, by where they start.

        In a paragraph that is written without diacritics, the diacritics of the terms are ignored too.
        """
        paragraph = prepare(text)
        matches = self._matcher(is_undiacritized(paragraph.text)).find([paragraph.text], [paragraph.sentences])
        starts, ends = matches.starts[matches.first].tolist(), matches.ends[matches.last].tolist()
        places = [paragraph.in_original(start, end) for start, end in zip(starts, ends, strict=True)]
        sentences = matches.sentences[matches.first].tolist()
        terms = [
            TermMatch(term, start, end, sentence)
            for term, (start, end), sentence in zip(matches.terms.tolist(), places, sentences, strict=True)
        ]
        return sorted(terms, key=attrgetter("start", "end"))

    def count(self, texts: Iterable[str]) -> Counts:
        """Count the terms of the lexicon in each sentence of `texts`. Each text is one paragraph."""
        return Counts.join([self.count_prepared(batch) for batch in batches(texts)] or [self.count_prepared([])])

    def count_prepared(self, batch: Sequence[Prepared]) -> Counts:
        """Count the terms of the lexicon in a batch of prepared paragraphs, all at once."""
        sizes = [len(paragraph.sentences) for paragraph in batch]
        undiacritized = np.array([is_undiacritized(paragraph.text) for paragraph in batch], bool)
        rows, columns = [np.empty(0, np.intp)], [np.empty(0, np.int32)]
        for without_diacritics in (False, True):
            chosen = undiacritized == without_diacritics
            if chosen.any():
                texts, spans, _ = zip(*compress(batch, chosen), strict=True)
                matches = self._matcher(without_diacritics).find(texts, spans)
                rows.append(np.flatnonzero(np.repeat(chosen, sizes))[matches.sentences[matches.first]])
                columns.append(matches.terms)
        # Each cell of the matrix as one number, sentence * terms + term: sorting numbers is faster than sorting a
        # matrix.
        cells, counts = np.unique(np.concatenate(rows) * len(self) + np.concatenate(columns), return_counts=True)
        indptr = np.searchsorted(cells, np.arange(sum(sizes) + 1) * len(self))
        matrix = sparse.csr_array((counts.astype(np.float32), cells % len(self), indptr), shape=(sum(sizes), len(self)))
        return Counts(matrix, np.cumsum([0, *sizes], dtype=np.int32))


def codebook_terms(codebook: Codebook = CCHC) -> tuple[str, ...]:
    """Return the names and patterns of a codebook, in its order, each once."""
    return codebook.terms


def with_codebook(lexicon: Lexicon, codebook: Codebook) -> Lexicon:
    """Return a lexicon with the terms of a user's own codebook at its end, where it does not have them."""
    known = set(lexicon.terms)
    new = [] if codebook.is_default else [term for term in codebook.terms if term not in known]
    return Lexicon([*lexicon.terms, *new]) if new else lexicon
