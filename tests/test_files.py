import gzip

import pytest
from jinja2 import UndefinedError

from cchc_ml.files import atomic_write, check_writable, html_template, require_extra, write_gzip


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "x.txt"
    path.write_text("old")

    def fail():
        with atomic_write(path) as temporary:
            temporary.write_text("half")
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        fail()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_atomic_wants_a_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match="no folder"), atomic_write(tmp_path / "none" / "x"):
        pass


def test_gzip_bytes_depend_on_the_text_alone(tmp_path):
    for name in ("a.gz", "b.gz"):
        write_gzip(tmp_path / name, "một cửa\n")
    assert (tmp_path / "a.gz").read_bytes() == (tmp_path / "b.gz").read_bytes()
    assert gzip.decompress((tmp_path / "a.gz").read_bytes()).decode() == "một cửa\n"


def test_templates_escape_what_they_are_given_and_miss_nothing(tmp_path, monkeypatch):
    folder = tmp_path / "package_with_templates" / "templates"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").touch()
    (folder / "a.html.j2").write_text("<p>{{ text }}</p>{{ data | tojson }}", "utf8")
    monkeypatch.syspath_prepend(tmp_path)
    template = html_template("package_with_templates", "a.html.j2")
    assert template.render(text="<b>", data="xã </script>") == '<p>&lt;b&gt;</p>"xã \\u003c/script\\u003e"'
    with pytest.raises(UndefinedError, match="'text' is undefined"):
        template.render(data="")


def test_a_missing_library_is_named_with_the_command_that_installs_it():
    message = r'^reading or writing \.x files needs no_such_module; install it with: pip install "cchc_ml\[office\]"$'
    with pytest.raises(ImportError, match=message):
        require_extra("no_such_module", "office", ".x files")
    assert require_extra("json", "office", ".x files").dumps([]) == "[]"


def test_what_can_be_written(tmp_path):
    path = tmp_path / "x.txt"
    check_writable(path, overwrite=False)
    path.touch()
    check_writable(path, overwrite=True)
    with pytest.raises(FileExistsError, match=r"x\.txt exists; give --force to overwrite it"):
        check_writable(path, overwrite=False)
    with pytest.raises(IsADirectoryError, match="is a folder; name a file"):
        check_writable(tmp_path, overwrite=True)
    with pytest.raises(FileNotFoundError, match=r"no folder .*none to write x\.txt in"):
        check_writable(tmp_path / "none" / "x.txt", overwrite=True)
