"""Write a report of articles to a file, and verify reports that were written before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ..files import atomic_write, check_writable, data_path
from ..reading.choose import choose_inputs
from ..reading.finding import NOT_READ, expand
from ..reading.inputs import InputItem, OnNote, read_inputs
from ..reading.progress import InputProgress
from ..reading.tables import Row
from .dossier import DOSSIER_SUFFIXES, read_dossier, write_dossier
from .overview import gather
from .overview_html import render_overview
from .prevalence import training_prior
from .provenance import make_provenance, read_html_report, verify

if TYPE_CHECKING:
    from ..model.model import Model

__all__ = ["verify_reports", "write_report"]

HTML_SUFFIXES = (".html", ".htm")


def write_report(
    model: Model,
    inputs: Iterable[str | Path],
    out: Path,
    *,
    tag: Callable[[Model, Iterable[InputItem]], Iterable[Row]],
    model_file: Path | None = None,
    by: str | None = None,
    text_column: str | None = None,
    overwrite: bool = False,
    on_note: OnNote | None = None,
    on_progress: Callable[[int, int | None], None] | None = None,
) -> dict[str, str]:
    """Write an overview of articles as a page, or their evidence as a dossier, by the ending of `out`.

    Parameters
    ----------
    inputs : iterable of str or Path
        Files, folders and patterns; see `cchc_ml.reading.inputs.expand`.
    tag : callable
        `cchc_ml.tagging.rows.tag_rows`. This wing stands beside that one and does not import it.
    model_file : Path, optional
        The file of `model`, whose hash the report keeps. Default: the file that ships with the package.
    by : str, optional
        The column to group by; see `cchc_ml.reporting.overview.gather`.
    on_note : callable, optional
        Called with a sentence about rows and sheets that are passed over, and about columns that no table has.
    on_progress : callable, optional
        Called with how many paragraphs are done, and how many there are: an estimate, or None if it is not known.

    Returns
    -------
    dict of str to str
        The files of folders and patterns that were left out, and why.

    Raises
    ------
    FileExistsError, FileNotFoundError, ValueError, ImportError
        An input or the output cannot be used. The message says why.
    """
    suffix = out.suffix.lower()
    if suffix not in (*HTML_SUFFIXES, *DOSSIER_SUFFIXES):
        raise ValueError(f"a report is an .html, .docx or .xlsx file; found {out}")
    files, passed_over = choose_inputs(inputs, out)
    check_writable(out, overwrite, [_model_file(model_file)])
    if "-" in files:
        raise ValueError("a report keeps the hashes of its files, and standard input is not a file; name the files")
    options = {"by": by, "text_column": text_column}
    not_read = [file for file, why in passed_over.items() if why == NOT_READ]
    provenance = make_provenance(files, _model_file(model_file), model, options, not_read)
    progress = InputProgress(files)
    items = read_inputs(files, text_column=text_column, on_note=on_note, progress=progress)
    overview = gather(
        _watched(tag(model, items), progress, on_progress),
        training_prior(model),
        by=by,
        text_column=text_column,
        provenance=provenance,
        on_note=on_note,
    )
    if suffix in DOSSIER_SUFFIXES:
        write_dossier(overview, out)
    else:
        with atomic_write(out) as temporary:
            temporary.write_text(render_overview(overview), "utf8", newline="")
    return passed_over


def _watched(
    rows: Iterable[Row], progress: InputProgress, on_progress: Callable[[int, int | None], None] | None
) -> Iterator[Row]:
    for number, row in enumerate(rows, 1):
        yield row
        if on_progress:
            on_progress(number, progress.total(number))


def verify_reports(reports: Iterable[str | Path], model_file: Path | None = None) -> list[str]:
    """Return what has changed since reports were written: their inputs, the model, or the reports themselves.

    Each item names the report. If nothing has changed, the list is empty.

    Raises
    ------
    FileNotFoundError, ValueError
        There is no such report, or it does not contain a provenance record.
    """
    differences = []
    for name in expand(reports):
        path = Path(name)
        read = read_dossier if path.suffix.lower() in DOSSIER_SUFFIXES else read_html_report
        provenance, content = read(path)
        changes = verify(provenance, content, name, _model_file(model_file))
        differences += [f"{name}: {change}" for change in changes]
    return differences


def _model_file(given: Path | None) -> Path:
    return given or data_path("models/pillars.npz")
