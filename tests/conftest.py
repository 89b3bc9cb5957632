"""What the tests share: hypothesis profiles, the shipped model, the project's own paragraphs, one small classifier."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import settings
from needs import IN_CI
from typer.testing import CliRunner

from cchc_ml.learning.classifier import PillarClassifier
from cchc_ml.learning.corpus import Corpus, default_lexicon, read_corpus
from cchc_ml.model.model import Model
from cchc_ml.model.storage import read_model

TOP = Path(__file__).parent.parent

# A busy machine is slow, so no example has a deadline. In CI the examples are the same in every run.
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("dev", deadline=None)
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


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch):
    """Run `cchc-ml` with arguments; return the result."""
    from cchc_ml.cli.main import app

    monkeypatch.chdir(TOP)
    runner = CliRunner()
    return lambda *args, **kwargs: runner.invoke(app, [str(a) for a in args], catch_exceptions=False, **kwargs)


@pytest.fixture
def labelled(tmp_path: Path, corpus: Corpus) -> Path:
    """The rows of `corpus` as a user's own JSONL."""
    path = tmp_path / "labelled.jsonl"
    fields = ("id", "article", "labels", "text")
    path.write_text("".join(json.dumps({k: row[k] for k in fields}) + "\n" for row in corpus.rows), "utf8")
    return path
