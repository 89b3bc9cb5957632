"""Render an evaluation as one HTML file: tables, plots, and the worst errors with their evidence."""

from __future__ import annotations

import io
import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from ..files import csp_hash, html_template, require_extra
from ..learning.metric_tables import format_cell, metric_tables
from ..messages import LANGUAGES, message, number, translate
from ..pillars import CCHC, AnyPillar, Codebook
from ..reading.names import without_folders
from ..text.spans import spans

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..learning.corpus import Corpus
    from ..learning.metric_types import Evaluation, Metrics
    from ..model.model import Model
    from ..reading.tables import Row

# Bins of the reliability plot with fewer paragraphs than this are not shown: their share of positives is too uncertain.
MIN_BIN_PARAGRAPHS = 5
# Number of errors on the page.
MOST_ERRORS = 30
# Cells of a heat map with a value above this are dark, so their text is white.
DARK_CELL = 0.6
# What the page says.
WORDS = {
    "plots": message("Plots"),
    "errors": message("The worst errors"),
    "missed": message("missed"),
    "wrong": message("wrongly tagged"),
    "probability": message("probability"),
    "no_text": message("The text is not in this data; its SHA-256 is"),
    "none": message("None: every tag agrees with its label."),
}


@dataclass(frozen=True)
class WrongTag:
    """One wrong or missed tag.

    Attributes
    ----------
    pillar : Pillar
    probability : float
        Of the pillar, by the model.
    missed : bool
        True if the tag is missing, False if it should not be there.
    row : dict
        The labelled paragraph.
    span : (int, int) or None
        Where the evidence sentence of a wrong tag is in the text.
    """

    pillar: AnyPillar
    probability: float
    missed: bool
    row: Row
    span: tuple[int, int] | None

    @property
    def text(self) -> str | None:
        """The text of the paragraph; None if the row is packed."""
        return self.row.get("text")

    @property
    def reference(self) -> str:
        """Where the paragraph comes from."""
        fields = ("id", "corpus", "document", "outlet", "date")
        values = [str(self.row[name]) for name in fields if self.row.get(name)]
        shown = without_folders(values)
        return " · ".join(shown[value] for value in values)

    @property
    def pieces(self) -> list[tuple[str, bool]]:
        """The text in pieces, each with whether it is evidence."""
        return spans(self.text or "", [self.span] if self.span else [])


def worst_errors(
    model: Model, corpus: Corpus, probabilities: NDArray[Any], tags: NDArray[Any], most: int = MOST_ERRORS
) -> list[WrongTag]:
    """Return the errors that the model was most certain of, the worst first, at most `most` of them."""
    is_wrong = corpus.y.astype(bool) != tags.astype(bool)
    distance = np.where(is_wrong, np.abs(probabilities - corpus.y), -1.0)
    errors = []
    for at in np.argsort(-distance, axis=None, kind="stable")[: min(most, int(is_wrong.sum()))]:
        i, k = divmod(int(at), len(corpus.codebook))
        row, pillar = corpus.rows[i], corpus.codebook[k]
        span = model.annotate([row["text"]])[0].evidence.get(pillar) if "text" in row else None
        errors.append(WrongTag(pillar, float(probabilities[i, k]), bool(corpus.y[i, k]), row, span))
    return errors


@dataclass(frozen=True)
class Plot:
    """A picture as SVG, with a title."""

    title: str
    svg: str

    @property
    def data_uri(self) -> str:
        """The picture as the address of an <img>, where the content security policy does not block its styles."""
        return "data:image/svg+xml;base64," + b64encode(self.svg.encode("utf8")).decode()


def evaluation_page(
    title: str,
    y: NDArray[Any],
    probabilities: NDArray[Any],
    evaluation: Evaluation,
    errors: Iterable[WrongTag],
    codebook: Codebook = CCHC,
    language: str = LANGUAGES[0],
) -> str:
    """Return an evaluation as HTML that loads nothing else.

    Its content security policy forbids scripts and connections.

    Parameters
    ----------
    title : str
    y, probabilities : arrays of shape (n, 6)
    evaluation : Evaluation
        It must have `intervals` and `calibration`.
    errors : iterable of WrongTag
        As `worst_errors` returns.
    language : str
        ``"en"`` or ``"vi"``.

    Raises
    ------
    ImportError
        matplotlib is not installed; it comes with the extra ``report``.
    """
    css = files("cchc_ml.evaluation").joinpath("templates", "evaluation.css").read_text("utf8")
    borders = (f'[data-pillar="{pillar}"] {{ border-color: {pillar.colour}; }}\n' for pillar in codebook)
    style = css + "".join(borders)
    return html_template("cchc_ml.evaluation", "evaluation.html.j2").render(
        title=title,
        policy=f"default-src 'none'; img-src data:; style-src {csp_hash(style)}; base-uri 'none'; form-action 'none'",
        style=style,
        tables=metric_tables(evaluation, title),
        format_cell=format_cell,
        plots=_plots(y, probabilities, evaluation, codebook, language),
        errors=list(errors),
        language=language,
        say=partial(translate, language=language),
        number=number,
        words=WORDS,
    )


def _plots(
    y: NDArray[Any], probabilities: NDArray[Any], evaluation: Evaluation, codebook: Codebook, language: str
) -> list[Plot]:
    plots = [
        _plot_precision_recall(y, probabilities, evaluation, codebook, language),
        _plot_reliability(evaluation, codebook, language),
        _plot_labels_together(y, codebook, language),
    ]
    if "learning_curve" in evaluation:
        plots.append(_plot_learning_curve(evaluation["learning_curve"], language))
    return plots


def _start(language: str, title: str, x: str, y: str) -> Any:
    """Return the axes of a new figure."""
    Figure = require_extra("matplotlib.figure", "report", message("a page with plots")).Figure
    axes = Figure(figsize=(5, 4.2), layout="constrained").subplots()
    axes.set(title=translate(title, language), xlabel=translate(x, language), ylabel=translate(y, language))
    return axes


def _finish(axes: Any) -> Plot:
    file = io.StringIO()
    axes.figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    # The metadata names web sites, which the page does not need.
    text = re.sub(r"<metadata>.*?</metadata>", "", file.getvalue(), flags=re.S)
    return Plot(axes.get_title(), text[text.index("<svg") :])


def _plot_precision_recall(
    y: NDArray[Any], probabilities: NDArray[Any], metrics: Metrics, codebook: Codebook, language: str
) -> Plot:
    axes = _start(language, message("Precision and recall"), message("recall"), message("precision"))
    tagged = np.arange(1, len(y) + 1)
    for k, pillar in enumerate(codebook):
        hits = np.cumsum(y[np.argsort(-probabilities[:, k], kind="stable"), k])
        if not hits[-1]:
            continue
        axes.plot(hits / hits[-1], hits / tagged, color=pillar.colour, label=str(pillar), lw=1.5)
        scores = metrics["pillars"][str(pillar)]
        axes.plot(scores["recall"], scores["precision"], "o", color=pillar.colour, ms=5)
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02))
    axes.legend(fontsize=8, loc="lower left")
    return _finish(axes)


def _plot_reliability(metrics: Metrics, codebook: Codebook, language: str) -> Plot:
    title = message("Reliability (bins with at least {n} paragraphs)", n=MIN_BIN_PARAGRAPHS)
    axes = _start(language, title, message("predicted probability"), message("share of positive paragraphs"))
    axes.plot([0, 1], [0, 1], color="0.7", lw=1)
    for pillar in codebook:
        bins = [bin for bin in metrics["calibration"][str(pillar)]["curve"] if bin[2] >= MIN_BIN_PARAGRAPHS]
        axes.plot(
            [probability for probability, _, _ in bins],
            [share for _, share, _ in bins],
            "o-",
            ms=3,
            lw=1.2,
            color=pillar.colour,
            label=str(pillar),
        )
    axes.legend(fontsize=8, loc="upper left")
    return _finish(axes)


def _plot_labels_together(y: NDArray[Any], codebook: Codebook, language: str) -> Plot:
    axes = _start(language, message("Labels that occur together (share of the row's label)"), "", "")
    share = (y.T.astype(float) @ y) / np.maximum(y.sum(axis=0)[:, None], 1)
    axes.imshow(share, cmap="Blues", vmin=0, vmax=1)
    names = [str(pillar) for pillar in codebook]
    axes.set_xticks(range(len(names)), names, rotation=40, ha="right", fontsize=8)
    axes.set_yticks(range(len(names)), names, fontsize=8)
    for i, j in np.ndindex(share.shape):
        colour = "white" if share[i, j] > DARK_CELL else "black"
        text = translate(number(share[i, j], ".2f"), language)
        axes.text(j, i, text, ha="center", va="center", fontsize=8, color=colour)
    return _finish(axes)


def _plot_learning_curve(macro_f1: dict[int, float], language: str) -> Plot:
    axes = _start(language, message("Learning curve"), message("training paragraphs"), "macro-F1")
    sizes = list(macro_f1)
    axes.plot(sizes, list(macro_f1.values()), "o-", color="#0072b2")
    axes.set_xscale("log", base=2)
    axes.set_xticks(sizes, [translate(number(size, ","), language) for size in sizes], rotation=45)
    axes.grid(alpha=0.3)
    return _finish(axes)
