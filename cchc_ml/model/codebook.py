"""Read a codebook that a user wrote, and keep it in a model file. What is wrong in it is named with its place."""

from __future__ import annotations

import colorsys
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from ..messages import message, placed, plural
from ..pillars import AnyPillar, Codebook, Entry, OwnCategory, fold, visible
from ..text.normalize import normalise

__all__ = ["MAX_CATEGORIES", "MIN_CATEGORIES", "RESERVED", "codebook_from_json", "codebook_to_json", "read_codebook"]

MIN_CATEGORIES, MAX_CATEGORIES = 2, 40
MAX_FILE_BYTES = 1 << 20
# A name stands in the heads of columns, a term is found in running text, a text is a definition or an example.
MAX_NAME_CHARS, MAX_TERM_CHARS, MAX_TEXT_CHARS = 100, 100, 5000

_TEXTS = ("vi", "en", "short", "source", "definition", "definition_vi")
_EXAMPLES = ("counts", "does_not_count")
_TERMS = ("names", "patterns")
_KEYS = ("slug", *_TEXTS, "colour", *_EXAMPLES, *_TERMS)
_SLUG = re.compile("[a-z][a-z0-9_]{0,39}")
_COLOUR = re.compile("#[0-9a-f]{6}")
# Marks that a term may have, as in "phòng, chống tham nhũng". In a text, any mark or none may stand there.
_MARKS_IN_TERMS = frozenset(" ,.-–/&'’_")
# The names that a category cannot have, as `fold_name` of `cchc_ml.reading.columns` writes them: in files they are
# other columns, or say that no category applies.
_RESERVED_NAMES = """
none, không, khong, không có, khong co, không thuộc, không nhãn, no label, nothing, id, text, label, labels, pillars,
scores, evidence, evidence spans, document, article, source, split, date, outlet, url, link, headline, title, content,
body, suggestion, suggested, notes, annotator, time, sampling, decisions, reviews, author, kind, paragraph, sheet,
nội dung, đoạn, đoạn văn, trích dẫn, nhãn, trụ cột, văn bản, tài liệu, bài báo, bài viết, tập, ngày, thời gian, báo,
nguồn, tiêu đề, liên kết, đường dẫn, ghi chú, người đọc
"""
RESERVED = frozenset(" ".join(name.split()) for name in _RESERVED_NAMES.split(","))

T = TypeVar("T")


class _At(NamedTuple):
    """A value and its place: a string, a list of such values, or a dict of them by key."""

    value: Any
    place: str


def read_codebook(path: str | Path) -> Codebook:
    """Read a codebook from YAML: a list of 2 to 40 categories, in their order.

    A category has ``slug`` and ``vi``, its Vietnamese name, and may have ``en``, ``short``, ``colour`` ("#rrggbb"),
    ``definition``, ``definition_vi``, ``source``; the lists ``names`` and ``patterns`` of terms; and the lists
    ``counts`` and ``does_not_count`` of examples, each a text, or ``text``, ``why`` and ``why_vi``.

    Raises
    ------
    FileNotFoundError, ValueError
        There is no such file, or it is no codebook. The message has file and line, what was found and what is wanted.
    """
    import yaml

    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(message("no codebook at {path}; give a .yaml file with your categories", path=path))
    if (size := path.stat().st_size) > MAX_FILE_BYTES:
        raise ValueError(
            message(
                "{path} has {size:,} bytes; a codebook has at most {max_file_bytes:,}",
                path=path,
                size=size,
                max_file_bytes=MAX_FILE_BYTES,
            )
        )
    try:
        text = path.read_bytes().decode("utf-8-sig")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        root = _At(None, f"{path}, line 1") if node is None else _of_yaml(node, str(path))
    except UnicodeDecodeError as error:
        raise ValueError(
            message("{path} is not in UTF-8 (byte {n}); save it as UTF-8", path=path, n=error.start + 1)
        ) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = f"{path}, line {mark.line + 1}" if mark else str(path)
        raise ValueError(
            message("{where} is not YAML: {reason}", where=at, reason=error.problem or error.context)
        ) from None
    except yaml.YAMLError as error:
        raise ValueError(
            message("{where} is not YAML: {reason}", where=path, reason=" ".join(str(error).split())[:200])
        ) from None
    except RecursionError:
        raise ValueError(message("{path} is nested too deeply for a codebook", path=path)) from None
    return _build(root)


def codebook_to_json(codebook: Codebook) -> str:
    """Return a codebook as JSON, for a model file. The same codebook gives the same text."""
    rows = [{"slug": c.value, "colour": c.colour, **asdict(c.entry)} for c in codebook]
    return json.dumps(rows, ensure_ascii=False, sort_keys=True)


def codebook_from_json(text: str, place: str = "the codebook") -> Codebook:
    """Return the codebook that `codebook_to_json` wrote, checked as one that is read from YAML.

    Raises
    ------
    ValueError
    """
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError(message("{place} is not JSON", place=place)) from None
    return _build(_of_json(rows, place))


def _of_yaml(node: Any, path: str, depth: int = 0) -> _At:
    """Return a node of YAML with the line of each value. Every scalar is a string: ``no`` and ``1`` stay as written."""
    import yaml

    place = f"{path}, line {node.start_mark.line + 1}"
    if depth > 5:
        raise ValueError(
            placed(
                place, message("nested too deeply; want a list of categories, each with {keys}", keys=", ".join(_KEYS))
            )
        )
    if isinstance(node, yaml.ScalarNode):
        return _At(None if node.tag.endswith(":null") else node.value, place)
    if isinstance(node, yaml.SequenceNode):
        return _At([_of_yaml(item, path, depth + 1) for item in node.value], place)
    found: dict[str, _At] = {}
    for key, value in node.value:
        name = key.value if isinstance(key, yaml.ScalarNode) else message("a list or an object")
        at = f"{path}, line {key.start_mark.line + 1}"
        if name in found:
            raise ValueError(
                placed(at, message("the key {name} stands twice in one category; delete one", name=visible(name)))
            )
        found[name] = _At(_of_yaml(value, path, depth + 1).value, at)
    return _At(found, place)


def _of_json(value: Any, place: str, depth: int = 0) -> _At:
    if isinstance(value, list):
        where = f"{place}, category {{}}" if depth == 0 else place
        return _At([_of_json(item, where.format(i), depth + 1) for i, item in enumerate(value, 1)], place)
    if isinstance(value, dict):
        return _At({key: _of_json(item, place, depth + 1) for key, item in value.items()}, place)
    return _At(value if isinstance(value, str) else None if value is None else str(value), place)


def _build(root: _At) -> Codebook:
    """Return the codebook of what was read."""
    if not isinstance(root.value, list):
        raise ValueError(
            placed(
                root.place,
                message(
                    'found {kind}, want a list of categories; begin each one with "- slug: …"', kind=_kind(root.value)
                ),
            )
        )
    n = len(root.value)
    if not MIN_CATEGORIES <= n <= MAX_CATEGORIES:
        raise ValueError(
            placed(
                root.place,
                message(
                    "found {found}, want {least} to {most}",
                    found=plural("{n} category", "{n} categories", n),
                    least=MIN_CATEGORIES,
                    most=MAX_CATEGORIES,
                ),
            )
        )
    colours = _free_colours(root.value)
    categories = [_category(item, colours) for item in root.value]
    _check_different(categories, [item.place for item in root.value])
    return Codebook(tuple(categories))


def _category(item: _At, colours: Iterator[str]) -> AnyPillar:
    if not isinstance(item.value, dict):
        raise ValueError(
            placed(item.place, message("found {kind}, want a category with slug, vi and so on", kind=_kind(item.value)))
        )
    fields: Mapping[str, _At] = item.value
    for key, at in fields.items():
        if key not in _KEYS:
            raise ValueError(
                placed(
                    at.place,
                    message("unknown key {name}; want one of {keys}", name=visible(key), keys=", ".join(_KEYS)),
                )
            )
    slug = _slug(item, fields)
    of = message("category {slug}", slug=slug)
    texts = {key: _text(fields[key], key, of) for key in _TEXTS if key in fields and fields[key].value is not None}
    if not texts.get("vi"):
        at = fields.get("vi", item)
        raise ValueError(placed(at.place, message("{of} has no name; want its Vietnamese name in vi", of=of)))
    for key in ("vi", "en", "short"):
        texts[key] = _name(fields.get(key, item), texts.get(key) or texts["vi"], key, of)
    examples = {key: _list(fields.get(key), key, of, _example) for key in _EXAMPLES}
    terms = {key: tuple(dict.fromkeys(_list(fields.get(key), key, of, _term))) for key in _TERMS}
    parts: dict[str, Any] = texts | examples | terms
    entry = Entry(**parts)
    colour = _colour(fields["colour"], of) if "colour" in fields else next(colours)
    return OwnCategory(slug, entry, colour)


def _slug(item: _At, fields: Mapping[str, _At]) -> str:
    at = fields.get("slug", item)
    slug = at.value
    if slug is None or not isinstance(slug, str):
        if "slug" in fields:
            found = message("found {kind} as slug", kind=_kind(slug))
        else:
            found = message("a category has no slug")
        raise ValueError(
            placed(
                at.place, message("{found}; want up to 40 of a-z, 0-9 and _, such as slug: e_government", found=found)
            )
        )
    if not _SLUG.fullmatch(slug):
        raise ValueError(
            placed(
                at.place,
                message(
                    "found the slug {name}, want up to 40 of a-z, 0-9 and _, the first one a letter", name=visible(slug)
                ),
            )
        )
    if normalise(slug).strip() in RESERVED:
        raise ValueError(
            placed(at.place, message("the slug {slug} means something else in files; choose another", slug=repr(slug)))
        )
    return slug


def _text(at: _At, key: str, of: str) -> str:
    if not isinstance(at.value, str):
        raise ValueError(
            placed(
                at.place, message("found {kind} in {key} of {of}, want one text", kind=_kind(at.value), key=key, of=of)
            )
        )
    text = " ".join(at.value.split())
    if len(text) > MAX_TEXT_CHARS:
        raise ValueError(
            placed(
                at.place,
                message(
                    "{key} of {of} has {chars} characters, want at most {max_text_chars}",
                    key=key,
                    of=of,
                    chars=len(text),
                    max_text_chars=MAX_TEXT_CHARS,
                ),
            )
        )
    if not text.isprintable():
        raise ValueError(
            placed(
                at.place,
                message(
                    "{key} of {of} has characters that are not visible: {name}", key=key, of=of, name=visible(text)
                ),
            )
        )
    return text


def _name(at: _At, name: str, key: str, of: str) -> str:
    if len(name) > MAX_NAME_CHARS:
        raise ValueError(
            placed(
                at.place,
                message(
                    "{key} of {of} has {n_name} characters, want at most {max_name_chars}",
                    key=key,
                    of=of,
                    n_name=len(name),
                    max_name_chars=MAX_NAME_CHARS,
                ),
            )
        )
    if name[0] in "=+-@":
        raise ValueError(
            placed(
                at.place,
                message(
                    "{key} of {of} is {visible}; a name cannot begin with {name}",
                    key=key,
                    of=of,
                    visible=visible(name),
                    name=repr(name[0]),
                ),
            )
        )
    if ";" in name or "|" in name:
        raise ValueError(
            placed(
                at.place,
                message(
                    "{key} of {of} is {name}; ; and | separate labels, leave them out",
                    key=key,
                    of=of,
                    name=visible(name),
                ),
            )
        )
    if normalise(name).strip() in RESERVED:
        raise ValueError(
            placed(
                at.place,
                message(
                    "{key} of {of} is {name}, which means something else in files; choose another",
                    key=key,
                    of=of,
                    name=repr(name),
                ),
            )
        )
    return name


def _colour(at: _At, of: str) -> str:
    colour = at.value.lower() if isinstance(at.value, str) else ""
    if not _COLOUR.fullmatch(colour):
        found = visible(at.value) if isinstance(at.value, str) else _kind(at.value)
        raise ValueError(
            placed(
                at.place,
                message(
                    'found {found} as colour of {of}, want "#rrggbb" in quotes, such as "#0072b2"', found=found, of=of
                ),
            )
        )
    return colour


def _list(at: _At | None, key: str, of: str, one: Callable[[_At, str], T]) -> tuple[T, ...]:
    if at is None or at.value is None:
        return ()
    if not isinstance(at.value, list):
        raise ValueError(
            placed(
                at.place,
                message(
                    "found {kind} in {key} of {of}, want a list, each line with a dash",
                    kind=_kind(at.value),
                    key=key,
                    of=of,
                ),
            )
        )
    return tuple(one(item, message("{key} of {of}", key=key, of=of)) for item in at.value)


def _example(at: _At, of: str) -> dict[str, str]:
    """Return an example as its text and the reason, which may be empty."""
    if isinstance(at.value, str):
        return {"text": _text(at, message("an example"), of), "why": ""}
    if not isinstance(at.value, dict):
        raise ValueError(
            placed(at.place, message("found {kind} in {of}, want a text, or text and why", kind=_kind(at.value), of=of))
        )
    for key, inner in at.value.items():
        if key not in ("text", "why", "why_vi"):
            raise ValueError(
                placed(
                    inner.place,
                    message("unknown key {name} in {of}; want text, why and why_vi", name=visible(key), of=of),
                )
            )
    example = {key: _text(inner, key, of) for key, inner in at.value.items() if inner.value is not None}
    if not example.get("text"):
        raise ValueError(placed(at.place, message("an example in {of} has no text", of=of)))
    return {"text": "", "why": "", **example}


def _term(at: _At, of: str) -> str:
    """Return a name or pattern as it is found in text: plain syllables in lower case."""
    text = _text(at, "a term", of)
    strange = [c for c in text if not (c.isalpha() or c.isdigit() or c in _MARKS_IN_TERMS or "\u0300" <= c <= "\u036f")]
    term = normalise(text).strip()
    if strange or not term or max(term) > "\uffff":
        what = message("{mark} in {text}", mark=repr(strange[0]), text=visible(text)) if strange else visible(text)
        raise ValueError(
            placed(
                at.place,
                message(
                    'found {what} in {of}, want words as they stand in texts, such as "một cửa"; regular '
                    "expressions are not read",
                    what=what,
                    of=of,
                ),
            )
        )
    if len(term) > MAX_TERM_CHARS:
        raise ValueError(
            placed(
                at.place,
                message(
                    "a term in {of} has {n_term} characters, want at most {max_term_chars}",
                    of=of,
                    n_term=len(term),
                    max_term_chars=MAX_TERM_CHARS,
                ),
            )
        )
    return term


def _check_different(categories: list[AnyPillar], places: list[str]) -> None:
    """Raise if two categories have the same slug, name or term."""
    slugs: dict[str, str] = {}
    for category, place in zip(categories, places, strict=True):
        if category.value in slugs:
            raise ValueError(
                placed(
                    place,
                    message(
                        "the slug {value} is there twice, first at {where}; want each once",
                        value=repr(category.value),
                        where=slugs[category.value],
                    ),
                )
            )
        slugs[category.value] = place.rpartition(", ")[2]
    names: dict[str, str] = {}
    terms: dict[tuple[str, str], str] = {}
    for category, place in zip(categories, places, strict=True):
        for name in (category.value, category.vi, category.short, category.en):
            if (other := names.setdefault(fold(name), category.value)) != category.value:
                raise ValueError(
                    placed(
                        place,
                        message(
                            "{value} and {other} have the same name {name}; want two names",
                            value=category.value,
                            other=other,
                            name=repr(name),
                        ),
                    )
                )
        for kind in _TERMS:
            for term in getattr(category.entry, kind):
                if (other := terms.setdefault((kind, term), category.value)) != category.value:
                    raise ValueError(
                        placed(
                            place,
                            message(
                                "the term {term} stands in {kind} of {other} and of {value}; a term belongs to one "
                                "category",
                                term=repr(term),
                                kind=kind,
                                other=other,
                                value=category.value,
                            ),
                        )
                    )


def _free_colours(items: list[_At]) -> Iterator[str]:
    """Yield colours that no category has: the hue turns by the golden angle, so that neighbours differ."""
    given = {
        str(item.value["colour"].value).lower()
        for item in items
        if isinstance(item.value, dict) and "colour" in item.value
    }
    for i in range(len(items) * 4):
        red, green, blue = colorsys.hls_to_rgb((0.58 + i * 0.381966) % 1, (0.36, 0.46)[i // 9 % 2], 0.62)
        colour = f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"
        if colour not in given:
            yield colour


def _kind(value: Any) -> str:
    if value is None:
        return message("nothing")
    if isinstance(value, list):
        return message("a list")
    return message("an object") if isinstance(value, dict) else visible(str(value))
