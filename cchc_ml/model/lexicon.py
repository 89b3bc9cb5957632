"""The lexicon, and the counting of its terms in running text.

Terms are learned once, with underthesea's word segmentation, and found without it, by matching syllables, the same way in
training and in prediction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import compress
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from ..pillars import codebook
from ..text.encodings import tidy
from ..text.matcher import Matcher
from ..text.normalize import is_undiacritized, normalise
from ..text.sentences import split_sentences
from .counts import Counts

__all__ = ["Lexicon", "Prepared", "TermMatch", "batches", "codebook_terms", "prepare"]

# So many characters are matched together: numpy's fixed costs vanish, and memory stays small.
BATCH = 1 << 19
# Characters beyond it are bold or slanted forms of letters, not Vietnamese ones.
LAST_LETTER = "\uffff"


class Prepared(NamedTuple):
    """A paragraph as terms are found in it.

    Attributes
    ----------
    text : str
        The paragraph in NFC and Unicode, whatever it came in.
    sentences : list of (int, int)
        Start and end of each sentence in `text`.
    origin : list of int or None
        Where each character of `text` stands in the paragraph as it was given; None where nothing was changed.
    """

    text: str
    sentences: list[tuple[int, int]]
    origin: list[int] | None


def prepare(text: str) -> Prepared:
    """Mend the encoding of a paragraph and split it into sentences."""
    text, origin = tidy(text)
    return Prepared(text, split_sentences(text), origin)


def batches(texts: Iterable[str]) -> Iterator[list[Prepared]]:
    """Prepare texts, in lists of at least `BATCH` characters."""
    batch, size = [], 0
    for text in texts:
        batch.append(prepare(text))
        size += len(text)
        if size >= BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


class TermMatch(NamedTuple):
    """An occurrence of a term: its id, where it starts and ends in the text as it was given, and the number of its sentence."""

    id: int
    start: int
    end: int
    sentence: int


class Lexicon:
    """An ordered list of terms, found in running text in any accepted spelling, and without diacritics in text that has none.

    Parameters
    ----------
    terms : sequence of str
        Lower-case syllables in NFC, single spaces between them, the most frequent first: where two terms are one without
        diacritics, the first stands for both. A term's id is its place in the list.

    Examples
    --------
    >>> lexicon = Lexicon(["một cửa", "kỷ luật", "cửa"])
    >>> lexicon.find("Kỉ luật ở bộ phận MỘT CỬA")
    [TermMatch(id=1, start=0, end=7, sentence=0), TermMatch(id=0, start=18, end=25, sentence=0), TermMatch(id=2, start=22, end=25, sentence=0)]
    """

    def __init__(self, terms: Sequence[str]) -> None:
        for term in terms:
            if normalise(term) != f" {term} ":
                raise ValueError(
                    f"lexicon term {term!r} is not in lower-case NFC syllables; write it {normalise(term).strip()!r}"
                )
            if max(term) > LAST_LETTER:
                raise ValueError(
                    f"lexicon term {term!r} has a letter beyond U+FFFF, which is not matched; leave it out"
                )
        if len(set(terms)) != len(terms):
            raise ValueError("the lexicon names a term twice")
        self.terms = tuple(terms)

    def __len__(self) -> int:
        return len(self.terms)

    def __getstate__(self) -> dict[str, Any]:
        return {"terms": self.terms}

    @cached_property
    def _toned(self) -> Matcher:
        return Matcher(self.terms)

    @cached_property
    def _undiacritized(self) -> Matcher:
        return Matcher(self.terms, without_diacritics=True)

    def find(self, text: str) -> list[TermMatch]:
        """Return each occurrence of a term in a paragraph, overlaps included, by where they start.

        In a paragraph that is hardly toned, diacritics count neither there nor in the terms.
        """
        text, sentences, origin = prepare(text)
        found = (self._undiacritized if is_undiacritized(text) else self._toned).find([text], [sentences])
        starts, ends = found.starts[found.first].tolist(), found.ends[found.last].tolist()
        if origin is not None:
            starts, ends = [origin[a] for a in starts], [origin[b] for b in ends]
        places = zip(found.terms.tolist(), starts, ends, found.sentences[found.first].tolist(), strict=True)
        return sorted((TermMatch(*place) for place in places), key=itemgetter(1, 2))

    def count(self, texts: Iterable[str]) -> Counts:
        """Count the lexicon's terms in `texts`, one paragraph each, sentence by sentence."""
        return Counts.join([self.count_prepared(batch) for batch in batches(texts)] or [self.count_prepared([])])

    def count_prepared(self, batch: Sequence[Prepared]) -> Counts:
        """Count the lexicon's terms in a batch of prepared paragraphs, all at once."""
        sizes = [len(paragraph.sentences) for paragraph in batch]
        toneless = np.array([is_undiacritized(paragraph.text) for paragraph in batch], bool)
        rows, columns = [np.empty(0, np.intp)], [np.empty(0, np.int32)]
        for chosen, matcher in ((~toneless, "_toned"), (toneless, "_undiacritized")):
            if chosen.any():
                texts, spans, _ = zip(*compress(batch, chosen), strict=True)
                found = getattr(self, matcher).find(texts, spans)
                rows.append(np.flatnonzero(np.repeat(chosen, sizes))[found.sentences[found.first]])
                columns.append(found.terms)
        # One number for a sentence and a term: to sort these is faster than to sort a matrix.
        cells, counts = np.unique(np.concatenate(rows) * len(self) + np.concatenate(columns), return_counts=True)
        indptr = np.searchsorted(cells, np.arange(sum(sizes) + 1) * len(self))
        matrix = sparse.csr_array((counts.astype(np.float32), cells % len(self), indptr), shape=(sum(sizes), len(self)))
        return Counts(matrix, np.cumsum([0, *sizes], dtype=np.int32))


def codebook_terms() -> tuple[str, ...]:
    """Return the names and patterns of the codebook, each once, in its order."""
    return tuple(dict.fromkeys(term for entry in codebook().values() for term in (*entry.names, *entry.patterns)))
