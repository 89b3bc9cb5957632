"""Learn a lexicon from labelled text, with underthesea's word segmentation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from ..model.lexicon import LAST_LETTER, Lexicon, codebook_terms
from ..text.encodings import tidy
from ..text.normalize import normalise
from ..text.sentences import split_sentences

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["learn_lexicon", "segment"]


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
