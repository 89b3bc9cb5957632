import errno
import gzip
import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from jinja2 import UndefinedError
from needs import needs

from cchc_ml.files import (
    atomic_write,
    check_writable,
    html_template,
    is_same_file,
    is_stream,
    remove_leftovers,
    require_extra,
    write_gzip,
    xlsx_workbook,
)

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


def write(path, text):
    with atomic_write(path) as temporary:
        temporary.write_text(text)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


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


@posix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o755])
def test_a_file_keeps_its_mode(tmp_path, mode):
    path = tmp_path / "x.txt"
    path.write_text("old")
    path.chmod(mode)
    write(path, "new")
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == mode


@posix
def test_a_new_file_has_the_usual_mode(tmp_path):
    write(tmp_path / "x.txt", "new")
    (tmp_path / "y.txt").touch()
    assert (tmp_path / "x.txt").stat().st_mode == (tmp_path / "y.txt").stat().st_mode


@posix
@pytest.mark.parametrize("there", [True, False])
def test_a_link_stays_and_its_target_is_written(tmp_path, there):
    (tmp_path / "real").mkdir()
    target, link, again = tmp_path / "real" / "t.txt", tmp_path / "l.txt", tmp_path / "m.txt"
    if there:
        target.write_text("old")
    link.symlink_to("real/t.txt")
    again.symlink_to("l.txt")
    write(again, "new")
    assert (again.is_symlink(), link.is_symlink(), target.is_symlink()) == (True, True, False)
    assert target.read_text() == "new"
    assert (names(tmp_path), names(tmp_path / "real")) == (["l.txt", "m.txt", "real"], ["t.txt"])


@posix
def test_a_link_is_not_replaced_without_force(tmp_path):
    link = tmp_path / "l.txt"
    link.symlink_to("none.txt")
    with pytest.raises(FileExistsError, match=r"l\.txt exists; give --force"):
        check_writable(link, overwrite=False)
    check_writable(link, overwrite=True)
    link.unlink()
    link.symlink_to("none/none.txt")
    with pytest.raises(FileNotFoundError, match=r"no folder .*none to write l\.txt in"):
        check_writable(link, overwrite=True)


@posix
def test_a_write_protected_file_is_kept(tmp_path):
    path = tmp_path / "x.txt"
    path.touch()
    path.chmod(0o444)
    with pytest.raises(PermissionError, match=r"x\.txt is write-protected"):
        check_writable(path, overwrite=True)
    with pytest.raises(PermissionError, match=r"x\.txt is write-protected"):
        write(path, "new")


@posix
def test_a_pipe_gets_the_content_and_stays_a_pipe(tmp_path):
    path = tmp_path / "p.txt"
    os.mkfifo(path)
    got = []
    reader = threading.Thread(target=lambda: got.append(path.read_text()))
    reader.start()
    check_writable(path, overwrite=False)
    write(path, "new")
    reader.join()
    assert got == ["new"]
    assert stat.S_ISFIFO(path.stat().st_mode)
    assert names(tmp_path) == ["p.txt"]


@posix
def test_a_failed_write_into_a_pipe_waits_for_no_reader(tmp_path):
    os.mkfifo(tmp_path / "p.txt")

    def fail():
        with atomic_write(tmp_path / "p.txt"):
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        fail()
    assert names(tmp_path) == ["p.txt"]


@posix
def test_devices_and_descriptors_are_written_to(tmp_path):
    write("/dev/null", "new")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    (tmp_path / "x.txt").write_text("before ")
    with open(tmp_path / "x.txt", "a") as file:
        write(f"/dev/fd/{file.fileno()}", "after")
    assert (tmp_path / "x.txt").read_text() == "before after"
    assert is_stream(Path("/dev/stdout"))
    assert not is_stream(tmp_path / "x.txt")
    assert not is_stream(tmp_path / "none")


@pytest.mark.parametrize("name", ["x" * 250 + ".txt", "ế" * 83 + ".csv"])
def test_a_long_name_can_be_written(tmp_path, name):
    write(tmp_path / name, "new")
    assert names(tmp_path) == [name]


@posix
def test_temporary_files_of_a_killed_run_are_deleted_and_of_a_living_run_are_not(tmp_path):
    code = (
        "import sys\n"
        "from cchc_ml.files import atomic_write\n"
        "with atomic_write(sys.argv[1]) as temporary:\n"
        "    temporary.write_text('half')\n"
        "    print('ready', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(
        [*command, str(tmp_path / "a.txt")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout.readline() == "ready\n"
        (used,) = names(tmp_path)
        assert used.startswith(".a.txt.")
        write(tmp_path / "b.txt", "new")
        remove_leftovers(tmp_path)
        assert names(tmp_path) == [used, "b.txt"]
        run.send_signal(signal.SIGKILL)
        run.wait()
    assert names(tmp_path) == [used, "b.txt"]
    write(tmp_path / "c.txt", "new")
    assert names(tmp_path) == ["b.txt", "c.txt"]


def test_a_full_disk_is_told_with_the_name_of_the_file(tmp_path):
    def fill():
        with atomic_write(tmp_path / "x.txt"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(OSError, match=r"x\.txt was not written: No space left on device; make room"):
        fill()
    assert names(tmp_path) == []


@posix
@pytest.mark.parametrize("limit", [200, 3000, 30_000])
@pytest.mark.parametrize("constant_memory", [True, False])
def test_a_full_disk_while_a_workbook_is_written_is_one_error(tmp_path, limit, constant_memory):
    needs("xlsxwriter")
    code = (
        "import random, resource, sys\n"
        "from pathlib import Path\n"
        "from cchc_ml.files import atomic_write, xlsx_workbook\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\n"
        "try:\n"
        "    with atomic_write(sys.argv[1]) as path,"
        f" xlsx_workbook(path, constant_memory={constant_memory}) as book:\n"
        "        sheet = book.add_worksheet()\n"
        "        for i in range(3000):\n"
        "            sheet.write_number(i, 0, random.random())\n"
        "except OSError as error:\n"
        "    print(error)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "x.xlsx")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == f"{tmp_path / 'x.xlsx'} was not written: File too large; make room, then run again\n"
    assert done.stderr == ""
    assert names(tmp_path) == []


def test_a_workbook_of_the_same_cells_has_the_same_bytes_and_an_error_writes_none(tmp_path, monkeypatch):
    needs("xlsxwriter")
    for name, zone in (("a", "UTC"), ("b", "Asia/Ho_Chi_Minh")):
        monkeypatch.setenv("TZ", zone)
        (tmp_path / name).mkdir()
        with xlsx_workbook(tmp_path / name / "x.xlsx") as book:
            book.add_worksheet().write_string(0, 0, "=1+1")
    assert (tmp_path / "a" / "x.xlsx").read_bytes() == (tmp_path / "b" / "x.xlsx").read_bytes()

    def fail():
        with xlsx_workbook(tmp_path / "c.xlsx", constant_memory=True) as book:
            book.add_worksheet().write_string(0, 0, "half")
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        fail()
    assert not (tmp_path / "c.xlsx").exists()


def test_an_input_is_not_an_output(tmp_path):
    path = tmp_path / "x.txt"
    path.touch()
    (tmp_path / "y.txt").touch()
    (tmp_path / "hard.txt").hardlink_to(path)
    (tmp_path / "f").mkdir()
    for name in (path, f"{tmp_path}/f/../x.txt", tmp_path / "hard.txt"):
        with pytest.raises(ValueError, match=r"x\.txt is input and output; give the output another name"):
            check_writable(path, overwrite=True, inputs=["-", name])
    check_writable(path, overwrite=True, inputs=["-", "none", tmp_path / "y.txt"])
    with open(path) as file:
        assert is_same_file(file.fileno(), path)
    assert not is_same_file("/dev/null", "/dev/null")


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
    message = r'^\.x files: the library no_such_module is missing; install it with: pip install "cchc_ml\[office\]"$'
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
