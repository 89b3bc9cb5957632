"""Take the pictures of README.md and docs/: ``make screenshots``. Look at each before you commit it."""

import io
import os
import subprocess
import tempfile
from pathlib import Path

from browser import chromium
from rich.console import Console

from cchc_ml.cli.console import print_tagged
from cchc_ml.cli.settings import settings
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
# Most fonts of one width lack Vietnamese letters, and a browser then takes letters of another width.
FONT = "JetBrains Mono"
STYLE = f"body {{ margin: 0; padding: 1rem; width: max-content; }} pre, code {{ font-family: '{FONT}' !important; }}"
COLUMNS = 96
# The paragraphs of the sample, from 1, that the first picture shows.
SHOWN = (3, 6)


def main() -> None:
    """Write docs/tagged.png, docs/table.png, docs/table.vi.png, docs/report.png and docs/page.png."""
    os.chdir(TOP)
    check_font()
    model = read_model()
    overview = gather(tag_rows(model, read_inputs(expand([SAMPLE, "tests/pages"]))), training_prior(model))
    page = render_offline_page(model)
    pages = {
        "table": table(model, "en"),
        "table.vi": table(model, "vi"),
        "report": render_overview(overview),
        "page": page,
        "tagged": page,
    }
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        for name, html in pages.items():
            path = Path(folder) / f"{name}.html"
            path.write_text(html, "utf8")
            tab = browser.new_page(viewport={"width": 1280, "height": 900})
            tab.goto(path.as_uri())
            picture = TOP / "docs" / f"{name}.png"
            if name.startswith("table"):
                tab.locator("body").screenshot(path=picture)
                continue
            if name in ("page", "tagged"):
                tab.click("#sample")
                tab.wait_for_selector("mark")
                tab.locator("#results").scroll_into_view_if_needed()
                tab.evaluate("document.activeElement.blur()")
            tab.screenshot(path=picture, clip=paragraphs(tab) if name == "tagged" else None, full_page=name == "tagged")


def check_font() -> None:
    """Stop if the font is not there."""
    fonts = subprocess.run(["fc-list", ":lang=vi", "family"], capture_output=True, text=True, check=True).stdout
    if FONT not in fonts:
        raise SystemExit(f"found no font {FONT} (of one width); on Debian: apt-get install fonts-jetbrains-mono")


def table(model, language) -> str:
    """Return what the terminal shows of the sample, as a page."""
    settings.language = language
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    print_tagged(list(tag_rows(model, read_inputs([SAMPLE])))[:6], console)
    return console.export_html().replace("</style>", STYLE + "</style>")


def paragraphs(tab) -> dict[str, float]:
    """Return the place of the paragraphs `SHOWN` on the page with results."""
    cards = tab.locator("#paragraphs > *")
    boxes = [cards.nth(number - 1).bounding_box() for number in SHOWN]
    first, last = boxes
    margin = 12
    top, bottom = first["y"] - margin, last["y"] + last["height"] + margin
    scrolled = tab.evaluate("scrollY")
    return {"x": first["x"] - margin, "y": top + scrolled, "width": first["width"] + 2 * margin, "height": bottom - top}


if __name__ == "__main__":
    main()
