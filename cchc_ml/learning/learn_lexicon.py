"""Learn a lexicon from text. It looks at no labels. underthesea segments the long words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..files import atomic_write, check_writable
from ..messages import message
from ..model.lexicon import LAST_LETTER, Lexicon, codebook_terms
from ..model.parallel import run_parallel
from ..pillars import CCHC, Codebook
from ..reading.inputs import OnNote
from ..text.encodings import repair
from ..text.normalize import normalise
from ..text.sentences import split_sentences
from .corpus import read_corpus

if TYPE_CHECKING:
    from numpy.typing import NDArray

# A word of underthesea with at least this many syllables is a term of its own. Shorter words are syllables or pairs.
LONG_WORD_SYLLABLES = 3


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


def _short_terms(text: str) -> set[str]:
    """Return the syllables and pairs of syllables of a text that can be terms."""
    syllables = normalise(repair(text)[0]).split()
    pairs = (f"{a} {b}" for a, b in pairwise(syllables))
    return {term for term in (*syllables, *pairs) if _can_be_a_term(term)}


def _long_words(text: str) -> set[str]:
    """Return the words of at least `LONG_WORD_SYLLABLES` syllables of a text that can be terms."""
    words = {word for run in segment(text) for word in run if word.count(" ") >= LONG_WORD_SYLLABLES - 1}
    return {word for word in words if _can_be_a_term(word)}


def _can_be_a_term(term: str) -> bool:
    """Return whether a term has more than one letter, and nothing but letters that a lexicon can hold."""
    return len(term) > 1 and term.replace(" ", "").isalpha() and max(term) <= LAST_LETTER


def learn_lexicon(
    texts: Sequence[str],
    groups: Sequence[Any] | NDArray[Any],
    *,
    max_terms: int = 40_000,
    min_documents: int = 3,
    n_jobs: int | None = None,
    codebook: Codebook = CCHC,
) -> Lexicon:
    """Learn the terms of some texts, and add the codebook's.

    The terms are the `max_terms` syllables and pairs of syllables that are in the most documents, and the long words
    of underthesea. Each is in at least `min_documents` documents. No label is looked at. So scores out of fold are not
    flattered by the choice of terms.

    Parameters
    ----------
    texts : sequence of n str
    groups : sequence of n
        The document of each text.
    max_terms, min_documents : int
    n_jobs : int, optional
        Number of processes that segment, as in joblib.
    codebook : Codebook
        Its terms are added.

    Returns
    -------
    Lexicon
        The terms, those in the most documents first.
    """
    from joblib import delayed

    short = _count_documents(map(_short_terms, texts), groups)
    long_words = run_parallel((delayed(_long_words)(text) for text in texts), n_jobs, batch_size=64)
    long = _count_documents(long_words, groups)
    frequency = {term: n for term, n in (short | long).items() if n >= min_documents}

    def by_frequency(term: str) -> tuple[int, str]:
        return -frequency.get(term, 0), term

    short_terms = sorted(frequency.keys() & short.keys(), key=by_frequency)[:max_terms]
    return Lexicon(
        sorted({*short_terms, *(frequency.keys() & long.keys()), *codebook_terms(codebook)}, key=by_frequency)
    )


def write_lexicon(
    paths: Sequence[str | Path],
    out: Path,
    *,
    max_terms: int = 40_000,
    n_jobs: int | None = None,
    overwrite: bool = False,
    on_note: OnNote | None = None,
    codebook: Codebook = CCHC,
) -> tuple[int, int]:
    """Learn a lexicon from labelled files and write it, one term per line.

    If rows have a `split`, only those of the split "train" are read. For `on_note`, see `read_corpus`.

    Returns
    -------
    n_terms, n_paragraphs : int
        How many terms were learned, and from how many paragraphs.

    Raises
    ------
    ValueError
        A row is packed: it has counts, but no text.
    """
    check_writable(out, overwrite, paths)
    corpus = read_corpus(*paths, on_note=on_note, codebook=codebook).training()
    if corpus.packed:
        raise ValueError(message("a lexicon is learned from text, but a row is packed; give the files with the text"))
    lexicon = learn_lexicon(corpus.texts, corpus.documents, max_terms=max_terms, n_jobs=n_jobs, codebook=codebook)
    with atomic_write(out) as temporary:
        temporary.write_text("\n".join(lexicon.terms) + "\n", "utf8", newline="")
    return len(lexicon), len(corpus)


def _count_documents(terms: Iterable[set[str]], groups: Sequence[Any] | NDArray[Any]) -> Counter[str]:
    """Return in how many documents each term occurs, from the terms of each text."""
    terms_of: defaultdict[str, set[str]] = defaultdict(set)
    for found, group in zip(terms, groups, strict=True):
        terms_of[str(group)] |= found
    return Counter(term for found in terms_of.values() for term in found)
