"""Render an overview as one HTML page that loads nothing from elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from ..files import csp_hash, html_template
from ..pillars import AnyPillar, Codebook
from ..text.spans import spans
from .about import About, counted, facts, input_files
from .formatting import count, interval, percent, pillar_css
from .overview import BY_MONTH, BY_YEAR, UNKNOWN, Document, Overview, Quote
from .prevalence import MIN_DOCUMENTS, MIN_PARAGRAPHS, Prevalence
from .provenance import content_hash

if TYPE_CHECKING:
    from markupsafe import Markup
    from numpy.typing import NDArray

__all__ = ["render_overview"]

# Quotes shown of each pillar.
MAX_QUOTES = 10
# A longer paragraph is cut when it is quoted.
MAX_QUOTE_CHARS = 900
# Of an article with more paragraphs, only the tagged ones are shown.
MAX_WHOLE_PARAGRAPHS = 150
# All articles of a page together.
MAX_ARTICLES_HTML_CHARS = 6_000_000
# The axis of shares ends at 5 % or above, so that tiny shares look small.
MIN_AXIS_SHARE = 0.05
# The steps between its ticks, and how many there may be.
AXIS_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2)
MAX_AXIS_STEPS = 5
MIN_TREND_POINTS = 3
# Input files that are named.
MAX_FILES = 1000
TITLE = "Tổng quan cải cách hành chính trên báo chí"
TITLE_OF_OWN_CODEBOOK = "Tổng quan các nhóm trên báo chí"


@dataclass(frozen=True)
class _Bar:
    """One pillar's line in the chart of shares; `width` and `whisker` are on an axis from 0 to 100."""

    pillar: AnyPillar
    share: float
    interval: str
    width: float
    whisker: tuple[float, float] | None
    tagged: int


@dataclass(frozen=True)
class _Tick:
    """A tick of the axis of shares: its place from 0 to 100, and its text."""

    place: float
    text: str


@dataclass(frozen=True)
class _Cell:
    """A cell of a table of groups; `shade` is from 0 to 1, or None if the share is not known."""

    text: str
    interval: str = ""
    shade: float | None = None


@dataclass(frozen=True)
class _Row:
    name: str
    prevalence: Prevalence
    cells: Sequence[_Cell]


@dataclass(frozen=True)
class _Trend:
    """One pillar's share over time: SVG points of the line and of the interval's band, and the ends of the axes."""

    pillar: AnyPillar
    line: str
    band: str
    first: str
    last: str
    top: float


@dataclass(frozen=True)
class _Section:
    """One way to group: a table, and a chart for each pillar if the groups are months or years."""

    title: str
    rows: Sequence[_Row]
    trends: Sequence[_Trend]
    some_without_share: bool
    some_without_interval: bool


def render_overview(overview: Overview, about: About | None = None) -> str:
    """Return an overview as one HTML page, with its provenance record and the hash of all the rest of the page.

    A content security policy lets the page run its own script and load nothing.
    """
    from markupsafe import Markup

    about = about or About()
    bars, axis = _bars(overview.overall, overview.codebook)
    package = "cchc_ml.reporting"
    script = html_template(package, "overview.js").render()
    style = html_template(package, "overview.css").render() + "\n" + pillar_css(overview.codebook)
    with_evidence = [document for document in overview.documents if any(p.evidence for p in document.paragraphs)]
    strongest = {pillar: _strongest(overview, pillar) for pillar in overview.codebook}
    template = html_template(package, "overview.html.j2")
    values = {
        "policy": (
            f"default-src 'none'; script-src {csp_hash(script)}; style-src {csp_hash(style)}; "
            "style-src-attr 'unsafe-inline'; base-uri 'none'; form-action 'none'"
        ),
        "script": Markup(script),
        "style": Markup(style),
        "count": count,
        "percent": percent,
        "noun": overview.codebook.noun_vi,
        "pillars": overview.codebook,
        "min_paragraphs": MIN_PARAGRAPHS,
        "min_documents": MIN_DOCUMENTS,
        "overview": overview,
        "about": about,
        "title": about.title or (TITLE if overview.codebook.is_default else TITLE_OF_OWN_CODEBOOK),
        "counted": counted(overview),
        "facts": facts(overview),
        "input_files": input_files(overview),
        "max_files": MAX_FILES,
        "overall": overview.overall,
        "n_tagged": sum(bool(p.evidence) for document in overview.documents for p in document.paragraphs),
        "n_with_evidence": len(with_evidence),
        "bars": bars,
        "axis": axis,
        "sections": [_section(title, groups, overview.codebook) for title, groups in overview.groups.items()],
        "strongest": {
            pillar: [(quote, _quote_pieces(quote)) for quote in quotes] for pillar, quotes in strongest.items()
        },
        "articles": _render_articles(
            with_evidence, [quote for quotes in strongest.values() for quote in quotes], overview.codebook
        ),
    }
    content = template.render(values, provenance=None)
    return template.render(values, provenance={**overview.provenance, "content": content_hash(content)})


def _bars(overall: Prevalence, codebook: Codebook) -> tuple[list[_Bar], list[_Tick]]:
    """Return a bar for each pillar, and the axis that they share."""
    shares = overall.tagged / overall.paragraphs if overall.corrected is None else overall.corrected
    ends = shares if overall.interval is None else overall.interval[1]
    end, axis = _axis(max(MIN_AXIS_SHARE, float(shares.max()), float(ends.max())))
    scale = 100 / end
    bars = []
    for k, pillar in enumerate(codebook):
        whisker = None
        if overall.interval is not None:
            low, high = scale * overall.interval[:, k]
            whisker = (low, high)
        bars.append(
            _Bar(pillar, shares[k], interval(overall, k), scale * shares[k], whisker, tagged=int(overall.tagged[k]))
        )
    return bars, axis


def _axis(most: float) -> tuple[float, list[_Tick]]:
    """Return where an axis from 0 ends that holds a share, and its ticks, at most `MAX_AXIS_STEPS` + 1."""
    step = next(step for step in AXIS_STEPS if most <= step * MAX_AXIS_STEPS + 1e-9)
    n = ceil(most / step - 1e-9)
    return n * step, [_Tick(100 * i / n, percent(i * step, 0)) for i in range(n + 1)]


def _section(title: str, groups: Mapping[str, Prevalence], codebook: Codebook) -> _Section:
    known = [group.corrected.max() for group in groups.values() if group.corrected is not None]
    darkest = max(known, default=1.0)
    rows = [_Row(name, group, list(_cells(group, darkest))) for name, group in groups.items()]
    return _Section(
        title=title,
        rows=rows,
        trends=_trends(groups, codebook) if title in (BY_MONTH, BY_YEAR) else [],
        some_without_share=any(group.corrected is None for group in groups.values()),
        some_without_interval=any(group.documents < MIN_DOCUMENTS for group in groups.values()),
    )


def _cells(group: Prevalence, darkest: float) -> Iterator[_Cell]:
    for k in range(len(group.tagged)):
        if group.corrected is None:
            yield _Cell(f"{group.tagged[k]}/{group.paragraphs}")
        else:
            yield _Cell(percent(group.corrected[k]), interval(group, k), group.corrected[k] / darkest)


def _trends(groups: Mapping[str, Prevalence], codebook: Codebook) -> list[_Trend]:
    """Return a chart for each pillar; no charts if fewer than three months or years have a corrected share.

    The area of a chart is 200 by 60 units: time runs from x = 30 to 230, shares from y = 70 up to 10.
    """
    positions, names, shares, lows, highs = [], [], [], [], []
    for position, (name, group) in enumerate(groups.items()):
        if name == UNKNOWN or group.corrected is None:
            continue
        low, high = (group.corrected, group.corrected) if group.interval is None else group.interval
        positions.append(position)
        names.append(name)
        shares.append(group.corrected)
        lows.append(low)
        highs.append(high)
    if len(positions) < MIN_TREND_POINTS:
        return []
    top, _ = _axis(max(MIN_AXIS_SHARE, float(np.max(highs))))
    x = [30 + 200 * (position - positions[0]) / (positions[-1] - positions[0]) for position in positions]

    def points(values: Sequence[NDArray[np.float64]], k: int) -> list[str]:
        return [f"{a:.1f},{70 - 60 * of_all[k] / top:.1f}" for a, of_all in zip(x, values, strict=True)]

    trends = []
    for k, pillar in enumerate(codebook):
        band = " ".join([*points(highs, k), *reversed(points(lows, k))])
        trends.append(_Trend(pillar, " ".join(points(shares, k)), band, names[0], names[-1], top))
    return trends


def _strongest(overview: Overview, pillar: AnyPillar) -> list[Quote]:
    """Return the most probable quotes of a pillar. A text that several documents print is quoted once."""
    by_text: dict[str, Quote] = {}
    for quote in overview.quotes[pillar]:
        by_text.setdefault(quote.paragraph.text, quote)
        if len(by_text) == MAX_QUOTES:
            break
    return list(by_text.values())


def _quote_pieces(quote: Quote) -> list[tuple[str, bool]]:
    """Return the paragraph in pieces, each with whether it is evidence; a long paragraph is cut around the evidence."""
    text, (evidence_start, evidence_end) = quote.paragraph.text, quote.place
    if len(text) <= MAX_QUOTE_CHARS:
        return spans(text, [quote.place])
    start = max(0, min(evidence_start - MAX_QUOTE_CHARS // 4, len(text) - MAX_QUOTE_CHARS))
    end = start + MAX_QUOTE_CHARS
    pieces = spans(text[start:end], [(evidence_start - start, evidence_end - start)])
    before, after = [("…", False)] * (start > 0), [("…", False)] * (end < len(text))
    return [*before, *pieces, *after]


def _render_articles(documents: Sequence[Document], quotes: Sequence[Quote], codebook: Codebook) -> dict[int, Markup]:
    """Return the HTML of the articles that fit into the page, by document number: first those that are quoted."""
    from markupsafe import Markup

    quoted = {quote.document.number for quote in quotes}

    def rank(document: Document) -> tuple[bool, int]:
        n_tags = sum(len(paragraph.evidence) for paragraph in document.paragraphs)
        return document.number not in quoted, -n_tags

    articles: dict[int, Markup] = {}
    chars_left = MAX_ARTICLES_HTML_CHARS
    for document in sorted(documents, key=rank):
        html = _render_article(document, codebook)
        if len(html) <= chars_left:
            articles[document.number] = Markup(html)
            chars_left -= len(html)
    return articles


def _render_article(document: Document, codebook: Codebook) -> str:
    n_tags = Counter(pillar for paragraph in document.paragraphs for pillar in paragraph.evidence)
    is_short = len(document.paragraphs) <= MAX_WHOLE_PARAGRAPHS
    paragraphs = [
        (paragraph, spans(paragraph.text, paragraph.evidence.values()))
        for paragraph in document.paragraphs
        if paragraph.evidence or is_short
    ]
    return html_template("cchc_ml.reporting", "article.html.j2").render(
        document=document,
        tags=[(pillar, n_tags[pillar]) for pillar in codebook if pillar in n_tags],
        paragraphs=paragraphs,
        percent=percent,
    )
