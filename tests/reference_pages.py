"""Write the generated pages of docs/ from the code: ``make reference``. `tests/test_docs.py` fails if they are old."""

import json
import os
import re
from collections.abc import Iterable, Mapping
from enum import Enum
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperArgument

from cchc_ml.cli.main import app
from cchc_ml.pillars import codebook
from cchc_ml.reading.columns import COLUMN_NAMES

TOP = Path(__file__).parent.parent
NOTE = "<!-- Written by `make reference`. Do not edit. -->\n\n"
VALUES = {(str, list[str]): "text", (Path, list[Path]): "file", (int, float): "number"}
REPEATED = {"--help", "--install-completion", "--show-completion"}
# All commands have these: they are listed once.
COMMON = {"--lang", "--quiet"}


def main() -> None:
    """Write the pages."""
    for name, text in pages(TOP).items():
        (TOP / name).write_text(text, "utf8")


def pages(top: Path) -> dict[str, str]:
    """Return the text of each generated page, by its path from the top of the checkout."""
    formats = (top / "docs/formats.md").read_text("utf8")
    return {
        "docs/commands.md": commands_page(),
        "docs/http.md": http_page(),
        "docs/codebook.md": codebook_page(),
        "docs/formats.md": with_columns(formats),
    }


# The command line


def commands_page() -> str:
    """Return the page of the commands, with the options of each."""
    os.environ.setdefault("CCHC_LANG", "en")
    root = typer.main.get_command(app)
    lines = [
        "# Commands",
        "",
        "This page is made from the program itself. `cchc-ml COMMAND --help` shows the same.",
        "",
        "Errors are one line on standard error, with exit status 2. If some files of many cannot be read, the others",
        "are still processed, and the exit status is 1. No file is overwritten without `--force`, or left half-done.",
        "",
    ]
    if top_options := _options(root):
        lines += ["## cchc-ml", "", *top_options]
    for name, command in root.commands.items():
        for path, leaf in _leaves(f"cchc-ml {name}", command):
            lines += [f"## {path.removeprefix('cchc-ml ')}", "", *_command(path, leaf)]
    return NOTE + "\n".join(lines).rstrip() + "\n"


def _leaves(path: str, command: Any) -> Iterable[tuple[str, Any]]:
    subcommands = getattr(command, "commands", None)
    if subcommands is None:
        yield path, command
        return
    for name, subcommand in subcommands.items():
        yield from _leaves(f"{path} {name}", subcommand)


def _command(path: str, command: Any) -> list[str]:
    usage = " ".join([path, "[OPTIONS]", *(_placeholder(p) for p in _arguments(command))])
    paragraphs = re.split(r"\n\s*\n", str(command.help or "").strip())
    lines = ["```text", usage, "```", ""]
    for paragraph in paragraphs:
        lines += [" ".join(paragraph.split()), ""]
    arguments = [(f"`{_placeholder(p)}`", "", _help(p)) for p in _arguments(command)]
    if arguments:
        lines += [*_table(("argument", "", "meaning"), arguments), ""]
    return lines + _options(command, REPEATED | COMMON)


def _arguments(command: Any) -> list[Any]:
    return [parameter for parameter in command.params if isinstance(parameter, TyperArgument)]


def _placeholder(argument: Any) -> str:
    name = (argument.metavar or argument.name).upper().removesuffix("...")
    if argument.nargs == -1:
        name += "..."
    return name if argument.required else f"[{name}]"


def _options(command: Any, left_out: Iterable[str] = REPEATED) -> list[str]:
    rows = []
    for option in command.params:
        if isinstance(option, TyperArgument) or option.hidden or set(left_out) & set(option.opts):
            continue
        names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
        meaning = _help(option)
        if isinstance(option.default, str | int | float) and not option.is_flag:
            meaning += f" Default: {option.default}."
        rows.append((names, _kind(option), meaning))
    return [*_table(("option", "value", "meaning"), rows), ""] if rows else []


def _kind(option: Any) -> str:
    if option.is_flag:
        return ""
    kind, limits = option.type_descriptor.annotation, option.type_descriptor.parameter_info
    if isinstance(kind, type) and issubclass(kind, Enum):
        return ", ".join(f"`{choice.value}`" for choice in kind)
    name = next(name for kinds, name in VALUES.items() if kind in kinds)
    if limits.max is not None:
        name += f", {limits.min} to {limits.max}"
    elif limits.min is not None:
        name += f", from {limits.min}"
    return name + (" (repeat for more)" if option.multiple else "")


def _help(parameter: Any) -> str:
    return " ".join(str(parameter.help or "").split()).replace("|", r"\|")


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    heads = list(heads)
    return [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}", *(f"| {' | '.join(row)} |" for row in rows)]


# HTTP


def http_page() -> str:
    """Return the page of the service, from its OpenAPI description."""
    from cchc_ml.model.storage import read_model
    from cchc_ml.web.service import create_app

    description = create_app(read_model()).openapi()
    schemas = description["components"]["schemas"]
    lines = [
        "# HTTP",
        "",
        "This page is made from the OpenAPI description of the service (`cchc-ml serve`), which is at `/openapi.json`.",
        "How to start the service: [Serve over HTTP](serve.md).",
        "",
    ]
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            lines += [f"## {method.upper()} {path}", "", f"**{operation['summary']}**", ""]
            lines += [operation["description"], ""]
            lines += _parameters(operation)
            for content_type, content in operation.get("requestBody", {}).get("content", {}).items():
                lines += _body(content_type, _resolved(content["schema"], schemas))
            lines += _answers(operation["responses"], schemas)
    return NOTE + "\n".join(lines).rstrip() + "\n"


def _parameters(operation: Mapping[str, Any]) -> list[str]:
    rows = [
        (f"`{parameter['name']}`", parameter.get("description") or ", ".join(parameter["schema"].get("examples", [])))
        for parameter in operation.get("parameters", [])
    ]
    return [*_table(("parameter", "meaning"), rows), ""] if rows else []


def _body(content_type: str, schema: dict[str, Any]) -> list[str]:
    examples = schema.pop("examples", [])
    lines = []
    for example in examples:
        lines += [f"An example of a body of type `{content_type}`:", "", *_json(example)]
    return [*lines, f"The schema of a body of type `{content_type}`:", "", *_json(schema)]


def _answers(responses: Mapping[str, Any], schemas: Mapping[str, Any]) -> list[str]:
    (answer,) = responses["200"]["content"].values()
    refusals = [(status, reply["description"]) for status, reply in responses.items() if status != "200"]
    lines = ["The schema of the answer:", "", *_json(_resolved(answer["schema"], schemas))]
    return lines + ([*_table(("status", "when"), refusals), ""] if refusals else [])


def _json(value: Any) -> list[str]:
    return ["```json", json.dumps(value, ensure_ascii=False, indent=2), "```", ""]


def _resolved(value: Any, schemas: Mapping[str, Any]) -> Any:
    """Return a copy of a schema with each ``$ref`` replaced by the schema that it names."""
    if isinstance(value, list):
        return [_resolved(item, schemas) for item in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        return _resolved(schemas[value["$ref"].rsplit("/", 1)[1]], schemas)
    return {key: _resolved(item, schemas) for key, item in value.items() if key != "title" or isinstance(item, dict)}


# The codebook


def codebook_page() -> str:
    """Return the page of the codebook: what counts and does not count for each pillar."""
    lines = [
        "# The codebook",
        "",
        "What a paragraph must say to be evidence for a pillar. The entries of the pillars are made from",
        "`cchc_ml/codebook.yaml`, and `cchc-ml codebook` prints them. The examples were written for this project. The",
        "rules that apply to all pillars are in [Coding rules](coding-rules.md).",
        "",
    ]
    for pillar, entry in codebook().items():
        lines += [f"## {entry.vi}", "", f"`{pillar}` · {entry.en} · {entry.source}", ""]
        lines += [entry.definition, "", f"*{entry.definition_vi}*", ""]
        lines += [*_table(("counts", "why"), _examples(entry.counts)), ""]
        lines += [*_table(("does not count", "why"), _examples(entry.does_not_count)), ""]
        lines += [f"Names of the pillar (to name it is enough): {', '.join(entry.names)}.", ""]
        terms = f"Its {len(entry.patterns)} standard terms, which support a tag and do not decide it"
        lines += [f"{terms}: {', '.join(entry.patterns)}.", ""]
    return NOTE + "\n".join(lines).rstrip() + "\n"


def _examples(examples: Iterable[Mapping[str, str]]) -> list[tuple[str, str]]:
    return [(example["text"], example["why"]) for example in examples]


# The columns of tables

COLUMNS = re.compile(r"(?<=<!-- columns -->\n\n).*?(?=\n\n<!-- /columns -->)", re.S)


def with_columns(text: str) -> str:
    """Return a page with the table of column names between its two marks."""
    rows = [(field, ", ".join(names)) for field, names in COLUMN_NAMES.items()]
    table = "\n".join(_table(("field", "names of its column"), rows))
    if not COLUMNS.search(text):
        raise ValueError("found no place for the columns; want the marks <!-- columns --> and <!-- /columns -->")
    return COLUMNS.sub(lambda _: table, text)


if __name__ == "__main__":
    main()
