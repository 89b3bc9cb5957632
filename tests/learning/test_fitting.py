import numpy as np
import pytest

from cchc_ml.learning.fitting import Examples, Weights, positive_sentences, round_weights
from cchc_ml.model.counts import Counts


@pytest.mark.parametrize(
    ("scores", "owner", "y", "positive"),
    [
        # The best sentence of a positive paragraph, however low its score.
        ([-2.0, -1.0], [0, 0], [1], [0, 1]),
        # And every sentence above 0.6; 0.6 itself is not above.
        ([0.61, 0.9, 0.6, 0.59], [0, 0, 0, 0], [1], [1, 1, 0, 0]),
        # No sentence of a negative paragraph, however high its score.
        ([5.0, 0.2, 0.1], [0, 1, 1], [0, 1], [0, 1, 0]),
        # One best sentence for each paragraph, also if it is its only one.
        ([0.1, 0.3, 0.2, 0.0], [0, 1, 1, 2], [1, 1, 1], [1, 1, 0, 1]),
        # Of two equal best ones, one.
        ([0.5, 0.5], [0, 0], [1], [0, 1]),
        ([], [], [1, 0], []),
    ],
)
def test_positive_sentences(scores, owner, y, positive):
    marked = positive_sentences(np.array(scores, float), np.array(owner, np.intp), np.array(y, np.int8))
    assert marked.astype(int).tolist() == positive


def test_examples_score_as_the_model_does(small, corpus):
    model = small.model_
    counts = model.lexicon.count(corpus.texts[:20])
    examples = Examples.of(counts, model.features)
    assert examples.scores(Weights(model.coef, model.intercept)) == pytest.approx(model.scores(counts), abs=1e-4)


def test_some_examples_are_taken(small):
    counts = Counts.from_ids([[[1], [2]], [], [[3], [4], [5]]], len(small.model_.lexicon))
    examples = Examples.of(counts, small.model_.features)
    weights = Weights(small.model_.coef, small.model_.intercept)
    chosen = np.array([False, True, True])
    assert examples.take(chosen).starts.tolist() == [0, 0, 3]
    assert np.array_equal(examples.take(chosen).scores(weights), examples.scores(weights)[1:])


def test_rounded_weights_fit_into_16_bits():
    weights = np.random.default_rng(0).normal(size=1000).astype(np.float32)
    rounded = round_weights(weights)
    assert rounded.dtype == np.float32
    assert np.array_equal(rounded.astype(np.float16).astype(np.float32), rounded)
    assert np.abs(rounded - weights).max() < 2e-3
