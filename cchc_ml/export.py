"""Tagged paragraphs as rows, and rows as JSON Lines and CSV."""

from __future__ import annotations

import csv
import json
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from .articles import ARTICLES, decode_article, read_article
from .corpus import require_text
from .files import read_text
from .pillars import PILLARS
from .tables import TABLES, Row, parse_jsonl, read_rows

if TYPE_CHECKING:
    from .model import Model

__all__ = ["read_inputs", "tag_rows", "write_csv", "write_jsonl"]

# Large enough that numpy's fixed costs vanish, small enough that rows come out at once.
BATCH = 256


def read_inputs(paths: Iterable[str | Path]) -> Iterator[Row]:
    """Yield the paragraphs of articles, tables and folders as rows with `text`, in order.

    A row of a table keeps its fields; a paragraph of an article has `source`, `paragraph` (from 1) and `text`.
    ``"-"`` is standard input: JSON Lines, or else one article.

    Raises
    ------
    FileNotFoundError, ValueError
        A path is missing, of another kind, or a folder without readable files; a row has no text. The message says where.
    """
    for path in paths:
        if str(path) == "-":
            yield from _standard_input()
            continue
        path = Path(path)
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file() and _readable(p))
            if not inside:
                raise ValueError(f"folder {path} has no file to read; want {', '.join((*ARTICLES, *TABLES))}")
            yield from read_inputs(inside)
        elif not path.exists():
            raise FileNotFoundError(f"no file {path}")
        elif path.suffix.lower() in ARTICLES:
            article = read_article(path)
            yield from _rows(article.source, article.paragraphs)
        elif _readable(path):
            yield from _table(read_rows(path), str(path))
        else:
            read_text(path)  # an empty or binary file is told as that
            raise ValueError(f"{path} is of no kind that is read; want {', '.join((*ARTICLES, *TABLES))}")


def _readable(path: Path) -> bool:
    return path.name.lower().endswith((*ARTICLES, *TABLES)) and not path.name.startswith(".")


def _table(rows: Iterable[tuple[str, Row]], name: str) -> Iterator[Row]:
    empty = True
    for where, row in rows:
        require_text(where, row)
        empty = False
        yield row
    if empty:
        raise ValueError(f"{name} has no rows")


def _standard_input() -> Iterator[Row]:
    name, file = "standard input", sys.stdin.buffer
    first = file.readline()
    if first.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        yield from _table(parse_jsonl(chain([first], file), name), name)
    else:
        article = decode_article(first + file.read(), name)
        yield from _rows("-", article.paragraphs)


def _rows(source: str, paragraphs: Iterable[str]) -> Iterator[Row]:
    for number, text in enumerate(paragraphs, 1):
        yield {"source": source, "paragraph": number, "text": text}


def tag_rows(model: Model, rows: Iterable[Row]) -> Iterator[Row]:
    """Add `pillars` (slugs, most probable first), `scores` (six probabilities) and `evidence` (sentences) to rows."""
    stream = iter(rows)
    while batch := list(islice(stream, BATCH)):
        for row, found in zip(batch, model.annotate([row["text"] for row in batch]), strict=True):
            text = unicodedata.normalize("NFC", row["text"])
            yield row | {
                "pillars": [str(p) for p in found.pillars],
                "scores": {str(p): round(score, 4) for p, score in found.scores.items()},
                "evidence": {str(p): text[a:b] for p, (a, b) in found.evidence.items()},
            }


def write_jsonl(rows: Iterable[Row], file: TextIO) -> None:
    """Write rows as JSON Lines, Vietnamese letters as they are, each as soon as it comes."""
    for row in rows:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")


def write_csv(rows: Iterable[Row], file: TextIO) -> None:
    """Write tagged rows as CSV: their own columns, `pillars`, and for each pillar its probability and its evidence.

    Raises
    ------
    ValueError
        A row has a field that the first one has not.
    """
    writer = None
    for row in rows:
        own = {k: v for k, v in row.items() if k not in ("pillars", "scores", "evidence")}
        flat = own | {"pillars": ";".join(row["pillars"])}
        for pillar in PILLARS:
            flat |= {str(pillar): row["scores"][pillar], f"{pillar}_evidence": row["evidence"].get(pillar, "")}
        if writer is None:
            writer = csv.DictWriter(file, list(flat), lineterminator="\n")
            writer.writeheader()
        try:
            writer.writerow(flat)
        except ValueError as error:
            raise ValueError(f"rows differ in their fields ({error}); choose --format jsonl, or give the inputs one by one") from None
