"""Learn a lexicon from labelled text. underthesea segments the words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from ..files import atomic_write, check_writable
from ..model.lexicon import LAST_LETTER, Lexicon, codebook_terms
from ..text.encodings import repair
from ..text.normalize import normalise
from ..text.sentences import split_sentences
from .corpus import read_corpus

if TYPE_CHECKING:
    from numpy.typing import NDArray


def segment(text: str) -> list[list[str]]:
    """Return the words of each run between punctuation marks. A word is its lower-case syllables with spaces between.

    Examples
    --------
    >>> segment("Xã trả hồ sơ, người dân vui.")
    [['xã', 'trả', 'hồ sơ'], ['người dân', 'vui']]
    """
    from underthesea import word_tokenize

    runs: list[list[str]] = []
    text, _ = repair(text)
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
    """Return the sequences of 1 to `longest` tokens of each run."""
    return {" ".join(run[i : i + n]) for run in runs for n in range(1, longest + 1) for i in range(len(run) - n + 1)}


def _candidates(text: str) -> set[str]:
    """Return the words, the syllables, and the pairs of either, that occur in a text and can be terms."""
    words = segment(text)
    syllables = [[syllable for word in run for syllable in word.split()] for run in words]
    return {term for term in _ngrams(words, 2) | _ngrams(syllables, 2) if _can_be_a_term(term)}


def _can_be_a_term(term: str) -> bool:
    """Return whether a term has more than one letter, and nothing but letters that a lexicon can hold."""
    return len(term) > 1 and term.replace(" ", "").isalpha() and max(term) <= LAST_LETTER


def learn_lexicon(
    texts: Sequence[str],
    y: NDArray[Any],
    groups: Sequence[Any] | NDArray[Any],
    *,
    max_terms: int = 20000,
    min_documents: int = 3,
    n_jobs: int | None = None,
) -> Lexicon:
    """Learn the terms that distinguish the pillars best, and add the codebook's.

    Candidates are words (of underthesea), syllables, and pairs of either, in at least `min_documents` documents. Of
    these the `max_terms` with the highest chi-square statistic for any pillar are taken (Yang and Pedersen, 1997).

    Parameters
    ----------
    texts : sequence of n str
    y : array of shape (n, 6)
        0/1 labels.
    groups : sequence of n
        The document of each text.
    max_terms, min_documents : int
    n_jobs : int, optional
        Number of processes that segment, as in joblib.

    Returns
    -------
    Lexicon
        The terms, those in the most documents first.
    """
    from joblib import Parallel, delayed
    from sklearn.feature_extraction.text import CountVectorizer

    candidates = Parallel(n_jobs=n_jobs, batch_size=64)(delayed(_candidates)(text) for text in texts)
    vectorizer = CountVectorizer(analyzer=lambda terms: terms, binary=True, dtype=np.float32)
    present = vectorizer.fit_transform(candidates)
    terms = vectorizer.get_feature_names_out()
    documents = _count_documents(present, groups)
    best = _best_columns(present, y, documents >= min_documents, max_terms)
    frequency = dict(zip(terms, documents, strict=True))
    return Lexicon(sorted({*terms[best], *codebook_terms()}, key=lambda term: (-frequency.get(term, 0), term)))


def write_lexicon(
    paths: Sequence[str | Path],
    out: Path,
    *,
    max_terms: int = 20000,
    n_jobs: int | None = None,
    overwrite: bool = False,
) -> tuple[int, int]:
    """Learn a lexicon from labelled files and write it, one term per line.

    If rows have a `split`, only those of the split "train" are read.

    Returns
    -------
    n_terms, n_paragraphs : int
        How many terms were learned, and from how many paragraphs.

    Raises
    ------
    ValueError
        A row is packed: it has counts, but no text.
    """
    check_writable(out, overwrite)
    corpus = read_corpus(*paths).training()
    if corpus.packed:
        raise ValueError("a lexicon is learned from text, but a row is packed; give the files with the text")
    lexicon = learn_lexicon(corpus.texts, corpus.y, corpus.documents, max_terms=max_terms, n_jobs=n_jobs)
    with atomic_write(out) as temporary:
        temporary.write_text("\n".join(lexicon.terms) + "\n", "utf8", newline="")
    return len(lexicon), len(corpus)


def _count_documents(present: sparse.csr_matrix, groups: Sequence[Any] | NDArray[Any]) -> NDArray[np.intp]:
    """Return in how many documents each term occurs; `present` says in which texts it does."""
    n_texts, n_terms = present.shape
    _, document = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    texts_of_documents = sparse.csr_array((np.ones(n_texts), (document, np.arange(n_texts))))
    return np.bincount((texts_of_documents @ present).tocoo().col, minlength=n_terms)


def _best_columns(present: sparse.csr_matrix, y: NDArray[Any], frequent: NDArray[np.bool_], most: int) -> list[np.intp]:
    """Return the frequent columns with the highest chi-square for any pillar, the best first, `most` at most."""
    from sklearn.feature_selection import chi2

    score = np.max([chi2(present, y[:, k])[0] for k in range(y.shape[1])], axis=0)
    score[~frequent] = -1
    return [column for column in np.argsort(-score, kind="stable")[:most] if frequent[column]]
