"""Review items in files: which format a name or a content stands for, and its reader and writer."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ..files import atomic_write
from ..messages import message
from ..reading.decode import read_text
from ..reading.documents import check_archive
from ..reading.tables import check_is_file, parse_jsonl, read_rows, table_kind
from .categories import Category
from .doccano import doccano_examples, doccano_item, doccano_labels, is_doccano
from .items import ReviewItem
from .label_studio import is_label_studio, label_studio_config, label_studio_items, label_studio_tasks
from .labelled import read_table_items
from .records import as_record, from_record
from .sheet import SHEET_KINDS, is_review_sheet, read_review_sheet, write_review_sheet
from .store import ReviewStore, is_store

__all__ = ["companion_of", "read_items", "write_items", "write_json_lines"]

_WRITTEN = (".xlsx", ".csv", ".jsonl", "label-studio.json", "doccano.jsonl")


def _format(path: Path) -> str:
    """Return the format that a name stands for when it is written."""
    name, kind = path.name.casefold(), table_kind(path)
    if kind in SHEET_KINDS:
        return "sheet"
    if kind == ".jsonl":
        return "doccano" if "doccano" in name else "records"
    if kind == ".json" and ("label-studio" in name or "labelstudio" in name or "label_studio" in name):
        return "label-studio"
    raise ValueError(
        message(
            "the name {path} does not say what to write; want one that ends in {written}",
            path=path,
            written=", ".join(_WRITTEN),
        )
    )


def companion_of(path: Path) -> Path | None:
    """Return the file that is written beside a queue for Label Studio (its interface) or doccano (its labels)."""
    kind = _format(path)
    if kind == "label-studio":
        return path.with_suffix(".xml")
    return path.with_name(f"{path.stem}-labels.json") if kind == "doccano" else None


def write_items(items: Iterable[ReviewItem], path: str | Path, categories: Sequence[Category]) -> None:
    """Write items to a file of the format that its name stands for; each file appears whole or not at all.

    A name that contains ``label-studio`` (`.json`) or ``doccano`` (`.jsonl`) is written for these programs.
    Decisions do not go there: only the paragraphs and the suggestions do. A second file holds the project's
    interface or labels.

    Raises
    ------
    ValueError
        The name stands for no format.
    """
    path = Path(path)
    kind = _format(path)
    items = list(items)
    if kind == "sheet":
        write_review_sheet(items, path, categories)
    elif kind == "records":
        slugs = [c.slug for c in categories]
        write_json_lines((as_record(item, slugs) for item in items), path)
    elif kind == "doccano":
        write_json_lines(doccano_examples(items), path)
        _write(
            f"{path.stem}-labels.json",
            path,
            json.dumps(doccano_labels(categories), ensure_ascii=False, indent=1) + "\n",
        )
    else:
        _write(path.name, path, json.dumps(label_studio_tasks(items), ensure_ascii=False, indent=1) + "\n")
        _write(path.with_suffix(".xml").name, path, label_studio_config(categories))


def write_json_lines(rows: Iterable[Any], path: Path) -> None:
    """Write objects as JSON Lines, all of them or no file."""
    with atomic_write(path) as temporary, open(temporary, "w", encoding="utf8", newline="") as file:
        for row in rows:
            line = json.dumps(row, ensure_ascii=False, allow_nan=False)
            try:
                line.encode("utf8")
            except UnicodeEncodeError:  # half a character in a field: JSON can say it in ASCII
                line = json.dumps(row)
            file.write(line + "\n")


def _write(name: str, beside: Path, text: str) -> None:
    with atomic_write(beside.with_name(name)) as temporary:
        temporary.write_text(text, "utf8")


def read_items(path: str | Path, categories: Sequence[Category]) -> list[ReviewItem]:
    """Read items from a file of any format that people label in, as it is told by its name and content.

    Read are review sheets and labelled tables (`.xlsx`, `.csv`, `.tsv`), our own `.jsonl`, what `cchc-ml predict` wrote
    as `.jsonl`, exports of Label Studio (`.json`) and doccano (`.jsonl`, `.json`, `.zip`), and the store of the
    labelling page.

    Raises
    ------
    FileNotFoundError, ValueError
        There is no such file, or a row is not what is wanted; the message names file and row.
    """
    path = Path(path)
    check_is_file(path)
    kind = table_kind(path)
    if is_store(path):
        with ReviewStore.open(path) as store:
            items = store.items_with_decisions()
    elif kind in (*SHEET_KINDS, ".tsv"):
        items = read_review_sheet(path, categories) if is_review_sheet(path) else read_table_items(path, categories)
    elif kind in (".jsonl", ".jsonl.gz"):
        items = _lines(read_rows(path), path.name.split(".")[0], categories)
    elif kind == ".json":
        items = _json(str(path), read_text(path), path.stem, categories)
    elif kind == ".zip":
        items = _zip(path, categories)
    else:
        raise ValueError(
            message(
                "{path} is of no kind that is read; want .xlsx, .csv, .jsonl, a store of the labelling "
                "page, or an export of Label Studio (.json) or doccano (.jsonl, .zip)",
                path=path,
            )
        )
    if not items:
        raise ValueError(message("{path} has no rows", path=path))
    return items


def _lines(rows: Iterable[tuple[str, dict[str, Any]]], stem: str, categories: Sequence[Category]) -> list[ReviewItem]:
    items: list[ReviewItem] = []
    for where, row in rows:
        if is_doccano(row):
            items.append(doccano_item(where, row, stem, categories))
        else:
            items += [
                item if item.annotator or not item.decisions else item.decided(item.decisions, annotator=stem)
                for item in from_record(where, row, categories)
            ]
    return items


def _json(name: str, text: str, stem: str, categories: Sequence[Category]) -> list[ReviewItem]:
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(message("{name} is not whole JSON: {error}", name=name, error=error)) from None
    if is_label_studio(rows):
        return label_studio_items(name, rows, categories)
    if isinstance(rows, list) and rows and all(isinstance(row, dict) and is_doccano(row) for row in rows):
        return [doccano_item(f"{name}, row {n}", row, stem, categories) for n, row in enumerate(rows, 1)]
    raise ValueError(
        message(
            "{name} is no export of Label Studio (JSON, JSON-MIN) or doccano; want a list of tasks with `data`",
            name=name,
        )
    )


def _zip(path: Path, categories: Sequence[Category]) -> list[ReviewItem]:
    """Read what doccano downloads: an archive with one `.jsonl` or `.json` a person, called after the person."""
    check_archive(str(path), path)
    items: list[ReviewItem] = []
    with zipfile.ZipFile(path) as archive:
        names = sorted(name for name in archive.namelist() if name.endswith((".jsonl", ".json")))
        if not names:
            raise ValueError(message("{path} has no .jsonl or .json in it; export from doccano as JSONL", path=path))
        for name in names:
            place, stem = f"{path}, {name}", Path(name).stem
            with archive.open(name) as file:
                if name.endswith(".json"):
                    items += _json(place, file.read().decode("utf8"), stem, categories)
                elif archive.getinfo(name).file_size:
                    items += _lines(parse_jsonl(file, place), stem, categories)
    return items
