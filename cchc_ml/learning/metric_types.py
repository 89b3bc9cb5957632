"""The types of measured results. Their keys are those of `metrics.json` and of `cchc-ml evaluate --json`."""

from __future__ import annotations

from typing import NotRequired, TypedDict

# With fewer documents there are no intervals and no p-values: in simulations, "95 %" intervals from 5 documents held
# the true value in 71 % of the cases, from 10 in 83 %.
MIN_DOCUMENTS = 10
# With fewer, they come with a remark. From 50 documents on they held it in 90 to 97 %.
SOUND_DOCUMENTS = 50
# Added to the title of scores of paragraphs that are read in their article.
IN_CONTEXT = ", in context"


class Average(TypedDict):
    """Precision, recall and F1, averaged over pillars, over all tags or over paragraphs."""

    precision: float
    recall: float
    f1: float


class PillarScores(TypedDict):
    """The scores of one pillar. `average_precision` is None if no paragraph has the pillar."""

    support: int
    tp: int
    fp: int
    fn: int
    precision: float
    recall: float
    f1: float
    average_precision: float | None


class Calibration(TypedDict):
    """How well the probabilities of one pillar are calibrated.

    `ece` is the expected calibration error. `curve` has one entry for each bin that is not empty: its mean
    probability, the share of positive paragraphs, and the number of paragraphs.
    """

    ece: float
    curve: list[tuple[float, float, int]]


class Metrics(TypedDict):
    """The scores on n paragraphs. The keys of `pillars` and `calibration` are slugs.

    `documents` is the number of documents. `intervals` are 95 % intervals of F1, by slug of the pillars that occur and
    for ``macro``; empty if there are too few documents.
    """

    n: int
    pillars: dict[str, PillarScores]
    macro: Average
    micro: Average
    samples: Average
    exact_match: float
    documents: NotRequired[int]
    intervals: NotRequired[dict[str, tuple[float, float]]]
    calibration: NotRequired[dict[str, Calibration]]


class Difference(TypedDict):
    """The difference of two macro-F1, its 95 % interval, and a one-sided p-value; None if documents are too few."""

    difference: float
    low: float | None
    high: float | None
    p: float | None


class Comparison(Difference):
    """The model against the best baseline, which is named."""

    baseline: str


class ObjectiveCost(TypedDict):
    """Macro precision and recall at the model's thresholds and at thresholds for F1.

    `for_review` is the number of paragraphs that get a tag at the thresholds for F1 only. A precision is None if there
    are no tags.
    """

    name: str
    recall: float
    recall_at_f1: float
    precision: float | None
    precision_at_f1: float | None
    for_review: int


class PillarAgreement(TypedDict):
    """How well two annotators agree on one pillar."""

    kappa: float
    f1: float


class Agreement(TypedDict):
    """How well two annotators agree on n paragraphs. The keys of `pillars` are slugs."""

    n: int
    exact_match: float
    pillars: dict[str, PillarAgreement]


class Robustness(TypedDict):
    """The score on one spelling variant of the same texts.

    `drop` is the macro-F1 lost against the texts as written, `same` the share of texts that keep exactly the same tags.
    """

    macro_f1: float
    drop: float
    same: float


class TaggerScore(TypedDict):
    """F1 of a tagger, and its 95 % interval; None if documents are too few."""

    f1: float
    low: float | None
    high: float | None


class SourceScores(TypedDict):
    """The scores of some taggers on the rows of one source. `taggers` are named.

    `average` is ``macro`` for a whole split. It is ``micro`` for a part of one, where some pillars have few labels or
    none. `positive` is the number of labels.
    """

    name: str
    average: str
    n: int
    documents: int
    positive: int
    taggers: dict[str, TaggerScore]


class NaturalMix(TypedDict):
    """The scores on rows that were drawn at random, over all pillars; intervals are 95 %, by document, or None.

    `positive` is the number of labels, `rate` their share of all decisions.
    """

    n: int
    positive: int
    tags: int
    precision: float | None
    precision_interval: tuple[float, float] | None
    recall: float | None
    recall_interval: tuple[float, float] | None
    average_precision: float | None
    mean_probability: float
    rate: float


class Evaluation(Metrics):
    """The scores of a model, and whatever else was measured.

    `in_context` are the scores of the same paragraphs, read in their articles, and `comparison_in_context` compares
    those. `sources` holds macro-F1 by split, kind of source and year, `baselines` macro-F1 and micro-F1 by name,
    `learning_curve` macro-F1 by number of training paragraphs.
    """

    in_context: NotRequired[Metrics]
    comparison_in_context: NotRequired[Comparison]
    sources: NotRequired[list[SourceScores]]
    baselines: NotRequired[dict[str, tuple[float, float]]]
    comparison: NotRequired[Comparison]
    objective: NotRequired[ObjectiveCost]
    agreement: NotRequired[Agreement]
    stress: NotRequired[dict[str, Robustness]]
    splits: NotRequired[dict[str, Metrics]]
    learning_curve: NotRequired[dict[int, float]]
