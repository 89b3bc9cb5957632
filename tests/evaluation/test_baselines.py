import numpy as np

from cchc_ml.evaluation.baselines import codebook_baselines, text_baselines
from cchc_ml.learning.corpus import Corpus, default_lexicon
from cchc_ml.learning.metrics import metrics
from cchc_ml.pillars import PILLARS


def test_a_list_of_names_gets_six_tags_and_rain_none():
    rows = [
        {
            "text": "Cải cách thể chế, TTHC, tổ chức bộ máy, chế độ công vụ, tài chính công, chính quyền số.",
            "labels": list(PILLARS),
        },
        {"text": "Mưa lớn suốt đêm.", "labels": []},
    ]
    tags_of = codebook_baselines(Corpus.from_rows(rows), default_lexicon())
    assert list(tags_of) == ["names list", "names and patterns"]
    assert tags_of["names list"].tolist() == [[1] * 6, [0] * 6]
    assert (tags_of["names and patterns"] >= tags_of["names list"]).all()


def test_pipelines_learn_and_thresholds_help(corpus):
    train, test = corpus.take(np.arange(180)), corpus.take(np.arange(180, 240))
    seen = []
    tags_of = text_baselines(train, test, folds=2, progress=lambda *at: seen.append(at))
    assert {"syllables, LinearSVC", "syllables, LinearSVC, tuned", "underthesea words, LinearSVC"} <= set(tags_of)
    assert all(tags.shape == (60, 6) for tags in tags_of.values())
    f1 = {name: metrics(test.y, tags, tags)["micro"]["f1"] for name, tags in tags_of.items()}
    assert f1["syllables, LinearSVC, tuned"] > f1["syllables, LinearSVC"] > 0
    assert {tuple(tags.sum(0)) for tags in tags_of.values()} != {tuple(test.y.sum(0))}
    assert {(1, 9), (3, 9), (6, 9)} <= set(seen) <= {(done, 9) for done in range(1, 10)}
