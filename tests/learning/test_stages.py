from cchc_ml.learning.stages import Stages


def test_pieces_of_work_are_joined():
    seen = []
    stages = Stages(lambda *at: seen.append(at), {"read": 100, "nothing": 0, "train": 300})
    for done in (1, 2):
        stages.of("read")(done, 2)
    stages.of("nothing")(0, 0)
    stages.of("train")(1, 3)
    stages.of("train")(3, 3)
    assert seen == [(50, 400), (100, 400), (100, 400), (200, 400), (400, 400)]


def test_nobody_asks():
    Stages(None, {"read": 100}).of("read")(1, 1)
