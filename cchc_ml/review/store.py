"""The store of the labelling page: one SQLite file that only grows.

Every act of a person (a draft, a label, a skip, an undo) is one row, committed with the disk told to write it before
the page gets its answer. Rows are never changed or deleted: triggers refuse it. What holds now is computed from the
rows.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from types import TracebackType

from ..files import check_target
from ..messages import message, placed
from .categories import Category, categories, read_categories
from .items import ReviewItem
from .records import as_record, from_record

__all__ = ["Act", "Progress", "ReviewStore", "is_store"]

# Raised when the tables change. `application_id` marks the file as ours.
FORMAT = 1
APPLICATION_ID = 0x63636863
SECONDS_TO_WAIT = 30
LONGEST_NAME, LONGEST_NOTES = 80, 10_000
KINDS = ("draft", "label", "skip", "undo")
# How many of the last labels tell the speed, and how long a pause may be to count.
RECENT, LONGEST_PAUSE = 20, 600.0

_TABLES = """
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE items (id TEXT PRIMARY KEY, position INTEGER NOT NULL UNIQUE, record TEXT NOT NULL);
CREATE TABLE decisions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    item TEXT NOT NULL REFERENCES items(id),
    annotator TEXT NOT NULL,
    time TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('draft', 'label', 'skip', 'undo')),
    decisions TEXT NOT NULL,
    notes TEXT NOT NULL,
    saw_suggestion INTEGER NOT NULL,
    seconds REAL
);
CREATE INDEX by_person ON decisions (annotator, item, number);
CREATE TRIGGER decisions_stay BEFORE UPDATE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions are never changed'); END;
CREATE TRIGGER decisions_last BEFORE DELETE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions are never deleted'); END;
"""


@dataclass(frozen=True)
class Act:
    """What one person did with one paragraph.

    Attributes
    ----------
    item : str
        Id of the paragraph.
    annotator : str
    kind : str
        ``"draft"``: chosen so far, not finished. ``"label"``: finished, every category looked at. ``"skip"``,
        ``"undo"``.
    decisions : mapping of str to bool
    notes : str
    saw_suggestion : bool
        Whether the page showed the model's suggestion.
    seconds : float, optional
        How long the paragraph was on the screen.
    time : str
        When it was stored.
    """

    item: str
    annotator: str
    kind: str
    decisions: Mapping[str, bool] = field(default_factory=dict)
    notes: str = ""
    saw_suggestion: bool = False
    seconds: float | None = None
    time: str = ""


@dataclass(frozen=True)
class Progress:
    """How far one person is.

    Attributes
    ----------
    total, labelled, skipped : int
        Paragraphs.
    seconds : float or None
        The median time of the last labels.
    """

    total: int
    labelled: int
    skipped: int
    seconds: float | None


def is_store(path: Path) -> bool:
    """Whether a file is a SQLite file."""
    with open(path, "rb") as file:
        return file.read(16) == b"SQLite format 3\0"


class ReviewStore:
    """A store that is open. It may be used from several threads and processes at once.

    Every call opens a connection of its own: SQLite then does all the locking.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def create(cls, path: str | Path, items: Iterable[ReviewItem], among: Sequence[Category]) -> ReviewStore:
        """Make a store of paragraphs. It appears whole or not at all. Decisions in `items` are not taken over.

        Raises
        ------
        FileExistsError
            There is a file of this name already. It may hold labels, so that nothing here overwrites it.
        ValueError
            Two different paragraphs have the same id, or there is none.
        """
        path = Path(path)
        check_target(path)
        if path.exists():
            raise FileExistsError(
                message(
                    "{path} exists, and a store may hold labels; delete it yourself, or give another name", path=path
                )
            )
        slugs = [c.slug for c in among]
        records = [json.dumps(as_record(item, slugs)) for item in _once(items)]
        if not records:
            raise ValueError(message("no paragraphs to make {path} of", path=path))
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            with closing(sqlite3.connect(temporary, isolation_level=None)) as connection:
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {FORMAT}")
                connection.execute("BEGIN")
                for statement in _statements(_TABLES):
                    connection.execute(statement)
                connection.execute("INSERT INTO settings VALUES ('categories', ?)", [json.dumps(slugs)])
                if list(among) != list(categories()):
                    own = json.dumps([asdict(category) for category in among], ensure_ascii=False)
                    connection.execute("INSERT INTO settings VALUES ('codebook', ?)", [own])
                rows = ((json.loads(record)["id"], position, record) for position, record in enumerate(records))
                connection.executemany("INSERT INTO items VALUES (?, ?, ?)", rows)
                connection.execute("COMMIT")
            # A hard link fails where the name was taken meanwhile; a rename would overwrite it.
            _publish(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
        store = cls(path)
        with store._connection() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
        return store

    @classmethod
    def open(cls, path: str | Path) -> ReviewStore:
        """Open a store that was made before.

        Raises
        ------
        FileNotFoundError, ValueError
            There is no such file, it is no store, it is damaged, or a newer version made it.
        """
        path = Path(path)
        if not path.is_file():
            raise FileNotFoundError(message("no file {path}", path=path))
        store = cls(path)
        try:
            with store._connection() as connection:
                mark = connection.execute("PRAGMA application_id").fetchone()[0]
                version = connection.execute("PRAGMA user_version").fetchone()[0]
                if mark == APPLICATION_ID and version == FORMAT:
                    connection.execute("SELECT count(*) FROM items, settings").fetchone()
        except sqlite3.DatabaseError as error:
            raise ValueError(
                message("{path} is no store of the labelling page, or is damaged: {error}", path=path, error=error)
            ) from None
        if mark != APPLICATION_ID:
            raise ValueError(message("{path} is no store of the labelling page", path=path))
        if version != FORMAT:
            raise ValueError(
                message(
                    "{path} has format {version}; this version reads {format}; install a newer cchc_ml",
                    path=path,
                    version=version,
                    format=FORMAT,
                )
            )
        return store

    def __enter__(self) -> ReviewStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.path, timeout=SECONDS_TO_WAIT, isolation_level=None)
        with closing(connection):
            connection.execute("PRAGMA synchronous = FULL")  # on disk before the commit returns
            connection.execute("PRAGMA foreign_keys = ON")
            yield connection

    def categories(self) -> tuple[Category, ...]:
        """Return the categories that the store was made for.

        Raises
        ------
        ValueError
            This version of the package does not know one of them.
        """
        with self._connection() as connection:
            settings = dict(connection.execute("SELECT name, value FROM settings").fetchall())
        slugs = json.loads(settings["categories"])
        if "codebook" in settings:
            own = read_categories(settings["codebook"])
            if [category.slug for category in own] != slugs:
                raise ValueError(
                    message(
                        "{path} is damaged: its codebook is not of its categories {slugs}",
                        path=self.path,
                        slugs=", ".join(slugs),
                    )
                )
            return own
        known = {c.slug: c for c in categories()}
        if unknown := [slug for slug in slugs if slug not in known]:
            raise ValueError(
                message(
                    "{path} was made for categories that are not known here: {unknown}",
                    path=self.path,
                    unknown=", ".join(unknown),
                )
            )
        return tuple(known[slug] for slug in slugs)

    def items(self) -> list[ReviewItem]:
        """Return the paragraphs in the order of the queue, without decisions."""
        known = self.categories()
        with self._connection() as connection:
            rows = connection.execute("SELECT position, record FROM items ORDER BY position").fetchall()
        return [
            item
            for position, record in rows
            for item in from_record(f"{self.path}, paragraph {position + 1}", json.loads(record), known)
        ]

    def add(self, act: Act) -> Act:
        """Store what a person did. When this returns, it is on disk.

        A label must decide every category. An undo takes back the person's last label or skip of any paragraph.

        Returns
        -------
        Act
            What was stored. For an undo, `item` and `decisions` are those of what was taken back.

        Raises
        ------
        ValueError
            The act is not what is wanted, or there is nothing to undo.
        """
        self._check(act)
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                if act.kind == "undo":
                    act = self._taken_back(connection, act)
                elif connection.execute("SELECT 1 FROM items WHERE id = ?", [act.item]).fetchone() is None:
                    raise ValueError(
                        message("there is no paragraph {item} in {name}", item=repr(act.item), name=self.path.name)
                    )
                connection.execute(
                    "INSERT INTO decisions (item, annotator, time, kind, decisions, notes, saw_suggestion, seconds)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    [
                        act.item,
                        act.annotator,
                        now,
                        act.kind,
                        json.dumps(dict(act.decisions)),
                        act.notes,
                        act.saw_suggestion,
                        act.seconds,
                    ],
                )
                connection.execute("COMMIT")
            except BaseException:
                connection.execute("ROLLBACK")
                raise
        return Act(act.item, act.annotator, act.kind, act.decisions, act.notes, act.saw_suggestion, act.seconds, now)

    def _check(self, act: Act) -> None:
        if act.kind not in KINDS:
            raise ValueError(message("found {kind}, want one of {kinds}", kind=repr(act.kind), kinds=", ".join(KINDS)))
        if not act.annotator.strip() or len(act.annotator) > LONGEST_NAME or not act.annotator.isprintable():
            raise ValueError(
                message(
                    "the name is {annotator}; want 1 to {most} characters",
                    annotator=repr(act.annotator[:LONGEST_NAME]),
                    most=LONGEST_NAME,
                )
            )
        if len(act.notes) > LONGEST_NOTES:
            raise ValueError(
                message(
                    "the notes have {chars:,} characters; want at most {most:,}",
                    chars=len(act.notes),
                    most=LONGEST_NOTES,
                )
            )
        slugs = [c.slug for c in self.categories()]
        for slug, decision in act.decisions.items():
            if slug not in slugs or type(decision) is not bool:
                raise ValueError(
                    message(
                        "the decision on {slug} is {decision}; want true or false on {slugs}",
                        slug=repr(slug),
                        decision=repr(decision),
                        slugs=", ".join(slugs),
                    )
                )
        if act.kind == "label" and (missing := [slug for slug in slugs if slug not in act.decisions]):
            raise ValueError(
                message("a label decides every category; not decided: {missing}", missing=", ".join(missing))
            )

    def _taken_back(self, connection: sqlite3.Connection, act: Act) -> Act:
        states = self._states(connection, act.annotator)
        done = [(number, last) for number, last in states.values() if last.kind in ("label", "skip")]
        if not done:
            raise ValueError(message("{annotator} has nothing to undo", annotator=act.annotator))
        last = max(done, key=lambda pair: pair[0])[1]
        return Act(last.item, act.annotator, "undo", last.decisions, last.notes, act.saw_suggestion, None)

    def _states(self, connection: sqlite3.Connection, annotator: str) -> dict[str, tuple[int, Act]]:
        """Return for each paragraph the last act of a person, with its number; a later act replaces an earlier one."""
        states: dict[str, tuple[int, Act]] = {}
        rows = connection.execute(
            "SELECT number, item, annotator, kind, decisions, notes, saw_suggestion, seconds, time FROM decisions"
            " WHERE annotator = ? ORDER BY number",
            [annotator],
        )
        for number, item, who, kind, decisions, notes, saw, seconds, time in rows:
            if kind == "draft" and item in states and states[item][1].kind == "label":
                continue  # a second window of the same person does not reopen what is finished
            states[item] = (number, Act(item, who, kind, json.loads(decisions), notes, bool(saw), seconds, time))
        return states

    def states(self, annotator: str) -> dict[str, Act]:
        """Return for each paragraph that a person touched what holds now.

        After an undo, the paragraph is open again, with what had been chosen.
        """
        with self._connection() as connection:
            return {item: act for item, (_, act) in self._states(connection, annotator).items()}

    def annotators(self) -> list[str]:
        """Return the names of the people, in the order in which they came."""
        with self._connection() as connection:
            rows = connection.execute("SELECT annotator FROM decisions GROUP BY annotator ORDER BY min(number)")
            return [name for (name,) in rows]

    def acts(self) -> list[Act]:
        """Return everything that was ever stored, in order."""
        with self._connection() as connection:
            rows = connection.execute(
                "SELECT item, annotator, kind, decisions, notes, saw_suggestion, seconds, time FROM decisions"
                " ORDER BY number"
            ).fetchall()
        return [
            Act(item, who, kind, json.loads(decisions), notes, bool(saw), seconds, time)
            for item, who, kind, decisions, notes, saw, seconds, time in rows
        ]

    def progress(self, annotator: str) -> Progress:
        """Return how far a person is and how fast."""
        states = self.states(annotator)
        with self._connection() as connection:
            total = connection.execute("SELECT count(*) FROM items").fetchone()[0]
            recent = connection.execute(
                "SELECT seconds FROM decisions WHERE annotator = ? AND kind = 'label' AND seconds BETWEEN 0 AND ?"
                " ORDER BY number DESC LIMIT ?",
                [annotator, LONGEST_PAUSE, RECENT],
            ).fetchall()
        kinds = [act.kind for act in states.values()]
        seconds = median(value for (value,) in recent) if recent else None
        return Progress(total, kinds.count("label"), kinds.count("skip"), seconds)

    def items_with_decisions(self) -> list[ReviewItem]:
        """Return one item for each paragraph and person, and one for each paragraph that nobody touched.

        A draft or a skip is not a decision; its notes are kept.
        """
        people = [(name, self.states(name)) for name in self.annotators()]
        found = []
        for item in self.items():
            acts = [states[item.id] for _, states in people if item.id in states]
            found += [
                item.decided(
                    act.decisions if act.kind == "label" else {},
                    annotator=act.annotator,
                    time=act.time,
                    notes=act.notes,
                )
                for act in acts
            ] or [item]
        return found


def _once(items: Iterable[ReviewItem]) -> Iterator[ReviewItem]:
    """Yield each paragraph once, without decisions; several people's copies of it count as one."""
    texts: dict[str, str] = {}
    for item in items:
        if item.id not in texts:
            texts[item.id] = item.text
            yield item.without_decisions()
        elif texts[item.id] != item.text:
            raise ValueError(
                placed(
                    item.place or message("a row"),
                    message("id {id} stands for another text before; ids must differ", id=repr(item.id)),
                )
            )


def _statements(script: str) -> Iterator[str]:
    """Cut a script at the ends of its statements; a trigger has semicolons inside."""
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _publish(temporary: Path, path: Path) -> None:
    """Give a finished file its name, unless the name is taken."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise FileExistsError(message("{path} exists; give another name", path=path)) from None
    except OSError:  # a file system without hard links
        temporary.rename(path)
