import pytest

from cchc_ml.reading.finding import expand, find_files, not_read_note


def test_expand_says_what_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match="no file"):
        expand([tmp_path / "none"])
    with pytest.raises(ValueError, match="has no file to read; want"):
        expand([tmp_path])
    (tmp_path / "a.doc").write_bytes(b"x")
    with pytest.raises(
        ValueError, match=r"has no file to read: passed over 1 file .* \.doc 1; save it as \.docx; want"
    ):
        expand([tmp_path])


def test_a_pattern_stands_for_the_files_that_match_it(tmp_path):
    (tmp_path / "d" / "p_files").mkdir(parents=True)
    for name in ("b.txt", "a.txt", "c.html", "[1].txt", "d/e.txt", "d/.f.txt", "d/p_files/g.txt"):
        (tmp_path / name).write_text("Xã họp.")
    assert expand([f"{tmp_path}/?.txt"]) == [str(tmp_path / "a.txt"), str(tmp_path / "b.txt")]
    assert expand([f"{tmp_path}/[1].txt"]) == [str(tmp_path / "[1].txt")]
    assert expand([f"{tmp_path}/d/**"]) == [str(tmp_path / "d" / "e.txt")]
    with pytest.raises(FileNotFoundError, match=r"no file .*\*\.pdf"):
        expand([f"{tmp_path}/*.pdf"])


def test_files_of_kinds_that_are_not_read_are_found_in_folders_only(tmp_path):
    (tmp_path / "d" / "p_files").mkdir(parents=True)
    for name in ("a.txt", "b.doc", "d/c.DOC", "d/e.zip", "d/.f.doc", "d/~$c.doc", "d/p_files/g.js", "h"):
        (tmp_path / name).write_text("Xã họp.")
    found = find_files([tmp_path, tmp_path / "b.doc", f"{tmp_path}/*.doc"])
    assert found.files == [str(tmp_path / name) for name in ("a.txt", "b.doc", "b.doc")]
    assert found.not_read == [str(tmp_path / name) for name in ("b.doc", "d/c.DOC", "d/e.zip", "h")]
    assert not_read_note(found.not_read) == (
        "passed over 4 files of kinds that are not read: .doc 2, .zip 1, without ending 1; save them as .docx"
    )


def test_the_note_says_what_to_save_files_as():
    assert not_read_note(["a.jpg"]) == "passed over 1 file of a kind that is not read: .jpg 1"
    assert not_read_note(["a.pptx", "a.doc"]).endswith("; save them as .docx or .pdf")
