"""Write a report of articles to a file, and verify reports that were written before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..files import atomic_write, check_writable, data_path, file_stamp
from ..messages import message, translate
from ..reading.choose import choose_inputs
from ..reading.columns import document_of
from ..reading.context import is_paragraph
from ..reading.finding import NOT_READ, expand
from ..reading.inputs import InputItem, OnNote, PendingArticle, read_inputs
from ..reading.kinds import ARTICLES
from ..reading.names import folder_name, printable_name, renamed, short_names
from ..reading.progress import InputProgress
from ..reading.tables import Row
from .about import About, report_date
from .dossier import DOSSIER_SUFFIXES, read_dossier, write_dossier
from .formatting import clean_text
from .overview import gather
from .overview_html import render_overview
from .prevalence import training_prior
from .provenance import make_provenance, read_html_report, verify

if TYPE_CHECKING:
    from ..model.model import Model

__all__ = ["Written", "verify_reports", "write_report"]

HTML_SUFFIXES = (".html", ".htm")


class Written(NamedTuple):
    """What `write_report` did.

    Attributes
    ----------
    files : list of str
        The files that were read.
    passed_over : dict of str to str
        The files of folders and patterns that were left out, and why.
    failures : dict of str to str
        The files that could not be read to the end, and why.
    """

    files: list[str]
    passed_over: dict[str, str]
    failures: dict[str, str]


def write_report(
    model: Model,
    inputs: Iterable[str | Path],
    out: Path,
    *,
    tag: Callable[..., Iterable[Row]],
    model_file: Path | None = None,
    about: About | None = None,
    by: str | None = None,
    text_column: str | None = None,
    overwrite: bool = False,
    on_error: Callable[[str, str], None] | None = None,
    on_note: OnNote | None = None,
    on_progress: Callable[[int, int | None], None] | None = None,
) -> Written:
    """Write an overview of articles as a page, or their evidence as a dossier, by the ending of `out`.

    A report holds no path of this machine: files are named relative to the folder that was given. The same input gives
    the same bytes on the same date.

    Parameters
    ----------
    inputs : iterable of str or Path
        Files, folders and patterns; see `cchc_ml.reading.inputs.expand`.
    tag : callable
        `cchc_ml.tagging.rows.tag_rows`. This wing stands beside that one and does not import it.
    model_file : Path, optional
        The file of `model`, whose hash the report keeps. Default: the file that ships with the package.
    about : About, optional
        Title, unit and date. Default: the usual title, no unit, and the date of `cchc_ml.reporting.about.report_date`.
    by : str, optional
        The column to group by; see `cchc_ml.reporting.overview.gather`.
    on_error : callable, optional
        Called with the path of a file that cannot be read to the end, and the reason; the report is made from the
        others, and says so. Without it, or if there is only one file, the error is raised and nothing is written.
    on_note : callable, optional
        Called with a sentence about rows and sheets that are passed over, and about columns that no table has.
    on_progress : callable, optional
        Called with how many paragraphs are done, and how many there are: an estimate, or None if it is not known.

    Raises
    ------
    FileExistsError, FileNotFoundError, ValueError, ImportError
        An input or the output cannot be used. The message says why.
    """
    suffix = out.suffix.lower()
    if suffix not in (*HTML_SUFFIXES, *DOSSIER_SUFFIXES):
        raise ValueError(message("a report is an .html, .docx or .xlsx file; found {out}", out=out))
    inputs = list(inputs)
    files, passed_over = choose_inputs(inputs, out)
    check_writable(out, overwrite, [_model_file(model_file)])
    if "-" in files:
        raise ValueError(
            message("a report keeps the hashes of its files, and standard input is not a file; name the files")
        )
    about = about or About(date=report_date())
    not_read = [file for file, why in passed_over.items() if why == NOT_READ]
    names = short_names(inputs, [*files, *not_read])
    failures: dict[str, str] = {}
    notes: list[str] = []

    def note_failure(file: str, reason: str) -> None:
        failures.setdefault(file, reason)
        if on_error:
            on_error(file, reason)

    def note(sentence: str) -> None:
        notes.append(renamed(translate(sentence, "vi"), names))
        if on_note:
            on_note(sentence)

    keep_going = note_failure if on_error and len(files) > 1 else None
    told = note if on_note else None
    for file in files:
        try:
            open(file, "rb").close()
        except OSError as error:
            if not keep_going:
                raise
            keep_going(file, str(error))
    read = [file for file in files if file not in failures]
    before = {file: file_stamp(file) for file in read}
    provenance = make_provenance(
        {file: names[file] for file in read},
        _model_file(model_file),
        model,
        {"by": by, "text_column": text_column},
        not_read=[names[file] for file in not_read],
        folder=folder_name(inputs),
        date=about.date,
        report=out,
    )
    progress = InputProgress(read)
    # Boilerplate is read so that it can be counted.
    items = read_inputs(
        read, text_column=text_column, keep_boilerplate=True, on_error=keep_going, on_note=told, progress=progress
    )
    paragraphs = dict.fromkeys((names[file] for file in read), 0)
    rows = tag(
        model, _counted(items, progress, [names[file] for file in read], paragraphs), on_error=keep_going, on_note=told
    )
    of_source = {printable_name(file): names[file] for file in read}
    overview = gather(
        _watched(rows, progress, on_progress, of_source, paragraphs),
        training_prior(model),
        by=by,
        text_column=text_column,
        provenance=provenance,
        names={_document_name(source): name for source, name in of_source.items()},
        on_note=on_note,
        codebook=model.codebook,
    )
    if changed := [file for file in read if file_stamp(file) != before[file]]:
        raise ValueError(message("{file} was changed while it was read; run again", file=changed[0]))
    in_order = {file: failures[file] for file in files if file in failures}
    provenance |= {
        "failures": {names[file]: renamed(reason, names) for file, reason in in_order.items()},
        "notes": notes,
        "paragraphs": paragraphs,
    }
    if suffix in DOSSIER_SUFFIXES:
        write_dossier(overview, out, about)
    else:
        with atomic_write(out) as temporary:
            temporary.write_text(render_overview(overview, about), "utf8", newline="")
    return Written(files, passed_over, in_order)


def _document_name(source: str) -> str:
    """Return how `gather` calls the document of an article."""
    return clean_text(document_of({"source": source}).partition(":")[2])


def _counted(
    items: Iterable[InputItem], progress: InputProgress, names: Sequence[str], paragraphs: dict[str, int]
) -> Iterator[InputItem]:
    """Pass on what was read, and count the paragraphs of tables by file."""
    for item in items:
        if not isinstance(item, PendingArticle):
            paragraphs[names[progress.file_number]] += is_paragraph(item[0])
        yield item


def _watched(
    rows: Iterable[Row],
    progress: InputProgress,
    on_progress: Callable[[int, int | None], None] | None,
    of_source: Mapping[str, str],
    paragraphs: dict[str, int],
) -> Iterator[Row]:
    """Pass on tagged rows, and count the paragraphs of articles by file."""
    for number, row in enumerate(rows, 1):
        source = row.get("source")
        if isinstance(source, str) and source in of_source and Path(source).suffix.lower() in ARTICLES:
            paragraphs[of_source[source]] += is_paragraph(row)
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
        changes = verify(provenance, content, path, _model_file(model_file))
        differences += [f"{name}: {change}" for change in changes]
    return differences


def _model_file(given: Path | None) -> Path:
    return given or data_path("models/pillars.npz")
