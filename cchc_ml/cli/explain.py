"""`cchc-ml explain`: show why paragraphs are tagged."""

from __future__ import annotations

from typing import Annotated

import typer

from ..messages import message
from .common import (
    ColumnOption,
    ContextOption,
    KeepBoilerplateOption,
    KeepFurnitureOption,
    ModelOption,
    command,
    make_console,
    one_line,
    printed_notes,
)


@command
def explain(
    inputs: Annotated[list[str] | None, typer.Argument(metavar="INPUT", help="As for predict.")] = None,
    model: ModelOption = None,
    pillar: Annotated[
        str | None,
        typer.Option("--pillar", "-p", help="Show only this pillar, tagged or not: its slug or its Vietnamese name."),
    ] = None,
    strongest: Annotated[
        bool, typer.Option("--global", help="Show the strongest terms of each pillar instead, for and against it.")
    ] = False,
    text_column: ColumnOption = None,
    keep_boilerplate: KeepBoilerplateOption = False,
    keep_furniture: KeepFurnitureOption = False,
    context: ContextOption = None,
) -> None:
    """Show why paragraphs are tagged or not: words shaded by their weight, and each decision as a sum."""
    from rich.text import Text

    from ..model.explanation import explain, strongest_terms
    from ..model.storage import read_model
    from ..reading.context import article_of, documents_of
    from ..reading.finding import expand
    from ..reading.inputs import read_file
    from .console import explained_paragraph, strongest_table

    if bool(inputs) == strongest:
        raise ValueError(message("name articles or tables to explain, or give --global, but not both"))
    trained, console = read_model(model), make_console()
    only = trained.codebook.parse(pillar) if pillar else None
    if strongest:
        terms = strongest_terms(trained)
        for shown in [only] if only else trained.codebook:
            console.print(strongest_table(terms, shown))
        return
    shaded = console.color_system is not None and not console.no_color
    keep = keep_boilerplate or keep_furniture
    for file in expand(inputs or []):
        console.rule(Text(one_line(file)), style="dim")
        with printed_notes() as on_note:
            rows = list(read_file(file, text_column=text_column, keep_boilerplate=keep, on_note=on_note))
        articles = [article_of(row, context) for row, _ in rows]
        documents = documents_of((row for row, _ in rows), articles)
        annotations = trained.annotate([row[name] for row, name in rows], documents)
        for (row, name), annotation in zip(rows, annotations, strict=True):
            explained = explain(trained, row[name], annotation.context)
            console.print(explained_paragraph(row[name], explained, only, shaded=shaded))
