"""The model card and `metrics.json`, written from the same numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..files import atomic_write

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["check_card", "write_card"]

CARD = """\
# Model card: {name}

Tags the paragraphs of Vietnamese articles by pillar of administrative reform. Written by `cchc-ml train`; do not edit.

| | |
| --- | --- |
| package | cchc_ml {version} |
| trained on | {n} paragraphs of {documents} documents, SHA-256 `{data}` |
| lexicon | {terms} terms |
| features | TF-IDF, and the codebook's terms |
| method | linear SVMs, multiple-instance training; thresholds and calibration from out-of-fold scores by document |

## Intended use

Finding the paragraphs of news and portal articles that are evidence for a pillar, for a person to read. Not for judging an
official, an office or a province by the number of tags alone. Not for languages other than Vietnamese.

## Scores

{tables}
Cross-validated: every training paragraph is scored by a model, and tagged with thresholds, that saw nothing of its document; but
the lexicon was chosen on the labels of all of them.
{notes}
"""


def check_card(folder: Path) -> None:
    """Refuse a folder whose README.md is something else than a model card: it would be lost."""
    path = folder / "README.md"
    if path.exists() and not path.read_bytes().startswith(b"# Model card"):
        raise ValueError(f"{path} is no model card and would be overwritten; write the model into a folder of its own")


def _table(title: str, measured: Mapping[str, Any]) -> str:
    lines = [
        f"### {title} ({measured['n']} paragraphs)",
        "",
        "| pillar | support | precision | recall | F1 | AP |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for slug, row in measured["pillars"].items():
        ap = "" if row["average_precision"] is None else f"{row['average_precision']:.3f}"
        lines.append(
            f"| `{slug}` | {row['support']} | {row['precision']:.3f} | {row['recall']:.3f} | {row['f1']:.3f} | {ap} |"
        )
    lines += [
        f"| {name} | | {measured[name]['precision']:.3f} | {measured[name]['recall']:.3f} | {measured[name]['f1']:.3f} | |"
        for name in ("macro", "micro")
    ]
    return "\n".join(lines) + "\n"


def write_card(
    folder: str | Path, facts: Mapping[str, Any], measured: Mapping[str, Mapping[str, Any]], notes: str = ""
) -> None:
    """Write `README.md` and `metrics.json` into `folder`.

    Parameters
    ----------
    facts : mapping
        ``name``, ``version``, ``n``, ``documents``, ``data``, ``terms``, as the card's head prints them.
    measured : mapping of str to mapping
        What `cchc_ml.learning.metrics.metrics` returned, by title.
    notes : str
        Markdown to end with.
    """
    folder = Path(folder)
    card = CARD.format(**facts, tables="\n".join(_table(*item) for item in measured.items()), notes=f"\n{notes}")
    with atomic_write(folder / "README.md") as temporary:
        temporary.write_text(card.rstrip("\n") + "\n", "utf8", newline="\n")
    with atomic_write(folder / "metrics.json") as temporary:
        temporary.write_text(
            json.dumps({"model": dict(facts), "scores": measured}, ensure_ascii=False, indent=1) + "\n",
            "utf8",
            newline="\n",
        )
