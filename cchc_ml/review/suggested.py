"""Write what the model suggests as a sheet to correct, as `cchc-ml predict --review` does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..messages import joined, message
from ..reading.inputs import OnNote, read_inputs
from ..reading.progress import InputProgress
from ..reading.tables import table_kind
from .categories import Category
from .items import ReviewItem
from .queue import suggest
from .sheet import SHEET_KINDS, write_review_sheet

if TYPE_CHECKING:
    from ..model.model import Model

__all__ = ["SuggestionCount", "check_sheet", "unique_items", "write_suggestions"]


@dataclass
class SuggestionCount:
    """How many paragraphs were written, and how many were passed over because they were written already."""

    written: int = 0
    repeated: int = 0


def check_sheet(path: Path | None) -> Path:
    """Return the path of a review sheet.

    Raises
    ------
    ValueError
        There is no path, or its name does not end in the name of a sheet.
    """
    if path is None or table_kind(path) not in SHEET_KINDS:
        found = message("no -o") if path is None else f"-o {path}"
        wanted = joined(message(" or "), (message("-o FILE{kind}", kind=kind) for kind in SHEET_KINDS))
        raise ValueError(
            message("--review writes a sheet to correct; found {found}, want {wanted}", found=found, wanted=wanted)
        )
    return path


def write_suggestions(
    model: Model,
    files: Sequence[str],
    out: Path,
    categories: Sequence[Category],
    *,
    text_column: str | None = None,
    keep_boilerplate: bool = False,
    on_error: Callable[[str, str], None] | None = None,
    on_note: OnNote | None = None,
    progress: InputProgress | None = None,
    on_item: Callable[[int], None] | None = None,
) -> SuggestionCount:
    """Tag files and write a review sheet. Every tag is a suggestion there, and none is a label.

    Parameters
    ----------
    model : Model
    files : sequence of str
        As `cchc_ml.reading.finding.expand` gives them.
    out : Path
        ``.xlsx`` or ``.csv``.
    categories : sequence of Category
    text_column, keep_boilerplate, on_error, on_note, progress
        See `cchc_ml.reading.inputs.read_inputs`.
    on_item : callable, optional
        Called with how many paragraphs are done.

    Raises
    ------
    ValueError
        Two different paragraphs have the same id, so that a correction could not be merged; or as `read_inputs` and
        `cchc_ml.review.sheet.write_review_sheet`.
    """
    rows = read_inputs(
        files,
        text_column=text_column,
        keep_boilerplate=keep_boilerplate,
        on_error=on_error,
        on_note=on_note,
        progress=progress,
    )
    count = SuggestionCount()

    def counted(items: Iterable[ReviewItem]) -> Iterator[ReviewItem]:
        for item in items:
            yield item
            if on_item:
                on_item(count.written + count.repeated)
        if not count.written:  # an older sheet stays
            raise ValueError(message("the input has no paragraph; {out} was not written", out=out))

    write_review_sheet(
        counted(unique_items(suggest(model, rows, on_error=on_error, on_note=on_note), count)), out, categories
    )
    return count


def unique_items(items: Iterable[ReviewItem], count: SuggestionCount) -> Iterator[ReviewItem]:
    """Yield each paragraph once. A person who decided the same one twice could contradict himself.

    Raises
    ------
    ValueError
        An id stands for two texts.
    """
    known: dict[str, str] = {}
    for item in items:
        if item.id not in known:
            known[item.id] = item.text
            count.written += 1
            yield item
        elif known[item.id] == item.text:
            count.repeated += 1
        else:
            raise ValueError(
                message("two different paragraphs have the id {id}; give each row an id of its own", id=repr(item.id))
            )
