"""A set of tagged articles as one page: shares of the pillars, a heat map, the strongest evidence, the articles themselves."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from ..pillars import COLOURS, PILLARS, Pillar
from ..reading.dates import month_of, year_of
from ..reading.tables import Row, find_text_column
from ..text.normalize import printable
from .prevalence import FEW_DOCUMENTS, FEW_PARAGRAPHS, Shares, shares
from .provenance import content_hash

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Document", "Overview", "Paragraph", "Quote", "gather", "overview_page"]

# The columns of a table that say where a paragraph comes from, by their usual names.
LINK = ("url", "link", "liên kết", "lien_ket")
OUTLET = ("outlet", "báo", "bao", "nguồn", "nguon")
DATE = ("date", "ngày", "ngay")
HEADLINE = ("headline", "title", "tiêu đề", "tieu_de")
DOCUMENT = ("document", "article", *LINK, "source")
# What of an article is no paragraph.
UNCOUNTED = ("headline", "subheading", "boilerplate")

UNKNOWN = "không rõ"
BY_MONTH, BY_YEAR = "Theo tháng", "Theo năm"
# Groups that are shown one by one, and months before years take their place.
GROUPS = 30
MONTHS = 24
STRONGEST = 10
# An article of more paragraphs is shown by those that are tagged.
WHOLE = 150
# Characters of articles that a page holds, and of a paragraph that is quoted.
ROOM = 6_000_000
QUOTED = 900


@dataclass(frozen=True)
class Paragraph:
    """A paragraph and what it was tagged with."""

    text: str
    number: str
    scores: Mapping[Pillar, float]
    evidence: Mapping[Pillar, str]


@dataclass
class Document:
    """An article, or whatever else the rows of a table belong to, with what is known of it; ``""`` is unknown."""

    number: int
    name: str
    headline: str
    outlet: str
    date: str
    link: str
    paragraphs: list[Paragraph] = field(default_factory=list)


@dataclass(frozen=True)
class Quote:
    """A paragraph as evidence for one pillar."""

    pillar: Pillar
    probability: float
    sentence: str
    paragraph: Paragraph
    document: Document


@dataclass(frozen=True)
class Overview:
    """What there is to say of a set of tagged articles.

    Attributes
    ----------
    overall : Shares
    groups : dict of str to (dict of str to Shares)
        The same by month (or year) and by outlet or another column, as far as they are known.
    quotes : dict of Pillar to list of Quote
        Every tagged paragraph, the most probable first.
    documents : list of Document
    receipt : mapping
        What it was made of; see `cchc_ml.reporting.provenance.make_provenance`.
    """

    overall: Shares
    groups: Mapping[str, Mapping[str, Shares]]
    quotes: Mapping[Pillar, Sequence[Quote]]
    documents: Sequence[Document]
    receipt: Mapping[str, Any]


def _clean(value: object) -> str:
    """Return a value as text that HTML, Word and Excel can hold."""
    return " ".join(printable(str(value)).split())


def _value(row: Row, names: Iterable[str]) -> str:
    for name in names:
        text_column = find_text_column(row, name)
        if text_column is not None and row[text_column] not in (None, ""):
            return _clean(row[text_column])
    return ""


def gather(
    rows: Iterable[Row],
    prior: NDArray[np.floating[Any]],
    *,
    by: str | None = None,
    text_column: str | None = None,
    receipt: Mapping[str, Any] | None = None,
) -> Overview:
    """Gather tagged rows.

    Parameters
    ----------
    rows : iterable of dict
        As `cchc_ml.tagging.rows.tag_rows` gives them. Headlines and boilerplate are not paragraphs and are left out.
    prior : array of shape (6,)
        See `cchc_ml.reporting.prevalence.training_prior`.
    by : str, optional
        The column to group by; by default the outlet.
    text_column : str, optional
        The column with the text.

    Raises
    ------
    ValueError
        There is no paragraph, or no row has the column to group by.
    """
    documents: dict[str, Document] = {}
    paragraphs: list[tuple[Document, Paragraph]] = []
    dates, groups = [], []
    columns: set[str] = set()
    for row in rows:
        if row.get("kind") in UNCOUNTED:
            continue
        columns |= row.keys()
        text = find_text_column(row, text_column)
        if text is None:
            raise ValueError(f"a row has no text; found: {', '.join(row)}")
        name = _value(row, DOCUMENT)
        headline, outlet, date, link = (_value(row, names) for names in (HEADLINE, OUTLET, DATE, LINK))
        document = documents.setdefault(
            name or f"\0{len(paragraphs)}", Document(len(documents), name, headline, outlet, date, link)
        )
        scores = {pillar: float(row["scores"][pillar]) for pillar in PILLARS}
        evidence = {pillar: _clean(row["evidence"].get(pillar, "")) for pillar in map(Pillar, row["pillars"])}
        paragraph = Paragraph(_clean(row[text]), _value(row, ("paragraph",)), scores, evidence)
        document.paragraphs.append(paragraph)
        paragraphs.append((document, paragraph))
        dates.append(date)
        groups.append(outlet if by is None else _value(row, [by]))
    if not paragraphs:
        raise ValueError("there is no paragraph to report on; want articles or rows of text")
    if by is not None and not any(groups):
        raise ValueError(f"no row has a column {by!r} to group by; found: {', '.join(sorted(columns))}")

    probabilities = np.array([[paragraph.scores[pillar] for pillar in PILLARS] for _, paragraph in paragraphs])
    tags = np.array([[pillar in paragraph.evidence for pillar in PILLARS] for _, paragraph in paragraphs])
    owners = np.array([document.number for document, _ in paragraphs])

    def split(keys: Sequence[str], names: Mapping[str, str]) -> dict[str, Shares]:
        named = np.array([names[key] for key in keys])
        sets = {name: named == name for name in dict.fromkeys(names.values())}
        return {
            name: shares(probabilities[inside], tags[inside], owners[inside], prior) for name, inside in sets.items()
        }

    found = {}
    months, years = [month_of(date) for date in dates], [year_of(date) for date in dates]
    if any(years):
        by_year = len(set(months)) > MONTHS or sum(map(bool, months)) < sum(map(bool, years))
        moments = years if by_year else months
        found[BY_YEAR if by_year else BY_MONTH] = split(moments, _in_time(moments))
    if any(groups):
        found["Theo cơ quan báo chí" if by is None else f"Theo {_clean(by)}"] = split(groups, _by_size(groups))
    quotes: dict[Pillar, list[Quote]] = {pillar: [] for pillar in PILLARS}
    for document, paragraph in paragraphs:
        for pillar, sentence in paragraph.evidence.items():
            quotes[pillar].append(Quote(pillar, paragraph.scores[pillar], sentence, paragraph, document))
    for pillar in PILLARS:
        quotes[pillar].sort(key=lambda quote: -quote.probability)
    return Overview(shares(probabilities, tags, owners, prior), found, quotes, list(documents.values()), receipt or {})


def _in_time(moments: Iterable[str]) -> dict[str, str]:
    """Name years and months as they are read, from the first to the last, and the unknown one."""
    return {
        moment: "/".join(reversed(moment.split("-"))) or UNKNOWN
        for moment in sorted(set(moments), key=lambda m: m or "~")
    }


def _by_size(groups: Iterable[str]) -> dict[str, str]:
    """Name groups, the largest first; the smallest of very many share a name."""
    order = [group for group, _ in Counter(groups).most_common()]
    rest = f"còn lại ({len(order) - GROUPS} nhóm)"
    return {group: group or UNKNOWN for group in order[:GROUPS]} | dict.fromkeys(order[GROUPS:], rest)


STYLE = """
:root { color-scheme: light dark; --back: #fff; --ink: #1b1f24; --soft: #f3f5f8; --line: #cfd6df; --dim: #5a6572;
  --hue: #1f77d0; --most: 60%; --mark: #ffe9a8; --link: #0b57a4; }
@media (prefers-color-scheme: dark) { :root { --back: #14171b; --ink: #e9edf2; --soft: #1e2329; --line: #3a424c; --dim: #a3aebb;
  --hue: #4a9cf0; --most: 55%; --mark: #5c4a10; --link: #8cc2ff; } }
* { box-sizing: border-box; }
body { font: 16px/1.55 system-ui, sans-serif; max-width: 70rem; margin: 0 auto; padding: 1rem; background: var(--back); color: var(--ink); }
h1 { font-size: 1.55rem; line-height: 1.25; margin: .5rem 0; } h2 { font-size: 1.2rem; margin: 2.4rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.6rem 0 .5rem; border-left: .35rem solid var(--of); padding-left: .6rem; }
a { color: var(--link); } p { margin: .4rem 0; } small, .dim { color: var(--dim); font-size: .86rem; }
nav { display: flex; flex-wrap: wrap; gap: .2rem 1rem; }
.bars { display: grid; grid-template-columns: minmax(9rem, auto) auto auto minmax(6rem, 1fr) auto; gap: .55rem .9rem; align-items: center; }
.bars > * { min-width: 0; } .bars b, .bars small { font-variant-numeric: tabular-nums; text-align: right; white-space: nowrap; }
.bars svg { width: 100%; height: 1.3rem; display: block; background: var(--soft); }
.wide { overflow-x: auto; }
table { border-collapse: separate; border-spacing: 2px; font-variant-numeric: tabular-nums; width: 100%; }
th { font-weight: 600; font-size: .84rem; line-height: 1.25; padding: .25rem .4rem; vertical-align: bottom; }
tbody th { text-align: left; vertical-align: middle; min-width: 6.5rem; overflow-wrap: anywhere; }
td { text-align: center; padding: .3rem .35rem; min-width: 4.6rem; border-radius: .2rem; line-height: 1.2;
  background: color-mix(in srgb, var(--hue) calc(var(--s, 0) * var(--most)), var(--back)); }
td small { display: block; color: inherit; font-size: .74rem; white-space: nowrap; } td.few { background: var(--soft); color: var(--dim); }
.trends { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); gap: 1rem; margin: .5rem 0 1rem; }
figure { margin: 0; } figcaption { font-size: .86rem; font-weight: 600; } figure svg { width: 100%; height: auto; background: var(--soft); }
figure text { font: 9px system-ui, sans-serif; fill: var(--dim); }
blockquote { margin: .6rem 0; padding: .35rem .8rem; background: var(--soft); border-left: 3px solid var(--of); overflow-wrap: anywhere; }
mark { background: var(--mark); color: inherit; }
.tag { display: inline-block; font-size: .78rem; line-height: 1.5; padding: 0 .45rem; margin: .1rem .3rem .1rem 0; border-radius: .8rem;
  border: 1.5px solid var(--of); white-space: nowrap; }
details { border-bottom: 1px solid var(--line); } summary { padding: .45rem 0; cursor: pointer; overflow-wrap: anywhere; }
details p { padding: .15rem .6rem; overflow-wrap: anywhere; } details p.none { color: var(--dim); }
:target { outline: 2px solid var(--hue); scroll-margin-top: 4rem; }
@media (max-width: 40rem) { .bars { grid-template-columns: 1fr auto auto; gap: .1rem .7rem; } .bars svg, .bars
  .tags { grid-column: 1 / -1; }
  .bars .tags { text-align: left; margin-bottom: .5rem; }
  td { min-width: 3.9rem; } }
"""

PAGE = """<!DOCTYPE html>
<html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style></head><body>
<h1>{title}</h1>
{body}
<script>
addEventListener("hashchange", reveal);
reveal();
function reveal() {{
  const there = location.hash && document.getElementById(location.hash.slice(1)), article = there && there.closest("details");
  if (article && !article.open) {{ article.open = true; there.scrollIntoView(); }}
}}
</script>
</body></html>
"""
TITLE = "Tổng quan cải cách hành chính trên báo chí"


def overview_page(overview: Overview) -> str:
    """Lay out an overview as HTML that needs nothing beside it, with its receipt inside."""
    shown, room = {}, ROOM
    quoted = {id(quote.document) for pillar in PILLARS for quote in _strongest(overview, pillar)}
    evident = [document for document in overview.documents if any(p.evidence for p in document.paragraphs)]
    for document in sorted(evident, key=lambda d: (id(d) not in quoted, -sum(len(p.evidence) for p in d.paragraphs))):
        html = _article(document)
        if len(html) <= room:
            shown[document.number] = html
            room -= len(html)
    body = [
        _summary(overview),
        _bars(overview.overall),
        *(_section(title, sets) for title, sets in overview.groups.items()),
        '<h2 id="evidence">Bằng chứng mạnh nhất</h2>',
        *(_strongest_section(overview, pillar, shown) for pillar in PILLARS),
        '<h2 id="articles">Các bài có bằng chứng</h2>',
        _left_out(len(overview.documents), len(evident), len(shown)),
        *shown.values(),
    ]
    page = PAGE.format(title=TITLE, style=STYLE, body="\n".join(body))
    sealed = json.dumps(content_hash(overview.receipt, page), ensure_ascii=False, indent=1).replace("<", "\\u003c")
    return page.replace("</body>", f'<script type="application/json" id="receipt">{sealed}</script></body>')


def _count(n: int) -> str:
    return f"{n:,}".replace(",", ".")


def percent(share: float, digits: int = 1) -> str:
    """Write a share as Vietnamese does.

    Examples
    --------
    >>> percent(0.1234)
    '12,3%'
    """
    return f"{100 * share:.{digits}f}%".replace(".", ",")


def _range(interval: NDArray[np.float64] | None, k: int) -> str:
    return "" if interval is None else f"{percent(interval[0, k])[:-1]}–{percent(interval[1, k])}"


def _of(pillar: Pillar) -> str:
    return f'style="--of:{COLOURS[pillar]}"'


def _summary(overview: Overview) -> str:
    tagged = sum(bool(p.evidence) for document in overview.documents for p in document.paragraphs)
    return (
        f"<p>{_count(overview.overall.paragraphs)} đoạn văn trong {_count(overview.overall.documents)} bài; "
        f"{_count(tagged)} đoạn được gắn ít nhất một trụ cột.</p>\n"
        '<nav><a href="#evidence">Bằng chứng mạnh nhất</a><a href="#articles">Các bài có bằng chứng</a></nav>'
    )


def _bars(total: Shares) -> str:
    rows = []
    best = total.tagged / total.paragraphs if total.corrected is None else total.corrected
    ends = best if total.interval is None else total.interval[1]
    scale = 100 / max(0.05, ends.max(), best.max())
    for k, pillar in enumerate(PILLARS):
        whisker = ""
        if total.interval is not None:
            a, b = scale * total.interval[:, k]
            whisker = f'<path d="M{a:.2f} 5H{b:.2f}" stroke="currentColor" stroke-width="2" vector-effect="non-scaling-stroke"/>'
        rows.append(
            f"<span>{pillar.short}</span><b>{percent(best[k])}</b><small>{_range(total.interval, k)}</small>"
            f'<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
            f'<rect y="1" height="8" width="{scale * best[k]:.2f}" fill="{COLOURS[pillar]}"/>{whisker}</svg>'
            f'<small class="tags">gắn nhãn {_count(int(total.tagged[k]))} đoạn ({percent(total.tagged[k] / total.paragraphs)})</small>'
        )
    if total.corrected is None:
        note = f"Tỷ lệ đoạn văn được gắn nhãn; dưới {FEW_PARAGRAPHS} đoạn thì quá ít để ước lượng tỷ lệ thật."
    else:
        note = (
            "Tỷ lệ ước lượng số đoạn văn thật sự nói về từng trụ cột, đã hiệu chỉnh sai số đã biết của bộ phân loại "
            "(thuật toán EM trên xác suất đã hiệu chuẩn; Saerens và cộng sự, 2002). "
        )
        note += (
            f"Dưới {FEW_DOCUMENTS} bài nên không tính được khoảng tin cậy."
            if total.interval is None
            else "Vạch ngang và hai số liền nhau là khoảng tin cậy 95% (bootstrap theo bài); khoảng này chưa kể sai lệch "
            "khi văn phong khác với dữ liệu huấn luyện. Cột cuối là số đoạn được gắn nhãn, chưa hiệu chỉnh."
        )
    return f'<h2>Tỷ lệ từng trụ cột</h2>\n<p class="dim">{note}</p>\n<div class="bars">{"".join(rows)}</div>'


def _section(title: str, sets: Mapping[str, Shares]) -> str:
    known = [s.corrected.max() for s in sets.values() if s.corrected is not None]
    most = max(known, default=1.0)
    head = "".join(f'<th scope="col">{pillar.short}</th>' for pillar in PILLARS)
    rows = []
    for name, found in sets.items():
        cells = []
        for k in range(len(PILLARS)):
            if found.corrected is None:
                cells.append(f'<td class="few">{found.tagged[k]}/{found.paragraphs}</td>')
            else:
                s = found.corrected[k] / most
                cells.append(
                    f'<td style="--s:{s:.2f}">{percent(found.corrected[k])}<small>{_range(found.interval, k)}</small></td>'
                )
        size = f"<small>{_count(found.paragraphs)} đoạn, {_count(found.documents)} bài</small>"
        rows.append(f'<tr><th scope="row">{escape(name)}<br>{size}</th>{"".join(cells)}</tr>')
    few = any(found.corrected is None for found in sets.values())
    note = "Tỷ lệ đã hiệu chỉnh, bên dưới là khoảng tin cậy 95%; ô càng đậm tỷ lệ càng cao."
    note += (
        f" Nhóm dưới {FEW_PARAGRAPHS} đoạn quá ít để ước lượng: chỉ ghi số đoạn được gắn nhãn trên tổng số đoạn."
        if few
        else ""
    )
    note += (
        f" Nhóm dưới {FEW_DOCUMENTS} bài không có khoảng tin cậy."
        if any(s.documents < FEW_DOCUMENTS for s in sets.values())
        else ""
    )
    table = f"<table><thead><tr><td></td>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    trends = _trends(sets) if title in (BY_MONTH, BY_YEAR) else ""
    return f'<h2>{escape(title)}</h2>\n<p class="dim">{note}</p>\n{trends}<div class="wide">{table}</div>'


def _trends(sets: Mapping[str, Shares]) -> str:
    """Draw each pillar's share over time, with its interval as a band; nothing of fewer than three moments."""
    points = [
        (i, name, found.corrected, found.corrected[None] if found.interval is None else found.interval)
        for i, (name, found) in enumerate(sets.items())
        if name != UNKNOWN and found.corrected is not None
    ]
    if len(points) < 3:
        return ""
    (first, start, *_), (last, end, *_) = points[0], points[-1]
    top = max(0.05, *(float(interval.max()) for *_, interval in points))
    figures = []
    for k, pillar in enumerate(PILLARS):
        x = [30 + 200 * (i - first) / (last - first) for i, *_ in points]
        line, high, low = (
            [f"{a:.1f},{70 - 60 * share / top:.1f}" for a, share in zip(x, text_column, strict=True)]
            for text_column in ([p[2][k] for p in points], [p[3][-1, k] for p in points], [p[3][0, k] for p in points])
        )
        colour = COLOURS[pillar]
        figures.append(
            f'<figure><figcaption>{pillar.short}</figcaption><svg viewBox="0 0 240 88" role="img" aria-label="{pillar.short}">'
            f'<path d="M30 10H230M30 40H230M30 70H230" stroke="#8886" stroke-width=".5"/>'
            f'<polygon points="{" ".join([*high, *reversed(low)])}" fill="{colour}" opacity=".3"/>'
            f'<polyline points="{" ".join(line)}" fill="none" stroke="{colour}" stroke-width="2"/>'
            f'<text x="27" y="13" text-anchor="end">{percent(top, 0)}</text><text x="27" y="73" text-anchor="end">0</text>'
            f'<text x="30" y="84">{start}</text><text x="230" y="84" text-anchor="end">{end}</text></svg></figure>'
        )
    return f'<div class="trends">{"".join(figures)}</div>\n'


def _strongest(overview: Overview, pillar: Pillar) -> list[Quote]:
    """Return the most probable quotes of a pillar, one of each text: papers reprint each other."""
    first = {quote.paragraph.text: quote for quote in reversed(overview.quotes[pillar])}
    return sorted(first.values(), key=lambda quote: -quote.probability)[:STRONGEST]


def _strongest_section(overview: Overview, pillar: Pillar, shown: Mapping[int, str]) -> str:
    quotes = [_quote(quote, quote.document.number in shown) for quote in _strongest(overview, pillar)]
    n = len(overview.quotes[pillar])
    about = (
        f"{_count(n)} đoạn được gắn nhãn" + (f", {len(quotes)} đoạn chắc nhất:" if n > len(quotes) else ":")
        if n
        else "Không có đoạn nào."
    )
    return f'<h3 {_of(pillar)} id="{pillar}">{escape(pillar.vi)} <small>{about}</small></h3>\n' + "\n".join(quotes)


def _quote(quote: Quote, shown: bool) -> str:
    document = quote.document
    title = escape(document.headline or document.name or "đoạn văn")
    here = f'<a href="#{_anchor(document, quote.paragraph)}">{title}</a>' if shown else title
    about = " · ".join([f"xác suất {percent(quote.probability, 0)}", here, *_facts(document)])
    text = _marked(_excerpt(quote.paragraph.text, quote.sentence), [quote.sentence])
    return f"<blockquote {_of(quote.pillar)}><p>{text}</p><small>{about}</small></blockquote>"


def _anchor(document: Document, paragraph: Paragraph) -> str:
    return f"d{document.number}-{document.paragraphs.index(paragraph) + 1}"


def _facts(document: Document) -> Iterator[str]:
    """Yield outlet, date, link or file of a document, as far as they are known, as HTML."""
    yield from (escape(fact) for fact in (document.outlet, document.date) if fact)
    if re.match("https?://", document.link):
        yield f'<a href="{escape(document.link)}" rel="noreferrer">liên kết</a>'
    elif document.headline and document.name:
        yield escape(document.name)


def _excerpt(text: str, sentence: str) -> str:
    """Cut a paragraph that is too long to quote around the sentence."""
    if len(text) <= QUOTED:
        return text
    start = max(0, min(text.find(sentence) - QUOTED // 4, len(text) - QUOTED))
    return "…" * (start > 0) + text[start : start + QUOTED] + "…" * (start + QUOTED < len(text))


def spans(text: str, sentences: Iterable[str]) -> list[tuple[str, bool]]:
    """Part a text into pieces and whether each is one of the sentences.

    Examples
    --------
    >>> spans("Mưa to. Xã cắt giảm thủ tục.", ["Xã cắt giảm thủ tục."])
    [('Mưa to. ', False), ('Xã cắt giảm thủ tục.', True)]
    """
    pieces, at = [], 0
    for start, end in sorted((text.find(s), text.find(s) + len(s)) for s in set(sentences) if s and s in text):
        if start >= at:
            pieces += [(text[at:start], False), (text[start:end], True)]
            at = end
    return [piece for piece in [*pieces, (text[at:], False)] if piece[0]]


def _marked(text: str, sentences: Iterable[str]) -> str:
    return "".join(
        f"<mark>{escape(piece)}</mark>" if inside else escape(piece) for piece, inside in spans(text, sentences)
    )


def _article(document: Document) -> str:
    """Lay out an article with its evidence marked; of a very long one the tagged paragraphs alone."""
    tags = Counter(pillar for p in document.paragraphs for pillar in p.evidence)
    chips = "".join(
        f'<span class="tag" {_of(pillar)}>{pillar.short} {tags[pillar]}</span>' for pillar in PILLARS if pillar in tags
    )
    lines = []
    for i, p in enumerate(document.paragraphs, 1):
        if p.evidence:
            own = "".join(
                f'<span class="tag" {_of(pillar)}>{pillar.short} {percent(p.scores[pillar], 0)}</span>'
                for pillar in p.evidence
            )
            lines.append(f'<p id="d{document.number}-{i}">{_marked(p.text, p.evidence.values())} {own}</p>')
        elif len(document.paragraphs) <= WHOLE:
            lines.append(f'<p class="none">{escape(p.text)}</p>')
    title = escape(document.headline or document.name or document.paragraphs[0].text[:90])
    about = " · ".join(_facts(document))
    return "\n".join([f"<details><summary>{title} <small>{about}</small> {chips}</summary>", *lines, "</details>"])


def _left_out(n: int, evident: int, shown: int) -> str:
    text = f"{_count(evident)} trong {_count(n)} bài có đoạn được gắn nhãn, bài có nhiều bằng chứng đứng trước; câu bằng chứng được tô nền."
    if shown < evident:
        text += f" {_count(evident - shown)} bài không hiện ở đây để trang không quá lớn."
    return f'<p class="dim">{text}</p>'
