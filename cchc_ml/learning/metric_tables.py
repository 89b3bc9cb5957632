"""The tables of an evaluation as plain data, for the terminal, the HTML report and the model card."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..messages import Message, catalogued, joined, message, number, plural
from ..pillars import CCHC, spoken
from .metric_types import IN_CONTEXT, MIN_DOCUMENTS, SOUND_DOCUMENTS

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
# Names in evaluations, which the tables show.
NAMES = (
    message("alone"),
    message("in context"),
    message("names and patterns"),
    message("names list"),
    message("this model"),
    message("this model, in context"),
    message("macro"),
    message("micro"),
    message("samples"),
    message("cross-validated"),
    message("random"),
    message("by document"),
    message("by corpus or run"),
    message("as written"),
    message("decomposed (NFD)"),
    message("upper case"),
    message("tone marks moved"),
    message("i and y swapped"),
    message("no space after punctuation"),
    message("no diacritics"),
)


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
    if isinstance(cell, float):
        return number(cell, ".3f")
    return cell if isinstance(cell, str) else str(cell)


def metric_tables(evaluation: Evaluation, title: str) -> list[Table]:
    """Return a table for each part of an evaluation; `title` names the data of the first one."""
    tables = [scores_table(evaluation, title)]
    if "in_context" in evaluation:
        tables.append(scores_table(evaluation["in_context"], message("{data}, in context", data=title)))
    if len(evaluation.get("sources", ())) > 1:
        tables += source_tables(evaluation["sources"])
    if "baselines" in evaluation:
        comparisons = evaluation.get("comparison"), evaluation.get("comparison_in_context")
        tables.append(_baselines(evaluation["baselines"], comparisons))
    if "objective" in evaluation:
        tables.append(_objective(evaluation["objective"]))
    if "splits" in evaluation:
        rows = [(_named(name), m["n"], m["macro"]["f1"], m["micro"]["f1"]) for name, m in evaluation["splits"].items()]
        head = (message("split"), "n", message("macro-F1"), message("micro-F1"))
        tables.append(Table(message("By kind of split"), head, rows))
    if "stress" in evaluation:
        variants = [(_named(name), v["macro_f1"], v["drop"], v["same"]) for name, v in evaluation["stress"].items()]
        head = (message("text"), message("macro-F1"), message("drop"), message("same tags"))
        tables.append(Table(message("Spelling variants"), head, variants))
    if "agreement" in evaluation:
        tables.append(_agreement(evaluation["agreement"]))
    return tables


def _noun(slugs: Iterable[str]) -> str:
    """Return what the categories of these slugs are called."""
    return message("pillar") if list(slugs) == CCHC.slugs else message("category")


def scores_table(evaluation: Metrics, title: str) -> Table:
    """Return the scores of each pillar, and their averages. It has columns for intervals and ECE if they were measured.

    A pillar that occurs neither in the labels nor in the tags has no scores. One that is never tagged has no precision.
    """
    intervals, calibration = evaluation.get("intervals"), evaluation.get("calibration")
    head = [
        _noun(evaluation["pillars"]),
        message("support"),
        "TP",
        "FP",
        "FN",
        message("precision"),
        message("recall"),
        "F1",
    ]
    head += [*(["95 %"] if intervals else []), "AP", *(["ECE"] if calibration else [])]

    def row(name: str, counts: Sequence[Cell], scores: Mapping[str, Any], ap: Cell, ece: Cell) -> list[Cell]:
        precision, recall = scores.get("precision"), scores.get("recall")
        low_high = _interval(*intervals[name]) if intervals and name in intervals else None
        cells = [name, *counts, precision, recall, scores["f1"]]
        return [*cells, *([low_high] if intervals else []), ap, *([ece] if calibration else [])]

    rows: list[list[Cell]] = []
    for slug, scores in evaluation["pillars"].items():
        if not scores["tp"] + scores["fp"] + scores["fn"]:
            rows.append([spoken(slug), 0, 0, 0, 0, *[UNDEFINED] * (len(head) - 5)])
            continue
        counts = (scores["support"], scores["tp"], scores["fp"], scores["fn"])
        shown: dict[str, Cell] = {name: scores[name] for name in ("precision", "recall", "f1")}
        if not scores["tp"] + scores["fp"]:
            shown["precision"] = UNDEFINED  # no tag, right or wrong
        ap = UNDEFINED if scores["average_precision"] is None else scores["average_precision"]
        rows.append(row(spoken(slug), counts, shown, ap, calibration[slug]["ece"] if calibration else None))
    no_counts = (None,) * 4
    averages: dict[str, Mapping[str, Any]] = {name: evaluation[name] for name in ("macro", "micro", "samples")}
    pillars = evaluation["pillars"].values()
    if any(scores["support"] for scores in pillars) and not any(scores["tp"] + scores["fp"] for scores in pillars):
        for name in ("macro", "micro"):
            averages[name] = {**averages[name], "precision": UNDEFINED}
    summary = [row(catalogued(name), no_counts, average, None, None) for name, average in averages.items()]
    summary.append(row(message("exact match"), no_counts, {"f1": evaluation["exact_match"]}, None, None))
    note = remark(evaluation["documents"]) if "documents" in evaluation else ""
    return Table(
        plural("{data} ({n:,} paragraph)", "{data} ({n:,} paragraphs)", evaluation["n"], data=_titled(title)),
        head,
        rows,
        summary,
        note,
    )


def _named(name: str) -> Message:
    """Return a name of `NAMES`, or another one, as a message."""
    return name if isinstance(name, Message) else catalogued(name)


def _titled(title: str) -> Message:
    """Return what was measured as a message: ``cross-validated, in context``."""
    if isinstance(title, Message):
        return title
    data = catalogued(title.removesuffix(IN_CONTEXT))
    return message("{data}, in context", data=data) if title.endswith(IN_CONTEXT) else data


def remark(documents: int) -> str:
    """Return what must be said about intervals and p-values from so few documents; nothing if they are sound.

    Examples
    --------
    >>> remark(3)
    'There are no intervals and no p-values: 3 documents are too few, at least 10 are needed.'
    """
    if documents < MIN_DOCUMENTS:
        return plural(
            "There are no intervals and no p-values: {n} document is too few, at least {least} are needed.",
            "There are no intervals and no p-values: {n} documents are too few, at least {least} are needed.",
            documents,
            least=MIN_DOCUMENTS,
        )
    if documents < SOUND_DOCUMENTS:
        return message(
            "The intervals come from {n} documents only. Below {sound} documents they are too narrow, and the p-values "
            "too small.",
            n=documents,
            sound=SOUND_DOCUMENTS,
        )
    return ""


def _interval(low: float | None, high: float | None, form: str = ".2f", to: str = "-") -> str:
    """Return an interval as text; a dash if there is none."""
    return UNDEFINED if low is None or high is None else joined(to, [number(low, form), number(high, form)])


def source_tables(sources: Sequence[SourceScores]) -> list[Table]:
    """Return a table of the splits (macro-F1), and one of their kinds of source and years (micro-F1)."""
    titles = {
        "macro": message("Held-out rows (macro-F1)"),
        "micro": message("By kind of source and year (micro-F1)"),
    }
    tables = []
    for average, title in titles.items():
        chosen = [source for source in sources if source["average"] == average]
        if chosen:
            head: list[str] = [message("rows of"), message("rows"), message("documents"), message("labels")]
            head += map(catalogued, chosen[0]["taggers"])
            tables.append(Table(title, head, [_source_row(source) for source in chosen]))
    return tables


def _source_row(source: SourceScores) -> list[Cell]:
    scores = [
        message("{f1:.3f} ({interval})", f1=s["f1"], interval=_interval(s["low"], s["high"]))
        for s in source["taggers"].values()
    ]
    return [source["name"], source["n"], source["documents"], source["positive"], *scores]


def natural_mix_table(mixes: Mapping[str, NaturalMix]) -> Table:
    """Return precision, recall and calibration on rows that were drawn at random."""
    head = [message("read"), message("tags"), message("precision"), "95 % (P)", message("recall"), "95 % (R)", "AP"]
    head += [message("mean probability"), message("rate")]
    rows: list[list[Cell]] = []
    for way, mix in mixes.items():
        precision, recall = (
            _interval(*(interval or (None, None))) for interval in (mix["precision_interval"], mix["recall_interval"])
        )
        rows.append(
            [catalogued(way), mix["tags"], mix["precision"], precision, mix["recall"], recall, mix["average_precision"]]
        )
        rows[-1] += [number(mix["mean_probability"], ".4f"), number(mix["rate"], ".4f")]
    first = next(iter(mixes.values()))
    title = message(
        "natural mix ({n:,} paragraphs drawn at random, {labels:,} labels)", n=first["n"], labels=first["positive"]
    )
    return Table(title, head, rows)


def _baselines(baselines: Mapping[str, tuple[float, float]], comparisons: Sequence[Comparison | None]) -> Table:
    ways = message("Alone"), message("In context")
    notes = [_against(way, found) for way, found in zip(ways, comparisons, strict=True) if found]
    rows = [(catalogued(name), *scores) for name, scores in baselines.items()]
    head = (message("tagger"), message("macro-F1"), message("micro-F1"))
    return Table(message("Against the baselines"), head, rows, note=joined(" ", notes) if notes else "")


def _against(way: Message, comparison: Comparison) -> Message:
    told = message(
        "{way}, against {baseline}: {difference:+.3f} macro-F1",
        way=way,
        baseline=catalogued(comparison["baseline"]),
        difference=comparison["difference"],
    )
    if comparison["p"] is None:
        return message("{sentence}.", sentence=told)
    return message(
        "{sentence} (95 % {interval}), one-sided p = {p:.4f}, by the paired bootstrap over documents.",
        sentence=told,
        interval=_interval(comparison["low"], comparison["high"], "+.3f", message(" to ")),
        p=comparison["p"],
    )


def _objective(cost: ObjectiveCost) -> Table:
    at_objective, at_f1 = (
        UNDEFINED if precision is None else precision for precision in (cost["precision"], cost["precision_at_f1"])
    )
    head = (message("thresholds"), message("precision"), message("recall"))
    rows = [
        (message("for {objective}", objective=cost["name"]), at_objective, cost["recall"]),
        (message("for {objective}", objective="f1"), at_f1, cost["recall_at_f1"]),
    ]
    note = plural(
        "{n} paragraph has tags at the thresholds for F1 only; a person may review it.",
        "{n} paragraphs have tags at the thresholds for F1 only; a person may review them.",
        cost["for_review"],
    )
    return Table(message("Objective {objective}", objective=cost["name"]), head, rows, note=note)


def _agreement(agreement: Agreement) -> Table:
    rows = [(spoken(slug), scores["kappa"], scores["f1"]) for slug, scores in agreement["pillars"].items()]
    note = message(
        "Both annotators gave all labels alike in {share:.1%} of the paragraphs.", share=agreement["exact_match"]
    )
    title = plural("Two annotators ({n:,} paragraph)", "Two annotators ({n:,} paragraphs)", agreement["n"])
    return Table(title, (_noun(agreement["pillars"]), "kappa", "F1"), rows, note=note)
