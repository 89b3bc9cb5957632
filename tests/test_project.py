"""The files around the code agree with it: metadata, pins, workflows, hooks and issue forms."""

import re
import tomllib
from importlib import metadata

import pytest
import yaml
from needs import needs
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from cchc_ml import __version__


@pytest.fixture
def project(top):
    return tomllib.loads((top / "pyproject.toml").read_text("utf8"))["project"]


@pytest.fixture
def pins(top):
    lines = (top / "constraints.txt").read_text("utf8").split()
    return {canonicalize_name(name): Version(version) for name, version in (line.split("==") for line in lines)}


def requirements(project):
    lines = [*project["dependencies"], *(line for extra in project["optional-dependencies"].values() for line in extra)]
    return [found for line in lines if (found := Requirement(line)).name != "cchc_ml"]


def test_every_requirement_has_a_floor_and_a_pin_above_it(project, pins):
    for requirement in requirements(project):
        assert [clause.operator for clause in requirement.specifier] == [">="], requirement
        assert pins[canonicalize_name(requirement.name)] in requirement.specifier, requirement


def test_extras_name_extras_that_are_there(project):
    named = {
        extra
        for lines in project["optional-dependencies"].values()
        for line in lines
        for extra in Requirement(line).extras
    }
    assert named <= set(project["optional-dependencies"])


def test_the_citation_has_the_version_and_the_licence(top, project):
    citation = yaml.safe_load((top / "CITATION.cff").read_text("utf8"))
    assert str(citation["version"]) == __version__
    assert citation["license"] == project["license"]
    assert {author["name"] for author in citation["authors"]} == {author["name"] for author in project["authors"]}
    assert {"cff-version", "message", "title"} <= set(citation)


def test_the_changes_begin_with_what_is_not_released(top):
    text = (top / "CHANGES.md").read_text("utf8")
    versions = re.findall(r"^## \[(.+?)\](?: - (\d{4}-\d\d-\d\d))?$", text, re.M)
    assert versions[0] == ("Unreleased", "")
    assert all(date for _, date in versions[1:])
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert set(re.findall(r"^### (.+)$", text, re.M)) <= kinds


def test_classifiers_exist(project):
    known = needs("trove_classifiers").classifiers
    assert set(project["classifiers"]) <= known


def steps(top):
    for path in sorted((top / ".github/workflows").glob("*.yml")):
        workflow = yaml.safe_load(path.read_text("utf8"))
        assert workflow["permissions"] == {"contents": "read"}
        for job in workflow["jobs"].values():
            assert job["timeout-minutes"] <= 60
            yield from job["steps"]


def test_the_workflow_runs_what_is_there(top, project):
    targets = set(re.findall(r"^([\w./$()-]+):", (top / "Makefile").read_text("utf8"), re.M)) | {".venv/dev"}
    said = [step["run"] for step in steps(top) if "run" in step]
    assert {target for text in said for target in re.findall(r"\bmake ([\w./-]+)", text)} <= targets
    extras = {extra for text in said for names in re.findall(r'\[(\w+)\]"', text) for extra in names.split(",")}
    assert extras <= set(project["optional-dependencies"])
    assert extras
    assert any("install.bat" in text for text in said)


def test_the_workflow_tests_three_systems_and_two_sets_of_versions(top):
    workflow = yaml.safe_load((top / ".github/workflows/tests.yml").read_text("utf8"))
    assert {name.split("-")[0] for name in workflow["jobs"]["quick"]["strategy"]["matrix"]["os"]} == {
        "ubuntu",
        "windows",
        "macos",
    }
    assert {"lowest", "newest", "docs", "wheel"} <= set(workflow["jobs"])


def test_forms_for_issues_ask_for_the_version(top):
    for path in (top / ".github/ISSUE_TEMPLATE").glob("*.yml"):
        form = yaml.safe_load(path.read_text("utf8"))
        if path.stem in ("fault", "wrong-tag"):
            assert any("--version" in str(field.get("attributes", {}).get("label")) for field in form["body"])


def test_hooks_run_files_that_are_there(top):
    (repository,) = yaml.safe_load((top / ".pre-commit-config.yaml").read_text("utf8"))["repos"]
    for hook in repository["hooks"]:
        assert hook["entry"].startswith(".venv/bin/")
        named = re.findall(r"tests/[\w/]+\.py", hook["entry"])
        assert all((top / name).exists() for name in named)


def test_the_installed_metadata_is_that_of_the_project(project):
    assert metadata.metadata("cchc_ml")["Summary"] == project["description"]
