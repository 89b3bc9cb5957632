"""Take the README's pictures of the table, the report and the page: ``python tests/screenshots.py``."""

import io
import os
import tempfile
from pathlib import Path

from browser import chromium
from rich.console import Console

from cchc_ml.cli.console import print_tagged
from cchc_ml.model.storage import read_model
from cchc_ml.reading.finding import expand
from cchc_ml.reading.inputs import read_inputs
from cchc_ml.reporting.overview import gather
from cchc_ml.reporting.overview_html import render_overview
from cchc_ml.reporting.prevalence import training_prior
from cchc_ml.tagging.rows import tag_rows
from cchc_ml.web.offline_page import render_offline_page

TOP = Path(__file__).parent.parent
SAMPLE = "data/samples/mot-cua-xa.txt"
# Debian's fonts of one width lack Vietnamese letters.
FONT = "pre, code { font-family: 'DejaVu Sans', sans-serif !important; }"


def main() -> None:
    """Write docs/table.png, docs/report.png and docs/page.png."""
    os.chdir(TOP)
    model = read_model()
    console = Console(record=True, width=110, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    print_tagged(tag_rows(model, read_inputs([SAMPLE])), console)
    overview = gather(tag_rows(model, read_inputs(expand([SAMPLE, "tests/pages"]))), training_prior(model))
    table = console.export_html().replace("</style>", FONT + "</style>")
    pages = {"table": table, "report": render_overview(overview), "page": render_offline_page(model)}
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        for name, html in pages.items():
            path = Path(folder) / f"{name}.html"
            path.write_text(html, "utf8")
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(path.as_uri())
            if name == "page":
                page.click("#sample")
                page.wait_for_selector("mark")
                page.locator("#results").scroll_into_view_if_needed()
                page.evaluate("document.activeElement.blur()")
            page.screenshot(path=TOP / "docs" / f"{name}.png")


if __name__ == "__main__":
    main()
