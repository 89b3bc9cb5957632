"""The log: one line of JSON for each refusal and each error, never anything of what was sent."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

__all__ = ["log", "log_as_json", "place"]

LOGGER = logging.getLogger("cchc_ml.web")


def log(level: int, event: str, **fields: Any) -> None:
    """Write one line. Without a handler, Python writes warnings and errors to standard error."""
    LOGGER.log(level, "%s", _line(level, event, fields))


def _line(level: int, event: str, fields: dict[str, Any]) -> str:
    time = datetime.now(UTC).isoformat(timespec="milliseconds")
    known = {name: value for name, value in fields.items() if value is not None}
    return json.dumps({"time": time, "level": logging.getLevelName(level).lower(), "event": event, **known})


def place(error: BaseException) -> str:
    """Return the type of an error, and the file and line where it was raised. Its message may quote what was sent."""
    trace: TracebackType | None = error.__traceback__
    if trace is None:
        return type(error).__name__
    while trace.tb_next:
        trace = trace.tb_next
    return f"{type(error).__name__} at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"


def log_as_json(record: logging.LogRecord) -> bool:
    """Turn a record of the HTTP server into one line of JSON without a traceback. A filter of `logging`."""
    error = record.exc_info[1] if record.exc_info else None
    fields = {"message": str(record.msg).strip().splitlines()[0], "error": place(error) if error else None}
    record.msg, record.args = _line(record.levelno, "server", fields), ()
    record.exc_info = record.exc_text = None
    return True
