"""The plan of the package: imports go one way, down the floors, and say only what other modules may use."""

import ast
import re
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from needs import needs

TOP = Path(__file__).parent.parent
PACKAGE = TOP / "cchc_ml"

# Who uses the package from outside.
READERS = [
    *TOP.glob("README*.md"),
    *TOP.glob("docs/*.md"),
    *(TOP / "bench").rglob("*.py"),
    *(TOP / "tests").rglob("*.py"),
]

# A wing may import from a lower floor, or from itself.
FLOORS = {
    "cli": 6,
    "web": 5,
    "tagging": 4,
    "reporting": 4,
    "evaluation": 4,
    "review": 4,
    "learning": 3,
    "reading": 2,
    "model": 2,
    "text": 1,
    "pillars": 1,
    "files": 1,
    "version": 1,
    "messages": 0,
}
# The door of the package may import all of it.
DOORS = ("", "__main__")
# Libraries that one wing (or two) knows and the others do not.
HOMES = {
    "typer": {"cli"},
    "rich": {"cli"},
    "fastapi": {"web"},
    "starlette": {"web"},
    "uvicorn": {"web"},
    "sklearn": {"learning", "evaluation"},
    "underthesea": {"learning", "evaluation"},
    "distributed": {"tagging"},
}


@cache
def trees() -> dict[str, ast.Module]:
    """Return the syntax tree of every module of the package by dotted name; the package itself is ``""``."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = ast.parse(path.read_text("utf8"))
    return found


def is_package(module: str) -> bool:
    return (PACKAGE / module.replace(".", "/")).is_dir()


def target(module: str, node: ast.ImportFrom) -> str | None:
    """Return the module of the package that an import statement in `module` names, or None for a library."""
    if not node.level:
        name = node.module or ""
        return name.removeprefix("cchc_ml").removeprefix(".") if name.split(".")[0] == "cchc_ml" else None
    parts = module.split(".") if module else []
    parts = parts[: len(parts) - node.level + is_package(module)]
    return ".".join([*parts, *(node.module.split(".") if node.module else [])])


def imports(module: str, tree: ast.AST) -> set[tuple[str, str]]:
    """Return (module, name) for each import from the package; the name is empty for an import of a whole module."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (source := target(module, node)) is not None:
            for alias in node.names:
                inner = f"{source}.{alias.name}".lstrip(".")
                found.add((inner, "") if inner in trees() else (source, alias.name))
    return found


def wing(module: str) -> str:
    return module.split(".")[0]


def test_imports_go_down():
    upwards = {
        f"{module} imports {source}"
        for module, tree in trees().items()
        if module not in DOORS
        for source, _ in imports(module, tree)
        if wing(source) != wing(module) and FLOORS.get(wing(source), 99) >= FLOORS[wing(module)]
    }
    assert upwards == set()


def test_there_is_no_circle():
    graph = {module: {source for source, _ in imports(module, tree)} - {module} for module, tree in trees().items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_a_library_has_a_home():
    strangers = set()
    for module, tree in trees().items():
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            strangers |= {
                f"{module} imports {name}"
                for name in names
                if wing(module) not in HOMES.get(name.split(".")[0], {wing(module)})
            }
    assert strangers == set()


@cache
def names_used() -> dict[str, set[str]]:
    """Return, for every module, its names that other modules of the package use."""
    used: dict[str, set[str]] = {module: set() for module in trees()}
    for module, tree in trees().items():
        modules = {}  # `from ..tagging import dask as cluster`: cluster -> tagging.dask
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (source := target(module, node)) is not None:
                for alias in node.names:
                    inner = f"{source}.{alias.name}".lstrip(".")
                    if inner in trees():
                        modules[alias.asname or alias.name] = inner
                    else:
                        used[source].add(alias.name)
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
                used[modules[node.value.id]].add(node.attr)
    return used


def declared(tree: ast.Module) -> set[str] | None:
    """Return the names in `__all__`, or None if the module has no `__all__`."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "__all__":
            return set(ast.literal_eval(node.value))
    return None


def in_annotations(tree: ast.Module) -> set[str]:
    """Return the names in the types of arguments, results and fields: what a caller receives or gives."""
    types = [
        part
        for node in ast.walk(tree)
        for part in (getattr(node, "annotation", None), getattr(node, "returns", None))
        if part is not None
    ]
    return {node.id for part in types for node in ast.walk(part) if isinstance(node, ast.Name)}


@pytest.mark.parametrize("module", [module for module, tree in trees().items() if declared(tree) is not None])
def test_all_is_true(module):
    tree, used = trees()[module], names_used()[module]
    names = declared(tree)
    imported = needs(f"cchc_ml.{module}".rstrip("."))
    assert {name for name in names if not hasattr(imported, name)} == set(), "listed, but not there"
    assert {name for name in used - names if name[0] != "_"} == set(), "used by others, but not listed"
    seen = "\n".join(path.read_text("utf8") for path in READERS)
    idle = {name for name in names - used - in_annotations(tree) if not re.search(rf"\b{name}\b", seen)}
    assert idle == set() or module == "", "listed, but nobody uses it"  # the package itself is a door for others


def test_private_names_stay_in_their_module():
    strangers = {
        f"{module}.{name}" for module, used in names_used().items() for name in used if re.match(r"_(?!_)", name)
    }
    assert strangers == set()
