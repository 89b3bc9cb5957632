"""Compare two models on the same labelled paragraphs: which is better, what changed, and which words changed it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..files import atomic_write, csp_hash, html_template
from ..learning.corpus import Corpus, only_paragraphs, read_corpus
from ..learning.metric_types import MIN_DOCUMENTS, Difference
from ..learning.metrics import metrics, paired
from ..learning.train import training_hashes
from ..messages import LANGUAGES, Message, catalogued, message, number, translate
from ..model.counts import Counts
from ..model.model import Model
from ..model.storage import read_model
from ..pillars import CCHC, AnyPillar, Codebook
from ..reading.csv_cells import GuardedWriter
from ..reading.inputs import OnNote
from ..reading.names import without_folders
from ..reading.tables import Row

if TYPE_CHECKING:
    from numpy.typing import NDArray

# How many terms of each pillar are listed.
TERMS = 5


@dataclass(frozen=True)
class Flip:
    """A pillar that one model tags in a paragraph and the other does not.

    Attributes
    ----------
    row : dict
        The labelled paragraph.
    pillar : Pillar
    label, old, new : bool
        Whether the paragraph has the pillar, and whether each model tags it.
    old_probability, new_probability : float
    """

    row: Row
    pillar: AnyPillar
    label: bool
    old: bool
    new: bool
    old_probability: float
    new_probability: float

    @property
    def better(self) -> bool:
        """Whether the new model is right."""
        return self.new == self.label

    @property
    def text(self) -> str:
        """The text; the SHA-256 of it if the row is packed."""
        return str(self.row["text"] if "text" in self.row else self.row["sha256"])


@dataclass(frozen=True)
class TermMove:
    """A term whose mean effect on the score of a paragraph with it differs most, weighted by how often it occurs.

    Attributes
    ----------
    pillar : Pillar
    term : str
    paragraphs : int
        How many of the paragraphs have it.
    old, new : float
        What it adds to the score of a paragraph, on average; 0 if the model does not know it.
    """

    pillar: AnyPillar
    term: str
    paragraphs: int
    old: float
    new: float


@dataclass(frozen=True)
class ModelComparison:
    """What `compare` returns.

    Attributes
    ----------
    n, documents : int
        How many paragraphs and documents were compared.
    old_f1, new_f1 : dict of str to float
        F1 by slug, and ``macro``.
    difference : Difference or None
        New minus old macro-F1, its interval and p. None with fewer than ten documents.
    better, worse : int
        Paragraphs in which the new model makes fewer, or more, errors.
    flips : list of Flip
        In the order of the rows.
    terms : list of TermMove
        By pillar, the largest move first.
    old_seen, new_seen : int
        How many paragraphs each model was trained on.
    codebook : Codebook
        The categories of both models.
    """

    n: int
    documents: int
    old_f1: dict[str, float]
    new_f1: dict[str, float]
    difference: Difference | None
    better: int
    worse: int
    flips: list[Flip]
    terms: list[TermMove]
    old_seen: int
    new_seen: int
    codebook: Codebook = CCHC

    def __str__(self) -> str:
        """Return the result in a sentence: ``+0.012 macro-F1 (p = 0.03), 14 better, 5 worse``."""
        return str(self.summary())

    def summary(self) -> Message:
        """Return the result in a sentence that can be translated."""
        gain = self.new_f1["macro"] - self.old_f1["macro"]
        found = message("no p: fewer than 10 documents")
        if self.difference is not None and (p := self.difference["p"]) is not None:
            form = ".2f" if p >= 0.01 else ".3f"
            found = message("p = {p}", p=number(p, form)) if p >= 0.001 else message("p < {p}", p=number(0.001))
        return message(
            "{gain:+.3f} macro-F1 ({found}), {better} better, {worse} worse",
            gain=gain,
            found=found,
            better=self.better,
            worse=self.worse,
        )

    def sentence(self) -> Message:
        """Return the result, with how many paragraphs it is from."""
        return message(
            "{comparison}, in {n:,} paragraphs of {documents:,} documents",
            comparison=self.summary(),
            n=self.n,
            documents=self.documents,
        )

    def warning(self) -> Message:
        """Return what must be said if a model has seen the paragraphs."""
        return message(
            "not a fair test: OLD was trained on {old:,} of these paragraphs, NEW on {new:,}; "
            "give rows that neither has seen",
            old=self.old_seen,
            new=self.new_seen,
        )


# What the page says.
WORDS = {
    "old": message("old"),
    "new": message("new"),
    "difference": message("difference"),
    "terms": message("The terms that moved most"),
    "term": message("term"),
    "paragraphs": message("paragraphs"),
    "flipped": message("Paragraphs that flipped"),
    "added": message("added"),
    "dropped": message("dropped"),
    "better": message("better"),
    "worse": message("worse"),
    "probability": message("probability"),
    "none": message("nothing flipped: both models give the same tags"),
}


def compare(
    old: str | Path | None,
    new: str | Path | None,
    paths: Sequence[str | Path],
    *,
    text_column: str | None = None,
    on_note: OnNote | None = None,
) -> ModelComparison:
    """Compare two models on labelled tables. Every paragraph is read alone; headings and boilerplate are left out.

    p is two-sided: twice the share of draws of documents in which the model that is better here is not better.

    Parameters
    ----------
    old, new : path
        Model files; None is the shipped model.
    paths : sequence of path
        Labelled tables.
    text_column : str, optional
        The field with the text; see `cchc_ml.learning.corpus.read_corpus`.
    on_note : callable, optional
        Called with sentences about rows that are left out; see `read_corpus`. Without it, a row without labels or text
        is an error.

    Raises
    ------
    FileNotFoundError, ValueError
        As `read_corpus` and `cchc_ml.model.storage.read_model`.
    """
    models = read_model(old), read_model(new)
    codebook = models[1].codebook
    if models[0].codebook.slugs != codebook.slugs:
        raise ValueError(
            message(
                "{old} has the categories {before}, {new} has {after}; compare models with the same categories",
                old=old or message("the shipped model"),
                before=", ".join(models[0].codebook),
                new=new or message("the shipped model"),
                after=", ".join(codebook),
            )
        )
    corpus = only_paragraphs(read_corpus(*paths, text_column=text_column, on_note=on_note, codebook=codebook), on_note)
    return compare_models(*models, corpus)


def compare_models(old: Model, new: Model, corpus: Corpus) -> ModelComparison:
    """Compare two models on a corpus; see `compare`."""
    counted = [corpus.counts(model.lexicon) for model in (old, new)]
    decided = [model.decide(model.scores(counts)) for model, counts in zip((old, new), counted, strict=True)]
    old_tags, new_tags = (decisions.scores > decisions.thresholds for decisions in decided)
    y = corpus.y.astype(bool)
    old_errors, new_errors = (old_tags ^ y).sum(axis=1), (new_tags ^ y).sum(axis=1)
    documents = len(set(corpus.documents))
    flips = [
        Flip(
            corpus.rows[i],
            corpus.codebook[k],
            bool(y[i, k]),
            bool(old_tags[i, k]),
            bool(new_tags[i, k]),
            float(decided[0].probabilities[i, k]),
            float(decided[1].probabilities[i, k]),
        )
        for i, k in np.argwhere(old_tags ^ new_tags)
    ]
    seen = [int(np.isin(_hashes(corpus), model.training_hashes).sum()) for model in (old, new)]
    return ModelComparison(
        n=len(corpus),
        documents=documents,
        old_f1=_f1(corpus, old_tags),
        new_f1=_f1(corpus, new_tags),
        difference=_difference(corpus, old_tags, new_tags) if documents >= MIN_DOCUMENTS else None,
        better=int((new_errors < old_errors).sum()),
        worse=int((new_errors > old_errors).sum()),
        flips=flips,
        terms=_moved_terms((old, new), counted),
        old_seen=seen[0],
        new_seen=seen[1],
        codebook=corpus.codebook,
    )


def _difference(corpus: Corpus, old: NDArray[np.bool_], new: NDArray[np.bool_]) -> Difference:
    """Return new minus old macro-F1, with a two-sided p: either model may be the better one."""
    forth, back = (paired(corpus.y, *tags, corpus.documents, corpus.codebook) for tags in ((new, old), (old, new)))
    sides = [p for p in (forth["p"], back["p"]) if p is not None]
    return {**forth, "p": min(1.0, 2 * min(sides)) if sides else None}


def _hashes(corpus: Corpus) -> NDArray[np.uint64]:
    return np.array([training_hashes(corpus.take(np.array([i])))[0] for i in range(len(corpus))], np.uint64)


def _f1(corpus: Corpus, tags: NDArray[np.bool_]) -> dict[str, float]:
    measured = metrics(corpus.y, tags, tags, corpus.codebook)
    return {str(p): measured["pillars"][str(p)]["f1"] for p in corpus.codebook} | {"macro": measured["macro"]["f1"]}


def _moved_terms(models: Sequence[Model], counted: Sequence[Counts]) -> list[TermMove]:
    """Return the terms whose total effect in all paragraphs moved most, for each pillar."""
    codebook = models[1].codebook
    occurs: dict[str, int] = {}
    effects: list[dict[str, NDArray[np.float64]]] = []
    for model, counts in zip(models, counted, strict=True):
        paragraphs = counts.paragraphs()
        by_tfidf, by_codebook = model.features.contributions(paragraphs, model.coef)
        total = np.zeros((len(model.lexicon), len(codebook)))
        np.add.at(total, paragraphs.indices, by_tfidf + by_codebook)
        number = np.bincount(paragraphs.indices, minlength=len(model.lexicon))
        here = np.flatnonzero(number)
        occurs |= {model.lexicon.terms[i]: int(number[i]) for i in here}
        effects.append({model.lexicon.terms[i]: total[i] for i in here})
    nothing = np.zeros(len(codebook))
    names = sorted(occurs)
    old, new = (
        np.array([effect.get(name, nothing) for name in names]).reshape(-1, len(codebook)) for effect in effects
    )
    moves = []
    for k, pillar in enumerate(codebook):
        for i in np.argsort(-np.abs(new[:, k] - old[:, k]), kind="stable")[:TERMS]:
            n = occurs[names[i]]
            if new[i, k] != old[i, k]:
                moves.append(TermMove(pillar, names[i], n, float(old[i, k] / n), float(new[i, k] / n)))
    return moves


COLUMNS = ("id", "document", "pillar", "label", "old", "new", "better", "old_probability", "new_probability", "text")


def flip_row(flip: Flip) -> Row:
    """Return a flip as a row of a table with `COLUMNS`."""
    document = next((flip.row[name] for name in ("document", "article", "source") if flip.row.get(name)), "")
    return {
        "id": flip.row.get("id", ""),
        "document": document,
        "pillar": flip.pillar.value,
        "label": int(flip.label),
        "old": int(flip.old),
        "new": int(flip.new),
        "better": int(flip.better),
        "old_probability": round(flip.old_probability, 4),
        "new_probability": round(flip.new_probability, 4),
        "text": flip.text,
    }


def write_flips(flips: Sequence[Flip], path: Path) -> None:
    """Write flips as CSV, which Excel reads as UTF-8."""
    with atomic_write(path) as temporary, open(temporary, "w", encoding="utf-8-sig", newline="") as file:
        writer = GuardedWriter(file)
        writer.write_row(COLUMNS)
        for flip in flips:
            row = flip_row(flip)
            writer.write_row(row[name] for name in COLUMNS)


def _shown(row: Row) -> Row:
    """Return a flip as a page shows it, which is passed on: files without the folders of a machine."""
    names = {name: str(row[name]) for name in ("id", "document")}
    shown = without_folders(names.values())
    return {**row, **{name: shown[value] for name, value in names.items()}}


def comparison_page(comparison: ModelComparison, title: str, language: str = LANGUAGES[0]) -> str:
    """Return a comparison as HTML that loads nothing else. Its content security policy forbids scripts."""
    css = files("cchc_ml.evaluation").joinpath("templates", "evaluation.css").read_text("utf8")
    style = css + "".join(
        f'[data-pillar="{pillar}"] {{ border-color: {pillar.colour}; }}\n' for pillar in comparison.codebook
    )
    return html_template("cchc_ml.evaluation", "comparison.html.j2").render(
        title=title,
        policy=f"default-src 'none'; style-src {csp_hash(style)}; base-uri 'none'; form-action 'none'",
        style=style,
        comparison=comparison,
        pillars=comparison.codebook,
        language=language,
        say=partial(translate, language=language),
        number=number,
        named=catalogued,
        words={**WORDS, "pillar": comparison.codebook.noun},
        flips=[(flip, _shown(flip_row(flip))) for flip in comparison.flips],
    )
