"""Tag many files so that an interrupted run can be continued."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from shutil import move

from ..files import atomic_write, name_on_full_disk
from ..messages import message, message_of
from ..model.model import Model
from ..reading.inputs import READING_ERRORS, OnNote, UnparsedItem, read_file
from .rows import tag_lines
from .tally import NoRowsError, Tally

__all__ = ["tag_files"]

# A longer name of an output leaves no room for the endings of the files beside it.
MAX_NAME_BYTES = 230


def tag_files(
    model: Model,
    files: Sequence[str],
    out: Path,
    *,
    context: bool | None = None,
    read: Callable[[str], Iterator[UnparsedItem]] = read_file,
    on_error: Callable[[str, str], None] | None = None,
    on_note: OnNote | None = None,
    on_file: Callable[[int, int], None] | None = None,
) -> Tally:
    """Tag files into the JSON Lines file `out`, and count the rows that this run wrote.

    If an earlier run was interrupted, this one continues after the last file that was complete. Rows are written to
    ``OUT.partial``; after each file, its name and the length of ``OUT.partial`` are added to ``OUT.partial.done``. Both
    are deleted when all files are tagged. A file that could not be read is tried again.

    Parameters
    ----------
    context : bool, optional
        See `cchc_ml.tagging.rows.tag_rows`.
    read : callable
        Yields the rows of a file; see `cchc_ml.reading.inputs.read_unparsed`. It raises errors.
    on_error, on_note : callable, optional
        See `cchc_ml.reading.inputs.read_inputs`.
    on_file : callable, optional
        Called before each file with its number, from 0, and with how many rows this run has written.

    Raises
    ------
    ValueError
        ``OUT.partial`` belongs to a run over other files, or was changed since.
    NoRowsError
        No file has a row. `out` stays as it is.
    """
    partial, journal = _working_files(out)
    length_after = _read_journal(partial, journal)
    length = max(length_after.values(), default=0)
    if set(length_after) - set(files) or (length_after and partial.stat().st_size < length):
        raise ValueError(
            message(
                "{partial} is from a run over other files, or was changed; delete it and {name}, or run "
                "again with the same files",
                partial=partial,
                name=journal.name,
            )
        )
    tally = Tally()
    with (
        name_on_full_disk(partial),
        open(partial, "ab+") as file,
        open(journal, "a" if length_after else "w", encoding="utf8", newline="") as notes,
    ):
        file.truncate(length)
        file.seek(length)
        for number, name in enumerate(files):
            if on_file:
                on_file(number, tally.rows)
            if name in length_after:
                continue
            start, written = file.tell(), Tally()
            try:
                for lines in tag_lines(model, read(name), context=context, on_note=on_note):
                    file.write(lines.data)
                    written = written.plus(lines)
            except READING_ERRORS as error:
                if not on_error:
                    raise
                file.truncate(start)
                file.seek(start)
                on_error(name, message_of(error))
                continue
            file.flush()
            tally = tally.plus(written)
            notes.write(json.dumps([name, file.tell()]) + "\n")
            notes.flush()
    is_empty = partial.stat().st_size == 0
    if not is_empty:
        with atomic_write(out) as temporary:
            move(partial, temporary)
    partial.unlink(missing_ok=True)
    journal.unlink()
    if is_empty:
        raise NoRowsError
    return tally


def _working_files(out: Path) -> tuple[Path, Path]:
    """Return ``OUT.partial`` and ``OUT.partial.done``. A name that would be too long is cut and gets a hash."""
    name = out.name
    if len(os.fsencode(name)) > MAX_NAME_BYTES:
        name = (
            os.fsencode(name)[: MAX_NAME_BYTES - 20].decode("utf8", "ignore")
            + sha256(os.fsencode(name)).hexdigest()[:16]
        )
    return out.with_name(f"{name}.partial"), out.with_name(f"{name}.partial.done")


def _read_journal(partial: Path, journal: Path) -> dict[str, int]:
    """Return the length of `partial` after each file that an earlier run completed."""
    length_after: dict[str, int] = {}
    if partial.exists() and journal.exists():
        for line in journal.read_text("utf8").splitlines(keepends=True):
            if line.endswith("\n"):  # the last line may be cut
                name, length = json.loads(line)
                length_after[name] = length
        journal.write_text("".join(json.dumps(item) + "\n" for item in length_after.items()), "utf8")
    return length_after
