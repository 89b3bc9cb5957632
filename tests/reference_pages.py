"""Write the generated pages of docs/ from the code: ``make reference``. `tests/test_docs.py` fails if they are old."""

import json
import re
from collections.abc import Iterable, Mapping
from enum import Enum
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperArgument

from cchc_ml.cli.commands import app
from cchc_ml.cli.usage import translate_help
from cchc_ml.messages import translate
from cchc_ml.pillars import codebook
from cchc_ml.reading.columns import COLUMN_NAMES

TOP = Path(__file__).parent.parent
NOTE = "<!-- Written by `make reference`. Do not edit. -->\n\n"
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
        "docs/commands.md": commands_page("en"),
        "docs/commands.vi.md": commands_page("vi"),
        "docs/http.md": http_page(),
        "docs/codebook.md": codebook_page("en"),
        "docs/codebook.vi.md": codebook_page("vi"),
        "docs/formats.md": with_columns(formats),
    }


# The command line

# What a page of commands says besides what the program says itself.
WORDS: dict[str, dict[Any, str]] = {
    "en": {
        "title": "Commands",
        "intro": "This page is made from the program itself. `cchc-ml COMMAND --help` shows the same.\n\n"
        "Errors are one line on standard error, with exit status 2. If some files of many cannot be read, the others\n"
        "are still processed, and the exit status is 1. No file is overwritten without `--force`.",
        "argument": "argument",
        "option": "option",
        "value": "value",
        "meaning": "meaning",
        "default": "Default",
        "several": "repeat for more",
        "to": "{} to {}",
        "from": "from {}",
        (str, list[str]): "text",
        (Path, list[Path]): "file",
        (int, float): "number",
    },
    "vi": {
        "title": "Các lệnh",
        "intro": "Trang này được ghi từ chính chương trình. `cchc-ml LỆNH --help` hiện cùng nội dung.\n\n"
        "Lỗi được báo đúng một dòng, mã thoát là 2. Nếu một số tệp không đọc được, các tệp khác vẫn được xử lý, mã\n"
        "thoát là 1. Tệp đã có chỉ bị ghi đè khi thêm `--force`, và không tệp nào bị bỏ dở.",
        "argument": "tham số",
        "option": "tùy chọn",
        "value": "giá trị",
        "meaning": "ý nghĩa",
        "default": "Mặc định",
        "several": "lặp lại được",
        "to": "từ {} đến {}",
        "from": "từ {}",
        (str, list[str]): "chữ",
        (Path, list[Path]): "tệp",
        (int, float): "số",
    },
}


def commands_page(language: str) -> str:
    """Return the page of the commands in a language, with the options of each."""
    words = WORDS[language]
    root = typer.main.get_command(app)
    translate_help(root, lambda text: translate(text, language))
    lines = [f"# {words['title']}", "", words["intro"], "", "## cchc-ml", "", *_options(root, REPEATED, words)]
    for name, command in root.commands.items():
        for path, leaf in _leaves(f"cchc-ml {name}", command):
            lines += [f"## {path.removeprefix('cchc-ml ')}", "", *_command(path, leaf, words)]
    return NOTE + "\n".join(lines).rstrip() + "\n"


def _leaves(path: str, command: Any) -> Iterable[tuple[str, Any]]:
    subcommands = getattr(command, "commands", None)
    if subcommands is None:
        yield path, command
        return
    for name, subcommand in subcommands.items():
        yield from _leaves(f"{path} {name}", subcommand)


def _command(path: str, command: Any, words: Mapping[Any, str]) -> list[str]:
    usage = " ".join([path, command.options_metavar, *(_placeholder(p) for p in _arguments(command))])
    lines = ["```text", usage, "```", ""]
    for paragraph in re.split(r"\n\s*\n", str(command.help or "").strip()):
        lines += [" ".join(paragraph.split()), ""]
    arguments = [(f"`{_placeholder(p)}`", _help(p)) for p in _arguments(command)]
    if arguments:
        lines += [*_table((words["argument"], words["meaning"]), arguments), ""]
    return lines + _options(command, REPEATED | COMMON, words)


def _arguments(command: Any) -> list[Any]:
    return [parameter for parameter in command.params if isinstance(parameter, TyperArgument)]


def _placeholder(argument: Any) -> str:
    name = (argument.metavar or argument.name).upper().removesuffix("...")
    if argument.nargs == -1:
        name += "..."
    return name if argument.required else f"[{name}]"


def _options(command: Any, left_out: set[str], words: Mapping[Any, str]) -> list[str]:
    rows = []
    for option in command.params:
        if isinstance(option, TyperArgument) or option.hidden or left_out & set(option.opts):
            continue
        names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
        meaning = _help(option)
        if isinstance(option.default, str | int | float) and option.default != "" and not option.is_flag:
            meaning += f" {words['default']}: {option.default}."
        rows.append((names, _kind(option, words), meaning))
    return [*_table((words["option"], words["value"], words["meaning"]), rows), ""] if rows else []


def _kind(option: Any, words: Mapping[Any, str]) -> str:
    if option.is_flag:
        return ""
    kind, limits = option.type_descriptor.annotation, option.type_descriptor.parameter_info
    if isinstance(kind, type) and issubclass(kind, Enum):
        return ", ".join(f"`{choice.value}`" for choice in kind)
    name = next(name for kinds, name in words.items() if isinstance(kinds, tuple) and kind in kinds)
    if limits.max is not None:
        name += ", " + words["to"].format(limits.min, limits.max)
    elif limits.min is not None:
        name += ", " + words["from"].format(limits.min)
    return name + (f" ({words['several']})" if option.multiple else "")


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

CODEBOOK_WORDS = {
    "en": {
        "title": "The codebook",
        "intro": "What a paragraph must say to be evidence for a pillar. The entries of the pillars are made from\n"
        "`cchc_ml/codebook.yaml`, and `cchc-ml codebook` prints them. The examples were written for this project. The\n"
        "rules that apply to all pillars are in [Coding rules](coding-rules.md). *[Tiếng Việt](codebook.vi.md).*",
        "counts": "counts",
        "does not count": "does not count",
        "why": "why",
        "names": "Names of the pillar (to name it is enough)",
        "terms": "Its {} standard terms, which support a tag and do not decide it",
    },
    "vi": {
        "title": "Bộ mã",
        "intro": "Một đoạn phải nói gì thì là bằng chứng cho một trụ cột. Trang này được ghi từ\n"
        "`cchc_ml/codebook.yaml`; `cchc-ml codebook --lang vi` in ra cùng nội dung. Các ví dụ được viết riêng\n"
        "cho dự án này. Các quy tắc chung cho mọi trụ cột: [Coding rules](coding-rules.md) (tiếng Anh).\n"
        "*[English](codebook.md).*",
        "counts": "là bằng chứng",
        "does not count": "không là bằng chứng",
        "why": "vì sao",
        "names": "Tên của trụ cột (nêu tên là đủ)",
        "terms": "{} từ ngữ thường dùng của trụ cột; chúng ủng hộ một nhãn chứ không quyết định",
    },
}


def codebook_page(language: str) -> str:
    """Return the page of the codebook in a language: what counts and does not count for each pillar."""
    words = CODEBOOK_WORDS[language]
    vietnamese = language == "vi"
    reason = "why_vi" if vietnamese else "why"
    lines = [f"# {words['title']}", "", words["intro"], ""]
    for pillar, entry in codebook().items():
        names = (f"`{pillar}`", entry.source) if vietnamese else (f"`{pillar}`", entry.en, entry.source)
        lines += [f"## {entry.vi}", "", " · ".join(names), ""]
        lines += [entry.definition_vi if vietnamese else entry.definition, ""]
        for kind, examples in (("counts", entry.counts), ("does not count", entry.does_not_count)):
            rows = [(example["text"], example[reason]) for example in examples]
            lines += [*_table((words[kind], words["why"]), rows), ""]
        lines += [f"{words['names']}: {', '.join(entry.names)}.", ""]
        lines += [f"{words['terms'].format(len(entry.patterns))}: {', '.join(entry.patterns)}.", ""]
    return NOTE + "\n".join(lines).rstrip() + "\n"


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
