import numpy as np

from cchc_ml.learning.own_models import assign_folds, score_parts


def test_a_document_is_in_one_fold():
    documents = [f"d{i % 7}" for i in range(40)]
    folds = assign_folds(documents)
    assert set(folds) == set(range(5))
    assert all(len({folds[i] for i in range(40) if documents[i] == name}) == 1 for name in set(documents))


def test_a_score_depends_on_the_part_only(corpus):
    y = corpus.y[:40].copy()
    y[:, 5] = 0
    part = np.arange(30)
    (whole,) = score_parts(corpus.texts[:40], y, [part])
    y[30:] = 1 - y[30:]
    (changed,) = score_parts(corpus.texts[:40], y, [part])
    assert whole.shape == y.shape
    np.testing.assert_allclose(whole, changed)
    np.testing.assert_allclose(whole[:, 5], -1)  # no row of the part has it


def test_progress(corpus):
    seen = []
    score_parts(
        corpus.texts[:20], corpus.y[:20], [np.arange(10), np.arange(20)], progress=lambda *args: seen.append(args)
    )
    assert seen[-1] == (12, 12)
