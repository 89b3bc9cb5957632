import os
import sys

import pytest

from cchc_ml.reading.names import folder_name, printable_name, renamed, short_names, without_folders


@pytest.fixture
def tree(tmp_path, monkeypatch):
    for name in ("x/in/a.txt", "x/in/con/b.txt", "y/in/a.txt", "c.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("Xã họp.", "utf8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_names_are_relative_to_the_folder_that_was_given(tree):
    files = [str(tree / "x" / "in" / "a.txt"), str(tree / "x" / "in" / "con" / "b.txt")]
    for given in (tree / "x" / "in", tree / "x" / "in" / "..", "x/in"):
        names = short_names([given], files)
        assert set(names) == set(files)
        assert list(names.values()) == (
            ["in/a.txt", "in/con/b.txt"] if str(given).endswith("..") else ["a.txt", "con/b.txt"]
        )
    assert list(short_names([tree / "x" / "*" / "a.txt"], files[:1]).values()) == ["in/a.txt"]


def test_a_file_that_was_given_has_no_folder(tree):
    assert short_names([tree / "c.txt"], [tree / "c.txt"]) == {str(tree / "c.txt"): "c.txt"}
    files = [tree / "x" / "in" / "a.txt", tree / "c.txt"]
    assert list(short_names(files, files).values()) == ["a.txt", "c.txt"]


def test_folders_are_told_apart_by_as_many_names_as_are_needed(tree):
    files = [tree / "x" / "in" / "a.txt", tree / "x" / "in" / "con" / "b.txt", tree / "y" / "in" / "a.txt"]
    assert list(short_names([tree / "x" / "in", tree / "y" / "in"], files).values()) == [
        "x/in/a.txt",
        "x/in/con/b.txt",
        "y/in/a.txt",
    ]
    assert next(iter(short_names([tree / "x", tree / "y"], files).values())) == "x/in/a.txt"
    assert short_names([tree / "c.txt", "c.txt"], [tree / "c.txt", "c.txt"]) == {
        str(tree / "c.txt"): "c.txt",
        "c.txt": "c.txt",
    }


def test_the_name_of_the_folder(tree):
    assert folder_name(["x/in"]) == folder_name([tree / "x" / "in", "x/in/*.txt"]) == "in"
    assert folder_name(["c.txt", tree / "c.txt"]) == ""
    assert folder_name(["c.txt", "x/in/a.txt"]) is None
    assert folder_name(["."]) == tree.name


def test_paths_in_tables_lose_their_folders():
    names = [r"C:\Users\An\a.txt", "/home/an/b.txt", r"\\máy\chung\c.txt", "file:///home/an/d.txt", "~/e.txt"]
    assert list(without_folders(names).values()) == ["a.txt", "b.txt", "c.txt", "d.txt", "e.txt"]
    apart = ["/home/an/x/a.txt", "/home/an/y/a.txt"]
    assert list(without_folders(apart).values()) == ["x/a.txt", "y/a.txt"]
    for name in ("12", "bài/a.txt", "https://a.vn/b/1.html", "", "1/2026"):
        assert without_folders([name]) == {name: name}


@pytest.mark.skipif(sys.platform == "win32", reason="names of Windows are text")
def test_a_name_that_is_not_utf8_is_written_as_text():
    assert printable_name(os.fsdecode(b"b\xe9.txt")) == r"b\xe9.txt"
    assert printable_name("bài.txt") == "bài.txt"


def test_files_in_a_sentence_get_their_short_names():
    names = {"/x/in": "in", "/x/in/a.txt": "a.txt"}
    assert renamed("/x/in/a.txt is empty; see /x/in", names) == "a.txt is empty; see in"
