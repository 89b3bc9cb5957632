"""From the inputs that a user names (files, folders, patterns, standard input) to rows of text, one at a time."""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, NamedTuple

from ..messages import Message, joined, message, message_of, placed, plural
from .articles import MAX_ARTICLE_BYTES, Article, article_from_bytes, decode_article, read_article
from .blocks import Kind
from .columns import COLUMN_NAMES, find_text_column
from .decode import PrependedStream, check_not_empty
from .heads import is_total
from .kinds import ARTICLES, has_known_kind
from .names import printable_name
from .progress import InputProgress
from .tables import (
    CSV_DELIMITERS,
    TABLES,
    OnOpen,
    PlacedRow,
    Row,
    jsonl_blocks,
    parse_csv,
    parse_json_lines,
    parse_jsonl,
    read_rows,
    table_kind,
)

__all__ = [
    "ARTICLE_FIELDS",
    "MAX_PARAGRAPH_CHARS",
    "READING_ERRORS",
    "STANDARD_INPUT",
    "FileReport",
    "InputItem",
    "OnNote",
    "PendingArticle",
    "PendingLines",
    "RowCheck",
    "TextRow",
    "TextRows",
    "UnparsedItem",
    "article_rows",
    "is_blank",
    "passed_over",
    "read_file",
    "read_inputs",
    "read_unparsed",
    "require_text",
]

# The errors that mean "this file cannot be read, go on with the next one": the file is missing or may not be opened
# (OSError), its content is wrong (ValueError, TypeError), or the library that reads it is not installed (ImportError).
READING_ERRORS = (ValueError, TypeError, OSError, ImportError)

# A longer text is not a paragraph, but a book or a file of another kind.
MAX_PARAGRAPH_CHARS = 1_000_000
# A longer first line of standard input is not the header of a CSV.
MAX_HEADER_CHARS = 2000

STANDARD_INPUT: str = message("standard input")

# A note names so many places.
PLACES_IN_NOTE = 5

# Called with a sentence about what was passed over.
OnNote = Callable[[str], None]

# A row, with the name of the field that holds its text.
TextRow = tuple[Row, str]


class PendingArticle(NamedTuple):
    """The path of an article that is not read yet.

    A worker process that tags an article also reads it: only the path is sent to the worker.

    Attributes
    ----------
    path : str
        The file of the article.
    keep_boilerplate : bool
        Whether `rows` includes menus, captions and by-lines.
    """

    path: str
    keep_boilerplate: bool

    def rows(self, on_note: OnNote | None = None) -> Iterator[TextRow]:
        """Read the article; see `read_file`."""
        return read_file(self.path, keep_boilerplate=self.keep_boilerplate, on_note=on_note)


# See `read_inputs`.
RowCheck = Callable[[str, Row], None]


class PendingLines(NamedTuple):
    """Lines of a JSON Lines table that are not parsed yet.

    A worker process that tags them also parses them: only bytes are sent to the worker.

    Attributes
    ----------
    path : str
        The file.
    first : int
        The number of the first line.
    data : bytes
        Whole lines, in UTF-8.
    text_column : str or None
    check : callable or None
        See `read_inputs`.
    strict : bool
        Whether a row without text is an error. Otherwise it is passed over.
    keep_going : bool
        Whether the rows after one that cannot be used are read. Otherwise the error is raised.
    """

    path: str
    first: int
    data: bytes
    text_column: str | None
    check: RowCheck | None
    strict: bool
    keep_going: bool

    def rows(self, report: FileReport) -> Iterator[TextRow]:
        """Parse the lines, as `read_file` does, and add to a report."""
        on_bad_row = report.add_bad_row if self.keep_going else None
        name = str(Path(self.path))
        placed = parse_json_lines(self.data.decode().split("\n"), name, on_bad_row, self.first)
        texts = TextRows(name, self.text_column, None if self.strict else _ignore)
        yield from _used_rows(placed, texts, self.check, on_bad_row)
        report.has_rows |= texts.has_rows
        report.empty += texts.empty

    def may_hold_articles(self) -> bool:
        """Whether a row may have the fields of a paragraph of an article; see `cchc_ml.reading.context.article_of`."""
        # JSON may write letters as escapes. They are rare.
        return b"paragraph" in self.data or (b"\\u00" in self.data and _ESCAPED_LETTER.search(self.data) is not None)


_ESCAPED_LETTER = re.compile(rb"\\u00[67]")


def _ignore(note: str) -> None:
    pass


@dataclass
class FileReport:
    """What was found in a file, or in some of its rows.

    Attributes
    ----------
    path : str
        The file.
    has_rows : bool
        Whether there are rows other than empty ones.
    notes : list of str
        Sentences about what cannot be read.
    empty : list of str
        The places of rows without text.
    first_bad, bad : str, int
        What is wrong with the first row that cannot be used, and how many such rows there are.
    is_end : bool
        Whether no more rows come.
    error : Exception or None
        Why the rest of the file cannot be read.
    """

    path: str
    has_rows: bool = False
    notes: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    first_bad: str = ""
    bad: int = 0
    is_end: bool = False
    error: Exception | None = None

    def add_bad_row(self, problem: str) -> None:
        """Count a row that cannot be used."""
        self.first_bad = self.first_bad or problem
        self.bad += 1

    def add(self, later: FileReport) -> None:
        """Add what was found in the next rows of the file."""
        self.has_rows |= later.has_rows
        self.notes += later.notes
        self.empty += later.empty
        self.first_bad = self.first_bad or later.first_bad
        self.bad += later.bad
        self.error = later.error

    def tell(self, on_error: Callable[[str, str], None] | None, on_note: OnNote | None) -> None:
        """Tell what was found in the whole file; see `read_inputs`. Without a function to tell, it is an error."""
        if not (self.error or self.has_rows):
            self.error = _no_rows(str(Path(self.path)), bool(self.empty))
        if self.error and not on_error:
            raise self.error
        if self.empty and not self.error:
            self.notes.append(
                passed_over(str(Path(self.path)), [(message("{n:,} without text", n=len(self.empty)), self.empty)])
            )
        for note in self.notes:
            if not on_note:
                raise ValueError(note)
            on_note(note)
        if on_error and (self.bad or self.error):
            on_error(self.path, self.reason())

    def reason(self) -> str:
        """Return what is wrong with the rows that cannot be used, and with the rest of the file."""
        others = self.bad - 1
        bad = self.first_bad
        if others > 0:
            bad = plural("{problem} (and {n:,} more row)", "{problem} (and {n:,} more rows)", others, problem=bad)
        return joined("; ", filter(None, (bad, message_of(self.error) if self.error else "")))


# What `read_inputs` yields and `cchc_ml.tagging` tags: a row of a table, or an article that the worker reads.
InputItem = TextRow | PendingArticle
# What `read_unparsed` yields besides: lines that the worker parses, and what the reader found in a table.
UnparsedItem = InputItem | PendingLines | FileReport


def require_text(where: str, row: Row, wanted: str | None = None) -> str:
    """Return the name of the field that holds the text of a row.

    Parameters
    ----------
    where : str
        The place of the row, for error messages: "a.csv, line 7".
    row : dict
        The row.
    wanted : str, optional
        The name of the field; by default the first of a usual name.

    Raises
    ------
    ValueError
        There is no such field; or it is not a string, empty, longer than a million characters, or not valid Unicode.
    """
    return _require_text_in(find_text_column(row, wanted), where, row, wanted)


def _require_text_in(text_column: str | None, where: str, row: Row, wanted: str | None) -> str:
    if text_column is None:
        others = ", ".join(COLUMN_NAMES["text"][1:6])
        name = repr(wanted) if wanted else message("'text' (nor {others} ...)", others=others)
        raise ValueError(
            placed(
                where,
                message(
                    "no field or column {name}; found: {row}; name the column with --text-column",
                    name=name,
                    row=", ".join(map(str, row))[:300] or message("none"),
                ),
            )
        )
    text = row[text_column]
    if not isinstance(text, str) or not text.strip():
        raise ValueError(
            placed(
                where,
                message("row without text ({text_column} is {text})", text_column=text_column, text=f"{text!r:.60}"),
            )
        )
    if len(text) > MAX_PARAGRAPH_CHARS:
        raise ValueError(
            placed(
                where,
                message(
                    "{chars:,} characters; want a paragraph, at most {most:,}",
                    chars=len(text),
                    most=MAX_PARAGRAPH_CHARS,
                ),
            )
        )
    try:
        text.encode("utf-16-le")  # faster than UTF-8
    except UnicodeEncodeError as error:
        raise ValueError(
            placed(
                where,
                message("the text holds half a character ({text}); write it as UTF-8", text=ascii(text[error.start])),
            )
        ) from None
    return text_column


# The columns of an article's rows, with the values of an article that is not read yet.
ARTICLE_FIELDS = dict.fromkeys(("source", "paragraph", "text", "kind", "headline", "date", "author", "outlet"))


def read_inputs(
    files: Iterable[str],
    *,
    text_column: str | None = None,
    keep_boilerplate: bool = False,
    on_error: Callable[[str, str], None] | None = None,
    on_note: OnNote | None = None,
    check: RowCheck | None = None,
    progress: InputProgress | None = None,
) -> Iterator[InputItem]:
    """Yield the rows of tables, and articles that are still to be read, in the order of the files.

    Parameters
    ----------
    files : iterable of str
        As `expand` returns them.
    text_column : str, optional
        The column of the tables that holds the text; by default the first of a usual name.
    keep_boilerplate : bool, optional
        Whether menus, captions and by-lines of articles count as paragraphs too.
    on_error : callable, optional
        Called with a table that cannot be read in full, and the reason: the first row that cannot be used and how many
        more there are, or why the rest of the table cannot be read. Without it, the error is raised.
    on_note : callable, optional
        Called with a sentence about what of a table is passed over; see `TextRows`. Without it, nothing is.
    check : callable, optional
        Called with the place and the fields of each row; it raises ValueError if the row cannot be used.
        An article is checked once, before it is read, with `ARTICLE_FIELDS`.
    progress : InputProgress, optional
        Is told how much has been read.
    """
    on_open = progress.open_file if progress else None
    for number, path in enumerate(files):
        if progress:
            progress.begin_file(number)
        yield from _read_input(path, text_column, keep_boilerplate, on_error, on_note, check, on_open)
    if progress:
        progress.begin_file(len(progress))


def _read_input(
    path: str,
    text_column: str | None,
    keep_boilerplate: bool,
    on_error: Callable[[str, str], None] | None,
    on_note: OnNote | None,
    check: RowCheck | None,
    on_open: OnOpen | None,
) -> Iterator[InputItem]:
    report = FileReport(path)
    try:
        if Path(path).suffix.lower() not in ARTICLES:
            yield from read_file(
                path,
                text_column=text_column,
                keep_boilerplate=keep_boilerplate,
                on_note=on_note,
                check=check,
                on_open=on_open,
                on_bad_row=report.add_bad_row if on_error else None,
            )
            if on_error and report.bad:
                on_error(path, report.reason())
            return
        if check:
            check(path, ARTICLE_FIELDS)
        if on_open:
            on_open(lambda: 1)
        yield PendingArticle(path, keep_boilerplate)
    except READING_ERRORS as error:
        if not on_error:
            raise
        report.error = error
        on_error(path, report.reason())


def read_unparsed(
    files: Iterable[str],
    *,
    text_column: str | None = None,
    keep_boilerplate: bool = False,
    on_error: Callable[[str, str], None] | None = None,
    on_note: OnNote | None = None,
    check: RowCheck | None = None,
    progress: InputProgress | None = None,
) -> Iterator[UnparsedItem]:
    """Yield what `read_inputs` yields, but JSON Lines files as lines that are still to be parsed.

    At the end of each such file comes a `FileReport`, whose `tell` calls `on_error` and `on_note` once all lines are
    parsed. Lines with paragraphs of articles are parsed here: they are read in context.
    """
    on_open = progress.open_file if progress else None
    for number, path in enumerate(files):
        if progress:
            progress.begin_file(number)
        if ".jsonl" in table_kind(Path(path)):
            yield from _read_lines(path, text_column, on_error is not None, on_note is None, check, on_open)
        else:
            yield from _read_input(path, text_column, keep_boilerplate, on_error, on_note, check, on_open)
    if progress:
        progress.begin_file(len(progress))


def _read_lines(
    path: str, text_column: str | None, keep_going: bool, strict: bool, check: RowCheck | None, on_open: OnOpen | None
) -> Iterator[UnparsedItem]:
    end = FileReport(path, is_end=True)
    is_parsed = False
    try:
        for first, data in jsonl_blocks(path, on_open):
            lines = PendingLines(path, first, data, text_column, check, strict, keep_going)
            is_parsed = is_parsed or lines.may_hold_articles()
            if is_parsed:
                found = FileReport(path)
                yield from lines.rows(found)
                yield found
            else:
                yield lines
    except READING_ERRORS as error:
        if not keep_going:
            raise
        end.error = error
    yield end


def read_file(
    path: str | Path,
    *,
    text_column: str | None = None,
    keep_boilerplate: bool = False,
    on_note: OnNote | None = None,
    check: RowCheck | None = None,
    on_open: OnOpen | None = None,
    on_bad_row: Callable[[str], None] | None = None,
) -> Iterator[TextRow]:
    """Yield the rows of one file, each with the name of the field that holds its text.

    A row of a table keeps its fields. A paragraph of an article has `source`, `paragraph` (from 1), `text`, `kind`, and
    the article's `headline`, `date`, `author` and `outlet`. ``"-"`` is standard input: JSON Lines, a CSV, or else one
    article.

    Parameters
    ----------
    check : callable, optional
        See `read_inputs`. It is called for the rows of tables only.
    on_open : callable, optional
        See `cchc_ml.reading.tables.read_rows`.
    on_bad_row : callable, optional
        Called with what is wrong with a row of a table that cannot be used; the other rows are read. Without it, the
        error is raised.

    Raises
    ------
    FileNotFoundError, ImportError, ValueError
        See `cchc_ml.reading.articles.read_article` and `cchc_ml.reading.tables.read_rows`.
    """
    path = Path(path)
    if str(path) == "-":
        yield from _standard_input(text_column, keep_boilerplate, on_note, check, on_bad_row)
    elif path.suffix.lower() in ARTICLES:
        yield from _article_rows(read_article(path), keep_boilerplate, on_note)
    elif table_kind(path) in TABLES:
        rows = read_rows(path, text_column, on_note, on_open, on_bad_row)
        yield from _table_rows(rows, str(path), text_column, on_note, check, on_bad_row)
    else:
        check_not_empty(path)
        if not has_known_kind(path):
            raise ValueError(
                message(
                    "{path} is a file of another kind; want {kinds}", path=path, kinds=", ".join((*ARTICLES, *TABLES))
                )
            )
        yield from _article_rows(read_article(path), keep_boilerplate, on_note)


class TextRows:
    """Find the text of each row of a table, and count the rows that are passed over.

    Passed over are rows with an empty text and, in sheets and CSV files, rows of totals and rows that repeat the names
    of the columns, as printed tables do on each page.

    Parameters
    ----------
    name : str
        The name of the table.
    text_column : str, optional
        The name of the field with the text; by default the first of a usual name.
    on_note : callable, optional
        Called by `end` with a sentence that counts the rows. Without it, such a row raises.
    """

    def __init__(self, name: str, text_column: str | None = None, on_note: OnNote | None = None) -> None:
        self.name, self.text_column, self.on_note = name, text_column, on_note
        kind = table_kind(Path(name))
        self.may_have_totals = ".jsonl" not in kind and kind != ".parquet" and name != STANDARD_INPUT
        self.has_rows = False  # rows other than empty ones and totals
        self.empty: list[str] = []
        self.totals: list[str] = []
        self.repeated: list[str] = []

    def field_of(self, where: str, row: Row) -> str | None:
        """Return the name of the field with the text; None if the row is passed over.

        Raises
        ------
        ValueError
            The row has no text; see `require_text`.
        """
        field = find_text_column(row, self.text_column)
        if self.may_have_totals and is_total(row.values()):
            if self.on_note is None:
                raise ValueError(placed(where, message("a row of totals; delete it, or leave out --strict")))
            self.totals.append(where)
            return None
        if self.may_have_totals and self.on_note is not None and field is not None and row[field] == field:
            self.repeated.append(where)
            return None
        if self.on_note is not None and field is not None and is_blank(row[field]):
            self.empty.append(where)
            return None
        return _require_text_in(field, where, row, self.text_column)

    def end(self) -> None:
        """Tell what was passed over."""
        counted = (
            (message("{n:,} without text", n=len(self.empty)), self.empty),
            (message("{n:,} of totals", n=len(self.totals)), self.totals),
            (message("{n:,} that repeat the names", n=len(self.repeated)), self.repeated),
        )
        if self.on_note is not None and any(places for _, places in counted):
            self.on_note(passed_over(self.name, counted))


def passed_over(name: str, counted: Iterable[tuple[Message, Sequence[str]]]) -> Message:
    """Return a sentence that counts the rows of a table that were passed over, and names the first ones.

    Examples
    --------
    >>> passed_over("a.csv", [(message("{n:,} without text", n=2), ["a.csv, line 2", "a.csv, line 9"])])
    'a.csv: rows passed over: 2 without text (line 2, line 9)'
    """
    told = [(kind, places) for kind, places in counted if places]
    every = [where.removeprefix(f"{name}, ") for _, places in told for where in places]
    shown: list[str] = [message("{where}", where=where) for where in every[:PLACES_IN_NOTE]]
    return message(
        "{name}: rows passed over: {kinds} ({places})",
        name=name,
        kinds=joined(message(" and "), (kind for kind, _ in told)),
        places=joined(", ", shown + ["..."] * (len(every) > PLACES_IN_NOTE)),
    )


def is_blank(text: object) -> bool:
    """Return whether a cell has no text."""
    return text is None or (isinstance(text, str) and not text.strip())


def article_rows(name: str, data: bytes) -> Iterator[TextRow]:
    """Yield the rows of an article from the content of its file, as `read_file` does.

    Raises
    ------
    ImportError, ValueError
        See `cchc_ml.reading.articles.read_article`.
    """
    return _article_rows(article_from_bytes(name, data), keep_boilerplate=False)


def _article_rows(
    article: Article, keep_boilerplate: bool, on_note: OnNote | None = None, source: str | None = None
) -> Iterator[TextRow]:
    for note in article.notes:
        if on_note is None:
            raise ValueError(message("{source}: {note}", source=article.source, note=note))
        on_note(message("{source}: not read: {note}", source=article.source, note=note))
    blocks = [block for block in article.blocks if keep_boilerplate or block.kind is not Kind.BOILERPLATE]
    for number, block in enumerate(blocks, 1):
        if len(block.text) > MAX_PARAGRAPH_CHARS:
            raise ValueError(
                placed(
                    f"{article.source}, paragraph {number}",
                    message(
                        "{chars:,} characters; want at most {most:,}", chars=len(block.text), most=MAX_PARAGRAPH_CHARS
                    ),
                )
            )
        row = {
            "source": source or printable_name(article.source),
            "paragraph": number,
            "text": block.text,
            "kind": str(block.kind),
            "headline": article.headline,
            "date": article.date,
            "author": article.author,
            "outlet": article.outlet,
        }
        yield row, "text"


def _table_rows(
    rows: Iterable[PlacedRow],
    name: str,
    text_column: str | None,
    on_note: OnNote | None,
    check: RowCheck | None,
    on_bad_row: Callable[[str], None] | None,
) -> Iterator[TextRow]:
    texts = TextRows(name, text_column, on_note)
    yield from _used_rows(rows, texts, check, on_bad_row)
    if not texts.has_rows:
        raise _no_rows(name, bool(texts.empty or texts.totals))
    texts.end()


def _used_rows(
    rows: Iterable[PlacedRow], texts: TextRows, check: RowCheck | None, on_bad_row: Callable[[str], None] | None
) -> Iterator[TextRow]:
    """Yield the rows of a table that are not passed over, each with the name of the field that holds its text."""
    for where, row in rows:
        try:
            field = texts.field_of(where, row)
            if field is not None and check:
                check(where, row)
        except ValueError as error:
            if on_bad_row is None:
                raise
            on_bad_row(message_of(error))
            texts.has_rows = True
            continue
        if field is not None:
            texts.has_rows = True
            yield row, field


def _no_rows(name: str, of_text: bool) -> ValueError:
    if of_text:
        return ValueError(message("{name} has no rows of text; want at least one row of text", name=name))
    return ValueError(message("{name} has no rows; want at least one row of text", name=name))


def _standard_input(
    text_column: str | None,
    keep_boilerplate: bool,
    on_note: OnNote | None,
    check: RowCheck | None,
    on_bad_row: Callable[[str], None] | None,
) -> Iterator[TextRow]:
    """Read JSON Lines, a CSV or one article. The first line that is not blank shows which of them it is."""
    if sys.stdin is None:  # cron, services and ``<&-`` start programs like that
        raise ValueError(message("{name} is closed; open it, or name files", name=STANDARD_INPUT))
    stream: IO[bytes] = sys.stdin.buffer
    lines = []
    while (first := stream.readline()) and not first.strip():
        lines.append(first)
    blank_lines = b"".join(lines)
    start = first.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"{"):
        rows = parse_jsonl(PrependedStream(blank_lines + first, stream), STANDARD_INPUT, on_bad_row)
        yield from _table_rows(rows, STANDARD_INPUT, text_column, on_note, check, on_bad_row)
    elif start.startswith(b"[{"):
        raise ValueError(message("{name} is one JSON array; want one object a line", name=STANDARD_INPUT))
    elif start.lower().startswith(b"sep=") or _is_header(_first_line(start), text_column):
        rows = parse_csv(PrependedStream(first, stream), STANDARD_INPUT, text_column=text_column, on_note=on_note)
        yield from _table_rows(rows, STANDARD_INPUT, text_column, on_note, check, on_bad_row)
    else:
        data = blank_lines + first + stream.read(MAX_ARTICLE_BYTES + 1)
        yield from _article_rows(decode_article(data, STANDARD_INPUT), keep_boilerplate, on_note, source="-")


def _first_line(start: bytes) -> str:
    return re.split("[\r\n]", start.decode("utf8", "replace"), maxsplit=1)[0]


def _is_header(line: str, text_column: str | None) -> bool:
    """Whether a line is the header of a CSV: one of its cells is the name of the column with the text."""
    if len(line) > MAX_HEADER_CHARS:
        return False
    headers = (next(csv.reader([line.strip()], delimiter=delimiter), []) for delimiter in CSV_DELIMITERS)
    try:
        return any(find_text_column(header, text_column) for header in headers)
    except csv.Error:  # a carriage return alone
        return False
