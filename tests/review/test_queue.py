from collections import Counter

import pytest
from review_items import SLUGS, item, suggestion

from cchc_ml.reading.inputs import PendingArticle, read_inputs
from cchc_ml.review.items import RANDOM, UNCERTAIN
from cchc_ml.review.queue import RANDOM_SHARE, SECONDS_A_PARAGRAPH, build_queue, suggest

HALF = [0.5] * len(SLUGS)
WORDS = "xã huyện tỉnh hồ sơ hẹn trả giấy phép cấp đổi mới cán bộ họp chợ đường cầu"


def paragraph(n, outlet="", **chances):
    """Return a paragraph that is like no other: its words stand in an order of their own."""
    known = WORDS.split()
    words = [known[(n * 7 + k * (n % 11 + 1)) % len(known)] for k in range(12)]
    return item(f"t{n}", f"{n} " + " ".join([*words, str(n)]), outlet=outlet, **suggestion(**chances))


@pytest.fixture(scope="module")
def pool():
    outlets = ("Báo A", "Báo B", "Báo C")
    return [
        paragraph(n, outlets[n % 3], **{SLUGS[n % 6]: (n * 37 % 100) / 100, SLUGS[(n + 1) % 6]: 0.2})
        for n in range(300)
    ]


def test_the_same_seed_gives_the_same_queue(pool):
    first = build_queue(pool, 40, HALF, seed=1)
    assert build_queue(pool, 40, HALF, seed=1) == first
    other = build_queue(pool, 40, HALF, seed=2)
    assert {i.id for i in other.items if i.sampling == RANDOM} != {i.id for i in first.items if i.sampling == RANDOM}


def test_a_share_is_random_and_flagged(pool):
    queue = build_queue(pool, 50, HALF)
    assert Counter(i.sampling for i in queue.items) == {UNCERTAIN: 40, RANDOM: 10}
    assert len({i.id for i in queue.items}) == 50
    # Someone who stops early has both kinds.
    assert Counter(i.sampling for i in queue.items[:25])[RANDOM] == 5
    assert all(i.decisions == {} and i.suggestion for i in queue.items)
    assert RANDOM_SHARE == 0.2


@pytest.mark.parametrize(("share", "drawn"), [(0, 0), (1, 30), (0.5, 15)])
def test_other_shares(pool, share, drawn):
    kinds = Counter(i.sampling for i in build_queue(pool, 30, HALF, random_share=share).items)
    assert kinds[RANDOM] == drawn
    assert kinds.total() == 30


def test_the_random_share_does_not_look_at_probabilities(pool):
    sure = [i for i in pool if abs(max(i.suggestion.values()) - 0.5) > 0.3]
    queue = build_queue(pool, 100, HALF, random_share=1)
    share = sum(i.id in {s.id for s in sure} for i in queue.items) / 100
    assert share == pytest.approx(len(sure) / len(pool), abs=0.15)


def test_the_least_sure_come_first():
    pool = [paragraph(n, tthc=chance) for n, chance in enumerate((0.99, 0.52, 0.05, 0.45, 0.9))]
    pool = [replaced(i) for i in pool]
    chosen = build_queue(pool, 2, HALF, random_share=0).items
    assert [i.suggestion["tthc"] for i in chosen] == [0.52, 0.45]


def replaced(paragraph):
    """Make a paragraph equally sure in every category, so that only the order among paragraphs counts."""
    chance = paragraph.suggestion["tthc"]
    return item(paragraph.id, paragraph.text, suggestion=dict.fromkeys(SLUGS, chance), suggested=())


def test_uncertain_is_near_the_threshold_and_not_near_a_half():
    pool = [replaced(paragraph(0, tthc=0.5)), replaced(paragraph(1, tthc=0.23))]
    (chosen,) = build_queue(pool, 1, [0.2] * len(SLUGS), random_share=0).items
    assert chosen.id == "t1"


def test_categories_and_outlets_take_turns(pool):
    queue = build_queue(pool, 36, HALF, random_share=0)
    assert set(Counter(i.outlet for i in queue.items)) == {"Báo A", "Báo B", "Báo C"}
    near = Counter(min(SLUGS, key=lambda s: abs(i.suggestion[s] - 0.5)) for i in queue.items)
    assert min(near[slug] for slug in SLUGS) >= 4


def test_a_small_outlet_is_not_drowned():
    pool = [paragraph(n, "Báo lớn", tthc=0.5) for n in range(40)] + [
        paragraph(n, "Xã", tthc=0.3) for n in range(40, 44)
    ]
    outlets = Counter(i.outlet for i in build_queue(pool, 10, HALF, random_share=0).items)
    assert outlets["Xã"] == 4


def test_near_duplicates_are_taken_once():
    text = "Bộ phận một cửa của xã Tân Hòa trả trước hạn hơn chín phần mười số hồ sơ nhận trong quý này cho người dân."
    copies = [item(f"c{n}", f"{text} ({n})", **suggestion(tthc=0.5)) for n in range(6)]
    others = [paragraph(n, tthc=0.9) for n in range(20)]
    for share in (0, 1):
        queue = build_queue([*copies, *others], 21, HALF, random_share=share)
        assert sum(i.id.startswith("c") for i in queue.items) == 1
        assert queue.duplicates == 5
        assert len(queue.items) == 21


def test_fewer_paragraphs_than_wanted(pool):
    queue = build_queue(pool[:7], 100, HALF)
    assert {i.id for i in queue.items} == {i.id for i in pool[:7]}
    assert queue.candidates == 7


def test_hours(pool):
    assert build_queue(pool, 144, HALF).hours == pytest.approx(144 * SECONDS_A_PARAGRAPH / 3600)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([], 5, HALF), "there are no paragraphs to choose from"),
        (([item("a", "A."), item("a", "B.")], 5, HALF), "two different paragraphs have the id 'a'"),
        (([item()], 0, HALF), "found 0 paragraphs to choose, want 1 or more"),
    ],
)
def test_errors(arguments, message):
    with pytest.raises(ValueError, match=message):
        build_queue(*arguments)
    with pytest.raises(ValueError, match="found a random share of 2, want a number from 0 to 1"):
        build_queue([item()], 1, HALF, random_share=2)


def test_suggestions_are_what_the_model_says(model, top):
    files = [str(top / "data" / "samples" / "mot-cua-xa.txt")]
    items = list(suggest(model, read_inputs(files)))
    found = model.annotate([i.text for i in items])
    assert [i.suggested for i in items] == [tuple(a.pillars) for a in found]
    assert [i.evidence_spans for i in items] == [dict(a.evidence) for a in found]
    assert {i.document for i in items} == set(files)
    assert len({i.id for i in items}) == len(items)


def test_rows_keep_their_id_and_an_earlier_tagging_is_replaced(model):
    row = {"id": 7, "text": "Mưa.", "document": "a.txt", "outlet": "Báo", "pillars": ["tthc"], "scores": {"tthc": 1.0}}
    (made,) = suggest(model, [(row, "text")])
    assert (made.id, made.document, made.outlet, made.suggested) == ("7", "a.txt", "Báo", ())
    assert made.suggestion["tthc"] < 0.5


def test_articles_that_cannot_be_read(model, tmp_path):
    pending = PendingArticle(str(tmp_path / "no.txt"), False)
    failures = {}
    assert list(suggest(model, [pending], on_error=failures.__setitem__)) == []
    assert list(failures) == [pending.path]
    with pytest.raises(OSError, match=r"no\.txt"):
        list(suggest(model, [pending]))


def test_headings_are_no_paragraphs_to_label(small):
    kinds = ("headline", "subheading", "body", "boilerplate", None, "tin vắn")
    rows = [({"text": f"Xã họp lần {n}.", "kind": kind}, "text") for n, kind in enumerate(kinds)]
    assert [found.text for found in suggest(small.model_, rows)] == [f"Xã họp lần {n}." for n in (2, 3, 4, 5)]
