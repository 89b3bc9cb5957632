"""Counts of whole documents. They say what stands around a labelled paragraph, and its text stays unpublished.

One file, ``documents.npz.xz``, holds the counts of all paragraphs of many documents in little space. It is an ``.npz``
without pickle, compressed by xz. An array of term ids is stored as the steps between them. A term that is the beginning
of a longer term is left out where the longer term stands: who reads "thủ tục" has read "thủ" too.
"""

from __future__ import annotations

import io
import json
import lzma
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ..messages import message, placed
from ..model.counts import Counts
from ..model.lexicon import Lexicon
from ..reading.tables import read_rows


class Paragraph(NamedTuple):
    """Where a paragraph stands: the collection, the document in it, and the number of the paragraph."""

    corpus: str
    document: str
    part: int


@dataclass(frozen=True, eq=False)
class Documents:
    """The counts of all n paragraphs of some documents.

    Attributes
    ----------
    lexicon : Lexicon
        The counted terms.
    paragraphs : sequence of n Paragraph
        The paragraphs of a document are consecutive.
    counts : Counts
        The counts of the paragraphs.
    """

    lexicon: Lexicon
    paragraphs: Sequence[Paragraph]
    counts: Counts

    @cached_property
    def place(self) -> Mapping[Paragraph, int]:
        """The number of each paragraph."""
        return {paragraph: i for i, paragraph in enumerate(self.paragraphs)}

    def others(self, rows: Iterable[Mapping[str, Any]]) -> NDArray[np.intp]:
        """Return the numbers of the paragraphs that stand in the documents of `rows` and are not among the rows."""
        own = {place_of(row) for row in rows}
        documents = {(paragraph.corpus, paragraph.document) for paragraph in own if paragraph}
        return np.array(
            [i for i, p in enumerate(self.paragraphs) if (p.corpus, p.document) in documents and p not in own], np.intp
        )


def place_of(row: Mapping[str, Any]) -> Paragraph | None:
    """Return where the paragraph of a row stands; None if the row does not say."""
    corpus, document, part = row.get("corpus"), row.get("document"), row.get("part")
    if isinstance(corpus, str) and isinstance(document, str) and type(part) is int:
        return Paragraph(corpus, document, part)
    return None


def read_whole_texts(paths: Iterable[str | Path]) -> Iterator[tuple[Paragraph, str]]:
    """Yield the paragraphs of whole documents, with their texts.

    Parameters
    ----------
    paths : sequence of path
        JSON Lines, also compressed by gzip. Each line is a document: ``corpus``, ``document``, and ``paragraphs``, a
        list of pairs of number and text.

    Raises
    ------
    ValueError
        A line is not such a document.
    """
    for path in paths:
        for where, row in read_rows(path):
            try:
                corpus, document = row["corpus"], row["document"]
                found = [(Paragraph(corpus, document, part), text) for part, text in row["paragraphs"]]
            except (KeyError, TypeError, ValueError):
                raise ValueError(
                    placed(
                        where,
                        message(
                            "found {row}; want a document with `corpus`, `document` and, in `paragraphs`, pairs of "
                            "number and text",
                            row=", ".join(row),
                        ),
                    )
                ) from None
            yield from found


def write_documents(documents: Documents) -> bytes:
    """Return the bytes of a file of documents. The same documents give the same bytes."""
    counts = documents.counts
    matrix = sparse.csr_array(counts.sentences - counts.sentences @ _beginnings(documents.lexicon))
    matrix.eliminate_zeros()
    matrix.sort_indices()
    steps = np.diff(matrix.indices, prepend=0)
    first = matrix.indptr[:-1][np.diff(matrix.indptr) > 0]
    steps[first] = matrix.indices[first]
    names: dict[tuple[str, str], int] = {}
    owners = [names.setdefault((p.corpus, p.document), len(names)) for p in documents.paragraphs]
    file = io.BytesIO()
    np.savez(
        file,
        documents=np.frombuffer(json.dumps(list(names), ensure_ascii=False).encode("utf8"), np.uint8),
        paragraphs=_small(np.bincount(owners, minlength=len(names)), np.uint16),
        parts=_small([p.part for p in documents.paragraphs], np.uint16),
        sentences=_small(np.diff(counts.starts), np.uint16),
        terms=_small(np.diff(matrix.indptr), np.uint16),
        low=_small(steps & 255, np.uint8),
        high=_small(steps >> 8, np.uint8),
        times=_small(matrix.data, np.int8),
    )
    return lzma.compress(file.getvalue(), preset=9)


def _small(values: Any, dtype: type[np.integer[Any]]) -> NDArray[Any]:
    """Return whole numbers as an array of `dtype`."""
    array = np.asarray(values)
    small = array.astype(dtype)
    if not np.array_equal(small, array):
        raise ValueError(
            message(
                "found {largest}, too large for {type}; give shorter paragraphs",
                largest=array.max(),
                type=dtype.__name__,
            )
        )
    return small


def _beginnings(lexicon: Lexicon) -> sparse.csr_array:
    """Return a matrix of shape (T, T): 1 at (longer, shorter) if a term is another one without its last syllable."""
    id_of = {term: i for i, term in enumerate(lexicon.terms)}
    pairs = [(i, id_of.get(term.rpartition(" ")[0], -1)) for term, i in id_of.items()]
    longer, shorter = np.array([pair for pair in pairs if pair[1] >= 0] or np.empty((0, 2), np.intp)).T
    return sparse.csr_array((np.ones(len(longer), np.float32), (longer, shorter)), shape=(len(lexicon), len(lexicon)))


def read_documents(path: str | Path, lexicon: Lexicon) -> Documents:
    """Read a file of documents that were counted with `lexicon`.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        The file is damaged, or counts more terms than the lexicon has.
    """
    try:
        with np.load(io.BytesIO(lzma.decompress(Path(path).read_bytes())), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        names = json.loads(arrays["documents"].tobytes())
        owners = np.repeat(np.arange(len(names)), arrays["paragraphs"]).tolist()
        parts = arrays["parts"].tolist()
        paragraphs = [Paragraph(names[d][0], names[d][1], part) for d, part in zip(owners, parts, strict=True)]
        starts = np.concatenate([[0], np.cumsum(arrays["sentences"], dtype=np.int32)]).astype(np.int32)
        indptr = np.concatenate([[0], np.cumsum(arrays["terms"], dtype=np.int32)]).astype(np.int32)
        ids = np.cumsum(arrays["low"] + arrays["high"].astype(np.int64) * 256)
        # The sum runs through all sentences; what was before a sentence is taken off again.
        before = np.concatenate([[0], ids])[indptr[:-1]]
        indices = (ids - np.repeat(before, np.diff(indptr))).astype(np.int32)
        matrix = sparse.csr_array(
            (arrays["times"].astype(np.float32), indices, indptr), shape=(len(indptr) - 1, len(lexicon))
        )
        matrix.check_format()
    except (lzma.LZMAError, KeyError, ValueError, TypeError, EOFError) as error:
        raise ValueError(
            message("{path} is damaged, or was counted with another lexicon; pack it again", path=path)
        ) from error
    beginnings = _beginnings(lexicon)
    longer = matrix
    while longer.nnz:  # the longest term has ten syllables or so
        longer = longer @ beginnings
        matrix = matrix + longer
    matrix.eliminate_zeros()
    matrix.sort_indices()
    return Documents(lexicon, paragraphs, Counts(sparse.csr_array(matrix), starts))
