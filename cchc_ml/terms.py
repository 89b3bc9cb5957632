"""The lexicon, and the counting of its terms in running text.

Terms are learned once, with underthesea's word segmentation, and found without it, by matching syllables, the same way in
training and in prediction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import compress, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import sparse

from .encodings import tidy
from .matching import Matcher
from .pillars import codebook
from .text import hardly_toned, normalise, split_sentences

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Counts", "Found", "Lexicon", "Prepared", "batches", "codebook_terms", "learn_lexicon", "prepare", "segment"]

# So many characters are matched together: numpy's fixed costs vanish, and memory stays small.
BATCH = 1 << 19
# What lies beyond are letters drawn bold or slanted, and no Vietnamese ones.
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


class Counts:
    """How often each term of a lexicon occurs in each sentence of n paragraphs.

    It indexes and counts like an array of n paragraphs, so scikit-learn can split it.

    Parameters
    ----------
    sentences : csr_array of shape (n_sentences, n_terms)
        Term counts, the sentences of a paragraph in consecutive rows.
    starts : array of shape (n + 1,)
        The sentences of paragraph i are the rows ``starts[i]:starts[i + 1]``; a paragraph may have none.
    """

    def __init__(self, sentences: sparse.csr_array, starts: NDArray[np.int32]) -> None:
        self.sentences = sentences
        self.starts = starts

    @property
    def shape(self) -> tuple[int, int]:
        """Number of paragraphs, number of terms."""
        return len(self.starts) - 1, self.sentences.shape[1]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, index: Any) -> Counts:
        chosen = np.arange(len(self))[index]
        sizes = np.diff(self.starts)[chosen]
        starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
        rows = np.repeat(self.starts[chosen] - starts[:-1], sizes) + np.arange(starts[-1])
        return Counts(self.sentences[rows], starts)

    def paragraphs(self) -> sparse.csr_array:
        """Term counts of whole paragraphs, shape (n, n_terms): the sum of each one's sentences."""
        n_sentences = self.sentences.shape[0]
        ones = np.ones(n_sentences, self.sentences.dtype)
        pool = sparse.csr_array((ones, np.arange(n_sentences), self.starts), shape=(len(self), n_sentences))
        return pool @ self.sentences

    def ids(self) -> Iterator[list[list[int]]]:
        """Yield the ids of the terms in each sentence of each paragraph, sorted, one for each occurrence."""
        indptr, indices = self.sentences.indptr, self.sentences.indices
        for a, b in pairwise(self.starts):
            rows = (slice(indptr[i], indptr[i + 1]) for i in range(a, b))
            yield [np.repeat(indices[row], self.sentences.data[row].astype(np.intp)).tolist() for row in rows]

    @classmethod
    def from_ids(cls, paragraphs: Iterable[Sequence[Sequence[int]]], n_terms: int) -> Counts:
        """Build counts from the ids of the terms found, paragraph by paragraph, sentence by sentence."""
        ids: list[int] = []
        ends, starts = [0], [0]
        for sentences in paragraphs:
            for found in sentences:
                ids.extend(found)
                ends.append(len(ids))
            starts.append(len(ends) - 1)
        if ids and not 0 <= min(ids) <= max(ids) < n_terms:
            raise ValueError(f"term number {max(ids)} is not in the lexicon of {n_terms} terms")
        matrix = sparse.csr_array(
            (np.ones(len(ids), np.float32), np.array(ids, np.int32), np.array(ends, np.int32)), shape=(len(ends) - 1, n_terms)
        )
        matrix.sum_duplicates()
        return cls(matrix, np.array(starts, np.int32))

    @classmethod
    def join(cls, parts: Sequence[Counts]) -> Counts:
        """Put the paragraphs of several counts after one another."""
        sizes = [np.diff(part.starts) for part in parts]
        starts = np.concatenate([[0], np.cumsum(np.concatenate(sizes))]).astype(np.int32)
        return cls(sparse.vstack([part.sentences for part in parts], format="csr"), starts)


class Found(NamedTuple):
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
    [Found(id=1, start=0, end=7, sentence=0), Found(id=0, start=18, end=25, sentence=0), Found(id=2, start=22, end=25, sentence=0)]
    """

    def __init__(self, terms: Sequence[str]) -> None:
        for term in terms:
            if normalise(term) != f" {term} ":
                raise ValueError(f"lexicon term {term!r} is not in lower-case NFC syllables; write it {normalise(term).strip()!r}")
            if max(term) > LAST_LETTER:
                raise ValueError(f"lexicon term {term!r} has a letter beyond U+FFFF, which is not matched; leave it out")
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
    def _toneless(self) -> Matcher:
        return Matcher(self.terms, bare=True)

    def find(self, text: str) -> list[Found]:
        """Return each occurrence of a term in a paragraph, overlaps included, by where they start.

        In a paragraph that is hardly toned, diacritics count neither there nor in the terms.
        """
        text, sentences, origin = prepare(text)
        found = (self._toneless if hardly_toned(text) else self._toned).find([text], [sentences])
        starts, ends = found.starts[found.first].tolist(), found.ends[found.last].tolist()
        if origin is not None:
            starts, ends = [origin[a] for a in starts], [origin[b] for b in ends]
        places = zip(found.terms.tolist(), starts, ends, found.sentences[found.first].tolist(), strict=True)
        return sorted((Found(*place) for place in places), key=itemgetter(1, 2))

    def count(self, texts: Iterable[str]) -> Counts:
        """Count the lexicon's terms in `texts`, one paragraph each, sentence by sentence."""
        return Counts.join([self.count_prepared(batch) for batch in batches(texts)] or [self.count_prepared([])])

    def count_prepared(self, batch: Sequence[Prepared]) -> Counts:
        """Count the lexicon's terms in a batch of prepared paragraphs, all at once."""
        sizes = [len(paragraph.sentences) for paragraph in batch]
        toneless = np.array([hardly_toned(paragraph.text) for paragraph in batch], bool)
        rows, columns = [np.empty(0, np.intp)], [np.empty(0, np.int32)]
        for chosen, matcher in ((~toneless, "_toned"), (toneless, "_toneless")):
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


def segment(text: str) -> list[list[str]]:
    """Return the words of each run between punctuation marks, each word as its lower-case syllables."""
    from underthesea import word_tokenize

    runs: list[list[str]] = []
    text, _ = tidy(text)
    for a, b in split_sentences(text):
        words = [normalise(word).strip() for word in word_tokenize(text[a:b])]
        run: list[str] = []
        for word in [*words, ""]:
            if word:
                run.append(word)
            elif run:
                runs.append(run)
                run = []
    return runs


def _ngrams(runs: list[list[str]], longest: int) -> set[str]:
    return {" ".join(run[i : i + n]) for run in runs for n in range(1, longest + 1) for i in range(len(run) - n + 1)}


def _candidates(text: str) -> set[str]:
    """Return the words, syllables, and pairs of either, that occur in a text."""
    words = segment(text)
    syllables = [[syllable for word in run for syllable in word.split()] for run in words]
    found = _ngrams(words, 2) | _ngrams(syllables, 2)
    return {term for term in found if len(term) > 1 and term.replace(" ", "").isalpha() and max(term) <= LAST_LETTER}


def learn_lexicon(
    texts: Sequence[str],
    y: NDArray[Any],
    groups: Sequence[Any] | NDArray[Any],
    *,
    max_terms: int = 20000,
    min_documents: int = 3,
    n_jobs: int | None = None,
) -> Lexicon:
    """Learn the terms that tell the pillars apart, and add the codebook's.

    Words (underthesea) and syllables, and pairs of either, that occur in at least `min_documents` documents; of these the
    `max_terms` best by the chi-square statistic of the pillar they say most about (Yang and Pedersen, 1997).

    Parameters
    ----------
    texts : sequence of n str
    y : array of shape (n, 6)
        0/1 labels.
    groups : sequence of n
        The document of each text.
    max_terms, min_documents : int
    n_jobs : int, optional
        Processes that segment, as joblib counts them.
    """
    from joblib import Parallel, delayed
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.feature_selection import chi2

    found = Parallel(n_jobs=n_jobs, batch_size=64)(delayed(_candidates)(text) for text in texts)
    vectorizer = CountVectorizer(analyzer=lambda terms: terms, binary=True, dtype=np.float32)
    present = vectorizer.fit_transform(found)
    names = vectorizer.get_feature_names_out()
    _, document = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    pool = sparse.csr_array((np.ones(len(texts)), (document, np.arange(len(texts)))))
    documents = np.bincount((pool @ present).tocoo().col, minlength=len(names))
    often = documents >= min_documents
    score = np.max([chi2(present, y[:, k])[0] for k in range(y.shape[1])], axis=0)
    score[~often] = -1
    best = [i for i in np.argsort(-score, kind="stable")[:max_terms] if often[i]]
    frequency = dict(zip(names, documents, strict=True))
    return Lexicon(sorted({*names[best], *codebook_terms()}, key=lambda term: (-frequency.get(term, 0), term)))
