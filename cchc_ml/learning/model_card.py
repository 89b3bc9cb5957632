"""Write the model card and `metrics.json`, from the same numbers."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from ..files import atomic_write
from ..messages import message
from ..pillars import CCHC, Codebook
from .metric_tables import Table, format_cell, natural_mix_table, scores_table, source_tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .metric_types import Metrics, NaturalMix, SourceScores

CARD = """\
# Model card: {name}

Tags the paragraphs of Vietnamese articles by {what}. Written by `cchc-ml train`; do not edit.

| | |
| --- | --- |
| package | cchc_ml {version} |
| trained on | {n} paragraphs of {documents} documents, SHA-256 `{data}` |
| lexicon | {terms} terms |
| features | TF-IDF, and the codebook's terms |
| method | linear SVMs, multiple-instance training; thresholds and calibration from out-of-fold scores by document |
| context | in an article: + 0.8 k / (n + 1), if k of the n other paragraphs carry the {noun} by their own scores |

## Intended use

Finding the paragraphs of news and portal articles that are evidence for a {noun}, for a person to read. Not for
judging an official, an office or a province by the number of tags alone. Not for languages other than Vietnamese.

{warnings}## Scores

{intro}{tables}
Cross-validated: the model and the thresholds that tag a training paragraph saw nothing of its document. The lexicon
was chosen without labels. In context: a paragraph is read with all the other paragraphs of its article.
{notes}
"""


# The columns, after that of the names, and the averages that the card shows.
COLUMNS = ("support", "precision", "recall", "F1", "AP")
AVERAGES = ("macro", "micro")


class ModelFacts(TypedDict):
    """What the card says about the model: file name, package version, training data and lexicon.

    `n` and `documents` count the training paragraphs and their documents, `data` is their SHA-256, `terms` the
    lexicon's size.
    """

    name: str
    version: str
    n: int
    documents: int
    data: str
    terms: int


def check_card(folder: Path) -> None:
    """Raise if `folder` has a README.md that is not a model card, because the card would overwrite it.

    Raises
    ------
    ValueError
    """
    path = folder / "README.md"
    if path.exists() and not path.read_bytes().startswith(b"# Model card"):
        raise ValueError(
            message(
                "{path} is not a model card, and the card would overwrite it; write the model into a folder of its own",
                path=path,
            )
        )


def markdown_table(table: Table) -> str:
    """Return a table as Markdown, with its title as a heading.

    Examples
    --------
    >>> print(markdown_table(Table("mine", ("pillar", "F1"), [("tthc", 0.9)], [("macro", 0.9)])), end="")
    ### mine
    <BLANKLINE>
    | pillar | F1 |
    | --- | ---: |
    | `tthc` | 0.900 |
    | macro | 0.900 |
    """
    rows = [[f"`{row[0]}`", *map(format_cell, row[1:])] for row in table.rows]
    rows += [[format_cell(cell) for cell in row] for row in table.summary]
    ruler = ["---", *["---:"] * (len(table.head) - 1)]
    lines = ["|" + "".join(f" {cell} |" if cell else " |" for cell in cells) for cells in ([*table.head], ruler, *rows)]
    return "\n".join([f"### {table.title}", "", *lines]) + "\n"


def write_card(
    folder: str | Path,
    facts: ModelFacts,
    metrics_by_title: Mapping[str, Metrics],
    sources: Sequence[SourceScores] = (),
    mixes: Mapping[str, NaturalMix] | None = None,
    notes: str = "",
    intro: str = "",
    remarks: Sequence[str] = (),
    codebook: Codebook = CCHC,
) -> None:
    """Write `README.md` and `metrics.json` into `folder`.

    Parameters
    ----------
    folder : path
    facts : ModelFacts
    metrics_by_title : mapping of str to Metrics
        The scores, by title.
    sources : sequence of SourceScores
        The scores on held-out real text.
    mixes : mapping of str to NaturalMix, optional
        The scores on rows that were drawn at random, for paragraphs read alone and in context.
    notes : str
        Markdown for the end of the card.
    intro : str
        Markdown to stand before the scores: how they are to be read.
    remarks : sequence of str
        What the reader must be warned of.
    codebook : Codebook
        The categories of the model.
    """
    folder = Path(folder)
    tables = []
    if sources:
        tables += [markdown_table(table) for table in source_tables(sources)]
    if mixes:
        tables.append(markdown_table(natural_mix_table(mixes)))
    for title, metrics in metrics_by_title.items():
        scores = scores_table(metrics, title)
        table = scores.select(scores.head[0], *COLUMNS)
        averages = [row for row in table.summary if row[0] in AVERAGES]
        tables.append(markdown_table(replace(table, summary=averages)))
    intro = f"{intro}\n\n" if intro else ""
    what = "pillar of administrative reform"
    if not codebook.is_default:
        what = f"category of their own codebook ({', '.join(f'`{slug}`' for slug in codebook)})"
    warnings = "".join(["## Warnings\n\n", *(f"- {remark}\n" for remark in remarks), "\n"]) if remarks else ""
    tables_text = "\n".join(tables)
    card = CARD.format(
        **facts, what=what, noun=codebook.noun, warnings=warnings, intro=intro, tables=tables_text, notes=f"\n{notes}"
    )
    measured = {"model": facts, "scores": metrics_by_title, "sources": sources, "natural_mix": mixes or {}}
    metrics_json = json.dumps(measured, ensure_ascii=False, indent=1)
    for name, text in (("README.md", card.rstrip("\n")), ("metrics.json", metrics_json)):
        with atomic_write(folder / name) as temporary:
            temporary.write_text(text + "\n", "utf8", newline="\n")
