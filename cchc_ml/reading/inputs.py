"""From what a user names on the command line to rows of text, one at a time."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterable, Iterator
from glob import glob, has_magic
from itertools import chain, takewhile
from pathlib import Path
from typing import Any, NamedTuple

from .articles import ARTICLES, LARGEST, Article, decode_article, read_article
from .boilerplate import Kind
from .tables import TABLES, TEXT_COLUMNS, Row, find_text_column, parse_csv, parse_jsonl, read_rows, table_kind

__all__ = [
    "LONGEST",
    "READING_ERRORS",
    "InputItem",
    "PendingArticle",
    "expand",
    "read_file",
    "read_inputs",
    "require_text",
]

# What reading a file may raise: no such file, no text, a library that is missing.
READING_ERRORS = (ValueError, TypeError, OSError, ImportError)

# A paragraph of this length is a book, or a file that was taken for something else.
LONGEST = 1_000_000


def require_text(where: str, row: Row, wanted: str | None = None) -> str:
    """Return the name of the column that holds the text of a row, or say what there is instead."""
    text_column = find_text_column(row, wanted)
    if text_column is None:
        name = repr(wanted) if wanted else f"'text' (nor {', '.join(TEXT_COLUMNS[1:])})"
        raise ValueError(f"{where}: no field or column {name}; found: {', '.join(map(str, row)) or 'none'}")
    text = row[text_column]
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"{where}: row without text ({text_column} is {text!r:.60})")
    if len(text) > LONGEST:
        raise ValueError(f"{where}: {len(text):,} characters; want a paragraph, at most {LONGEST:,}")
    try:
        text.encode("utf8")
    except UnicodeEncodeError as error:
        raise ValueError(
            f"{where}: the text holds half a character ({text[error.start]!a}); write it as UTF-8"
        ) from None
    return text_column


def expand(paths: Iterable[str | Path]) -> list[str]:
    """Return the files that paths stand for, by name: a folder for the readable ones in it, a pattern for those that match it.

    Left out are hidden files, Word's locks, and what a browser saved beside a page. ``**`` stands for folders, however deep.

    Raises
    ------
    FileNotFoundError, ValueError
        There is no such file, or no readable file in a folder.
    """
    files = []
    for path in map(Path, paths):
        if str(path) == "-" or path.is_file():
            files.append(str(path))
        elif path.is_dir():
            inside = sorted(p for p in path.rglob("*") if _readable(p) and not _passed_over(p.relative_to(path)))
            if not inside:
                raise ValueError(f"folder {path} has no file to read; want {', '.join((*ARTICLES, *TABLES))}")
            files += [str(p) for p in inside]
        elif matched := _matching(path):
            files += matched
        else:
            raise FileNotFoundError(f"no file {path}")
    return files


def _matching(pattern: Path) -> list[str]:
    """Return the files that match a pattern, by name; none where it is no pattern."""
    if not has_magic(str(pattern)):
        return []
    fixed = Path(*takewhile(lambda part: not has_magic(part), pattern.parts))
    found = sorted(map(Path, glob(str(pattern), recursive=True)))
    return [str(path) for path in found if path.is_file() and not _passed_over(path.relative_to(fixed))]


def _passed_over(path: Path) -> bool:
    """Whether a file is hidden, Word's lock, or what a browser saved beside a page."""
    return any(part.startswith((".", "~$")) for part in path.parts) or any(
        part.endswith("_files") for part in path.parts[:-1]
    )


def _readable(path: Path) -> bool:
    return (path.suffix.lower() in ARTICLES or table_kind(path) in TABLES) and path.is_file()


def read_file(
    path: str | Path, *, text_column: str | None = None, keep_boilerplate: bool = False
) -> Iterator[tuple[Row, str]]:
    """Yield the rows of one file, each with the name of the field that holds its text.

    A row of a table keeps its fields; a paragraph of an article has `source`, `paragraph` (from 1), `text`, `kind`, and the
    article's `headline`, `date`, `author` and `outlet`. ``"-"`` is standard input: JSON Lines, a CSV, or else one article.
    """
    path = Path(path)
    if str(path) == "-":
        yield from _standard_input(text_column, keep_boilerplate)
    elif path.suffix.lower() in ARTICLES:
        yield from _article_rows(read_article(path), keep_boilerplate)
    elif table_kind(path) in TABLES:
        yield from _table(read_rows(path), str(path), text_column)
    else:
        if not path.stat().st_size:
            raise ValueError(f"{path} is empty")
        raise ValueError(f"{path} is of no kind that is read; want {', '.join((*ARTICLES, *TABLES))}")


class PendingArticle(NamedTuple):
    """An article that is still to be read, where it is to be tagged.

    Attributes
    ----------
    path : str
    keep_boilerplate : bool
    """

    path: str
    keep_boilerplate: bool

    def rows(self) -> Iterator[tuple[Row, str]]:
        """Read the article; see `read_file`."""
        return read_file(self.path, keep_boilerplate=self.keep_boilerplate)


# A row with the name of the field that holds its text, or an article.
InputItem = tuple[Row, str] | PendingArticle


def read_inputs(
    files: Iterable[str],
    *,
    text_column: str | None = None,
    keep_boilerplate: bool = False,
    on_error: Callable[[str, str], None] | None = None,
    on_file: Callable[[int], None] | None = None,
) -> Iterator[InputItem]:
    """Yield the rows of tables, and articles to be read, in order; see `expand` and `read_file`.

    Parameters
    ----------
    on_error : callable, optional
        Called with a table that cannot be read to its end, and why; without it, the error is raised.
    on_file : callable, optional
        Called with the number of each file, before it is read.
    """
    for number, path in enumerate(files):
        if on_file:
            on_file(number)
        if Path(path).suffix.lower() in ARTICLES:
            yield PendingArticle(path, keep_boilerplate)
            continue
        try:
            yield from read_file(path, text_column=text_column, keep_boilerplate=keep_boilerplate)
        except READING_ERRORS as error:
            if not on_error:
                raise
            on_error(path, str(error))


def _table(rows: Iterable[tuple[str, Row]], name: str, text_column: str | None) -> Iterator[tuple[Row, str]]:
    empty = True
    for where, row in rows:
        yield row, require_text(where, row, text_column)
        empty = False
    if empty:
        raise ValueError(f"{name} has no rows")


def _standard_input(text_column: str | None, keep_boilerplate: bool) -> Iterator[tuple[Row, str]]:
    name = "standard input"
    file: Any = sys.stdin.buffer
    skipped = []
    while (first := file.readline()) and not first.strip():
        skipped.append(first)
    start = first.removeprefix(b"\xef\xbb\xbf").lstrip()
    more = iter(file.readline, b"")
    if start.startswith(b"{"):
        yield from _table(parse_jsonl(_Lines(chain([*skipped, first], more)), name), name, text_column)
    elif start.startswith(b"[{"):
        raise ValueError(f"{name} is one JSON array; want one object a line")
    elif start.lower().startswith(b"sep=") or _is_head(start.decode("utf8", "replace"), text_column):
        yield from _table(parse_csv(_Lines(chain([first], more)), name), name, text_column)
    else:
        yield from _article_rows(
            decode_article(b"".join(skipped) + first + file.read(LARGEST + 1), name), keep_boilerplate, source="-"
        )


def _is_head(line: str, text_column: str | None) -> bool:
    """Whether a line is the head of a CSV: one of its cells names the column of the text."""
    if len(line) > 2000:
        return False
    return any(find_text_column(next(csv.reader([line.strip()], delimiter=mark), []), text_column) for mark in ",;\t")


class _Lines:
    """Lines that were read already and lines to come, as a file."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self.lines = lines

    def read(self, size: int) -> bytes:
        return next(self.lines, b"")

    def readline(self, size: int = -1) -> bytes:
        return next(self.lines, b"")

    def __iter__(self) -> Iterator[bytes]:
        return self.lines


def _article_rows(article: Article, keep_boilerplate: bool, source: str | None = None) -> Iterator[tuple[Row, str]]:
    number = 0
    about = {"headline": article.headline, "date": article.date, "author": article.author, "outlet": article.outlet}
    for block in article.blocks:
        if block.kind is Kind.BOILERPLATE and not keep_boilerplate:
            continue
        number += 1
        if len(block.text) > LONGEST:
            raise ValueError(
                f"{article.source}, paragraph {number}: {len(block.text):,} characters; want at most {LONGEST:,}"
            )
        yield (
            {
                "source": source or article.source,
                "paragraph": number,
                "text": block.text,
                "kind": str(block.kind),
                **about,
            },
            "text",
        )
