"""What the tests share: hypothesis profiles, the shipped model, the project's own paragraphs, one small classifier."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import settings
from needs import IN_CI
from own_codebooks import codebook_yaml, write_own_rows
from typer.testing import CliRunner

from cchc_ml.cli.settings import settings as settings_of_run
from cchc_ml.learning.classifier import PillarClassifier
from cchc_ml.learning.corpus import Corpus, default_lexicon, read_corpus
from cchc_ml.learning.train import train_model
from cchc_ml.model.codebook import read_codebook
from cchc_ml.model.model import Model
from cchc_ml.model.storage import read_model, write_model
from cchc_ml.pillars import Codebook

TOP = Path(__file__).parent.parent

# The tests read English, whatever the locale of the machine is. Those of Vietnamese give --lang.
os.environ["CCHC_LANG"] = "en"


class Own(NamedTuple):
    """A codebook of one's own with n categories, labelled rows, and a model that was trained on them."""

    n: int
    yaml: Path
    rows: Path
    model: Path
    codebook: Codebook


# A busy machine is slow, so no example has a deadline. In CI a test has 100 examples, the same in every run. Elsewhere
# it has 25, others in each run.
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("dev", deadline=None, max_examples=25)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if IN_CI else "dev"))


@pytest.fixture(scope="session")
def top() -> Path:
    """The top of the checkout."""
    return TOP


@pytest.fixture(scope="session")
def model() -> Model:
    """The shipped model. No test may change it."""
    return read_model()


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    """240 paragraphs of forty articles written for the project."""
    rows = read_corpus(TOP / "data/articles.jsonl").rows[:240]
    return Corpus.from_rows(rows)


@pytest.fixture(scope="session")
def small(corpus: Corpus) -> PillarClassifier:
    """A classifier fitted on `corpus`, good enough for plain cases. No test may change it."""
    return PillarClassifier(lexicon=default_lexicon().terms).fit(corpus.texts, corpus.y, groups=corpus.documents)


@pytest.fixture(scope="session")
def small_file(small: PillarClassifier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model file of `small`. No test may change it."""
    path = tmp_path_factory.mktemp("small") / "m.npz"
    write_model(small.model_, path)
    return path


@pytest.fixture(scope="session")
def own_terms_file(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model file trained on `corpus` with terms learned from it. No test may change it."""
    folder = tmp_path_factory.mktemp("own_terms")
    train_model([write_rows(corpus, folder / "labelled.jsonl")], folder / "m.npz")
    return folder / "m.npz"


@pytest.fixture(scope="session", autouse=True)
def few_draws() -> Iterator[None]:
    """Draw 200 times instead of 2,000 for intervals: the tests need no third digit."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cchc_ml.learning.metrics.BOOTSTRAP_DRAWS", 200)
        yield


@pytest.fixture(autouse=True)
def english_afterwards() -> Iterator[None]:
    """Forget the language of the commands that a test has run, so that tests need no order."""
    yield
    settings_of_run.language, settings_of_run.quiet = "en", False


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch):
    """Run `cchc-ml` with arguments; return the result."""
    from cchc_ml.cli.commands import app

    monkeypatch.chdir(TOP)
    runner = CliRunner()
    return lambda *args, **kwargs: runner.invoke(app, [str(a) for a in args], catch_exceptions=False, **kwargs)


@pytest.fixture
def labelled(tmp_path: Path, corpus: Corpus) -> Path:
    """The rows of `corpus` as a user's own JSONL."""
    return write_rows(corpus, tmp_path / "labelled.jsonl")


def write_rows(corpus: Corpus, path: Path) -> Path:
    """Write the rows of `corpus` as JSONL; return the path."""
    fields = ("id", "article", "labels", "text")
    path.write_text("".join(json.dumps({k: row[k] for k in fields}) + "\n" for row in corpus.rows), "utf8")
    return path


@pytest.fixture(scope="session", params=[3, 6, 8])
def own(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Own:
    """A codebook of 3, 6 or 8 categories of one's own, labelled rows, and a model. No test may change them."""
    n = request.param
    folder = tmp_path_factory.mktemp(f"own{n}")
    (folder / "mine.yaml").write_text(codebook_yaml(n), "utf8")
    rows = write_own_rows(folder / f"rows{n}.jsonl", n)
    codebook = read_codebook(folder / "mine.yaml")
    (folder / "model").mkdir()
    train_model([rows], folder / "model" / "m.npz", codebook=codebook, n_jobs=1)
    return Own(n, folder / "mine.yaml", rows, folder / "model" / "m.npz", codebook)
