import re

import pytest


@pytest.mark.parametrize("name", ["README.md", "README.vi.md"])
def test_the_blocks_of_python_run(top, name, monkeypatch, capsys):
    monkeypatch.chdir(top)
    for block in re.findall(r"```python\n(.*?)```", (top / name).read_text("utf8"), re.S):
        exec(compile(block, name, "exec"), {})


def test_every_room_is_in_the_plan(top):
    plan = (top / "README.md").read_text("utf8")
    rooms = {path.name for path in (top / "cchc_ml").glob("*.py")} - {"__init__.py", "__main__.py"}
    assert {room for room in rooms if f"`{room}`" not in plan} == set()


def test_no_file_names_a_registry(top):
    for path in (top / "constraints.txt", top / "pyproject.toml", top / "Makefile", top / ".ci/run"):
        assert not re.search(r"https?://|index-url", path.read_text("utf8"))
