"""`cchc-ml plan`: what more labels would bring."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..messages import joined, message, number, plural
from .common import CodebookOption, ColumnOption, JobsOption, command, make_console, print_note, progress_bar
from .settings import say

if TYPE_CHECKING:
    from rich.table import Table

    from ..review.plan import Band, Forecast, Plan


@command
def plan(
    data: Annotated[
        list[Path],
        typer.Argument(
            metavar="DATA", help="Labelled tables (.jsonl .csv .xlsx), or review sheets that are filled in."
        ),
    ],
    codebook: CodebookOption = None,
    text_column: ColumnOption = None,
    jobs: JobsOption = -1,
) -> None:
    """Tell what 100, 200 and 400 more labels would bring, and which pillar to label first.

    Models are trained on parts of DATA alone and measured on documents that they did not see. Rows whose `split` is not
    train are left out.
    """
    from ..model.storage import codebook_of
    from ..review.categories import categories
    from ..review.labelled import read_labelled
    from ..review.plan import LEAST_DOCUMENTS, LEAST_POSITIVE, LEAST_ROWS, make_plan

    chosen = codebook_of(codebook)
    known = categories(chosen)
    unfinished: list[str] = []
    rows = [
        row
        for path in data
        for row in read_labelled(path, known, text_column=text_column, on_unfinished=unfinished.append)
    ]
    if unfinished:
        print_note(
            plural(
                "{n} row without labels, or not looked at in full, was passed over",
                "{n} rows without labels, or not looked at in full, were passed over",
                len(unfinished),
            )
        )
    with progress_bar(message("training")) as progress:
        train = [row for row in rows if row.split == "train"]
        made = make_plan(train, known, codebook=chosen, n_jobs=jobs, progress=progress)
    names = {c.slug: c.short for c in known}
    console = make_console()
    if made.macro.now is None:
        told = message(
            "{rows} rows of {documents} documents: too few for a learning curve; want {least_rows} rows of "
            "{least_documents} documents, and a {noun} that {least_positive} rows have",
            rows=made.rows,
            documents=made.documents,
            least_rows=LEAST_ROWS,
            least_documents=LEAST_DOCUMENTS,
            noun=chosen.noun,
            least_positive=LEAST_POSITIVE,
        )
        console.print(say(told), soft_wrap=True)
    else:
        console.print(_curve_table(made))
        console.print(_forecast_table(made, names, chosen.noun))
    first = message(
        "label first: {name} ({slug}): {reason}", name=names[made.first], slug=made.first, reason=made.reason
    )
    console.print(say(first), soft_wrap=True)


def _curve_table(plan: Plan) -> Table:
    from rich.table import Table

    table = Table(title=say(message("Macro-F1 by number of labels")), title_justify="left")
    for head in (message("labels"), "F1", "95 %"):
        table.add_column(say(head), justify="right")
    for size, band in plan.macro.curve:
        table.add_row(str(size), say(number(band.value, ".3f")), _interval(band, ""))
    return table


def _forecast_table(plan: Plan, names: dict[str, str], noun: str) -> Table:
    from rich.table import Table

    title = message("What more labels would bring to these {rows} (F1)", rows=plan.rows)
    table = Table(title=say(title), title_justify="left")
    table.add_column(say(noun))
    table.add_column(say(message("labelled yes")), justify="right")
    table.add_column(say(message("now")), justify="right")
    for more, _ in plan.macro.gains:
        table.add_column(f"+{more}", justify="right")
    for forecast in (*plan.categories, plan.macro):
        table.add_row(names.get(forecast.name, say(message("mean"))), *_cells(forecast, len(plan.macro.gains)))
    table.caption = say(message("power law; 95 % intervals by document; – too few rows to say"))
    table.caption_justify = "left"
    return table


def _cells(forecast: Forecast, n: int) -> list[str]:
    count = "" if forecast.name == "macro" else str(forecast.positive)
    if forecast.now is None:
        return [count, *["–"] * (1 + n)]
    gains = [f"{say(number(band.value, '+.3f'))}\n{_interval(band, '+')}" for _, band in forecast.gains]
    return [count, f"{say(number(forecast.now.value, '.3f'))}\n{_interval(forecast.now, '')}", *gains]


def _interval(band: Band, sign: str) -> str:
    return say(joined(" – ", [number(band.low, f"{sign}.3f"), number(band.high, f"{sign}.3f")]))
