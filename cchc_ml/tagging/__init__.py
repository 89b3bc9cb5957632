"""Tag rows, files and data frames, and write the results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .parquet import SPARK_RESULTS, spark_results, tag_frames

__all__ = ["SPARK_RESULTS", "spark_results", "tag_frames"]


def __getattr__(name: str) -> Any:
    # Only those who ask for these wait for numpy and the reading of files.
    if name in __all__:
        from . import parquet

        return getattr(parquet, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
