import pytest
from review_items import SLUGS, item, suggestion

from cchc_ml.review.items import SOURCE_FIELDS, ReviewItem, make_id, yes_no


@pytest.mark.parametrize("value", [0.9, 1, "có", None])
def test_only_yes_and_no_are_decisions(value):
    with pytest.raises(TypeError, match=r"the decision on 'tthc' is .*; want True or False"):
        ReviewItem("a", "Mưa.", decisions={"tthc": value})


@pytest.mark.parametrize("value", [True, 1, 1.5, "0.9", None])
def test_only_probabilities_are_suggestions(value):
    with pytest.raises(TypeError, match=r"the suggestion for 'tthc' is .*; want a float between 0 and 1"):
        ReviewItem("a", "Mưa.", suggestion={"tthc": value})


def test_a_suggestion_is_no_label():
    sure = item(**suggestion(**dict.fromkeys(SLUGS, 1.0)))
    assert sure.label(SLUGS) is None
    assert sure.decisions == {}


def test_a_label_wants_every_category_looked_at():
    half = item(decisions={"tthc": True})
    assert half.label(SLUGS) is None
    assert half.label(["tthc"]) == {"tthc"}
    assert item(yes=[]).label(SLUGS) == frozenset()


@pytest.mark.parametrize("fields", [{"identity": ""}, {"text": " \n"}])
def test_an_item_has_an_id_and_a_text(fields):
    with pytest.raises(ValueError, match=r"needs an id and a text"):
        item(**fields)


@pytest.mark.parametrize("span", [(0, 99), (3, 1), (-1, 2)])
def test_evidence_is_inside_the_text(span):
    with pytest.raises(ValueError, match=r"the evidence of 'tthc' is at"):
        item(evidence_spans={"tthc": span})


def test_what_belongs_to_nobody_stays_without_decisions():
    decided = item(yes=["tthc"], annotator="An", notes="rõ", time="2026-11-02", outlet="Báo", **suggestion(tthc=0.9))
    assert decided.without_decisions() == item(outlet="Báo", **suggestion(tthc=0.9))


def test_source_leaves_out_what_is_empty():
    assert item(outlet="Báo", document="a.txt").source == {"document": "a.txt", "outlet": "Báo"}
    assert item().source == {}
    assert set(SOURCE_FIELDS) <= set(ReviewItem.__dataclass_fields__)


def test_ids_depend_on_document_and_text_and_are_no_numbers():
    ids = [make_id("a", "Mưa."), make_id("b", "Mưa."), make_id("a", "Nắng."), make_id("", "a\ud83d")]
    assert len(set(ids)) == 4
    assert all(identity.startswith("p-") for identity in ids)
    assert make_id("a", "Mưa.") == ids[0]


def test_yes_no():
    assert yes_no(["a", "b"], ["b"]) == {"a": False, "b": True}
