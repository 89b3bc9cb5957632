"""`make messages`: collect the messages of the package, and compile their translations.

The catalogue is `cchc_ml/locale/vi/LC_MESSAGES/cchc_ml.po`: write the Vietnamese there, then run this again. The
compiled `.mo` beside it is part of the repository, so that a checkout works without a build. Both depend on the
messages only.
"""

from __future__ import annotations

import ast
import inspect
import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).parent.parent / "cchc_ml"
PO = PACKAGE / "locale/vi/LC_MESSAGES/cchc_ml.po"
MO = PO.with_suffix(".mo")


class PlainCatalog(Catalog):
    """A catalogue whose header says neither when nor with which version it was written: the same in all runs."""

    mime_headers = (
        ("Language", "vi"),
        ("Plural-Forms", "nplurals=1; plural=0;"),
        ("MIME-Version", "1.0"),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Transfer-Encoding", "8bit"),
    )


# A message, or its singular and its plural.
Id = str | tuple[str, str]

# The functions whose first arguments are messages, and how many of them are.
MARKERS = {"message": 1, "plural": 2}
# Arguments of Typer that the help shows.
SHOWN = {"help", "metavar", "rich_help_panel"}
COMMANDS = {"command", "_command", "callback"}


def name_of(node: ast.expr) -> str:
    """Return the last name of a function or decorator: ``app.callback()`` is "callback"."""
    if isinstance(node, ast.Call):
        return name_of(node.func)
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def is_command(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and any(name_of(d) in COMMANDS for d in node.decorator_list)


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a help text as `cchc_ml.cli.usage` looks them up."""
    found = (" ".join(paragraph.split()) for paragraph in inspect.cleandoc(text).split("\n\n"))
    return [paragraph.replace("{", "{{").replace("}", "}}") for paragraph in found]


def messages_of(tree: ast.AST, *, is_cli: bool = False) -> Iterator[Id]:
    """Yield the messages of a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (n := MARKERS.get(name_of(node.func))):
            texts = [argument.value for argument in node.args[:n] if is_text(argument)]
            if len(texts) != n:
                raise ValueError(f"line {node.lineno}: the template of a message must be a literal string")
            yield texts[0] if n == 1 else (texts[0], texts[1])
        if not is_cli:
            continue
        if isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.arg in SHOWN and is_text(keyword.value):
                    yield from paragraphs(keyword.value.value)
        if is_command(node):
            yield from paragraphs(ast.get_docstring(node) or "")


def extract() -> list[Id]:
    """Return all messages of the package, sorted."""
    found: set[Id] = set()
    for path in sorted(PACKAGE.rglob("*.py")):
        try:
            found.update(messages_of(ast.parse(path.read_text("utf8")), is_cli=path.parent.name == "cli"))
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None
    return sorted(found, key=lambda id: (id, "") if isinstance(id, str) else id)


def read_catalogue() -> Catalog:
    with open(PO, "rb") as file:
        return read_po(file, locale="vi")


def renewed() -> Catalog:
    """Return a catalogue of the messages of the source, with the translations that are there."""
    old = read_catalogue() if PO.exists() else Catalog(locale="vi")
    new = PlainCatalog(
        locale="vi",
        header_comment="# Vietnamese translations. `make messages` keeps this file in step with the source.",
        fuzzy=False,
    )
    for id in extract():
        known = old.get(id if isinstance(id, str) else id[0])
        new.add(id, string=known.string if known else None)
    return new


def is_translated(text: str | tuple[str, ...] | list[str]) -> bool:
    return bool(text) and all([text] if isinstance(text, str) else text)


def po_bytes(catalogue: Catalog) -> bytes:
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=120, no_location=True, sort_output=True)
    return buffer.getvalue()


def mo_bytes(catalogue: Catalog) -> bytes:
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def main() -> int:
    catalogue = renewed()
    PO.write_bytes(po_bytes(catalogue))
    MO.write_bytes(mo_bytes(catalogue))
    missing = [message for message in catalogue if message.id and not is_translated(message.string)]
    for message in missing:
        sys.stderr.write(f"no Vietnamese for: {message.id}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
