"""What axe-core finds wrong with a page in a browser: WCAG 2.2 A and AA and its best practices, in light and dark."""

from typing import Any

from needs import needs

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Any) -> list[str]:
    """Return a line for each fault of each colour scheme; the page is in light colours afterwards.

    axe-core comes with a package of PyPI. If it is missing, skip the test, or fail it in CI.
    """
    axe = needs("axe_playwright_python.sync_playwright").Axe()
    lines = []
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        # A colour on its way to another one has a contrast that nobody sees.
        page.evaluate("document.getAnimations().forEach((animation) => animation.finish())")
        answer = axe.run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response
        assert len(answer["passes"]) > 5, "axe-core checked nothing"
        for fault in answer["violations"]:
            places = [str(node["target"]) for node in fault["nodes"]]
            lines.append(f"{scheme}: {fault['id']} ({fault['impact']}) at {len(places)}: {', '.join(places[:3])}")
    return lines
