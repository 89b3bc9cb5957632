from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cchc_ml.model.storage import read_model
from cchc_ml.reporting.prevalence import corrected_shares, shares, training_prior

PRIOR = np.full(6, 0.3)


def sample(share, n, seed=0):
    """Draw labels and probabilities of a classifier that is calibrated where 3 of 10 paragraphs have each pillar."""
    rng = np.random.default_rng(seed)
    y = rng.random((n, 6)) < share
    score = rng.normal(np.where(y, 1.0, -1.0))
    odds = np.exp(2 * score) * PRIOR / (1 - PRIOR)  # the likelihood ratio of two normals, 2 apart
    return y, odds / (1 + odds)


@pytest.mark.parametrize("share", [0.02, 0.1, 0.3, 0.7])
def test_a_mix_that_is_not_that_of_training_is_recovered(share):
    y, probabilities = sample(share, 20_000)
    assert corrected_shares(probabilities, PRIOR) == pytest.approx(y.mean(axis=0), abs=0.02)


def test_it_is_what_the_em_climbs_to():
    _, p = sample(0.1, 500)
    share = PRIOR.copy()
    for _ in range(3000):  # Saerens, Latinne and Decaestecker (2002), step by step
        yes, no = p * share / PRIOR, (1 - p) * (1 - share) / (1 - PRIOR)
        share = (yes / (yes + no)).mean(axis=0)
    assert corrected_shares(p, PRIOR) == pytest.approx(share, abs=1e-4)


@given(arrays(float, (40, 6), elements=st.floats(0, 1)))
def test_shares_are_shares_and_grow_with_probabilities(probabilities):
    found = corrected_shares(probabilities, PRIOR)
    assert ((found >= 0) & (found <= 1)).all()
    assert (corrected_shares(np.sqrt(probabilities), PRIOR) >= found - 1e-6).all()


def test_intervals_hold_the_share_and_are_wider_by_document():
    y, probabilities = sample(0.2, 600)
    alone = shares(probabilities, y, np.arange(600), PRIOR)
    assert alone.tagged.tolist() == y.sum(axis=0).tolist()
    assert (alone.interval[0] <= alone.corrected).all()
    assert (alone.corrected <= alone.interval[1]).all()
    order = np.argsort(probabilities[:, 0])
    together = shares(probabilities[order], y[order], np.arange(600) // 30, PRIOR)  # likes stand together
    assert np.diff(together.interval[:, 0], axis=0) > 1.5 * np.diff(alone.interval[:, 0], axis=0)
    again = shares(probabilities, y, np.arange(600), PRIOR)
    assert again.interval.tobytes() == alone.interval.tobytes()


def test_of_few_paragraphs_nothing_is_said_and_of_few_documents_no_interval():
    y, probabilities = sample(0.2, 40)
    few = shares(probabilities[:29], y[:29], np.arange(29), PRIOR)
    assert (few.paragraphs, few.corrected, few.interval) == (29, None, None)
    two = shares(probabilities, y, np.arange(40) % 2, PRIOR)
    assert two.documents == 2
    assert two.corrected is not None
    assert two.interval is None


def test_the_model_says_its_prior():
    model = read_model()
    assert ((training_prior(model) > 0.01) & (training_prior(model) < 0.5)).all()
    with pytest.raises(ValueError, match="does not say how frequent each pillar was"):
        training_prior(replace(model, header={}))
    with pytest.raises(ValueError, match="between 0 and 1"):
        corrected_shares(np.full((40, 6), 0.5), np.zeros(6))
