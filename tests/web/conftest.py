"""The one-file page in Chromium: `offline` opens it, and fails the test if the browser reports an error."""

from contextlib import contextmanager

import pytest
from browser import chromium
from scripts import write_modules

from cchc_ml.web.offline_page import render_offline_page


@pytest.fixture(scope="session")
def offline_file(model, tmp_path_factory):
    """The page as a file."""
    path = tmp_path_factory.mktemp("offline") / "cchc.html"
    path.write_text(render_offline_page(model), "utf8")
    return path


@pytest.fixture(scope="module")
def offline_browser():
    with chromium() as browser:
        yield browser


@pytest.fixture
def open_offline(offline_browser, offline_file):
    """Open the page with a script before its own, and a size; errors and requests to others fail the test."""

    @contextmanager
    def opened(script="", width=1280, height=900):
        context = offline_browser.new_context(accept_downloads=True, viewport={"width": width, "height": height})
        page = context.new_page()
        requests, errors = [], []
        page.on("request", lambda request: requests.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        if script:
            page.add_init_script(script)
        page.goto(offline_file.as_uri())
        yield page
        context.close()
        assert [url for url in requests if not url.startswith(("file:", "blob:", "data:"))] == []
        assert errors == []

    return opened


@pytest.fixture
def offline(open_offline):
    with open_offline() as page:
        yield page


@pytest.fixture(scope="session")
def page_modules(tmp_path_factory):
    """The modules of the page in a folder, for node."""
    return write_modules(tmp_path_factory.mktemp("modules"))
