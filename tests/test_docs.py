"""What the documents say is true: their code runs, commands print what is said, pages are those of the code."""

import gzip
import itertools
import json
import lzma
import queue
import re
import shlex
import shutil
import threading
import tomllib
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import typer
from documents import blocks, commands, parse
from needs import needs
from typer.testing import CliRunner
from workbooks import write_xlsx

from cchc_ml.cli.commands import app
from cchc_ml.learning import corpus
from cchc_ml.model.storage import write_model
from cchc_ml.pillars import PILLARS

TOP = Path(__file__).parent.parent
COMMANDS = typer.main.get_command(app).commands
GENERATED = {f"docs/{name}.md" for name in ("commands", "commands.vi", "http", "codebook", "codebook.vi")}
PAGES = [path for path in sorted(TOP.glob("docs/*.md")) if str(path.relative_to(TOP)) not in GENERATED]
DOCUMENTS = [str(path.relative_to(TOP)) for path in [*sorted(TOP.glob("*.md")), TOP / "data/README.md", *PAGES]]
# Their commands train, measure, or start a cluster or the service.
SLOW = {
    "docs/dossier.md",
    "docs/dossier.vi.md",
    "docs/tag-a-folder.vi.md",
    "docs/evaluation.md",
    "docs/own-codebook.md",
    "docs/own-codebook.vi.md",
    "docs/many-paragraphs.md",
    "docs/precision.md",
    "docs/python.md",
    "docs/serve.md",
}
# Their commands are run one after the other, with their own folders: see test_tutorial.py.
TUTORIAL = {"docs/tutorial.md", "docs/tutorial.vi.md"}
# Commands of other programs that are only there to be compared with this list.
KNOWN = {
    "python3 -m venv .venv",
    "python3 -m venv /opt/cchc-ml",
    "py -m venv .venv",
    ". .venv/bin/activate",
    ".venv/Scripts/activate",
    "pre-commit install",
}


def marked(documents):
    return [pytest.param(name, marks=pytest.mark.slow if name in SLOW else ()) for name in documents]


def having(language):
    return [name for name in DOCUMENTS if blocks(TOP / name, language)]


@pytest.fixture
def desk(top, tmp_path, small, monkeypatch):
    """A folder with the files that the documents name."""
    shutil.copytree(top / "data" / "samples", tmp_path / "data" / "samples")
    shutil.copytree(top / "models", tmp_path / "models")
    article = (top / "data/samples/mot-cua-xa.txt").read_text("utf8")
    with (top / "data/articles.jsonl").open(encoding="utf8") as file:
        rows = [row for row in map(json.loads, file) if row["split"] == "own-heldout"][:240]
    rows = [{key: row[key] for key in ("id", "article", "labels", "text")} for row in rows]
    for name in ("article.txt", "bai-bao.txt"):
        (tmp_path / name).write_text(article, "utf8")
    for name in ("articles", "thu-muc-bai-bao"):
        shutil.copytree(top / "data" / "samples", tmp_path / name)
    cells = [(row["text"], "|".join(row["labels"]) or "none", row["article"]) for row in rows]
    lines = ["text;labels;document", *(f'"{text}";{labels};{article}' for text, labels, article in cells)]
    for name in ("rows", "mine", "nhan", "test", "kiem-tra"):
        (tmp_path / f"{name}.csv").write_text("\n".join(lines), "utf8")
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n", "utf8")
    entries = [f'- slug: {pillar}\n  vi: {pillar.vi}\n  patterns: ["{pillar.short.lower()}"]\n' for pillar in PILLARS]
    for name in ("mine", "bo-ma"):
        (tmp_path / f"{name}.yaml").write_text("".join(entries), "utf8")
    write_xlsx(tmp_path / "rows.xlsx", {"Sheet": [("text", "labels", "document"), *cells]})
    pyarrow, parquet = needs("pyarrow"), needs("pyarrow.parquet")
    (tmp_path / "corpus").mkdir()
    for number in range(2):
        columns = {"id": [row["id"] for row in rows[number::2]], "text": [row["text"] for row in rows[number::2]]}
        parquet.write_table(pyarrow.table(columns), tmp_path / f"corpus/part-{number}.parquet")
    (tmp_path / "cua-toi").mkdir()
    for name in ("cua-toi/mo-hinh.npz", "mine.npz"):
        write_model(small.model_, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("CCHC_LANG", "en")
    return tmp_path


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("name", marked(having("python")))
def test_the_blocks_of_python_run(name):
    for program in blocks(TOP / name, "python"):
        exec(compile(program, name, "exec"), {"__name__": "__main__"})


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("name", having("python"))
def test_what_a_line_of_python_is_said_to_give(name):
    """`print(x)  # y`: the comment of such a line is what it prints."""
    said = 0
    for program in blocks(TOP / name, "python"):
        values, printed = {}, []
        values["print"] = lambda *what: printed.append(" ".join(map(str, what)))  # noqa: B023
        for line in re.findall(r"^print\(.*\)  # ([\[(].*)$", program, re.M):
            said += 1
            if not printed:
                exec(compile(program, name, "exec"), values)
            assert line in printed
    assert said or not name.startswith("README")


def look_through(path):
    """Say of each row of a review sheet that a person has looked at it and agrees."""
    book = needs("openpyxl").load_workbook(path)
    rows = list(book.worksheets[0].rows)
    done = [cell.value for cell in rows[0]].index("Xem xong")
    for row in rows[1:]:
        row[done].value = "x"
    book.save(path)


def run_known(words):
    """Run or check a command of another program; return whether it is one that may stand in a document."""
    program = Path(words[0]).name
    if " ".join(words) in KNOWN:
        return True
    if program == "make":
        targets = re.findall(r"^([\w-]+):", (TOP / "Makefile").read_text("utf8"), re.M)
        return set(words[1:]) <= set(targets)
    if program == "pip":
        return can_be_installed(words[1:])
    if program == "mkdir":
        for folder in words[1:]:
            Path(folder).mkdir()
        return True
    if program == "cat":
        return Path(words[1]).exists()
    if program == "dask":
        modules = {"scheduler": "dask_scheduler", "worker": "dask_worker"}
        command = needs(f"distributed.cli.{modules[words[1]]}").main
        command.make_context("dask", words[2:])
        return True
    if program == "cp":
        return (TOP / words[1]).exists()
    if program == "systemctl":
        return (TOP / f"docs/deploy/{words[-1]}.service").exists()
    if program == "docker":
        if words[1] == "build":
            return (TOP / words[words.index("-f") + 1]).exists()
        COMMANDS["serve"].make_context("serve", words[words.index("cchc-ml") + 1 :])
        return True
    return words[:2] == ["(umask", "077;"]


def can_be_installed(words):
    """Return whether `pip` is told to install this project with extras that it has, or packages that they name."""
    project = tomllib.loads((TOP / "pyproject.toml").read_text("utf8"))["project"]
    extras = project["optional-dependencies"]
    if words[:3] == ["install", "-c", "constraints.txt"]:
        words = [words[0], *words[3:]]
    if words in (["install", "--no-deps", "."], ["install", "--editable", "."]):
        return True
    if found := re.fullmatch(r"\.\[([\w,]+)\]", words[-1]):
        return words[0] == "install" and set(words[1:-1]) <= {"--editable"} and set(found[1].split(",")) <= set(extras)
    known = {re.split(r"[>=\[]", name)[0] for name in [*project["dependencies"], *itertools.chain(*extras.values())]}
    return words[0] == "install" and set(words[1:]) <= known


def cchc(words):
    """Return the words after `cchc-ml`, or None if it is another command."""
    return words[1:] if Path(words[0]).name == "cchc-ml" else None


def ends(words):
    """Return whether a command ends by itself and needs no other machine."""
    return words[0] != "serve" and words[:2] != ["review", "app"] and not any("HOST" in word for word in words)


def check_options(words):
    """Parse a command of `cchc-ml` as the program does."""
    command = COMMANDS[words[0]]
    rest = words[1:]
    while hasattr(command, "commands"):
        command, rest = command.commands[rest[0]], rest[1:]
    if rest:
        command.make_context(words[0], rest)


@pytest.mark.parametrize("name", having("console"))
def test_commands_are_parsed(desk, name):
    lines = [words for command in commands(TOP / name) if (words := cchc(command.words))]
    # Commands in a sentence: `cchc-ml report FOLDER -o page.html`
    lines += [shlex.split(words) for words in re.findall(r"`cchc-ml ([^`…]+)`", (TOP / name).read_text("utf8"))]
    for words in lines:
        if words[0].islower() and words[0][0] != "-":  # else `cchc-ml COMMAND --help`, `cchc-ml --help`
            check_options(words)


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("name", marked(name for name in having("console") if name not in TUTORIAL))
def test_commands_run_and_print_what_is_said(name, monkeypatch, labelled):
    default_data = corpus.DEFAULT_DATA
    if name.endswith(".vi.md"):
        monkeypatch.setenv("CCHC_LANG", "vi")
    for command in commands(TOP / name):
        words = cchc(command.words)
        if words is None:
            assert Path(command.words[0]).name == "curl" or run_known(command.words), command.words
        elif ends(words):
            trains = words[0] == "train" or "--report" in words  # on few rows: the shipped data take minutes
            monkeypatch.setattr(corpus, "DEFAULT_DATA", (str(labelled),) if trains else default_data)
            if words[:2] == ["review", "merge"]:
                for path in [*Path().glob("work*.xlsx"), *Path().glob("can-sua*.xlsx")]:
                    look_through(path)
            text = Path(command.stdin).read_text("utf8") if command.stdin else None
            result = CliRunner().invoke(app, words, input=text)
            assert result.exit_code == 0, (words, result.stderr)
            if command.output:
                assert result.output.rstrip().splitlines() == command.output


@pytest.fixture
def service(model):
    """The address of a running service."""
    serve = needs("cchc_ml.web.service").serve
    urls, stop = queue.Queue(), threading.Event()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(serve, model, port=0, on_ready=urls.put, stop=stop)
        running.add_done_callback(lambda _: urls.put(None))
        try:
            yield urls.get(timeout=120)
        finally:
            stop.set()


@pytest.mark.slow
@pytest.mark.usefixtures("desk")
def test_what_curl_is_said_to_send_is_answered(service):
    httpx = needs("httpx")
    ran = 0
    for name in having("console"):
        for command in commands(TOP / name):
            if command.words[0] != "curl":
                continue
            url, options = command.words[-1], dict(zip(command.words[1:-1:2], command.words[2:-1:2], strict=True))
            assert set(options) <= {"-d", "-F", "-H"}
            address = url.replace("http://127.0.0.1:8000", str(service).rstrip("/"))
            headers = dict([options["-H"].split(": ")]) if "-H" in options else {}
            files = None
            if "-F" in options:
                field, path = options["-F"].split("=@")
                files = {field: (path, Path(path).read_bytes())}
            method = "POST" if options else "GET"
            answer = httpx.request(method, address, content=options.get("-d"), files=files, headers=headers, timeout=60)
            assert answer.status_code == 200, (command.words, answer.text)
            ran += 1
    assert ran >= 3


@pytest.mark.parametrize("name", DOCUMENTS)
def test_options_exist(name):
    leaves = [leaf for command in COMMANDS.values() for leaf in getattr(command, "commands", {"": command}).values()]
    parameters = [parameter for command in leaves for parameter in command.params]
    known = {option for parameter in parameters for option in (*parameter.opts, *parameter.secondary_opts)}
    text = re.sub(r"^\$ (docker|systemctl|dask) .*?[^\\]$", "", (TOP / name).read_text("utf8"), flags=re.S | re.M)
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text))
    assert named - OTHER_OPTIONS - known == set()


# Options of pip, git, ruff and mypy in CONTRIBUTING.md and RELEASING.md, and of `cchc-ml` itself.
OTHER_OPTIONS = {"--help", "--version", "--strict", "--ff-only", "--tags", "--no-deps", "--editable", "--resolution"}


def test_a_block_of_commands_is_parsed():
    block = "$ cat a b | cchc-ml predict - > out  # why\n\nprinted\n> .venv\\Scripts\\activate && x \\\n    --y 'a b'\n"
    found = [(command.words, command.stdin, command.output) for command in parse(block)]
    assert found == [
        (["cat", "a", "b"], None, []),
        (["cchc-ml", "predict", "-"], "a", ["printed"]),
        ([".venv/Scripts/activate"], None, []),
        (["x", "--y", "a b"], None, []),
    ]


def test_a_command_that_nobody_knows_fails():
    assert not run_known(["pip", "install", "-c", "other.txt", ".[office]"])
    assert not run_known(["pip", "install", ".[nothing]"])
    assert not run_known(["make", "nothing"])
    assert not run_known(["python3", "-m", "venv", "elsewhere"])


def test_the_generated_pages_are_those_of_the_code():
    reference = needs("reference_pages")
    old = [name for name, text in reference.pages(TOP).items() if (TOP / name).read_text("utf8") != text]
    assert not old, "these pages are older than the code; run: make reference"


def test_every_page_is_in_the_navigation(top):
    """And the navigation names no page that is not there: the builder of the site would not say so."""

    def pages(items):
        for item in items:
            for value in item.values():
                yield from pages(value) if isinstance(value, list) else [value]

    navigation = tomllib.loads((top / "zensical.toml").read_text("utf8"))["project"]["nav"]
    assert sorted(pages(navigation)) == sorted(path.name for path in top.glob("docs/*.md"))


def test_readmes_are_equal_and_short(top):
    english, vietnamese = ((top / name).read_text("utf8") for name in ("README.md", "README.vi.md"))
    for text in (english, vietnamese):
        assert text.count("\n") < 90
        first_screen = text.split("\n## ")[0]
        assert all(f"```{language}" in first_screen for language in ("console", "python"))
    vietnamese = re.sub(r"\b0,(?=\d)", "0.", vietnamese)
    for pattern in (r"```(\w+)", r"^## ", r"^\| `(\w+)`", r"0\.\d+"):
        assert re.findall(pattern, english, re.M) == re.findall(pattern, vietnamese, re.M)
    both = [re.findall(r"\]\(([\w./#-]+)\)", text) for text in (english, vietnamese)]
    assert [link.replace(".vi.md", ".md") for link in both[1]][1:] == both[0][1:]
    pages = {path.name for path in top.glob("docs/*.vi.md")}
    named = {Path(link).name for link in both[1]}
    assert {name for name in map(Path, named) if f"{name.stem}.vi.md" in pages} == set()


def test_the_scores_in_the_readmes_are_those_of_the_model(top):
    scores = json.loads((top / "models/metrics.json").read_text("utf8"))["scores"]
    want = [f"{scores[f'{split}, in context']['macro']['f1']:.3f}" for split in ("modern_validation", "validation")]
    for name, point in (("README.md", "."), ("README.vi.md", ",")):
        text = (top / name).read_text("utf8")
        assert re.findall(rf"0\{point}\d{{3}}", text) == [score.replace(".", point) for score in want]


def test_the_counts_of_the_data_sheet_are_those_of_the_files(top):
    sheet = (top / "data/README.md").read_text("utf8")
    said = {name: int(n.replace(",", "")) for name, n in re.findall(r"^\| `([\w.]+)` \| ([\d,]+) \|", sheet, re.M)}
    with gzip.open(top / "data/real.jsonl.gz") as real:
        there = {"real.jsonl.gz": sum(1 for _ in real)}
    for name in ("articles.jsonl", "lexicon.txt"):
        there[name] = (top / "data" / name).read_bytes().count(b"\n")
    with lzma.open(top / "data/documents.npz.xz") as packed:
        counts = np.load(BytesIO(packed.read()))
        there["documents.npz.xz"] = len(counts["parts"])
        assert f"the {len(counts['paragraphs']):,} documents" in sheet
    assert said == there


def test_the_design_names_every_module(top):
    """Every module is in a wing or is named itself, and the table names nothing else."""
    (table,) = re.findall(r"^\| floor \| wing \| .*?\n\n", (top / "docs/design.md").read_text("utf8"), re.S | re.M)
    named = {word for row in table.strip().splitlines()[2:] for word in re.findall(r"`([^`]+)`", row.split("|")[2])}
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
        links = re.findall(r"\]\(([\w./-]+)(?:#[\w-]+)?\)", text)
        named |= {str((path.parent / link).resolve().relative_to(top)) for link in links}
        assert {name for name in named if not (top / name).exists()} == set(), path.name


def test_no_file_names_a_registry(top):
    for path in (top / "constraints.txt", top / "pyproject.toml", top / "Makefile", top / ".ci/run"):
        assert not re.search(r"https?://|index-url", path.read_text("utf8"))


def test_every_picture_is_shown_somewhere(top):
    shown = "".join(path.read_text("utf8") for path in [*top.glob("*.md"), *top.glob("docs/*.md")])
    assert [path.name for path in top.glob("docs/*.png") if f"{path.name})" not in shown] == []


def test_links_of_a_site_that_lead_nowhere_are_found(tmp_path):
    build = needs("build_docs")
    links = ("b.html", "b.html#there", "#here", "https://a.example/", "mailto:a@b.example")
    broken = ("c.html", "b.html#no", "#no", "../up.txt")
    page = "".join(f'<a href="{link}">x</a>' for link in links + broken) + '<p id="here">'
    (tmp_path.parent / "up.txt").touch()
    (tmp_path / "a.html").write_text(page, "utf8")
    (tmp_path / "b.html").write_text('<h2 id="there">', "utf8")
    assert build.broken_links(tmp_path) == {f"a.html: {link}" for link in broken}


def test_what_a_site_loads_from_elsewhere_is_found(tmp_path):
    """Links that a reader follows are no such thing, and neither are files of the site."""
    build = needs("build_docs")
    page = '<a href="https://a.example/">a</a> <script src="b.js"></script> <script async src="https://c.example/d.js"></script>'
    (tmp_path / "index.html").write_text(page + '<link rel="stylesheet" href="http://e.example/f.css">', "utf8")
    (tmp_path / "s.css").write_text(
        "@font-face {src: url(https://g.example/h.woff2)} p {background: url(i.png)}", "utf8"
    )
    found = build.loaded_from_elsewhere(tmp_path)
    assert found == {"https://c.example/d.js", "http://e.example/f.css", "https://g.example/h.woff2"}
