"""Build the documentation into site/: ``make docs``. A broken link fails, and the site loads nothing from a network."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import lxml.html

TOP = Path(__file__).parent.parent
# Search works on pages that are opened from the disk by this script, which zensical loads from elsewhere.
SHIM = re.compile(r"https://[^\"'<> ]+/iframe-worker/shim")
LOCAL_SHIM = Path("javascripts/iframe-worker.js")
LOADED = re.compile(
    r"""(?:<script[^>]*\bsrc|<link[^>]*\bhref|<img[^>]*\bsrc)=["'](https?://[^"']+)|url\(["']?(https?://[^"')]+)"""
)


def main() -> None:
    """Build the site."""
    build(TOP)


def build(top: Path) -> Path:
    """Build the site of a checkout; return its folder."""
    site = (top / "site").resolve()
    shutil.rmtree(site, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "zensical", "build", "--clean", "--strict"], cwd=top, check=True)
    for page in site.rglob("*.html"):
        text = page.read_text("utf8")
        up = "../" * (len(page.relative_to(site).parts) - 1)
        page.write_text(SHIM.sub(up + LOCAL_SHIM.as_posix(), text), "utf8")
    if found := loaded_from_elsewhere(site):
        raise SystemExit(f"the site must not need a network, but its pages load: {', '.join(sorted(found))}")
    if broken := broken_links(site):
        raise SystemExit(f"links of the site that lead nowhere: {', '.join(sorted(broken))}")
    return site


def broken_links(site: Path) -> set[str]:
    """Return the links within a site, or out of its folder, that lead to no file or to no place in it.

    zensical checks only links from one page to another.
    """
    pages = {path: lxml.html.parse(str(path)).getroot() for path in site.rglob("*.html")}
    places = {path: {*page.xpath("//@id"), *page.xpath("//a/@name")} for path, page in pages.items()}
    broken = set()
    for path, page in pages.items():
        if path.name == "404.html":  # the server sends it for any address
            continue
        for link in {*page.xpath("//@href"), *page.xpath("//@src")}:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            target = target / "index.html" if target.is_dir() else target
            inside = target.is_relative_to(site.resolve()) and target.exists()
            if not inside or (parts.fragment and unquote(parts.fragment) not in places.get(target, {parts.fragment})):
                broken.add(f"{path.name}: {link}")
    return broken


def loaded_from_elsewhere(site: Path) -> set[str]:
    """Return the addresses of what the pages and styles of a site load from a network."""
    files = [*site.rglob("*.html"), *site.rglob("*.css")]
    return {next(filter(None, found)) for path in files for found in LOADED.findall(path.read_text("utf8"))}


if __name__ == "__main__":
    main()
