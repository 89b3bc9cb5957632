"""Which rows are read together, as paragraphs of one article or document."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from ..messages import message
from .blocks import Kind
from .columns import document_of
from .tables import Row

__all__ = ["UNCOUNTED_KINDS", "article_of", "documents_of", "is_paragraph"]


# Kinds of blocks that are not counted as paragraphs.
UNCOUNTED_KINDS = (Kind.HEADLINE, Kind.SUBHEADING, Kind.BOILERPLATE)


def article_of(row: Row, context: bool | None = None) -> Hashable | None:
    """Return the article or document that a row belongs to, or None if it stands alone.

    Parameters
    ----------
    row : dict
    context : bool, optional
        Whether rows are read with the other rows of their document. By default only the paragraphs of an article are:
        rows with the fields `source`, `paragraph` and `kind`, as `cchc_ml.reading.inputs.read_file` yields them.

    Raises
    ------
    ValueError
        `context` is true, and the row does not name its document.

    Examples
    --------
    >>> row = {"Văn bản": 12, "text": "Xã họp."}
    >>> article_of(row), article_of(row, context=True)
    (None, 'document:12')
    """
    if context is False:
        return None
    if row.get("source") and "paragraph" in row and "kind" in row:
        return str(row["source"])
    if not context:
        return None
    if name := document_of(row):
        return name
    raise ValueError(
        message(
            "a row does not name its document, which --context needs; found: {row}; add a column "
            "'document', or leave out --context",
            row=", ".join(map(str, row)),
        )
    )


def documents_of(rows: Iterable[Row], articles: Iterable[Hashable | None]) -> list[Hashable | None]:
    """Return the document of each row for `cchc_ml.model.model.Model.annotate`, given its article.

    Headlines, sub-headings and boilerplate are read alone, and do not count as paragraphs of the article.

    Examples
    --------
    >>> documents_of([{"kind": "headline"}, {"kind": "body"}, {"text": "…"}], ["a.txt"] * 3)
    [None, 'a.txt', 'a.txt']
    """
    pairs = zip(rows, articles, strict=True)
    return [article if row.get("kind", Kind.BODY) == Kind.BODY else None for row, article in pairs]


def is_paragraph(row: Row) -> bool:
    """Return whether a row counts as a paragraph: headlines, sub-headings and boilerplate do not.

    This is what "paragraph" means in every count: of a run, of a report and of an evaluation. A row of a table without
    `kind`, or with a kind of its own, is a paragraph.

    Examples
    --------
    >>> is_paragraph({"kind": "headline"}), is_paragraph({"kind": "body"}), is_paragraph({"text": "…"})
    (False, True, True)
    """
    return row.get("kind") not in UNCOUNTED_KINDS
