"""The columns that tagging adds to a table, and their types in Parquet files and in Spark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from ..files import require_extra
from ..messages import message
from ..pillars import CCHC, Codebook
from ..reading.tables import Row

__all__ = ["RESULTS", "SPARK_RESULTS", "TaggedRow", "add_results", "guess_schema", "result_arrays", "spark_results"]


class TaggedRow(TypedDict):
    """The fields that tagging adds to a row.

    Attributes
    ----------
    pillars : list of str
        The slugs of the pillars that the text is evidence for, most probable first; often none.
    scores : dict of str to float
        The probability of each pillar, rounded to four decimals.
    evidence : dict of str to str
        For each tagged pillar, the sentence that carries it.
    evidence_spans : dict of str to [int, int]
        For each tagged pillar, where its sentence starts and ends, in characters of the text.
    """

    pillars: list[str]
    scores: dict[str, float]
    evidence: dict[str, str]
    evidence_spans: dict[str, list[int]]


# The names of the columns that tagging adds.
RESULTS = ("pillars", "scores", "evidence", "evidence_spans")


def spark_results(codebook: Codebook) -> str:
    """Return the same columns with their types, in the notation of Spark's schemas."""
    scores = ", ".join(f"{category.value}: double" for category in codebook)
    return (
        f"pillars array<string>, scores struct<{scores}>, "
        "evidence map<string, string>, evidence_spans map<string, array<int>>"
    )


# Those of the six pillars.
SPARK_RESULTS = spark_results(CCHC)


def _result_fields(codebook: Codebook) -> list[Any]:
    """Return the columns of `RESULTS` with their types, as fields of a `pyarrow.Schema`."""
    pa = require_extra("pyarrow", "office", message("{ending} files", ending=".parquet"))
    text = pa.string()
    types = {
        "pillars": pa.list_(text),
        "scores": pa.struct([(p.value, pa.float64()) for p in codebook]),
        "evidence": pa.map_(text, text),
        "evidence_spans": pa.map_(text, pa.list_(pa.int32())),
    }
    return [pa.field(name, types[name]) for name in RESULTS]


def add_results(own: Any, codebook: Codebook = CCHC) -> Any:
    """Return the schema of a tagged table: the table's own fields unchanged, then those of `RESULTS`.

    Metadata is dropped: pandas would read its own notes about other columns.
    """
    pa = require_extra("pyarrow", "office", message("{ending} files", ending=".parquet"))
    return pa.schema([*own.remove_metadata(), *_result_fields(codebook)])


def guess_schema(rows: Sequence[Row], codebook: Codebook = CCHC) -> Any:
    """Return the schema of a tagged table by its first rows. A column without values is text."""
    pa = require_extra("pyarrow", "office", message("{ending} files", ending=".parquet"))
    own = [{name: value for name, value in row.items() if name not in RESULTS} for row in rows]
    guessed = pa.Table.from_pylist(own).schema
    known = [field.with_type(pa.string()) if pa.types.is_null(field.type) else field for field in guessed]
    return add_results(pa.schema(known), codebook)


def result_arrays(rows: Sequence[Mapping[str, Any]], codebook: Codebook = CCHC) -> list[Any]:
    """Return the columns of `RESULTS` of tagged rows as Arrow arrays."""
    pa = require_extra("pyarrow", "office", message("{ending} files", ending=".parquet"))
    arrays = []
    for field in _result_fields(codebook):
        values = [row[field.name] for row in rows]
        if pa.types.is_map(field.type):  # Arrow takes a map as a list of pairs
            values = [list(value.items()) for value in values]
        arrays.append(pa.array(values, field.type))
    return arrays
