from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cchc_ml.model.info import ModelInfo
from cchc_ml.reporting.prevalence import Prevalence, corrected_prevalence, prevalence_by_pillar, training_prior

PRIOR = np.full(6, 0.3)


def sample(share, n, seed=0):
    """Draw labels and probabilities of a classifier that is calibrated where 3 of 10 paragraphs have each pillar."""
    rng = np.random.default_rng(seed)
    y = rng.random((n, 6)) < share
    score = rng.normal(np.where(y, 1.0, -1.0))
    odds = np.exp(2 * score) * PRIOR / (1 - PRIOR)  # the likelihood ratio of two normals, 2 apart
    return y, odds / (1 + odds)


def sample_documents(seed):
    """Draw 150 documents of four equal paragraphs, 2 of 10 with each pillar: four paragraphs must count as one draw."""
    y, probabilities = sample(0.2, 150, seed)
    return np.repeat(y, 4, axis=0), np.repeat(probabilities, 4, axis=0), np.repeat(np.arange(150), 4)


@pytest.mark.parametrize("share", [0.02, 0.1, 0.3, 0.7])
def test_a_mix_that_is_not_that_of_training_is_recovered(share):
    y, probabilities = sample(share, 20_000)
    assert corrected_prevalence(probabilities, PRIOR) == pytest.approx(y.mean(axis=0), abs=0.02)


def test_it_is_the_fixed_point_of_the_em_algorithm():
    _, p = sample(0.1, 500)
    share = PRIOR.copy()
    for _ in range(3000):  # Saerens, Latinne and Decaestecker (2002), step by step
        yes, no = p * share / PRIOR, (1 - p) * (1 - share) / (1 - PRIOR)
        share = (yes / (yes + no)).mean(axis=0)
    assert corrected_prevalence(p, PRIOR) == pytest.approx(share, abs=1e-4)


@given(arrays(float, (40, 6), elements=st.floats(0, 1)))
def test_shares_are_shares_and_grow_with_probabilities(probabilities):
    shares = corrected_prevalence(probabilities, PRIOR)
    assert ((shares >= 0) & (shares <= 1)).all()
    assert (corrected_prevalence(np.sqrt(probabilities), PRIOR) >= shares - 1e-6).all()


@pytest.fixture(scope="module")
def repeated():
    """The estimates, and the ends of the intervals, of 200 samples with a true share of 0.2, shape (200, 6)."""
    measured = [prevalence_by_pillar(p, y, documents, PRIOR) for y, p, documents in map(sample_documents, range(200))]
    return np.array([m.corrected for m in measured]), *np.array([m.interval for m in measured]).swapaxes(0, 1)


@pytest.mark.slow
def test_the_interval_holds_the_true_share_in_95_of_100_samples(repeated):
    _, low, high = repeated
    # A bootstrap of percentiles covers a little less than 95 %, and 1,200 intervals vary by 0.6 %.
    assert 0.92 <= np.mean((low <= 0.2) & (high >= 0.2)) <= 0.97


@pytest.mark.slow
def test_the_interval_is_as_wide_as_the_spread_of_the_estimate_over_samples(repeated):
    estimates, low, high = repeated
    spread = np.std(estimates, axis=0).mean()
    assert np.mean(high - low) == pytest.approx(2 * 1.96 * spread, rel=0.08)


def test_intervals_hold_the_estimate_and_do_not_change_from_run_to_run():
    y, probabilities = sample(0.2, 600)
    measured = prevalence_by_pillar(probabilities, y, np.arange(600), PRIOR)
    assert measured.tagged.tolist() == y.sum(axis=0).tolist()
    assert (measured.interval[0] <= measured.corrected).all()
    assert (measured.corrected <= measured.interval[1]).all()
    again = prevalence_by_pillar(probabilities, y, np.arange(600), PRIOR)
    assert again.interval.tobytes() == measured.interval.tobytes()


def test_intervals_are_wider_where_the_paragraphs_of_a_document_are_alike():
    y, probabilities = sample(0.2, 600)
    alone = prevalence_by_pillar(probabilities, y, np.arange(600), PRIOR).interval
    order = np.argsort(probabilities[:, 0])
    together = prevalence_by_pillar(probabilities[order], y[order], np.arange(600) // 30, PRIOR).interval
    assert together[1, 0] - together[0, 0] > 1.5 * (alone[1, 0] - alone[0, 0])


@pytest.mark.parametrize(("n", "is_reported"), [(29, False), (30, True)])
def test_the_share_is_reported_from_30_paragraphs_on(n, is_reported):
    y, probabilities = sample(0.2, n)
    measured = prevalence_by_pillar(probabilities, y, np.arange(n), PRIOR)
    assert (measured.paragraphs, measured.documents) == (n, n)
    assert (measured.corrected is not None, measured.interval is not None) == (is_reported, is_reported)


@pytest.mark.parametrize(("n", "is_reported"), [(4, False), (5, True)])
def test_the_interval_is_reported_from_5_documents_on(n, is_reported):
    y, probabilities = sample(0.2, 40)
    measured = prevalence_by_pillar(probabilities, y, [f"bài {i % n}" for i in range(40)], PRIOR)
    assert measured.documents == n
    assert measured.corrected is not None
    assert (measured.interval is not None) == is_reported


def test_results_can_be_compared_and_hashed():
    measured = Prevalence(1, 1, np.zeros(6, np.int64))
    assert measured == measured
    assert measured != replace(measured)  # by identity: two arrays have no truth value
    assert len({measured, replace(measured)}) == 2


def test_the_prior_comes_from_the_model_file(model):
    assert ((training_prior(model) > 0.01) & (training_prior(model) < 0.5)).all()
    with pytest.raises(ValueError, match="does not contain the share of each pillar in its training data; train the"):
        training_prior(replace(model, info=ModelInfo()))


@pytest.mark.parametrize("share", [0, 1])
def test_a_prior_without_a_pillar_is_refused(share):
    with pytest.raises(ValueError, match=r"each share in the training data must be above 0 and below 1, got \["):
        corrected_prevalence(np.full((40, 6), 0.5), np.full(6, share))
