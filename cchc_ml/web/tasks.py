"""What the worker processes do: tag texts, and read an article and tag its paragraphs.

A worker may be killed at any time. What it is given and what it returns is plain data.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from multiprocessing import connection, parent_process
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import msgspec

from ..files import require_extra
from ..messages import message, message_of, translate
from ..reading.context import documents_of
from ..reading.inputs import article_rows
from ..reading.kinds import ARTICLES
from ..tagging.rows import as_row
from ..tagging.writers import json_lines
from .form import Upload, file_of_form, is_form
from .limits import Limits
from .logs import place
from .memory import limit_memory, return_large_blocks
from .problems import Refused

if TYPE_CHECKING:
    from ..model.model import Annotation, Model
    from ..tagging.schema import TaggedRow

__all__ = ["Article", "Failed", "Options", "Share", "outcome", "start", "tag", "tag_article", "warm_up"]

T = TypeVar("T")

# The model builds its tables when it first sees text with diacritics, and without.
EXAMPLES = ("Sở Tư pháp đề nghị bãi bỏ 14 văn bản quy phạm pháp luật.", "cai cach hanh chinh")
# An article has no more lines than this for each paragraph that it may have.
LINES_PER_PARAGRAPH = 20

_model: Model


class Options(NamedTuple):
    """How to tag.

    Attributes
    ----------
    threshold : float or None
        The probability from which a pillar is tagged; by default, the model has one for each pillar.
    pillars : tuple of str, or None
        The slugs of the pillars to return; by default all.
    """

    threshold: float | None = None
    pillars: tuple[str, ...] | None = None


class Failed(NamedTuple):
    """An error in a task: its type, and the file and line where it was raised."""

    where: str


class Share(NamedTuple):
    """Texts of one request."""

    texts: Sequence[str]
    options: Options


class Article(NamedTuple):
    """A request with an article: the file itself with its name, or a form that contains both."""

    body: bytes
    content_type: str
    name: str | None
    options: Options
    language: str = "en"  # of the reason, if the file cannot be read


def start(model: Model, memory: int) -> None:
    """Prepare a worker process: limit its memory, end it if the service dies, and make it ready to tag."""
    global _model
    return_large_blocks()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to every process; the service alone acts on it
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a handler in Python would wait for the library that is at work
    threading.Thread(target=_end_with_parent, daemon=True).start()
    for library in ("docx", "pypdfium2"):
        with suppress(ImportError):
            require_extra(library, "office", "articles")
    _model = model
    model.annotate(EXAMPLES)
    limit_memory(memory)


def _end_with_parent() -> None:
    if parent := parent_process():
        connection.wait([parent.sentinel])
        os._exit(1)


def warm_up() -> None:
    """Do nothing. The process that does it has started."""


def outcome(function: Callable[..., T], arguments: Sequence[Any]) -> T | Refused | Failed:
    """Return the result of a function, or why there is none."""
    try:
        return function(*arguments)
    except MemoryError:
        return Refused("too_much_work", "the work needs more memory than a request may use; send less at a time")
    except Exception as error:
        return Failed(place(error))


def tag(shares: Sequence[Share]) -> list[list[bytes]]:
    """Return the JSON of each text's tags. Texts with the same options are tagged together."""
    texts: dict[Options, list[str]] = {}
    for share in shares:
        texts.setdefault(share.options, []).extend(share.texts)
    done = {options: _tagged(some, options) for options, some in texts.items()}
    return [[_result(text, next(done[share.options])) for text in share.texts] for share in shares]


def _result(text: str, fields: TaggedRow) -> bytes:
    evidence = {
        pillar: {"text": text[start:end], "start": start, "end": end}
        for pillar, (start, end) in fields["evidence_spans"].items()
    }
    return msgspec.json.encode({"pillars": fields["pillars"], "scores": fields["scores"], "evidence": evidence})


def _tagged(
    texts: Sequence[str], options: Options, documents: Sequence[Hashable | None] | None = None
) -> Iterator[TaggedRow]:
    """Yield the fields of each text. The texts of a document are read in context. All tagging is here."""
    readings = _model.read(texts)
    annotations = _model.annotations(readings, documents)
    for text, annotation, spans in zip(texts, annotations, readings.evidence.tolist(), strict=True):
        if options.threshold is not None:
            annotation = _tagged_from(annotation, spans, options.threshold)
        fields = as_row(annotation, text)
        if options.pillars is not None:
            _keep_only(fields, options.pillars)
        yield fields


def _tagged_from(annotation: Annotation, spans: Sequence[Sequence[int]], threshold: float) -> Annotation:
    """Return an annotation with every pillar from a probability on."""
    scores = annotation.scores
    found = [pillar for pillar in sorted(scores, key=scores.__getitem__, reverse=True) if scores[pillar] >= threshold]
    places = {pillar: (start, end) for pillar, (start, end) in zip(_model.codebook, spans, strict=True) if start >= 0}
    evidence = {pillar: places[pillar] for pillar in found if pillar in places}
    return replace(annotation, pillars=tuple(found), evidence=evidence)


def _keep_only(fields: TaggedRow, pillars: Sequence[str]) -> None:
    fields["pillars"] = [pillar for pillar in fields["pillars"] if pillar in pillars]
    fields["scores"] = {pillar: score for pillar, score in fields["scores"].items() if pillar in pillars}
    fields["evidence"] = {pillar: text for pillar, text in fields["evidence"].items() if pillar in pillars}
    fields["evidence_spans"] = {pillar: span for pillar, span in fields["evidence_spans"].items() if pillar in pillars}


def tag_article(article: Article, limits: Limits) -> bytes | Refused:
    """Return the rows of an article, as JSON with a comma between them."""
    try:
        upload = file_of_form(article.body, article.content_type) if is_form(article.content_type) else None
    except ValueError as error:
        return Refused("invalid", str(error))
    name, data = upload or Upload(None, article.body)
    name = article.name or name
    if not name:
        return Refused("invalid", f"the file has no name; give ?filename=NAME with one of {', '.join(ARTICLES)}")
    if refused := _check_file(name, data, limits):
        return refused
    try:
        rows = [row for row, _ in islice(article_rows(name, data), limits.paragraphs + 1)]
    except ImportError as error:
        return Refused("unsupported_media_type", str(error))
    except ValueError as error:
        return Refused("unreadable_article", translate(message_of(error), article.language))
    if len(rows) > limits.paragraphs:
        reason = message(
            "{name} has more than {most:,} paragraphs; send one article", name=name, most=limits.paragraphs
        )
        return Refused("too_many_paragraphs", translate(reason, article.language))
    tagged = _tagged([row["text"] for row in rows], article.options, documents_of(rows, [name] * len(rows)))
    return _joined((row | fields for row, fields in zip(rows, tagged, strict=True)), name, limits)


def _check_file(name: str, data: bytes, limits: Limits) -> Refused | None:
    suffix = PurePath(name).suffix.lower()
    if suffix not in ARTICLES:
        return Refused("unsupported_media_type", f"{name} is not an article file; want one of {', '.join(ARTICLES)}")
    lines, most = max(data.count(b"\n"), data.count(b"\r")), LINES_PER_PARAGRAPH * limits.paragraphs
    if suffix == ".txt" and lines > most:
        return Refused("too_many_paragraphs", f"{name} has {lines:,} lines; want at most {most:,}")
    return None


def _joined(rows: Iterator[dict[str, object]], name: str, limits: Limits) -> bytes | Refused:
    lines, size = [], 0
    for line in json_lines(rows):
        lines.append(line.rstrip("\n").encode())
        size += len(lines[-1]) + 1
        if size > limits.answer_bytes:
            return Refused("answer_too_large", f"the tags of {name} have more than {limits.answer_bytes:,} bytes")
    return b",".join(lines)
