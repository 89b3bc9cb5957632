"""The JSON of requests and answers, as pydantic models for the OpenAPI description."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from ..pillars import Pillar

__all__ = ["ARTICLE_BODY", "ArticleAnswer", "Health", "PillarEntry", "TagAnswer", "refusals"]

Probability = Annotated[float, Field(ge=0, le=1)]
Scores = Annotated[
    dict[Pillar, Probability],
    Field(description="Xác suất đã hiệu chỉnh của cả sáu trụ cột · calibrated probability of each of the six pillars"),
]
Tags = Annotated[
    list[Pillar],
    Field(description="Xác suất cao nhất đứng trước; thường là rỗng · the most probable first; often empty"),
]


class Problem(BaseModel):
    """Why a request was refused."""

    detail: str


class Sentence(BaseModel):
    """A sentence that is evidence for a pillar. Offsets count characters (Unicode code points) of the text as sent."""

    text: str
    start: int
    end: int


class Tagged(BaseModel):
    """The tags of one text."""

    pillars: Tags
    scores: Scores
    evidence: Annotated[
        dict[Pillar, Sentence], Field(description="Câu bằng chứng · the evidence sentence of each tagged pillar")
    ]


class TagAnswer(BaseModel):
    """One result for each text, in the same order."""

    results: list[Tagged]


class Paragraph(BaseModel):
    """A paragraph of an article, as `cchc-ml predict` writes it."""

    source: str
    paragraph: int
    text: str
    kind: str
    headline: str | None
    date: str | None
    author: str | None
    outlet: str | None
    pillars: Tags
    scores: Scores
    evidence: dict[Pillar, str]
    evidence_spans: dict[Pillar, list[int]]


class ArticleAnswer(BaseModel):
    """One row for each paragraph, in the order of the article."""

    rows: list[Paragraph]


class PillarEntry(BaseModel):
    """A pillar, its names, and the probability from which it is tagged."""

    slug: Pillar
    vi: str
    en: str
    short: str
    threshold: Probability


class Health(BaseModel):
    """The answer of a service that works."""

    status: str
    version: str


REFUSALS = {
    400: "Không đọc được yêu cầu · the request cannot be read, or names another host",
    408: "Quá thời gian · the request took too long to arrive, or to work on",
    413: "Quá lớn · the body is too large",
    415: "Không đọc loại tệp này · this kind of file is not supported",
    422: "Nội dung không hợp lệ · the content is not valid",
    429: "Đang bận · too many requests at the same time; try again",
}
_FILE = {"type": "string", "format": "binary"}
# An article is sent as a form with a file, or as a bare body.
ARTICLE_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {"schema": {"type": "object", "required": ["file"], "properties": {"file": _FILE}}},
            "application/octet-stream": {"schema": _FILE},
        },
    }
}


def refusals(*codes: int) -> dict[int | str, dict[str, Any]]:
    """Return what the OpenAPI description says about these status codes."""
    return {code: {"model": Problem, "description": REFUSALS[code]} for code in codes}
