"""The tables of an evaluation as plain data, for the terminal, the HTML report and the model card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from .metric_types import MIN_DOCUMENTS, SOUND_DOCUMENTS

if TYPE_CHECKING:
    from .metric_types import (
        Agreement,
        Comparison,
        Evaluation,
        Metrics,
        NaturalMix,
        ObjectiveCost,
        SourceScores,
    )

Cell = str | int | float | None
UNDEFINED = "–"


@dataclass(frozen=True)
class Table:
    """One table.

    Attributes
    ----------
    title : str
    head : sequence of str
        The names of the columns. The first column holds names, the others numbers.
    rows : sequence of sequence
        The cells. None is an empty cell.
    summary : sequence of sequence
        Rows that sum up the others, such as averages.
    note : str
        One sentence to show below the table.
    """

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    summary: Sequence[Sequence[Cell]] = ()
    note: str = ""

    def select(self, *names: str) -> Table:
        """Return the table with these columns only.

        Examples
        --------
        >>> Table("scores", ("pillar", "TP", "F1"), [("tthc", 9, 0.9)]).select("pillar", "F1").rows
        [['tthc', 0.9]]
        """
        columns = [self.head.index(name) for name in names]
        return replace(
            self,
            head=names,
            rows=[[row[k] for k in columns] for row in self.rows],
            summary=[[row[k] for k in columns] for row in self.summary],
        )


def format_cell(cell: Cell) -> str:
    """Return the text of a cell: three decimals for a float, nothing for None.

    Examples
    --------
    >>> format_cell(0.98765), format_cell(12), format_cell(None)
    ('0.988', '12', '')
    """
    if cell is None:
        return ""
    return f"{cell:.3f}" if isinstance(cell, float) else str(cell)


def metric_tables(evaluation: Evaluation, title: str) -> list[Table]:
    """Return a table for each part of an evaluation; `title` names the data of the first one."""
    tables = [scores_table(evaluation, title)]
    if "in_context" in evaluation:
        tables.append(scores_table(evaluation["in_context"], f"{title}, in context"))
    if len(evaluation.get("sources", ())) > 1:
        tables += source_tables(evaluation["sources"])
    if "baselines" in evaluation:
        comparisons = evaluation.get("comparison"), evaluation.get("comparison_in_context")
        tables.append(_baselines(evaluation["baselines"], comparisons))
    if "objective" in evaluation:
        tables.append(_objective(evaluation["objective"]))
    if "splits" in evaluation:
        rows = [(name, m["n"], m["macro"]["f1"], m["micro"]["f1"]) for name, m in evaluation["splits"].items()]
        tables.append(Table("By kind of split", ("split", "n", "macro-F1", "micro-F1"), rows))
    if "stress" in evaluation:
        variants = [(name, v["macro_f1"], v["drop"], v["same"]) for name, v in evaluation["stress"].items()]
        tables.append(Table("Spelling variants", ("text", "macro-F1", "drop", "same tags"), variants))
    if "agreement" in evaluation:
        tables.append(_agreement(evaluation["agreement"]))
    return tables


def scores_table(evaluation: Metrics, title: str) -> Table:
    """Return the scores of each pillar, and their averages. It has columns for intervals and ECE if they were measured.

    A pillar that occurs neither in the labels nor in the tags has no scores. One that is never tagged has no precision.
    """
    intervals, calibration = evaluation.get("intervals"), evaluation.get("calibration")
    head = ["pillar", "support", "TP", "FP", "FN", "precision", "recall", "F1"]
    head += [*(["95 %"] if intervals else []), "AP", *(["ECE"] if calibration else [])]

    def row(name: str, counts: Sequence[Cell], scores: Mapping[str, Any], ap: Cell, ece: Cell) -> list[Cell]:
        precision, recall = scores.get("precision"), scores.get("recall")
        low_high = _interval(*intervals[name]) if intervals and name in intervals else None
        cells = [name, *counts, precision, recall, scores["f1"]]
        return [*cells, *([low_high] if intervals else []), ap, *([ece] if calibration else [])]

    rows: list[list[Cell]] = []
    for slug, scores in evaluation["pillars"].items():
        if not scores["tp"] + scores["fp"] + scores["fn"]:
            rows.append([slug, 0, 0, 0, 0, *[UNDEFINED] * (len(head) - 5)])
            continue
        counts = (scores["support"], scores["tp"], scores["fp"], scores["fn"])
        shown: dict[str, Cell] = {name: scores[name] for name in ("precision", "recall", "f1")}
        if not scores["tp"] + scores["fp"]:
            shown["precision"] = UNDEFINED  # no tag, right or wrong
        ap = UNDEFINED if scores["average_precision"] is None else scores["average_precision"]
        rows.append(row(slug, counts, shown, ap, calibration[slug]["ece"] if calibration else None))
    no_counts = (None,) * 4
    averages: dict[str, Mapping[str, Any]] = {name: evaluation[name] for name in ("macro", "micro", "samples")}
    pillars = evaluation["pillars"].values()
    if any(scores["support"] for scores in pillars) and not any(scores["tp"] + scores["fp"] for scores in pillars):
        for name in ("macro", "micro"):
            averages[name] = {**averages[name], "precision": UNDEFINED}
    summary = [row(name, no_counts, average, None, None) for name, average in averages.items()]
    summary.append(row("exact match", no_counts, {"f1": evaluation["exact_match"]}, None, None))
    note = remark(evaluation["documents"]) if "documents" in evaluation else ""
    return Table(f"{title} ({evaluation['n']} paragraphs)", head, rows, summary, note)


def remark(documents: int) -> str:
    """Return what must be said about intervals and p-values from so few documents; nothing if they are sound.

    Examples
    --------
    >>> remark(3)
    'There are no intervals and no p-values: 3 documents are too few, at least 10 are needed.'
    """
    if documents < MIN_DOCUMENTS:
        number = "1 document is" if documents == 1 else f"{documents} documents are"
        return f"There are no intervals and no p-values: {number} too few, at least {MIN_DOCUMENTS} are needed."
    if documents < SOUND_DOCUMENTS:
        return (
            f"The intervals come from {documents} documents only. Below {SOUND_DOCUMENTS} documents they are too "
            "narrow, and the p-values too small."
        )
    return ""


def _interval(low: float | None, high: float | None, form: str = ".2f", to: str = "-") -> str:
    """Return an interval as text; a dash if there is none."""
    return UNDEFINED if low is None or high is None else f"{low:{form}}{to}{high:{form}}"


def source_tables(sources: Sequence[SourceScores]) -> list[Table]:
    """Return a table of the splits (macro-F1), and one of their kinds of source and years (micro-F1)."""
    titles = {"macro": "Held-out rows (macro-F1)", "micro": "By kind of source and year (micro-F1)"}
    tables = []
    for average, title in titles.items():
        chosen = [source for source in sources if source["average"] == average]
        if chosen:
            head = ["rows of", "rows", "documents", "labels", *chosen[0]["taggers"]]
            tables.append(Table(title, head, [_source_row(source) for source in chosen]))
    return tables


def _source_row(source: SourceScores) -> list[Cell]:
    scores = [f"{s['f1']:.3f} ({_interval(s['low'], s['high'])})" for s in source["taggers"].values()]
    return [source["name"], source["n"], source["documents"], source["positive"], *scores]


def natural_mix_table(mixes: Mapping[str, NaturalMix]) -> Table:
    """Return precision, recall and calibration on rows that were drawn at random."""
    head = ["read", "tags", "precision", "95 % (P)", "recall", "95 % (R)", "AP", "mean probability", "rate"]
    rows: list[list[Cell]] = []
    for way, mix in mixes.items():
        precision, recall = (
            _interval(*(interval or (None, None))) for interval in (mix["precision_interval"], mix["recall_interval"])
        )
        rows.append([way, mix["tags"], mix["precision"], precision, mix["recall"], recall, mix["average_precision"]])
        rows[-1] += [f"{mix['mean_probability']:.4f}", f"{mix['rate']:.4f}"]
    first = next(iter(mixes.values()))
    return Table(f"natural mix ({first['n']} paragraphs drawn at random, {first['positive']} labels)", head, rows)


def _baselines(baselines: Mapping[str, tuple[float, float]], comparisons: Sequence[Comparison | None]) -> Table:
    notes = []
    for way, comparison in zip(("Alone", "In context"), comparisons, strict=True):
        if comparison:
            note = f"{way}, against {comparison['baseline']}: {comparison['difference']:+.3f} macro-F1"
            if comparison["p"] is not None:
                interval = _interval(comparison["low"], comparison["high"], "+.3f", " to ")
                note += (
                    f" (95 % {interval}), one-sided p = {comparison['p']:.4f}, by the paired bootstrap over documents"
                )
            notes.append(note + ".")
    rows = [(name, *scores) for name, scores in baselines.items()]
    return Table("Against the baselines", ("tagger", "macro-F1", "micro-F1"), rows, note=" ".join(notes))


def _objective(cost: ObjectiveCost) -> Table:
    at_objective, at_f1 = (
        UNDEFINED if precision is None else precision for precision in (cost["precision"], cost["precision_at_f1"])
    )
    rows = [(f"for {cost['name']}", at_objective, cost["recall"]), ("for f1", at_f1, cost["recall_at_f1"])]
    note = f"{cost['for_review']} paragraphs have tags at the thresholds for F1 only; a person may review them."
    return Table(f"Objective {cost['name']}", ("thresholds", "precision", "recall"), rows, note=note)


def _agreement(agreement: Agreement) -> Table:
    rows = [(slug, scores["kappa"], scores["f1"]) for slug, scores in agreement["pillars"].items()]
    note = f"Both annotators gave all six labels alike in {agreement['exact_match']:.1%} of the paragraphs."
    return Table(f"Two annotators ({agreement['n']} paragraphs)", ("pillar", "kappa", "F1"), rows, note=note)
