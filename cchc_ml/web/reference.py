"""The page /docs: the OpenAPI description of the service for people, without scripts or anything from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..files import html_template

__all__ = ["render_reference"]


@dataclass(frozen=True)
class _Body:
    """One way to send the body of a request; examples and schema are JSON."""

    content_type: str
    examples: Sequence[str]
    schema: str


@dataclass(frozen=True)
class _Operation:
    """A path with a method, and what it takes and answers."""

    method: str
    path: str
    summary: str
    description: str
    parameters: Mapping[str, str]
    bodies: Sequence[_Body]
    answer_schema: str
    refusals: Mapping[str, str]


def render_reference(openapi: Mapping[str, Any], root_path: str = "") -> str:
    """Return an OpenAPI description as one HTML page. `root_path` is the prefix of the service's own paths."""
    components = openapi["components"]["schemas"]
    operations = [
        _operation(path, method, description, components)
        for path, methods in openapi["paths"].items()
        for method, description in methods.items()
    ]
    template = html_template("cchc_ml.web", "reference.html.j2")
    return template.render(info=openapi["info"], operations=operations, root_path=root_path)


def _operation(path: str, method: str, description: Mapping[str, Any], components: Mapping[str, Any]) -> _Operation:
    bodies = []
    for content_type, content in description.get("requestBody", {}).get("content", {}).items():
        schema = _resolved(content["schema"], components)
        examples = schema.pop("examples", [])
        bodies.append(_Body(content_type, [_json(example) for example in examples], _json(schema)))
    responses = dict(description["responses"])
    (answer,) = responses.pop("200")["content"].values()
    return _Operation(
        method=method.upper(),
        path=path,
        summary=description["summary"],
        description=description["description"],
        parameters={
            parameter["name"]: parameter.get("description") or ", ".join(parameter["schema"].get("examples", []))
            for parameter in description.get("parameters", [])
        },
        bodies=bodies,
        answer_schema=_json(_resolved(answer["schema"], components)),
        refusals={status: refusal["description"] for status, refusal in responses.items()},
    )


def _resolved(value: Any, components: Mapping[str, Any]) -> Any:
    """Return a copy of a schema with each ``$ref`` replaced by the schema that it names."""
    if isinstance(value, list):
        return [_resolved(item, components) for item in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        return _resolved(components[value["$ref"].rsplit("/", 1)[1]], components)
    return {name: _resolved(item, components) for name, item in value.items()}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
