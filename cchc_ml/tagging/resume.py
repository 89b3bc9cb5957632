"""Tagging many files so that an interrupted run can go on where it stopped."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ..model.model import Model
from ..reading.inputs import READING_ERRORS, read_file
from ..reading.tables import Row
from .rows import tag_lines

__all__ = ["tag_files"]


def tag_files(
    model: Model,
    files: Sequence[str],
    out: Path,
    *,
    read: Callable[[str], Iterator[tuple[Row, str]]] = read_file,
    on_error: Callable[[str, str], None] | None = None,
    on_file: Callable[[int], None] | None = None,
) -> None:
    """Tag files into the JSON Lines file `out`, file by file; where an earlier run was interrupted, go on from there.

    What is done stands in ``OUT.partial``, and after each file its name and the length of ``OUT.partial`` in
    ``OUT.partial.done``; both are gone when all is done. A file that could not be read is tried again.

    Parameters
    ----------
    read : callable
        Yields the rows of a file; see `cchc_ml.reading.inputs.read_file`.
    on_error, on_file : callable, optional
        See `cchc_ml.reading.inputs.read_inputs`.
    """
    partial, journal = out.with_name(out.name + ".partial"), out.with_name(out.name + ".partial.done")
    done: dict[str, int] = {}
    if partial.exists() and journal.exists():
        for line in journal.read_text("utf8").splitlines(keepends=True):
            if line.endswith("\n"):  # the last one may be half written
                name, length = json.loads(line)
                done[name] = length
        journal.write_text("".join(json.dumps(item) + "\n" for item in done.items()), "utf8")
    length = max(done.values(), default=0)
    if set(done) - set(files) or (done and partial.stat().st_size < length):
        raise ValueError(
            f"{partial} is of a run over other files, or was changed; delete it and {journal.name}, or finish that run"
        )
    with (
        open(partial, "a+", encoding="utf8", newline="") as file,
        open(journal, "a" if done else "w", encoding="utf8", newline="") as notes,
    ):
        file.truncate(length)
        file.seek(length)
        for number, name in enumerate(files):
            if on_file:
                on_file(number)
            if name in done:
                continue
            start = file.tell()
            try:
                file.writelines(tag_lines(model, read(name)))
            except READING_ERRORS as error:
                if not on_error:
                    raise
                file.truncate(start)
                file.seek(start)
                on_error(name, str(error))
                continue
            file.flush()
            notes.write(json.dumps([name, file.tell()]) + "\n")
            notes.flush()
    partial.replace(out)
    journal.unlink()
