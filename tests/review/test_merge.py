import json

import pytest
from review_items import CATEGORIES, SLUGS, item, suggestion

from cchc_ml.learning.corpus import read_corpus
from cchc_ml.review.formats import read_items, write_json_lines
from cchc_ml.review.items import RANDOM
from cchc_ml.review.merge import SuggestionQuality, merge
from cchc_ml.review.sheet import read_review_sheet, write_review_sheet


def merged(*items):
    return merge(items, SLUGS)


def test_what_all_agree_on_is_settled():
    found = merged(item(yes=["tthc"], annotator="An"), item(yes=["tthc"], annotator="Bình"))
    (row,) = found.rows()
    assert row["labels"] == ["tthc"]
    assert [review["annotator"] for review in row["reviews"]] == ["An", "Bình"]


def test_none_of_them_is_a_label_and_not_looked_at_is_none():
    found = merged(
        item("t1", yes=[], annotator="An"),
        item("t2", annotator="An", decisions={"tthc": False}),
        item("t3", **suggestion(tthc=1.0)),
        item("t4", yes=["tthc"], annotator="An"),
        item("t4", yes=["apparatus"], annotator="Bình"),
    )
    assert [(row["id"], row["labels"]) for row in found.rows()] == [("t1", [])]
    assert found.counts() == {"labelled": 1, "disputed": 1, "partial": 1, "untouched": 1}


def test_a_suggestion_never_becomes_a_label():
    sure = suggestion(**dict.fromkeys(SLUGS, 1.0))
    found = merged(item(**sure), item("t2", yes=["tthc"], annotator="An", **sure))
    (row,) = found.rows()
    assert (row["id"], row["labels"], row["suggested"]) == ("t2", ["tthc"], SLUGS)


def test_two_people_may_each_look_at_a_part():
    first, second = dict.fromkeys(SLUGS[:3], False), dict.fromkeys(SLUGS[2:], False) | {"e_government": True}
    found = merged(item(decisions=first, annotator="An"), item(decisions=second, annotator="Bình"))
    assert [row["labels"] for row in found.rows()] == [["e_government"]]


def test_everything_survives_to_the_file_and_back(tmp_path):
    people = [
        item(yes=["tthc"], annotator="An", notes="rõ", time="2026-11-02T08:00:00Z", outlet="Báo", document="a.txt"),
        item(yes=["tthc"], annotator="Bình", notes="khó", time="2026-11-03T08:00:00Z"),
    ]
    people[0] = merge([people[0], item(**suggestion(tthc=0.9))], SLUGS).paragraphs[0].votes[0]
    write_json_lines(merged(*people, item(sampling=RANDOM, **suggestion(tthc=0.9))).rows(), tmp_path / "a.jsonl")
    read = read_items(tmp_path / "a.jsonl", CATEGORIES)
    assert [(i.annotator, i.notes, i.time) for i in read] == [(i.annotator, i.notes, i.time) for i in people]
    assert {i.suggestion["tthc"] for i in read} == {0.9}
    written = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text("utf8").splitlines()]
    assert list(merge(read, SLUGS).rows()) == written


def test_the_file_is_what_train_takes(tmp_path):
    found = merged(
        item("t1", "Mưa.", yes=[], annotator="An", document="a.txt"),
        item("t2", yes=["tthc", "e_government"], annotator="An", document="a.txt"),
    )
    write_json_lines(found.rows(), tmp_path / "own.jsonl")
    corpus = read_corpus(tmp_path / "own.jsonl")
    assert corpus.y.tolist() == [[0] * 6, [0, 1, 0, 0, 0, 1]]
    assert set(corpus.documents) == {"document:a.txt"}


DISPUTED = [
    item("t1", "Một.", yes=["tthc"], annotator="An", notes="theo quy tắc 5", **suggestion(tthc=0.9)),
    item("t1", "Một.", yes=["tthc", "apparatus"], annotator="Bình"),
    item("t2", "Hai.", yes=["tthc"], annotator="An"),
]


@pytest.mark.parametrize(("verdict", "labels"), [("có", ["tthc", "apparatus"]), ("không", ["tthc"])])
def test_the_disagreements_are_settled_in_a_sheet(tmp_path, verdict, labels):
    import openpyxl

    path = tmp_path / "phan-xu.xlsx"
    items, votes, agreed = merged(*DISPUTED).disagreements()
    assert [i.id for i in items] == ["t1"]
    assert votes["t1"]["apparatus"] == "An: không; Bình: có"
    assert votes["t1"][""] == "An: theo quy tắc 5"
    write_review_sheet(items, path, CATEGORIES, votes=votes, agreed=agreed)
    untouched = merged(*DISPUTED, *read_review_sheet(path, CATEGORIES))
    assert untouched.counts()["disputed"] == 1
    book = openpyxl.load_workbook(path)
    heads = [cell.value for cell in book.worksheets[0][1]]
    book.worksheets[0].cell(2, heads.index("Tổ chức bộ máy") + 1, verdict)
    book.save(path)
    settled = merged(*DISPUTED, *read_review_sheet(path, CATEGORIES))
    assert {row["id"]: row["labels"] for row in settled.rows()} == {"t1": labels, "t2": ["tthc"]}
    assert settled.annotators == ["An", "Bình"]  # who judges is no third annotator
    (row, _) = settled.rows()
    assert row["reviews"][-1] == {
        "annotator": "phan-xu",
        "time": "",
        "decisions": {"apparatus": verdict == "có"},
        "adjudicates": True,
    }
    write_json_lines(settled.rows(), tmp_path / "own.jsonl")
    assert list(merge(read_items(tmp_path / "own.jsonl", CATEGORIES), SLUGS).rows()) == list(settled.rows())


def test_deciding_votes_that_contradict_each_other():
    judges = [
        item(decisions={"tthc": yes}, annotator=name, adjudicates=True, place=f"{name}.xlsx, row 2")
        for name, yes in (("An", True), ("Bình", False))
    ]
    with pytest.raises(
        ValueError, match=r"Bình.xlsx, row 2: the deciding vote on tthc of t1 contradicts An.xlsx, row 2"
    ):
        merged(*judges)


def test_the_later_decision_of_one_person_holds():
    first = item(yes=["tthc"], annotator="An", time="2026-11-02")
    second = item(yes=[], annotator="An", time="2026-11-03")
    for order in ((first, second), (second, first)):
        assert [row["labels"] for row in merged(*order).rows()] == [[]]
    same = merged(item(yes=[], annotator="An"), item(yes=[], annotator="An"))
    assert [len(row["reviews"]) for row in same.rows()] == [1]


def test_one_person_who_contradicts_themselves_without_times():
    rows = [item(yes=yes, annotator="An", place=f"{n}.xlsx, row 2") for n, yes in enumerate((["tthc"], []))]
    with pytest.raises(ValueError, match=r"1.xlsx, row 2: An decided t1 otherwise in 0.xlsx, row 2.* delete one"):
        merged(*rows)


def test_a_text_that_was_edited():
    rows = [item(text="Xã  trả\nhồ sơ.", place="a.csv, line 2"), item(text="Xã trả hồ sơ. ", place="b.csv, line 2")]
    assert len(merged(*rows).paragraphs) == 1  # white space is what programs change
    with pytest.raises(ValueError, match=r"c.csv, line 9: the text of t1 is not the one of a.csv, line 2"):
        merged(rows[0], item(text="Huyện.", place="c.csv, line 9"))


def test_agreement_and_confusion():
    found = merged(
        item("t1", "Một.", yes=["tthc"], annotator="An"),
        item("t1", "Một.", yes=["e_government"], annotator="Bình"),
        item("t2", "Hai.", yes=["tthc"], annotator="An"),
        item("t2", "Hai.", yes=["tthc"], annotator="Bình"),
        item("t3", "Ba.", yes=["tthc"], annotator="An"),
    )
    agreement = found.agreement()
    assert agreement["tthc"].paragraphs == 2
    assert agreement["tthc"].kappa.value == pytest.approx(0)
    assert agreement["apparatus"].kappa.value is None
    assert found.confusion()[SLUGS.index("tthc"), SLUGS.index("e_government")] == 1
    assert merged(item(yes=[], annotator="An")).agreement() == {}


def test_suggestions_are_measured_on_the_random_part():
    found = merged(
        item("t1", "Một.", yes=["tthc"], annotator="An", sampling=RANDOM, **suggestion(tthc=0.9, apparatus=0.8)),
        item("t2", "Hai.", yes=["tthc"], annotator="An", sampling=RANDOM, **suggestion()),
        item("t3", "Ba.", yes=["tthc"], annotator="An", sampling="uncertain", **suggestion()),
        item("t4", "Bốn.", sampling=RANDOM, **suggestion(tthc=0.9)),
    )
    number, quality = found.suggestion_quality()
    assert number == 2
    assert quality["tthc"] == SuggestionQuality(1, 0, 1)
    assert quality["apparatus"] == SuggestionQuality(0, 1, 0)
