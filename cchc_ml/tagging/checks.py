"""Check rows before they are tagged, so that a row that cannot be written is reported with its place."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ..messages import message, placed
from ..pillars import CCHC, Codebook
from ..reading.tables import Row, check_free
from .schema import RESULTS

__all__ = ["RowChecks"]

# The whole numbers that a Parquet column can hold.
MIN_PARQUET_INT, MAX_PARQUET_INT = -(2**63), 2**63 - 1


class RowChecks:
    """Checks whether rows can be written to one output; `cchc_ml.reading.inputs.read_inputs` calls it for each row.

    A row that fails is reported like one that cannot be read. The writer would not know where it is from.

    Parameters
    ----------
    kind : str
        The kind of table that is written: ``".csv"``.
    codebook : Codebook
        The categories that have columns of their own.
    """

    def __init__(self, kind: str, codebook: Codebook = CCHC) -> None:
        self.is_json = ".jsonl" in kind
        self.is_parquet = kind == ".parquet"
        is_text = kind.startswith((".csv", ".tsv"))
        parts = [f"{pillar.value}_{part}" for pillar in codebook for part in ("probability", "evidence")]
        self.new_columns = (*RESULTS, *(parts if is_text else ()))
        self.first: tuple[str, ...] | None = None
        self.last: tuple[str, ...] | None = None

    def __call__(self, where: str, row: Row) -> None:
        """Raise ValueError, with the place of the row, if it cannot be written."""
        columns = tuple(row)
        if columns != self.last:
            self._check_columns(where, columns)
            self.last = columns
        if not self.is_json:
            for name, value in row.items():
                self._check_value(where, name, value)

    def _check_columns(self, where: str, columns: Sequence[str]) -> None:
        check_free(where, columns, self.new_columns)
        if self.first is None:
            self.first = tuple(columns)
        if extra := [] if self.is_json else sorted(set(columns) - set(self.first)):
            raise ValueError(
                placed(
                    where,
                    message(
                        "rows differ in their fields: the first row does not have {extra}; choose --format "
                        "jsonl, or tag the inputs one by one",
                        extra=", ".join(extra),
                    ),
                )
            )

    def _check_value(self, where: str, name: str, value: Any) -> None:
        try:
            for text in (name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)):
                text.encode("utf8")
        except UnicodeEncodeError as error:
            half = error.object[error.start]
            raise ValueError(
                placed(
                    where,
                    message(
                        "column {name} holds half a character ({half}); write it as UTF-8, or write .jsonl",
                        name=ascii(name),
                        half=ascii(half),
                    ),
                )
            ) from None
        if self.is_parquet and (unfit := _unfit_for_parquet(value)):
            raise ValueError(
                placed(
                    where,
                    message(
                        "column {name} holds {unfit}, which Parquet cannot hold; write .jsonl",
                        name=repr(name),
                        unfit=unfit,
                    ),
                )
            )


def _unfit_for_parquet(value: Any) -> str:
    """Return what of a value Parquet cannot hold, or an empty string."""
    if isinstance(value, int) and not MIN_PARQUET_INT <= value <= MAX_PARQUET_INT:
        return message("the number {number}", number=str(value)[:40])
    if value == {}:
        return message("an object without fields")
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next(filter(None, map(_unfit_for_parquet, parts)), "")
