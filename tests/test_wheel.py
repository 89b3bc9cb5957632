"""The wheel, installed away from the checkout: all that the package needs is in it."""

import re
import subprocess
import sys
import sysconfig
import tomllib
from importlib import metadata
from pathlib import Path
from zipfile import ZipFile

import pytest
from needs import needs
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from cchc_ml import __version__

pytestmark = pytest.mark.slow

# What tagging needs of the dependencies; scikit-learn and underthesea, with forty packages of its own, only train.
TAGGING = (
    "jinja2",
    "lxml",
    "numpy",
    "pyyaml",
    "rich",
    "scipy",
    "typer",
    "fastapi",
    "httptools",
    "msgspec",
    "pebble",
    "prometheus-client",
    "uvicorn",
)


def run(*command, cwd):
    """Run a command away from the checkout; return its output."""
    done = subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        encoding="utf8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(top, tmp_path_factory):
    needs("hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "wheel")
    run(*pip, "--no-index", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, top, cwd=folder)
    (path,) = folder.iterdir()
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Install the wheel into a new environment, which sees the libraries of this one but not the checkout."""
    folder = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder)
    python = folder / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--python", python)
    run(*pip, "install", "--no-index", "--no-deps", wheel, cwd=folder)
    (packages,) = folder.glob("lib/python*/site-packages")
    # A path in a .pth file is only added to sys.path: the .pth file of an editable install in it is not read.
    libraries = dict.fromkeys(sysconfig.get_path(kind) for kind in ("purelib", "platlib"))
    (packages / "libraries.pth").write_text("\n".join(libraries) + "\n")
    assert (
        Path(run(python, "-c", "import cchc_ml; print(cchc_ml.__file__)", cwd=folder).strip()).parent.parent == packages
    )
    return folder / "bin"


def test_the_version_is_in_the_name(wheel):
    assert wheel.name == f"cchc_ml-{__version__}-py3-none-any.whl"


def test_every_file_of_the_package_is_in_the_wheel(wheel, top):
    files = {path for path in (top / "cchc_ml").rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert {".py", ".j2", ".css", ".js", ".yaml"} <= {path.suffix for path in files}
    with ZipFile(wheel) as packed:
        assert {path.relative_to(top).as_posix() for path in files} <= set(packed.namelist())


def test_the_wheel_tags_as_the_checkout_does(installed, cli, top, tmp_path):
    sample = "mot-cua-xa.txt"
    (tmp_path / sample).write_bytes((top / "data" / "samples" / sample).read_bytes())
    here = cli("predict", tmp_path / sample).stdout
    assert run(installed / "cchc-ml", "predict", tmp_path / sample, cwd=tmp_path) == here


def test_the_wheel_measures_its_model(installed, tmp_path):
    assert "validation, modern_validation (1,265 paragraphs)" in run(installed / "cchc-ml", "evaluate", cwd=tmp_path)


def test_the_wheel_writes_the_offline_page(installed, cli, tmp_path):
    run(installed / "cchc-ml", "app", "-o", tmp_path / "installed.html", cwd=tmp_path)
    cli("app", "-o", tmp_path / "checkout.html")
    assert (tmp_path / "installed.html").read_bytes() == (tmp_path / "checkout.html").read_bytes()


def test_the_wheel_speaks_vietnamese(installed, tmp_path):
    assert "(chức danh của một người (quy tắc 1))" in run(
        installed / "cchc-ml", "codebook", "--lang", "vi", cwd=tmp_path
    )
    assert "Cách dùng: " in run(installed / "cchc-ml", "--lang", "vi", "--help", cwd=tmp_path)


def test_the_wheel_shows_the_help_of_train(installed, tmp_path):
    assert "--objective" in run(installed / "cchc-ml", "train", "--help", cwd=tmp_path)


def test_the_wheel_writes_a_report(installed, top, tmp_path):
    run(installed / "cchc-ml", "report", top / "data" / "samples", "-o", tmp_path / "page.html", cwd=tmp_path)
    assert "<html" in (tmp_path / "page.html").read_text("utf8")


def closure(*names):
    """Return the names of installed distributions and of all that these need."""
    names, seen = list(names), set()
    while names:
        needed = Requirement(names.pop())
        name = canonicalize_name(needed.name)
        if name not in seen and (needed.marker is None or needed.marker.evaluate({"extra": ""})):
            seen.add(name)
            names += metadata.requires(name) or ()
    return seen


@pytest.fixture(scope="module")
def slim(wheel, tmp_path_factory):
    """Install the wheel where nothing is that only training needs."""
    folder = tmp_path_factory.mktemp("slim")
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder)
    python = folder / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--python", python)
    run(*pip, "install", "--no-index", "--no-deps", wheel, cwd=folder)
    (packages,) = folder.glob("lib/python*/site-packages")
    for name in closure(*TAGGING):
        for path in metadata.files(name):
            link = packages / path.parts[0]
            if path.parts[0] != ".." and not link.exists():
                link.symlink_to(path.locate().parents[len(path.parts) - 1] / path.parts[0])
    return folder / "bin"


def test_tagging_needs_nothing_that_only_training_needs(slim, cli, top, tmp_path):
    check = "import importlib.util as i; print([n for n in ('sklearn', 'underthesea', 'joblib') if i.find_spec(n)])"
    assert run(slim / "python", "-c", check, cwd=tmp_path) == "[]\n"
    page = (top / "docs/slim-install.md").read_text("utf8")
    installed = " ".join(re.findall(r"^\$ pip install -c constraints\.txt (.*)$", page, re.M)).split()
    with (top / "pyproject.toml").open("rb") as file:
        office = tomllib.load(file)["project"]["optional-dependencies"]["office"]
    assert set(installed) == set(TAGGING) | {Requirement(line).name for line in office}
    samples = top / "data" / "samples"
    assert (
        run(slim / "cchc-ml", "predict", samples, "-f", "jsonl", cwd=top)
        == cli("predict", samples, "-f", "jsonl").stdout
    )
    run(slim / "cchc-ml", "report", samples, "-o", tmp_path / "page.html", cwd=tmp_path)
    run(slim / "cchc-ml", "app", "-o", tmp_path / "app.html", cwd=tmp_path)
    run(slim / "cchc-ml", "explain", samples / "mot-cua-xa.txt", cwd=tmp_path)
    run(slim / "python", "-c", "import cchc_ml.web.service, cchc_ml.web.server", cwd=tmp_path)


def test_training_without_its_libraries_says_what_is_missing(slim, tmp_path):
    done = subprocess.run(
        [slim / "cchc-ml", "train", "-o", tmp_path / "m.npz"], capture_output=True, encoding="utf8", check=False
    )
    assert done.returncode == 2
    assert "pip install" in done.stderr
    assert done.stderr.count("\n") == 1
