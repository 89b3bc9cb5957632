"""What the documents say is true: their code runs, their commands and options exist, and so do the files they name."""

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from cchc_ml.cli.main import app
from cchc_ml.model.storage import write_model

READMES = ("README.md", "README.vi.md")
COMMANDS = typer.main.get_command(app).commands
# These take long or do not end: their options are checked, and they are not run.
LONG = {"app", "serve"}
LONG_OPTIONS = {"--dask", "--with-default-data", "--objective", "--report", "--stress", "--splits"}


def blocks(path, language):
    return re.findall(rf"^```{language}\n(.*?)^```", path.read_text("utf8"), re.S | re.M)


def command_lines(path):
    """Return the words after `cchc-ml` of each command in the console blocks of a document, and its standard input."""
    lines = [line for block in blocks(path, "console") for line in block.splitlines() if line[:2] in ("$ ", "> ")]
    found = []
    for line in lines:
        words = shlex.split(line[2:].replace("\\", "/"), comments=True)
        names = [Path(word).name for word in words]
        if "cchc-ml" in names:
            at = names.index("cchc-ml")
            rest = words[at + 1 :]
            if ">" in rest:
                rest = rest[: rest.index(">")]
            found.append((rest, words[1] if words[0] == "cat" else None))
    return found


@pytest.mark.parametrize("name", READMES)
def test_the_blocks_of_python_run(top, name, monkeypatch, capsys):
    monkeypatch.chdir(top)
    programs = blocks(top / name, "python")
    assert programs
    for program in programs:
        exec(compile(program, name, "exec"), {})


@pytest.mark.parametrize("name", [*READMES, "CONTRIBUTING.md", "data/README.md"])
def test_commands_are_parsed(top, name, monkeypatch):
    monkeypatch.chdir(top)
    lines = [line for line, _ in command_lines(top / name)]
    assert lines or name not in READMES
    # Commands in a sentence: `cchc-ml report FOLDER -o page.html`
    lines += [shlex.split(words) for words in re.findall(r"`cchc-ml ([^`…]+)`", (top / name).read_text("utf8"))]
    for command, *arguments in lines:
        assert command in COMMANDS
        if arguments:
            COMMANDS[command].make_context(command, arguments)


@pytest.mark.parametrize("name", READMES)
def test_options_exist(top, name):
    parameters = [parameter for command in COMMANDS.values() for parameter in command.params]
    known = {option for parameter in parameters for option in (*parameter.opts, *parameter.secondary_opts)}
    others = {"--nworkers", "--nthreads"}  # of Dask
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", (top / name).read_text("utf8")))
    assert named - others - known == set()


@pytest.fixture
def desk(top, tmp_path, labelled, small, monkeypatch):
    """A folder with the files that the READMEs name."""
    shutil.copytree(top / "data" / "samples", tmp_path / "data" / "samples")
    article = (top / "data/samples/mot-cua-xa.txt").read_text("utf8")
    rows = [json.loads(line) for line in labelled.read_text("utf8").splitlines()]
    for name in ("article.txt", "bai-bao.txt"):
        (tmp_path / name).write_text(article, "utf8")
    for name in ("articles", "thu-muc-bai-bao"):
        shutil.copytree(top / "data" / "samples", tmp_path / name)
    for name in ("rows", "mine", "nhan", "kiem-tra"):
        lines = [
            "text;labels;document",
            *(f'"{row["text"]}";{"|".join(row["labels"])};{row["article"]}' for row in rows),
        ]
        (tmp_path / f"{name}.csv").write_text("\n".join(lines), "utf8")
        (tmp_path / f"{name}.jsonl").write_bytes(labelled.read_bytes())
    (tmp_path / "cua-toi").mkdir()
    write_model(small.model_, tmp_path / "cua-toi" / "mo-hinh.npz")
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("name", READMES)
def test_commands_run(top, name):
    ran = 0
    for words, input_file in command_lines(top / name):
        if words[0] in LONG or LONG_OPTIONS & set(words):
            continue
        result = CliRunner().invoke(app, words, input=Path(input_file).read_text("utf8") if input_file else None)
        assert result.exit_code == 0, (words, result.stderr)
        ran += 1
    assert ran >= 2


def test_the_layout_names_every_module(top):
    """Every module is in a wing or is named itself, and the table names nothing else."""
    (table,) = re.findall(r"^\| wing \| .*?\n\n", (top / "README.md").read_text("utf8"), re.S | re.M)
    named = {word for row in table.strip().splitlines()[2:] for word in re.findall(r"`([^`]+)`", row.split("|")[1])}
    package = top / "cchc_ml"
    there = {f"{path.parent.name}/" for path in package.glob("*/__init__.py")}
    there |= {path.name for path in package.iterdir() if path.suffix in (".py", ".yaml") and path.name[0] != "_"}
    assert named == there
    modules = {path.relative_to(package) for path in package.rglob("*.py") if path.name[0] != "_"}
    assert {str(path) for path in modules if f"{path.parts[0]}/" not in named and str(path) not in named} == set()


def test_files_that_documents_name_are_there(top):
    documents = [*top.glob("*.md"), *top.glob("*/README.md"), *top.glob("docs/*.md")]
    for path in documents:
        text = path.read_text("utf8")
        named = set(
            re.findall(r"\b(?:cchc_ml|tests|data|models|bench|docs)/[\w./-]*\w\.(?:py|yaml|md|gz|txt|js)\b", text)
        )
        links = re.findall(r"\]\(([\w./-]+)\)", text)
        named |= {str((path.parent / link).resolve().relative_to(top)) for link in links}
        assert {name for name in named if not (top / name).exists()} == set(), path.name


def test_no_file_names_a_registry(top):
    for path in (top / "constraints.txt", top / "pyproject.toml", top / "Makefile", top / ".ci/run"):
        assert not re.search(r"https?://|index-url", path.read_text("utf8"))
