"""Tag many files so that an interrupted run can be continued."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from shutil import move
from typing import NamedTuple

from ..files import atomic_write, file_stamp, name_on_full_disk
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
    options: Sequence[object] = (),
    read: Callable[[str], Iterator[UnparsedItem]] = read_file,
    on_error: Callable[[str, str], None] | None = None,
    on_note: OnNote | None = None,
    on_file: Callable[[int, int], None] | None = None,
) -> Tally:
    """Tag files into the JSON Lines file `out`, and count its rows.

    If an earlier run was interrupted, this one continues after the last file that was complete. Rows are written to
    ``OUT.partial``; after each file, a line about it is added to ``OUT.partial.done``. Both are deleted when all files
    are tagged. A file that could not be read is tried again.

    Parameters
    ----------
    context : bool, optional
        See `cchc_ml.tagging.rows.tag_rows`.
    options : sequence, optional
        What else the rows depend on: the options of `read`.
    read : callable
        Yields the rows of a file; see `cchc_ml.reading.inputs.read_unparsed`. It raises errors.
    on_error, on_note : callable, optional
        See `cchc_ml.reading.inputs.read_inputs`.
    on_file : callable, optional
        Called before each file with its number, from 0, and with how many rows are written.

    Raises
    ------
    ValueError
        ``OUT.partial`` belongs to a run over other files, with another model or other options; or it, or a file that
        was tagged into it, was changed since.
    FileExistsError
        Something else has the name ``OUT.partial``.
    NoRowsError
        No file has a row. `out` stays as it is.
    """
    partial, journal = _working_files(out)
    mark = _run_mark(model, [context, *options])
    done = _earlier_files(partial, journal, mark, files)
    length = done[-1].length if done else 0
    names = {each.name for each in done}
    tally = Tally()
    for each in done:
        tally = tally.plus(Tally(*each.counts))
    with (
        name_on_full_disk(partial),
        open(partial, "ab+") as file,
        open(journal, "a" if done else "w", encoding="utf8", newline="") as notes,
    ):
        if not done:
            notes.write(json.dumps(mark) + "\n")
        file.truncate(length)
        file.seek(length)
        for number, name in enumerate(files):
            if on_file:
                on_file(number, tally.rows)
            if name in names:
                continue
            stamp, start, written = file_stamp(name), file.tell(), Tally()
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
            notes.write(json.dumps(_Done(name, stamp, file.tell(), written)) + "\n")
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


def _earlier_files(partial: Path, journal: Path, mark: str, files: Sequence[str]) -> list[_Done]:
    """Return the files that an earlier run completed. Raise if this run, over `files`, cannot go on with it."""
    if partial.exists() and partial.stat().st_size and not journal.exists():
        raise FileExistsError(
            message("{partial} is in the way and not from an interrupted run; rename it, or change -o", partial=partial)
        )
    try:
        earlier, done = _read_journal(partial, journal)
    except (ValueError, TypeError):
        raise _other_run(partial, journal) from None
    if {each.name for each in done} - set(files) or (done and partial.stat().st_size < done[-1].length):
        raise _other_run(partial, journal)
    if done and earlier != mark:
        raise ValueError(
            message(
                "{partial} is from a run with another model or other options; run again with the same, or delete it "
                "and {name}",
                partial=partial,
                name=journal.name,
            )
        )
    if changed := [each.name for each in done if file_stamp(each.name) != each.stamp]:
        raise ValueError(
            message(
                "{file} was changed after it was tagged into {partial}; delete that and {name}, and run again",
                file=changed[0],
                partial=partial,
                name=journal.name,
            )
        )
    return done


def _other_run(partial: Path, journal: Path) -> ValueError:
    return ValueError(
        message(
            "{partial} is from a run over other files, or was changed; delete it and {name}, or run "
            "again with the same files",
            partial=partial,
            name=journal.name,
        )
    )


def _working_files(out: Path) -> tuple[Path, Path]:
    """Return ``OUT.partial`` and ``OUT.partial.done``. A name that would be too long is cut and gets a hash."""
    name = out.name
    if len(os.fsencode(name)) > MAX_NAME_BYTES:
        name = (
            os.fsencode(name)[: MAX_NAME_BYTES - 20].decode("utf8", "ignore")
            + sha256(os.fsencode(name)).hexdigest()[:16]
        )
    return out.with_name(f"{name}.partial"), out.with_name(f"{name}.partial.done")


class _Done(NamedTuple):
    """A file that an earlier run completed.

    Attributes
    ----------
    name : str
    stamp : sequence of int
        See `cchc_ml.files.file_stamp`.
    length : int
        The length of ``OUT.partial`` after it.
    counts : sequence of int
        The fields of its `Tally`.
    """

    name: str
    stamp: Sequence[int]
    length: int
    counts: Sequence[int]


def _run_mark(model: Model, options: Sequence[object]) -> str:
    """Return a hash of all that the rows depend on, but for the files: the model and how files are read."""
    weight = model.context and model.context.weight
    digest = sha256(json.dumps([*map(repr, options), weight, *model.codebook.slugs]).encode())
    arrays = [model.features.idf, model.coef, model.intercept, model.thresholds, model.calibration]
    if model.context is not None:
        own = model.context.carrying_thresholds
        arrays += [model.context.thresholds, model.context.calibration, *([] if own is None else [own])]
    for array in arrays:
        digest.update(array.tobytes())
    digest.update("\n".join(model.lexicon.terms).encode())
    return digest.hexdigest()


def _read_journal(partial: Path, journal: Path) -> tuple[str, list[_Done]]:
    """Return the mark of an earlier run, and the files that it completed; nothing if there is none.

    Raises
    ------
    ValueError
        Something else has written the journal.
    """
    if not (partial.exists() and journal.exists()):
        return "", []
    lines = journal.read_text("utf8").splitlines(keepends=True)
    whole = [json.loads(line) for line in lines if line.endswith("\n")]  # the last line may be cut
    journal.write_text("".join(json.dumps(line) + "\n" for line in whole), "utf8", newline="")
    if not whole:
        return "", []
    mark, *done = whole
    if not isinstance(mark, str):
        raise ValueError
    return mark, [_Done(*line) for line in done]
