"""Pack text that must not be published into counts of terms."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from ..files import atomic_write, check_writable, write_gzip
from ..messages import message
from ..model.lexicon import Lexicon
from ..pillars import CCHC, Codebook
from ..reading.columns import find_text_column
from ..reading.tables import Row, read_rows
from ..text.normalize import normalise
from .corpus import default_lexicon, fingerprint, read_corpus, text_hash
from .documents import Documents, Paragraph, place_of, read_documents, read_whole_texts, write_documents
from .labels import TRAIN, split_of

# The name of the file of documents, beside the rows.
DOCUMENTS_FILE = "documents.npz.xz"
# The split of the rows in a file of this name, if they do not name one.
SPLIT_OF_FILE = {
    "train": "train",
    "news_more": "train",
    "modern_train": "train",
    "validation": "validation",
    "modern_validation": "modern_validation",
}


def _read_texts(paths: Iterable[str | Path], text_column: str | None, codebook: Codebook) -> Iterator[Row]:
    """Yield labelled rows with their text and their split."""
    for path in paths:
        corpus = read_corpus(path, text_column=text_column, codebook=codebook)
        if corpus.packed:
            raise ValueError(message("{path} is packed already; give the file with the text", path=path))
        other = next((name for row in corpus.rows for name in row if name != "text" and find_text_column([name])), None)
        if other is not None:
            raise ValueError(
                message(
                    "{path} has text in {other} too, which would be published; remove that column",
                    path=path,
                    other=repr(other),
                )
            )
        split = SPLIT_OF_FILE.get(Path(path).name.split(".")[0])
        yield from ({"split": split, **row} if split else row for row in corpus.rows)


def _pack(row: Row, lexicon: str) -> Row:
    """Return a row with the SHA-256 of its text and the name of the lexicon instead of its text."""
    kept = {key: row[key] for key in row if key != "text"}
    return kept | {"sha256": text_hash(row["text"]), "lexicon": lexicon}


def _to_lines(rows: Iterable[Row]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)


def pack_files(
    paths: Iterable[str | Path], lexicon: Lexicon, *, text_column: str | None = None, codebook: Codebook = CCHC
) -> str:
    """Return labelled text as JSON Lines, with a SHA-256 and counts of the lexicon's terms instead of the text.

    For each sentence, `sentences` lists the line numbers (from 0) of its terms in the lexicon, sorted; a term that
    occurs twice is listed twice. `lexicon` is the fingerprint of the lexicon. All other fields are kept.

    Raises
    ------
    ValueError
        A file is packed already, or a second field has text, which would be published.
    """
    rows = list(_read_texts(paths, text_column, codebook))
    mark = fingerprint(lexicon)
    sentences = lexicon.count(row["text"] for row in rows).ids()
    return _to_lines(_pack(row, mark) | {"sentences": ids} for row, ids in zip(rows, sentences, strict=True))


def pack_with_documents(
    paths: Iterable[str | Path],
    documents: Sequence[str | Path],
    lexicon: Lexicon,
    *,
    text_column: str | None = None,
    codebook: Codebook = CCHC,
) -> tuple[str, Documents]:
    """Return labelled text as JSON Lines without text and counts, and the counts of the whole documents.

    A row says with `corpus`, `document` and `part` which paragraph of the documents it is. A training row is left out
    if its document has held-out rows. A text of the documents is left out if it is also a held-out text elsewhere.

    Parameters
    ----------
    paths : sequence of path
        Labelled tables.
    documents : sequence of path
        See `cchc_ml.learning.documents.read_whole_texts`.

    Raises
    ------
    ValueError
        As `pack_files`; or a row is not in the documents.
    """
    rows = list(_read_texts(paths, text_column, codebook))
    held_out = [row for row in rows if _is_held_out(row)]
    apart = {(row.get("corpus"), row.get("document")) for row in held_out}
    kept = [row for row in rows if _is_held_out(row) or (row.get("corpus"), row.get("document")) not in apart]
    places: defaultdict[str, set[Paragraph | None]] = defaultdict(set)
    for row in held_out:
        places[normalise(row["text"])].add(place_of(row))
    text_of = {
        place: text
        for place, text in read_whole_texts(documents)
        if (known := places.get(normalise(text))) is None or place in known
    }
    for row in kept:
        place = place_of(row)
        if place is None or place not in text_of:
            raise ValueError(
                message("row {id} is not in the documents; give the document that it stands in", id=repr(row.get("id")))
            )
        text_of[place] = row["text"]  # the labels are those of this text, if the collection has another version
    mark = fingerprint(lexicon)
    counted = Documents(lexicon, tuple(text_of), lexicon.count(text_of.values()))
    return _to_lines(_pack(row, mark) for row in kept), counted


def _is_held_out(row: Row) -> bool:
    return split_of(row) not in ("", TRAIN)


def same_rows(packed: str, path: str | Path) -> str:
    """Return how packed rows differ from those of a file, or an empty string if they do not."""
    ours = [json.loads(line) for line in packed.splitlines()]
    theirs = [row for _, row in read_rows(path)]
    if len(ours) != len(theirs):
        return message("{path} has {theirs} rows, this text {ours}", path=path, theirs=len(theirs), ours=len(ours))
    for number, (a, b) in enumerate(zip(ours, theirs, strict=True), 1):
        fields = [key for key in {**a, **b} if a.get(key) != b.get(key)]
        if fields:
            return message(
                "{path} differs from this text, first in row {number} ({id}): {fields}",
                path=path,
                number=number,
                id=repr(b.get("id")),
                fields=", ".join(fields),
            )
    return ""


def _pack_all(
    paths: Sequence[str | Path], documents: Sequence[str | Path], text_column: str | None, codebook: Codebook
) -> tuple[str, Documents | None]:
    """Pack with the shipped lexicon, with documents if there are any."""
    if documents:
        return pack_with_documents(paths, documents, default_lexicon(), text_column=text_column, codebook=codebook)
    return pack_files(paths, default_lexicon(), text_column=text_column, codebook=codebook), None


def write_packed(
    paths: Sequence[str | Path],
    out: Path,
    documents: Sequence[str | Path] = (),
    *,
    text_column: str | None = None,
    codebook: Codebook = CCHC,
    overwrite: bool = False,
) -> int:
    """Pack labelled text with the shipped lexicon into a ``.jsonl.gz`` file, and return the number of rows.

    If `documents` are given, their counts are written beside `out`; see `pack_with_documents`.

    Raises
    ------
    ValueError, FileNotFoundError, FileExistsError
        An output cannot be used; or as `pack_files` and `pack_with_documents`.
    """
    if not out.name.endswith(".jsonl.gz"):
        raise ValueError(message("packed rows are a .jsonl.gz file; found {out}", out=out))
    beside = out.parent / DOCUMENTS_FILE
    for path in (out, *([beside] if documents else [])):
        check_writable(path, overwrite, [*paths, *documents])
    packed, counted = _pack_all(paths, documents, text_column, codebook)
    if counted is not None:
        with atomic_write(beside) as temporary:
            temporary.write_bytes(write_documents(counted))
    write_gzip(out, packed)
    return packed.count("\n")


def verify_packed(
    paths: Sequence[str | Path],
    packed: Path,
    documents: Sequence[str | Path] = (),
    *,
    text_column: str | None = None,
    codebook: Codebook = CCHC,
) -> None:
    """Raise if a packed file does not hold the counts of labelled text, or the file beside it those of `documents`.

    Raises
    ------
    ValueError
        The rows differ. The message names the first row and its fields; or the documents differ.
    """
    rows, counted = _pack_all(paths, documents, text_column, codebook)
    if difference := same_rows(rows, packed):
        raise ValueError(difference)
    if counted is None:
        return
    path = packed.parent / DOCUMENTS_FILE
    stored = read_documents(path, counted.lexicon)
    if tuple(stored.paragraphs) != tuple(counted.paragraphs):
        raise ValueError(
            message(
                "{path} holds {paragraphs} paragraphs, not those of these documents",
                path=path,
                paragraphs=len(stored.paragraphs),
            )
        )
    same_sentences = np.array_equal(stored.counts.starts, counted.counts.starts)
    if not same_sentences or (stored.counts.sentences != counted.counts.sentences).nnz:
        raise ValueError(message("{path} holds other counts than those of these documents", path=path))
