import json
import os
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from review_items import CATEGORIES, SLUGS, item, suggestion

from cchc_ml.review.categories import categories
from cchc_ml.review.store import Act, Progress, ReviewStore, is_store

PARAGRAPHS = [item(f"t{n}", f"Đoạn {n}.", **suggestion(tthc=0.9)) for n in range(5)]


def chosen(*slugs):
    return {slug: slug in slugs for slug in SLUGS}


@pytest.fixture
def store(tmp_path):
    return ReviewStore.create(tmp_path / "work.db", PARAGRAPHS, CATEGORIES)


def test_the_paragraphs_are_kept_in_order_with_their_suggestions(store):
    again = ReviewStore.open(store.path)
    assert again.items() == PARAGRAPHS
    assert again.categories() == CATEGORIES
    assert is_store(store.path)
    assert again.annotators() == []


def test_decisions_in_a_queue_are_not_taken_over(tmp_path):
    decided = [item("t1", yes=["tthc"], annotator="An"), item("t1", yes=[], annotator="Bình")]
    store = ReviewStore.create(tmp_path / "work.db", decided, CATEGORIES)
    assert store.items_with_decisions() == [item("t1")]


def test_a_label_is_read_back_with_who_and_when(store):
    stored = store.add(Act("t2", "An", "label", chosen("tthc"), notes="rõ", saw_suggestion=True, seconds=7.5))
    assert store.states("An") == {"t2": stored}
    assert stored.time.endswith("Z")
    (labelled,) = [i for i in store.items_with_decisions() if i.annotator]
    assert (labelled.id, labelled.label(SLUGS), labelled.notes, labelled.time) == ("t2", {"tthc"}, "rõ", stored.time)
    assert labelled.suggestion == PARAGRAPHS[2].suggestion


def test_drafts_and_skips_are_no_decisions_and_keep_their_notes(store):
    store.add(Act("t0", "An", "draft", {"tthc": True}, notes="nghĩ lại"))
    store.add(Act("t1", "An", "skip"))
    items = {i.id: i for i in store.items_with_decisions()}
    assert items["t0"].decisions == items["t1"].decisions == {}
    assert items["t0"].notes == "nghĩ lại"
    assert store.states("An")["t0"].decisions == {"tthc": True}


def test_undo_takes_back_one_label_after_the_other(store):
    store.add(Act("t0", "An", "label", chosen("tthc")))
    store.add(Act("t1", "An", "label", chosen()))
    store.add(Act("t0", "Bình", "label", chosen()))
    undone = store.add(Act("", "An", "undo"))
    assert (undone.item, undone.decisions) == ("t1", chosen())
    assert store.add(Act("", "An", "undo")).item == "t0"
    with pytest.raises(ValueError, match=r"An has nothing to undo"):
        store.add(Act("", "An", "undo"))
    assert [i.annotator for i in store.items_with_decisions() if i.decisions] == ["Bình"]
    assert [act.kind for act in store.acts()] == ["label", "label", "label", "undo", "undo"]


def test_a_draft_from_a_second_window_does_not_reopen_a_label(store):
    store.add(Act("t0", "An", "label", chosen("tthc")))
    store.add(Act("t0", "An", "draft", {"apparatus": True}))
    assert store.states("An")["t0"].kind == "label"


def test_a_later_label_replaces_an_earlier_one(store):
    store.add(Act("t0", "An", "label", chosen("tthc")))
    store.add(Act("t0", "An", "label", chosen("apparatus")))
    (labelled,) = [i for i in store.items_with_decisions() if i.decisions]
    assert labelled.label(SLUGS) == {"apparatus"}


def test_rows_are_never_changed_or_deleted(store):
    store.add(Act("t0", "An", "label", chosen()))
    with closing(sqlite3.connect(store.path)) as connection:
        for statement in ("UPDATE decisions SET annotator = 'Bình'", "DELETE FROM decisions"):
            with pytest.raises(sqlite3.IntegrityError, match=r"decisions are never"):
                connection.execute(statement)


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (Act("t0", "An", "label", {"tthc": True}), "a label decides every category; not decided: institutional, "),
        (Act("t0", "An", "label", chosen() | {"x": True}), "the decision on 'x' is True"),
        (Act("t0", "An", "draft", {"tthc": 0.9}), "the decision on 'tthc' is 0.9; want true or false"),
        (Act("t9", "An", "skip"), "there is no paragraph 't9' in work.db"),
        (Act("t0", " ", "skip"), "the name is ' '; want 1 to 80 characters"),
        (Act("t0", "A\nn", "skip"), "the name is"),
        (Act("t0", "An", "delete"), "found 'delete', want one of draft, label, skip, undo"),
        (Act("t0", "An", "skip", notes="x" * 10_001), "the notes have 10,001 characters"),
    ],
)
def test_what_is_wrong_is_not_stored(store, act, message):
    with pytest.raises(ValueError, match=message):
        store.add(act)
    assert store.acts() == []


def test_progress_and_speed(store):
    assert store.progress("An") == Progress(5, 0, 0, None)
    for n, seconds in enumerate((10, 20, 90, 4000)):
        store.add(Act(f"t{n}", "An", "label", chosen(), seconds=seconds))
    store.add(Act("t4", "An", "skip", seconds=1))
    assert store.progress("An") == Progress(5, 4, 1, 20)  # who went for lunch was not labelling


def test_several_people_write_at_once(store):
    people = [f"Người {n}" for n in range(8)]

    def label_all(name):
        other = ReviewStore.open(store.path)
        for paragraph in PARAGRAPHS:
            other.add(Act(paragraph.id, name, "label", chosen()))

    with ThreadPoolExecutor(len(people)) as pool:
        list(pool.map(label_all, people))
    assert sorted(store.annotators()) == people
    assert all(store.progress(name).labelled == len(PARAGRAPHS) for name in people)


WRITER = """
import itertools, sys
from cchc_ml.review.categories import categories
from cchc_ml.review.store import Act, ReviewStore
store = ReviewStore.open(sys.argv[1])
slugs = [c.slug for c in store.categories()]
for n in itertools.count():
    store.add(Act(f"t{n % 5}", "An", "label", dict.fromkeys(slugs, bool(n % 2)), notes=str(n)))
    print(n, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("acknowledged", [1, 7, 40])
def test_a_killed_process_loses_nothing_that_it_acknowledged(store, acknowledged):
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(store.path)], stdout=subprocess.PIPE, text=True)
    with writer:
        told = [int(writer.stdout.readline()) for _ in range(acknowledged)]
        os.kill(writer.pid, signal.SIGKILL)
        told += [int(line) for line in writer.stdout.read().split()]
    assert writer.returncode == -signal.SIGKILL
    notes = [int(act.notes) for act in ReviewStore.open(store.path).acts()]
    assert notes[: len(told)] == told == list(range(len(told)))
    assert len(notes) <= len(told) + 1  # at most one was stored and not yet told
    with closing(sqlite3.connect(store.path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_store_is_never_overwritten(store):
    store.add(Act("t0", "An", "label", chosen()))
    with pytest.raises(FileExistsError, match=r"work.db exists, and a store may hold labels"):
        ReviewStore.create(store.path, PARAGRAPHS, CATEGORIES)
    assert len(store.acts()) == 1


def test_a_store_that_cannot_be_made_leaves_no_file(tmp_path):
    with pytest.raises(ValueError, match=r"id 't1' stands for another text before"):
        ReviewStore.create(tmp_path / "work.db", [item("t1", "A."), item("t1", "B.")], CATEGORIES)
    with pytest.raises(ValueError, match=r"no paragraphs"):
        ReviewStore.create(tmp_path / "work.db", [], CATEGORIES)
    assert list(tmp_path.iterdir()) == []


def test_files_that_are_no_store(tmp_path, store):
    with pytest.raises(FileNotFoundError, match=r"no file"):
        ReviewStore.open(tmp_path / "other.db")
    (tmp_path / "text.db").write_text("Mưa.", "utf8")
    with pytest.raises(ValueError, match=r"is no store of the labelling page"):
        ReviewStore.open(tmp_path / "text.db")
    with closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        connection.execute("CREATE TABLE t (a)")
    with pytest.raises(ValueError, match=r"other.db is no store of the labelling page$"):
        ReviewStore.open(tmp_path / "other.db")
    with closing(sqlite3.connect(store.path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(ValueError, match=r"has format 99; this version reads 1; install a newer cchc_ml"):
        ReviewStore.open(store.path)


def test_unknown_categories(store):
    with closing(sqlite3.connect(store.path)) as connection:
        connection.execute("UPDATE settings SET value = ?", [json.dumps(["tthc", "x"])])
        connection.commit()
    with pytest.raises(ValueError, match=r"categories that are not known here: x"):
        store.categories()


def test_a_store_keeps_the_codebook_that_it_was_made_with(own, tmp_path):
    among = categories(own.codebook)
    paragraphs = [item("t0", "Chợ phiên.", suggestion={"market": 0.9}, suggested=("market",))]
    store = ReviewStore.create(tmp_path / "work.db", paragraphs, among)
    assert ReviewStore.open(store.path).categories() == among
    assert store.items() == paragraphs
    decisions = {c.slug: c.slug == "market" for c in among}
    store.add(Act("t0", "An", "label", decisions))
    (done,) = store.items_with_decisions()
    assert done.decisions == decisions
    with pytest.raises(ValueError, match="'tthc'"):
        store.add(Act("t0", "An", "label", {"tthc": True}))


def test_a_damaged_codebook_of_a_store(own, tmp_path):
    store = ReviewStore.create(tmp_path / "work.db", [item("t0", "Chợ.")], categories(own.codebook))
    for text in ("[", "[1]", '[{"slug": "a"}]', "[]"):
        with closing(sqlite3.connect(store.path)) as connection:
            connection.execute("UPDATE settings SET value = ? WHERE name = 'codebook'", [text])
            connection.commit()
        with pytest.raises(ValueError, match="damaged"):
            store.categories()
