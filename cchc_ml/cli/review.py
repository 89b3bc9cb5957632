"""`cchc-ml review`: choose paragraphs to label, label them, and make one file of several people's labels."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..messages import joined, message, number, plural
from ..reading.names import quoted
from .common import (
    CodebookOption,
    ColumnOption,
    ForceOption,
    Group,
    LanguageOption,
    ModelOption,
    QuietOption,
    check_writable,
    command,
    describe_passed_over,
    make_console,
    printed_notes,
    progress_bar,
    report_failures,
    tell,
)
from .common import (
    app as _app,
)
from .settings import say, settings

if TYPE_CHECKING:
    from rich.table import Table

    from ..review.agreement import Agreement, Estimate
    from ..review.categories import Category
    from ..review.merge import Merged

review = typer.Typer(cls=Group, no_args_is_help=True)
_app.add_typer(review, name="review")
_command = functools.partial(command, of=review)


@review.callback()
def _options(lang: LanguageOption = None, quiet: QuietOption = False) -> None:
    """Label paragraphs yourself: choose which, label them in Excel or on a page, merge what several people said."""
    settings.quiet |= quiet


@_command
def queue(
    inputs: Annotated[
        list[str],
        typer.Argument(metavar="INPUT", help="Articles, tables, folders or patterns, as `cchc-ml predict` takes them."),
    ],
    out: Annotated[
        Path,
        typer.Option("-o", "--output", help="queue.xlsx, .csv, .jsonl, label-studio.json or doccano.jsonl."),
    ],
    number: Annotated[int, typer.Option("-n", "--number", help="How many paragraphs to choose.", min=1)] = 200,
    random_share: Annotated[
        float, typer.Option("--random-share", help="Share that is drawn at random, to estimate quality.", min=0, max=1)
    ] = 0.2,
    seed: Annotated[int, typer.Option(help="Another number gives another random share.")] = 0,
    model: ModelOption = None,
    text_column: ColumnOption = None,
    force: ForceOption = False,
) -> None:
    """Choose the paragraphs that are most worth a person's time: uncertain, diverse, and no near-duplicates."""
    from ..model.storage import read_model
    from ..reading.choose import choose_inputs
    from ..reading.inputs import read_inputs
    from ..reading.progress import InputProgress
    from ..review.categories import categories
    from ..review.formats import companion_of, write_items
    from ..review.queue import SECONDS_A_PARAGRAPH, build_queue, suggest
    from ..review.sheet import SHEET_KINDS

    companion = companion_of(out)
    files, passed_over = choose_inputs(inputs, out)
    for path in filter(None, (out, companion)):
        check_writable(path, force, files)
    trained = read_model(model)
    failures: dict[str, str] = {}
    on_error = None if len(files) == 1 else failures.__setitem__
    progress = InputProgress(files)
    pool = []
    with printed_notes() as on_note, progress_bar(message("tagging"), message("paragraphs")) as show:
        items = read_inputs(files, text_column=text_column, on_error=on_error, on_note=on_note, progress=progress)
        for item in suggest(trained, items, on_error=on_error, on_note=on_note):
            pool.append(item)
            show(len(pool), progress.total(len(pool)))
    thresholds = trained.probabilities(trained.thresholds[None].astype(float))[0].tolist()
    chosen = build_queue(pool, number, thresholds, slugs=trained.codebook.slugs, random_share=random_share, seed=seed)
    write_items(chosen.items, out, categories(trained.codebook))
    drawn = sum(item.sampling == "random" for item in chosen.items)
    tell(
        message(
            "wrote {n:,} of {all:,} paragraphs to {out}: {uncertain} uncertain, {random} random; {duplicates} "
            "near-duplicates passed over",
            n=len(chosen.items),
            all=chosen.candidates,
            out=out,
            uncertain=len(chosen.items) - drawn,
            random=drawn,
            duplicates=chosen.duplicates,
        )
    )
    minutes = chosen.hours * 60
    if minutes >= 90:
        needed = message("{hours:.1f} hours", hours=chosen.hours)
    else:
        needed = plural("{n} minute", "{n} minutes", max(1, round(minutes)))
    tell(
        message(
            "one person needs about {time} (assumed: {seconds} seconds a paragraph)",
            time=needed,
            seconds=SECONDS_A_PARAGRAPH,
        )
    )
    if passed_over:
        tell(describe_passed_over(passed_over))
    if companion is not None:
        tell(message("wrote {path} to set up the project with", path=companion))
    elif out.suffix.lower() in SHEET_KINDS:
        tell(message("label there, or on a page: cchc-ml review app work.db --queue {path}", path=quoted(out)))
    report_failures([failures[file] for file in files if file in failures], len(files))


@_command
def app(
    store: Annotated[Path, typer.Argument(metavar="STORE", help="File that keeps the labels, such as work.db.")],
    queue_file: Annotated[
        Path | None,
        typer.Option("--queue", help="Make the store of this queue (any format of `review queue`) if it is not there."),
    ] = None,
    blind: Annotated[bool, typer.Option("--blind", help="Hide what the model suggests.")] = False,
    codebook: CodebookOption = None,
    port: Annotated[int, typer.Option(help="0 for any that is free.", min=0, max=65535)] = 8001,
) -> None:
    """Label on a page in the browser of this machine. Every label is on disk before the page goes on."""
    from ..files import require_extra
    from ..review.formats import read_items
    from ..review.store import ReviewStore

    for library in ("fastapi", "uvicorn"):
        require_extra(library, "serve", message("labelling on a page"))
    if queue_file is not None:
        known = _known(codebook, [queue_file])
        items = read_items(queue_file, known)
        if not store.exists():
            ReviewStore.create(store, items, known)
        elif other := {item.id for item in items} ^ {item.id for item in ReviewStore.open(store).items()}:
            raise FileExistsError(
                message(
                    "{store} exists with other paragraphs than {queue} ({id}); give another name",
                    store=store,
                    queue=queue_file,
                    id=min(other),
                )
            )
    elif not store.exists():
        raise FileNotFoundError(
            message(
                "no file {store}; make it of a queue: cchc-ml review app {store} --queue queue.xlsx",
                store=quoted(store),
            )
        )
    from ..web.review_service import serve_review

    def tell_ready(url: str) -> None:
        tell(message("listening on {url}", url=url))
        tell(
            message(
                "open it in a browser; Ctrl-C ends it; then: cchc-ml review merge {store} -o labelled.jsonl",
                store=quoted(store),
            )
        )

    serve_review(ReviewStore.open(store), port, blind=blind, on_ready=tell_ready)


@_command
def merge(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILES",
            help="What people labelled: .xlsx .csv .jsonl .db; from Label Studio .json; from doccano .jsonl or .zip.",
        ),
    ],
    out: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write what is settled to this .jsonl, for `cchc-ml train`.")
    ] = None,
    disagreements: Annotated[
        Path | None,
        typer.Option(
            "--disagreements", help="Write what people disagree on to this .xlsx or .csv, to be settled there."
        ),
    ] = None,
    codebook: CodebookOption = None,
    force: ForceOption = False,
) -> None:
    """Merge what several people labelled, measure how far they agree, and list what is to be settled.

    Only paragraphs where every category was looked at, and where all agree, are written. If there are none, no file is
    written. An empty list of labels says "none of them". Give the filled-in sheet of --disagreements together with the
    other files: it has the deciding vote.
    """
    from ..review.formats import read_items, write_json_lines
    from ..review.merge import merge as merge_items
    from ..review.sheet import DONE, SHEET_KINDS, YES, write_review_sheet

    if out is not None and out.suffix.lower() != ".jsonl":
        raise ValueError(
            message("{path} is not .jsonl, which `cchc-ml train` reads with all that is written", path=out)
        )
    if disagreements is not None and disagreements.suffix.lower() not in SHEET_KINDS:
        kinds = joined(message(" or "), SHEET_KINDS)
        raise ValueError(
            message("{path} is not a sheet; want a name that ends in {kinds}", path=disagreements, kinds=kinds)
        )
    for path in filter(None, (out, disagreements)):
        check_writable(path, force, files)
    known = _known(codebook, files)
    merged = merge_items([item for path in files for item in read_items(path, known)], [c.slug for c in known])
    console = make_console()
    names = {c.slug: c.short for c in known}
    if agreement := merged.agreement():
        console.print(_agreement_table(agreement, names, merged.annotators))
        if (confused := merged.confusion()).any():
            console.print(_confusion_table(confused.tolist(), [*names.values()]))
    n_random, quality = merged.suggestion_quality()
    if n_random:
        console.print(_quality_table(n_random, quality, names))
    if disagreements is not None:
        items, votes, agreed = merged.disagreements()
        write_review_sheet(items, disagreements, known, votes=votes, agreed=agreed)
    rows = list(merged.rows())
    if out is not None and rows:
        write_json_lines(rows, out)
    _tell_counts(merged, out, disagreements)
    if out is not None and not rows:
        raise ValueError(
            message(
                "no paragraph is labelled in full, so {out} was not written; answer every category, "
                "or choose '{yes}' in the column '{done}' of a sheet",
                out=out,
                yes=YES,
                done=DONE,
            )
        )


def _known(codebook: Path | None, files: Sequence[Path]) -> Sequence[Category]:
    """Return the categories that files were labelled with: as named, or else as a store among the files says."""
    from ..model.storage import codebook_of
    from ..review.categories import categories
    from ..review.store import ReviewStore, is_store

    if (
        codebook is None
        and (store := next((file for file in files if file.is_file() and is_store(file)), None)) is not None
    ):
        return ReviewStore.open(store).categories()
    return categories(codebook_of(codebook))


def _tell_counts(merged: Merged, out: Path | None, disagreements: Path | None) -> None:
    counts = merged.counts()
    if out and counts["labelled"]:
        labelled = plural(
            "wrote {n:,} labelled paragraph to {out}",
            "wrote {n:,} labelled paragraphs to {out}",
            counts["labelled"],
            out=out,
        )
    else:
        labelled = message("{n:,} labelled", n=counts["labelled"])
    tell(
        message(
            "{labelled}; left out: {disputed} disputed, {partial} looked at in part, {untouched} not looked at",
            labelled=labelled,
            disputed=counts["disputed"],
            partial=counts["partial"],
            untouched=counts["untouched"],
        )
    )
    if disagreements:
        tell(
            plural(
                "wrote {n:,} disputed paragraph to {out}",
                "wrote {n:,} disputed paragraphs to {out}",
                counts["disputed"],
                out=disagreements,
            )
        )
    elif counts["disputed"]:
        tell(message("give --disagreements FILE.xlsx for a sheet to settle them in"))


def _estimate(estimate: Estimate) -> tuple[str, str]:
    value = "–" if estimate.value is None else number(estimate.value, ".2f")
    if estimate.low is None or estimate.high is None:
        return say(value), ""
    return say(value), say(joined(" – ", [number(estimate.low, ".2f"), number(estimate.high, ".2f")]))


def _agreement_table(agreement: Mapping[str, Agreement], names: Mapping[str, str], people: Sequence[str]) -> Table:
    from rich.table import Table

    table = Table(title=say(message("Agreement of {people}", people=", ".join(people))), title_justify="left")
    table.add_column(say(message("category")))
    for head in (message("paragraphs"), message("documents"), "kappa", "95 %", "alpha", "95 %"):
        table.add_column(say(head), justify="right")
    for slug, found in agreement.items():
        cells = (str(found.paragraphs), str(found.documents), *_estimate(found.kappa), *_estimate(found.alpha))
        table.add_row(names[slug], *cells)
    table.caption = say(message("– where there is one answer only; no 95 % interval below 10 documents"))
    table.caption_justify = "left"
    return table


def _confusion_table(counts: Sequence[Sequence[int]], names: Sequence[str]) -> Table:
    from rich.table import Table

    title = message("Where one person gave one category and another person gave another")
    table = Table(title=say(title), title_justify="left")
    table.add_column("")
    names = [*names, say(message("nothing"))]
    for name in names:
        table.add_column(name, justify="right", overflow="fold")
    for name, row in zip(names, counts, strict=True):
        table.add_row(name, *(str(count) if count else "·" for count in row))
    return table


def _quality_table(n: int, quality: Mapping[str, Any], names: Mapping[str, str]) -> Table:
    from rich.table import Table

    title = plural(
        "The model's suggestions for the {n} random paragraph",
        "The model's suggestions for the {n} random paragraphs",
        n,
    )
    table = Table(title=say(title), title_justify="left")
    table.add_column(say(message("category")))
    for head in (message("right"), message("too many"), message("missed"), "F1"):
        table.add_column(say(head), justify="right")
    for slug, found in quality.items():
        all_of_them = 2 * found.tp + found.fp + found.fn
        f1 = say(number(2 * found.tp / all_of_them, ".2f")) if all_of_them else "–"
        table.add_row(names[slug], str(found.tp), str(found.fp), str(found.fn), f1)
    return table
