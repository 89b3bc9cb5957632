"""What the documents say to type: the commands of their console blocks, and what is said to be printed."""

import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

PROMPTS = ("$ ", "> ")


@dataclass
class Command:
    """One command: its words, the file that is piped into it, and the lines that are printed after it."""

    words: list[str]
    stdin: str | None = None
    output: list[str] = field(default_factory=list)


def blocks(path: Path, language: str) -> list[str]:
    """Return the blocks of code of one language in a Markdown file."""
    return re.findall(rf"^```{language}\n(.*?)^```", path.read_text("utf8"), re.S | re.M)


def commands(path: Path) -> list[Command]:
    """Return the commands of the console blocks of a Markdown file, in order."""
    return [command for block in blocks(path, "console") for command in parse(block)]


def parse(block: str) -> list[Command]:
    """Return the commands of a console block.

    A line that starts with ``$`` or ``>`` (Windows) has commands, joined by ``&&`` or ``|``; the lines after it are
    what the last one prints. Behind ``\\``, a line goes on.
    """
    found: list[Command] = []
    for line in re.sub(r" \\\n +", " ", block).splitlines():
        if line.startswith(PROMPTS):
            found += _commands(line[2:].replace("\\", "/"))
        elif line:
            found[-1].output.append(line)
    return found


def _commands(line: str) -> list[Command]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars="&|>")
    lexer.whitespace_split = True
    found, stdin = [Command([])], None
    for word in lexer:
        if word in ("&&", "|"):
            last = found[-1].words
            stdin = last[1] if word == "|" and last[0] == "cat" else None
            found.append(Command([], stdin))
        else:
            found[-1].words.append(word)
    for command in found:
        if ">" in command.words:
            command.words = command.words[: command.words.index(">")]
    return found
