"""What a test needs beside the package: an optional library, a browser, files. In CI a missing one is a failure."""

import os
from importlib import import_module
from types import ModuleType
from typing import NoReturn

import pytest

IN_CI = os.environ.get("CI", "").lower() not in ("", "0", "false")


def needs(module: str) -> ModuleType:
    """Return a library that an extra installs. If it is missing, skip the test, or fail it in CI."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        missing(f"{module} cannot be imported ({error})", 'Run: pip install -e ".[dev]"')


def missing(what: str, remedy: str) -> NoReturn:
    """Skip the test because something is missing on this machine. In CI, where nothing may be missing, fail it."""
    if IN_CI:
        pytest.fail(f"{what}, and in CI this test must run. {remedy}", pytrace=False)
    pytest.skip(f"{what}. {remedy}", allow_module_level=True)
