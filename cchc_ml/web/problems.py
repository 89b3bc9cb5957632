"""Why a request is refused: a stable code for programs, a status, and words for people (RFC 9457, problem+json)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

from starlette.responses import Response

__all__ = ["MEDIA_TYPE", "PROBLEMS", "RefusalError", "Refused", "problem", "problem_body"]

MEDIA_TYPE = "application/problem+json"

# Code: (status, title). Clients may rely on the codes. Do not change what a code means.
PROBLEMS: dict[str, tuple[int, str]] = {
    "malformed_request": (400, "Không đọc được yêu cầu · the request is not valid HTTP"),
    "wrong_host": (400, "Sai tên máy chủ · the request names another host"),
    "malformed_body": (400, "Không đọc được nội dung · the body cannot be read"),
    "unauthorized": (401, "Thiếu mã truy cập · the token is missing or wrong"),
    "foreign_origin": (403, "Yêu cầu từ trang khác · the request comes from a page of another site"),
    "not_found": (404, "Không có địa chỉ này · there is nothing at this path"),
    "method_not_allowed": (405, "Sai phương thức · this path does not take this method"),
    "too_slow": (408, "Quá thời gian · the request took too long to arrive, or to work on"),
    "body_too_large": (413, "Quá lớn · the body is too large"),
    "too_many_chunks": (413, "Quá nhiều mảnh · the body comes in too many chunks"),
    "answer_too_large": (413, "Kết quả quá lớn · the answer would be too large"),
    "unsupported_media_type": (415, "Không đọc loại này · this kind of content is not supported"),
    "unsupported_encoding": (415, "Không giải nén được · this content encoding is not supported"),
    "invalid": (422, "Nội dung không hợp lệ · the content is not valid"),
    "unreadable_article": (422, "Không đọc được bài · the article cannot be read"),
    "too_many_paragraphs": (422, "Quá nhiều đoạn · the article has too many paragraphs"),
    "too_much_work": (422, "Quá nặng · the article needs too much memory, or it stops its reader"),
    "busy": (429, "Đang bận · too many requests at the same time; try again"),
    "head_too_large": (431, "Phần đầu quá lớn · the request line and the headers are too large"),
    "internal": (500, "Lỗi của dịch vụ · an error in the service"),
    "stopping": (503, "Đang dừng · the service is being stopped; try again"),
    "overloaded": (503, "Quá tải · the request waited too long for its turn; try again"),
}
CODES_OF_STATUS = {400: "malformed_body", 404: "not_found", 405: "method_not_allowed", 422: "invalid"}


class Refused(NamedTuple):
    """What a worker process returns instead of a result: a code of `PROBLEMS`, and what was found and wanted."""

    code: str
    detail: str


class RefusalError(Exception):
    """A request is refused.

    Parameters
    ----------
    code : str
        A key of `PROBLEMS`.
    detail : str
        What was found, what is wanted, what to do.
    headers : mapping, optional
        More headers of the answer.
    """

    def __init__(self, code: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(code, detail)
        self.code, self.detail, self.headers = code, detail, headers

    @classmethod
    def of_status(cls, status: int, detail: str, headers: Mapping[str, str] | None = None) -> RefusalError:
        """Return the refusal for a status that the web framework chose."""
        return cls(CODES_OF_STATUS.get(status, "malformed_body"), detail, headers)


def problem_body(code: str, detail: str, request_id: str | None = None) -> bytes:
    """Return the JSON of a refusal.

    Examples
    --------
    >>> json.loads(problem_body("busy", "try again"))["code"]
    'busy'
    """
    status, title = PROBLEMS[code]
    fields = {
        "type": f"urn:cchc-ml:problem:{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
        "request_id": request_id,
    }
    known = {name: value for name, value in fields.items() if value is not None}
    return json.dumps(known, ensure_ascii=False, separators=(",", ":")).encode("utf8", "replace")


def problem(
    code: str, detail: str, headers: Mapping[str, str] | None = None, *, request_id: str | None = None
) -> Response:
    """Return the answer to a request that is refused."""
    body = problem_body(code, detail, request_id)
    return Response(body, PROBLEMS[code][0], headers, media_type=MEDIA_TYPE)
