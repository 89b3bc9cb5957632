"""`cchc-ml explain`: show why paragraphs are tagged."""

from __future__ import annotations

from typing import Annotated

import typer

from .common import (
    ColumnOption,
    ModelOption,
    command,
    make_console,
)


@command
def explain(
    inputs: Annotated[list[str] | None, typer.Argument(metavar="INPUT...", help="As for predict.")] = None,
    model: ModelOption = None,
    pillar: Annotated[
        str | None, typer.Option("--pillar", "-p", help="Only this pillar, tagged or not: a slug, or its name.")
    ] = None,
    whole: Annotated[
        bool, typer.Option("--global", help="The strongest terms of each pillar, for and against, in any text.")
    ] = False,
    text_column: ColumnOption = None,
    keep_boilerplate: Annotated[
        bool, typer.Option("--keep-boilerplate", help="Menus, captions and by-lines of pages too.")
    ] = False,
    keep_furniture: Annotated[bool, typer.Option("--keep-furniture", hidden=True)] = False,  # its name before 0.1.0
) -> None:
    """Say why paragraphs are tagged, or not: their words shaded by weight, and the sum that each decision is."""
    from ..model.explanation import explain, strongest_terms
    from ..model.storage import read_model
    from ..pillars import PILLARS, parse_pillar
    from ..reading.inputs import expand, read_file
    from .console import explained_paragraph, strongest_table

    if bool(inputs) == whole:
        raise ValueError("name an article or a table to explain, or give --global")
    keep = keep_boilerplate or keep_furniture
    only = parse_pillar(pillar) if pillar else None
    trained, console = read_model(model), make_console()
    if whole:
        strongest = strongest_terms(trained)
        for one in [only] if only else PILLARS:
            console.print(strongest_table(strongest, one))
        return
    for file in expand(inputs or []):
        console.rule(file, style="dim")
        for row, name in read_file(file, text_column=text_column, keep_boilerplate=keep):
            shaded = console.color_system is not None and not console.no_color
            console.print(explained_paragraph(row[name], explain(trained, row[name]), only, shaded=shaded))
