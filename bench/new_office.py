"""Measure what labels of its own bring a new office, and write the table of `docs/own-labels.md`.

Usage, about 20 minutes of one core: ``python bench/new_office.py FOLDER``. Each result is kept in the folder; a second
run goes on where the first one ended.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cchc_ml.learning.classifier import PillarClassifier
from cchc_ml.learning.corpus import Corpus, default_lexicon, read_corpus
from cchc_ml.learning.measuring import IN_CONTEXT, tag_both_ways
from cchc_ml.learning.metrics import average_precision
from cchc_ml.learning.own_data import weigh_own, with_own_thresholds
from cchc_ml.learning.train import row_weights
from cchc_ml.learning.twins import add_rows, separate_twins
from cchc_ml.model.lexicon import Lexicon
from cchc_ml.model.model import Model
from cchc_ml.model.storage import read_model
from cchc_ml.pillars import PILLARS
from cchc_ml.review.items import ReviewItem
from cchc_ml.review.queue import build_queue

if TYPE_CHECKING:
    from numpy.typing import NDArray

# The office: pages of law news, law sites and documents, which no other collection has.
OFFICE = "tnt305/tai_lieu_noi_bo"
# Its labels to train on, how often they are drawn at random, and the share of its documents that are measured on.
SIZES, DRAWS, MEASURED = (50, 100, 150, 300), 1, 1 / 3
BOOTSTRAP_DRAWS = 2_000
DOCUMENT = Path(__file__).parent.parent / "docs" / "own-labels.md"
START, END = "<!-- written by bench/new_office.py -->\n", "<!-- end -->\n"


class Office:
    """The shipped data without the office, the office's rows to choose from, and those that are measured on."""

    def __init__(self) -> None:
        everything = read_corpus()
        self.lexicon = default_lexicon()
        is_office = np.array([row.get("corpus") == OFFICE for row in everything.rows])
        self.others = everything.take(np.flatnonzero(~is_office))
        office = everything.take(np.flatnonzero(is_office))
        training = office.training()
        names = np.unique(training.documents)
        chosen = np.random.default_rng(0).permutation(names)[: round(len(names) * MEASURED)]
        kept = np.isin(training.documents, chosen)
        rows = [*office.held_out().rows, *training.take(np.flatnonzero(kept)).rows]
        self.measured = Corpus.from_rows([row | {"split": "office"} for row in rows])
        self.pool = training.take(np.flatnonzero(~kept))

    def own(self, numbers: Sequence[int]) -> Corpus:
        """Return rows of the pool as a user has them: no year, no doubt, no other paragraphs of their documents."""
        part = self.pool.take(np.array(numbers, np.intp))
        kept = ("id", "document", "labels", "sha256", "lexicon")
        counted = part.counts(self.lexicon).ids()
        rows = [{k: row[k] for k in kept} | {"sentences": ids} for row, ids in zip(part.rows, counted, strict=True)]
        return Corpus.from_rows(rows)

    def queue(self, model: Model, number: int) -> list[int]:
        """Choose as `cchc-ml review queue` does. Near-duplicates are found by their terms, for want of the text."""
        counts = self.pool.counts(self.lexicon)
        decisions = model.decide(model.scores(counts))
        items = []
        for i, ids in enumerate(counts.ids()):
            text = " ".join(self.lexicon.terms[k].replace(" ", "_") for sentence in ids for k in sentence)
            suggestion = dict(zip(map(str, PILLARS), decisions.probabilities[i].tolist(), strict=True))
            items.append(ReviewItem(str(i), text or "-", suggestion=suggestion))
        thresholds = model.probabilities(model.thresholds[None].astype(float))[0].tolist()
        return [int(item.id) for item in build_queue(items, number, thresholds).items]

    def draw(self, number: int, seed: int) -> list[int]:
        """Choose at random."""
        return list(map(int, np.random.default_rng(seed + 1).permutation(len(self.pool))[:number]))


def fit(others: Corpus, own: Corpus | None, lexicon: Lexicon) -> tuple[PillarClassifier, str]:
    """Train as `cchc-ml train` does, with --with-default-data if there are own rows. Return the weight too."""
    corpus, is_own = (others, np.zeros(len(others), bool)) if own is None else add_rows(others, own)
    corpus, kept = separate_twins(corpus)
    is_own, training = is_own[kept][corpus.is_training()], corpus.training()
    weights, weight = row_weights(training), ""
    if own is not None:
        found = weigh_own(training, is_own, lexicon, weights, n_jobs=1)
        weights, weight = np.where(is_own, found.value * weights, weights), f"{found.value:g}"
    around = training.others(lexicon)
    classifier = PillarClassifier(lexicon=lexicon.terms, n_jobs=1).fit(
        training.counts(lexicon),
        training.y,
        groups=training.documents,
        sample_weight=weights,
        unlabeled=around.counts if around else None,
        unlabeled_groups=around.documents if around else None,
        drawn=training.drawn(),
    )
    if own is not None:
        classifier.model_ = with_own_thresholds(classifier, training, is_own)
    return classifier, weight


def measure(office: Office, folder: Path, name: str, numbers: Sequence[int] | None) -> dict[str, NDArray[Any]]:
    """Train and measure once; keep the result and return it."""
    path = folder / f"{name}.npz"
    if not path.exists():
        start = time.process_time()
        classifier, weight = fit(office.others, None if numbers is None else office.own(numbers), office.lexicon)
        seconds = time.process_time() - start
        both = tag_both_ways(classifier, office.measured)
        tags, probabilities = both[IN_CONTEXT]
        labels = 0 if numbers is None else office.pool.y[np.array(numbers)].sum()
        np.savez(path, tags=tags, probabilities=probabilities, weight=weight, labels=labels)
        print(f"{name}: {seconds:.0f} CPU seconds, weight {weight}, {labels} labels", flush=True)
        if numbers is None:
            classifier.save(folder / "none-model.npz")
    with np.load(path) as file:
        return dict(file)


def macro_draws(y: NDArray[Any], tags: NDArray[Any], documents: NDArray[np.str_]) -> NDArray[np.float64]:
    """Return macro-F1 on all rows, then on draws of documents: the same draws each time."""
    number = np.unique(documents, return_inverse=True)[1]
    counts = np.zeros((3, number.max() + 1, y.shape[1]))
    for k, found in enumerate((y & tags, ~y & tags, y & ~tags)):
        np.add.at(counts[k], number, found)
    n = counts.shape[1]
    times = np.random.default_rng(0).multinomial(n, np.full(n, 1 / n), BOOTSTRAP_DRAWS)
    tp, fp, fn = np.einsum("dn,cnk->cdk", np.vstack([np.ones(n), times]), counts)
    macro: NDArray[np.float64] = (2 * tp / np.maximum(2 * tp + fp + fn, 1)).mean(axis=1)
    return macro


def interval(draws: NDArray[np.float64], sign: str = "") -> str:
    """Return the value on all rows and its 95 % interval."""
    low, high = np.quantile(draws[1:], (0.025, 0.975))
    return f"{draws[0]:{sign}.3f} ({low:{sign}.3f} to {high:{sign}.3f})"


def lines(office: Office, arms: dict[str, list[dict[str, NDArray[Any]]]]) -> list[str]:
    """Return the rows of the table; the draws of an arm are averaged."""
    y = office.measured.y.astype(bool)
    documents = office.measured.documents
    found = []
    before: NDArray[np.float64] | None = None
    for name, runs in arms.items():
        draws = np.mean([macro_draws(y, run["tags"].astype(bool), documents) for run in runs], axis=0)
        before = draws if before is None else before
        precise = [[average_precision(y[:, k], run["probabilities"][:, k]) for k in range(y.shape[1])] for run in runs]
        gain = "" if draws is before else interval(draws - before, "+")
        labels = f"{np.mean([run['labels'] for run in runs]):.0f}" if gain else ""
        weights = ", ".join(str(run["weight"]) for run in runs)
        found.append(
            f"| {name} | {labels} | {weights} | {interval(draws)} | {gain} | {np.mean(np.array(precise, float)):.3f} |"
        )
    return found


def main() -> None:
    """Train all models, one after the other, and write the table."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    office = Office()
    print(f"measured on {len(office.measured)} rows of {len(set(office.measured.documents))} documents", flush=True)
    print(f"chosen from {len(office.pool)} rows of {len(set(office.pool.documents))} documents", flush=True)
    arms = {"none": [measure(office, folder, "none", None)]}
    model = read_model(folder / "none-model.npz")
    for size in SIZES:
        arms[f"{size}, by queue"] = [measure(office, folder, f"queue-{size}", office.queue(model, size))]
        arms[f"{size}, at random"] = []
    for draw in range(DRAWS):
        for size in SIZES:
            run = measure(office, folder, f"random-{size}-{draw}", office.draw(size, draw))
            arms[f"{size}, at random"].append(run)
    head = "| own rows | labels in them | weight | macro-F1 | gain | mean average precision |"
    table = "\n".join([head, "| --- | ---: | --- | --- | --- | ---: |", *lines(office, arms)])
    text = DOCUMENT.read_text("utf8")
    before, rest = text.split(START)
    DOCUMENT.write_text(f"{before}{START}{table}\n{END}{rest.partition(END)[2]}", "utf8")


if __name__ == "__main__":
    main()
