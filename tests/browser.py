"""A real browser for the tests of pages: the machine's own Chromium, headless, without a network."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from needs import missing, needs

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@contextmanager
def chromium() -> Iterator[Any]:
    """Start Chromium and yield it. If Chromium or playwright is missing, skip the test, or fail it in CI."""
    playwright = needs("playwright.sync_api")
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        missing("there is no Chromium on the PATH", "On Debian: apt-get install chromium")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()
