"""The JSON of requests and answers, as pydantic models for the OpenAPI description."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, Field, create_model

from ..pillars import Codebook, Pillar
from .limits import Limits
from .problems import MEDIA_TYPE

__all__ = [
    "ALL_REFUSALS",
    "ARTICLE_BODY",
    "FILE_NAME",
    "PILLARS_WANTED",
    "THRESHOLD",
    "Answers",
    "Health",
    "ModelName",
    "Problem",
    "answers_of",
    "refusals",
    "tag_body",
]

EXAMPLE = "Sở Tư pháp đề nghị bãi bỏ 14 văn bản quy phạm pháp luật."
EXAMPLE_WITHOUT_PILLAR = "Trận mưa đêm qua làm ngập chợ."
THRESHOLD = (
    "Gắn nhãn từ xác suất này; mặc định: ngưỡng của mô hình · tag from this probability; default: the model's own"
)
FILE_NAME = "Tên tệp, khi nội dung tệp là phần thân · the name of the file, if the body is the file"
PILLARS_WANTED = "Chỉ trả về các trụ cột này · return only these pillars"

Probability = Annotated[float, Field(ge=0, le=1)]
Scores = Annotated[
    dict[Pillar, Probability],
    Field(description="Xác suất đã hiệu chỉnh của cả sáu trụ cột · calibrated probability of each of the six pillars"),
]
SCORES_OF_ALL = "Xác suất đã hiệu chỉnh của mọi nhóm · calibrated probability of each category"
TAGS = Field(description="Xác suất cao nhất đứng trước; thường là rỗng · the most probable first; often empty")
Tags = Annotated[list[Pillar], TAGS]


class Problem(BaseModel):
    """Why a request was refused (RFC 9457). Programs look at the code, which does not change."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str | None = None


class ModelName(BaseModel):
    """The model that tags: the name of its file, and the SHA-256 of the file."""

    name: str
    sha256: str


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
    """The model, and one result for each text, in the same order."""

    model: ModelName
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
    """The model, and one row for each paragraph, in the order of the article."""

    model: ModelName
    rows: list[Paragraph]


class PillarEntry(BaseModel):
    """A pillar, its names, and the probability from which it is tagged."""

    slug: Pillar
    vi: str
    en: str
    short: str
    threshold: Probability


class Answers(NamedTuple):
    """What the service of a model takes and answers, by its categories.

    Attributes
    ----------
    slug : type
        The enumeration of the slugs.
    tag, article, pillar : type
        The models of the answers: tags of texts, tags of an article, the names of a pillar.
    """

    slug: type[StrEnum]
    tag: type[BaseModel]
    article: type[BaseModel]
    pillar: type[BaseModel]


def answers_of(codebook: Codebook) -> Answers:
    """Return the models of the answers: those above for the six pillars, or the same for a codebook of a user."""
    if codebook.is_default:
        return Answers(Pillar, TagAnswer, ArticleAnswer, PillarEntry)
    members = [(f"C{number}", category.value) for number, category in enumerate(codebook)]
    make_enumeration: Any = StrEnum
    slug: Any = make_enumeration("Category", members)
    tags: Any = Annotated[list[slug], TAGS]
    scores: Any = Annotated[dict[slug, Probability], Field(description=SCORES_OF_ALL)]
    sentences: Any = dict[slug, Sentence]
    tagged: Any = create_model(
        "Tagged", __base__=Tagged, pillars=(tags, ...), scores=(scores, ...), evidence=(sentences, ...)
    )
    paragraph: Any = create_model(
        "Paragraph",
        __base__=Paragraph,
        pillars=(tags, ...),
        scores=(scores, ...),
        evidence=(dict[slug, str], ...),
        evidence_spans=(dict[slug, list[int]], ...),
    )
    return Answers(
        slug,
        create_model("TagAnswer", __base__=TagAnswer, results=(list[tagged], ...)),
        create_model("ArticleAnswer", __base__=ArticleAnswer, rows=(list[paragraph], ...)),
        create_model("PillarEntry", __base__=PillarEntry, slug=(slug, ...)),
    )


class Health(BaseModel):
    """The answer of a service that works."""

    status: str
    version: str
    model: ModelName


REFUSALS = {
    400: "Không đọc được yêu cầu · the request cannot be read, or names another host",
    401: "Thiếu mã truy cập · the token is missing or wrong",
    403: "Yêu cầu từ trang khác · the request comes from a page of another site",
    408: "Quá thời gian · the request took too long to arrive, or to work on",
    413: "Quá lớn · the body or the answer is too large",
    415: "Không đọc loại tệp này · this kind of content or file is not supported",
    422: "Nội dung không hợp lệ · the content is not valid",
    429: "Đang bận · too many requests at the same time; try again",
    503: "Quá tải · the request waited too long for its turn; try again",
}
ALL_REFUSALS = (400, 401, 403, 408, 413, 415, 422, 429, 503)
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


def tag_body(limits: Limits, codebook: Codebook) -> dict[str, Any]:
    """Return what the OpenAPI description says about the body of a request to tag texts."""
    text = {"type": "string", "minLength": 1, "maxLength": limits.text_chars, "pattern": r"\S"}
    texts = {"type": "array", "items": text, "minItems": 1, "maxItems": limits.texts}
    schema = {
        "type": "object",
        "required": ["text"],
        "additionalProperties": False,
        "properties": {
            "text": {
                "anyOf": [text, texts],
                "description": f"Một đoạn văn, hoặc tối đa {limits.texts} đoạn · one text, or up to {limits.texts}",
            },
            "threshold": {"type": "number", "minimum": 0, "maximum": 1, "description": THRESHOLD},
            "pillars": {
                "type": "array",
                "items": {"type": "string", "enum": codebook.slugs},
                "minItems": 1,
                "maxItems": len(codebook),
                "description": PILLARS_WANTED,
            },
        },
        "examples": [{"text": EXAMPLE}, {"text": [EXAMPLE, EXAMPLE_WITHOUT_PILLAR], "threshold": 0.5}],
    }
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def refusals(*codes: int) -> dict[int | str, dict[str, Any]]:
    """Return what the OpenAPI description says about these status codes."""
    return {
        code: {
            "description": REFUSALS[code],
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for code in codes
    }
