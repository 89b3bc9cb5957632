"""An evaluation as one self-contained page: tables, plots, the worst errors with their evidence."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from ..files import require_extra
from ..pillars import COLOURS, PILLARS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..learning.corpus import Corpus
    from ..model.model import Model

__all__ = ["evaluation_page", "worst_errors"]

# A share of fewer rows than this says little.
FEW = 5

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --line: #8886; --soft: #8882; }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 68rem; margin: 0 auto; padding: 1rem; }}
h1 {{ font-size: 1.5rem; }} h2 {{ font-size: 1.15rem; margin-top: 2.2rem; }}
.wide {{ overflow-x: auto; }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; }}
th, td {{ padding: .25rem .6rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }}
th:first-child, td:first-child {{ text-align: left; }}
.plots {{ display: flex; flex-wrap: wrap; gap: 1rem; }}
figure {{ margin: 0; flex: 1 1 19rem; max-width: 21.5rem; background: #fff; border-radius: .4rem; }}
figure svg {{ width: 100%; height: auto; display: block; }}
article {{ border-left: 4px solid; padding: .1rem .9rem; margin: 1rem 0; background: var(--soft); }}
article p {{ margin: .4rem 0; overflow-wrap: anywhere; }} mark {{ background: #ffe08a; color: #000; }}
small {{ opacity: .75; }}
</style></head><body>
<h1>{title}</h1>
{body}
</body></html>
"""


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    def cell(value: Any) -> str:
        return "" if value is None else f"{value:.3f}" if isinstance(value, float) else escape(str(value))

    top = "".join(f"<th>{escape(name)}</th>" for name in head)
    body = "\n".join("<tr>" + "".join(f"<td>{cell(value)}</td>" for value in row) + "</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{top}</tr></thead><tbody>\n{body}\n</tbody></table></div>'


def _svg(figure: Any) -> str:
    file = io.StringIO()
    figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    text = re.sub(r"<metadata>.*?</metadata>", "", file.getvalue(), flags=re.S)  # names hosts that no reader needs
    return f"<figure>{text[text.index('<svg') :]}</figure>"


def _plots(y: NDArray[Any], probabilities: NDArray[Any], measured: Mapping[str, Any]) -> list[str]:
    Figure = require_extra("matplotlib.figure", "report", "a page with plots").Figure

    figures: list[Any] = []

    def start(title: str, x: str, other: str) -> Any:
        figure = Figure(figsize=(5, 4.2), layout="constrained")
        axes = figure.subplots()
        axes.set(title=title, xlabel=x, ylabel=other)
        figures.append(figure)
        return axes

    axes = start("Precision and recall", "recall", "precision")
    for k, pillar in enumerate(PILLARS):
        order = np.argsort(-probabilities[:, k], kind="stable")
        hits = np.cumsum(y[order, k])
        if hits[-1]:
            axes.plot(
                hits / hits[-1], hits / np.arange(1, len(y) + 1), color=COLOURS[pillar], label=str(pillar), lw=1.5
            )
            row = measured["pillars"][str(pillar)]
            axes.plot(row["recall"], row["precision"], "o", color=COLOURS[pillar], ms=5)
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02))
    axes.legend(fontsize=8, loc="lower left")

    axes = start(f"Reliability (bins of {FEW} rows and more)", "predicted probability", "share that is positive")
    axes.plot([0, 1], [0, 1], color="0.7", lw=1)
    for pillar in PILLARS:
        curve = np.array([bin for bin in measured["calibration"][str(pillar)]["curve"] if bin[2] >= FEW]).reshape(-1, 3)
        axes.plot(curve[:, 0], curve[:, 1], "o-", ms=3, lw=1.2, color=COLOURS[pillar], label=str(pillar))
    axes.legend(fontsize=8, loc="upper left")

    axes = start("Labels that go together (share of the row's pillar)", "", "")
    share = (y.T.astype(float) @ y) / np.maximum(y.sum(0)[:, None], 1)
    axes.imshow(share, cmap="Blues", vmin=0, vmax=1)
    names = [str(p) for p in PILLARS]
    axes.set_xticks(range(6), names, rotation=40, ha="right", fontsize=8)
    axes.set_yticks(range(6), names, fontsize=8)
    for i, j in np.ndindex(6, 6):
        axes.text(
            j,
            i,
            f"{share[i, j]:.2f}",
            ha="center",
            va="center",
            fontsize=8,
            color="white" if share[i, j] > 0.6 else "black",
        )

    if "learning_curve" in measured:
        axes = start("Learning curve", "training paragraphs", "macro-F1")
        sizes = list(measured["learning_curve"])
        axes.plot(sizes, list(measured["learning_curve"].values()), "o-", color="#0072b2")
        axes.set_xscale("log", base=2)
        axes.set_xticks(sizes, [str(size) for size in sizes], rotation=45)
        axes.grid(alpha=0.3)
    return [_svg(figure) for figure in figures]


def worst_errors(
    model: Model, corpus: Corpus, probabilities: NDArray[Any], tags: NDArray[Any], most: int = 30
) -> list[dict[str, Any]]:
    """Return the surest wrong tags and the least expected missed ones: pillar, probability, row, evidence span in its text."""
    wrong = np.where(corpus.y.astype(bool) != tags.astype(bool), np.abs(probabilities - corpus.y), -1.0)
    found = []
    for at in np.argsort(-wrong, axis=None, kind="stable")[:most]:
        i, k = divmod(int(at), len(PILLARS))
        if wrong[i, k] < 0:
            break
        row = corpus.rows[i]
        span = None
        if "text" in row:
            span = model.annotate([row["text"]])[0].evidence.get(PILLARS[k])
        found.append(
            {
                "pillar": PILLARS[k],
                "probability": float(probabilities[i, k]),
                "row": row,
                "missed": bool(corpus.y[i, k]),
                "span": span,
            }
        )
    return found


def _error(error: Mapping[str, Any]) -> str:
    row, pillar = error["row"], error["pillar"]
    text = escape(f"text not here; SHA-256 {row.get('sha256')}") if "text" not in row else escape(row["text"])
    if error["span"]:
        a, b = error["span"]
        text = f"{escape(row['text'][:a])}<mark>{escape(row['text'][a:b])}</mark>{escape(row['text'][b:])}"
    kind = "missed" if error["missed"] else "wrongly tagged"
    where = " · ".join(str(row[name]) for name in ("id", "corpus", "document", "outlet", "date") if row.get(name))
    head = f"<b>{escape(str(pillar))}</b> {kind}, p = {error['probability']:.2f} <small>{escape(where)}</small>"
    return f'<article style="border-color:{COLOURS[pillar]}"><p>{head}</p><p>{text}</p></article>'


def evaluation_page(
    title: str,
    y: NDArray[Any],
    probabilities: NDArray[Any],
    measured: Mapping[str, Any],
    errors: Iterable[Mapping[str, Any]],
) -> str:
    """Lay out an evaluation as HTML that needs nothing beside it.

    Parameters
    ----------
    title : str
    y, probabilities : arrays of shape (n, 6)
    measured : mapping
        As `cchc_ml.learning.metrics.evaluate` returns, and what there is of ``baselines``, ``comparison``, ``splits``, ``stress``,
        ``agreement`` and ``learning_curve``.
    errors : iterable of mapping
        As `worst_errors` returns.

    Raises
    ------
    ImportError
        matplotlib is not installed; it comes with the extra ``report``.
    """
    low_high = {name: f"{low:.3f}-{high:.3f}" for name, (low, high) in measured["intervals"].items()}
    rows: list[Sequence[Any]] = [
        [slug, r["support"], r["tp"], r["fp"], r["fn"], r["precision"], r["recall"], r["f1"], low_high[slug], r["average_precision"],
         measured["calibration"][slug]["ece"]]
        for slug, r in measured["pillars"].items()
    ]  # fmt: skip
    for name in ("macro", "micro", "samples"):
        m = measured[name]
        rows.append(
            [name, None, None, None, None, m["precision"], m["recall"], m["f1"], low_high.get(name), None, None]
        )
    head = ["pillar", "support", "TP", "FP", "FN", "precision", "recall", "F1", "95 %", "AP", "ECE"]
    parts = [
        f"<p>{measured['n']} paragraphs; all six labels right in {measured['exact_match']:.1%}.</p>",
        _table(head, rows),
    ]
    if "baselines" in measured:
        parts += [
            "<h2>Against the baselines</h2>",
            _table(["", "macro-F1", "micro-F1"], ([n, *v] for n, v in measured["baselines"].items())),
        ]
        if "comparison" in measured:
            c = measured["comparison"]
            parts.append(
                f"<p>Against {escape(c['baseline'])}: {c['difference']:+.3f} macro-F1 (95 % {c['low']:+.3f} to {c['high']:+.3f}), "
                f"one-sided p = {c['p']:.4f}, by the paired bootstrap over documents.</p>"
            )
    if "splits" in measured:
        rows = [[name, m["n"], m["macro"]["f1"], m["micro"]["f1"]] for name, m in measured["splits"].items()]
        parts += ["<h2>By what is kept apart</h2>", _table(["split", "n", "macro-F1", "micro-F1"], rows)]
    if "stress" in measured:
        rows = [[name, m["macro_f1"], m["drop"], m["same"]] for name, m in measured["stress"].items()]
        parts += ["<h2>Ways of writing</h2>", _table(["text", "macro-F1", "drop", "same tags"], rows)]
    if "agreement" in measured:
        rows = [[slug, m["kappa"], m["f1"]] for slug, m in measured["agreement"]["pillars"].items()]
        parts += [
            f"<h2>Two annotators ({measured['agreement']['n']} paragraphs)</h2>",
            _table(["pillar", "kappa", "F1"], rows),
        ]
    parts += ["<h2>Plots</h2>", f'<div class="plots">{"".join(_plots(y, probabilities, measured))}</div>']
    parts += ["<h2>The worst errors</h2>", *map(_error, errors)]
    return PAGE.format(title=escape(title), body="\n".join(parts))
