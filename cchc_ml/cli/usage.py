"""The help and the errors of the command line itself, in the language of the run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from functools import partial
from typing import Any

import typer
from typer.core import TyperArgument, TyperGroup, TyperOption

from ..messages import Message, catalogued, joined, message
from .settings import say

__all__ = ["TyperUsageError", "translate_fixed_strings", "translate_help", "translate_parameter", "usage_message"]

# Typer does not export the class of all its errors about options and arguments, and not its subclasses.
TyperUsageError: type[Exception] = typer.BadParameter.__mro__[2]

# What the help calls the kinds of values.
_KINDS = {
    "<bool>": "",
    "<path>": message("<file>"),
    "<list[path]>": message("<files>"),
    "<str>": message("<text>"),
    "<list[str]>": message("<text>"),
    "<int>": message("<number>"),
    "<int range>": message("<number>"),
    "<float>": message("<number>"),
    "<float range>": message("<number>"),
}

# Sentences of Typer about a value, and ours instead of them.
_ABOUT_VALUES: tuple[tuple[str, Callable[..., Message]], ...] = (
    (r"Input should be a valid integer\b.*", lambda: message("want a whole number")),
    (r"Input should be a valid number\b.*", lambda: message("want a number")),
    (r"Input should be greater than or equal to (.+)", lambda least: message("want at least {least}", least=least)),
    (r"Input should be less than or equal to (.+)", lambda most: message("want at most {most}", most=most)),
    (
        r"(?:Value error, )?(.+) is not one of (.+?)\.?",
        lambda found, known: message("found {found}, want one of {known}", found=found, known=known),
    ),
)

# Sentences of Typer in its help. They are listed so that they are translated.
_TYPER_HELP = (
    message("Show this message and exit."),
    message("Install completion for the current shell."),
    message("Show completion for the current shell, to copy it or customize the installation."),
)


def translate_help(command: Any, translated: Callable[[str], str] = say) -> None:
    """Put the help of a command, of its options and of the commands below it into a language."""
    command.help = _paragraphs(command.help, translated)
    command.options_metavar = translated(message("[OPTIONS]"))
    for parameter in command.params:
        translate_parameter(parameter, translated)
    if isinstance(command, TyperGroup):
        command.subcommand_metavar = translated(message("COMMAND [ARGS]..."))
        for below in command.commands.values():
            translate_help(below, translated)


def translate_parameter(parameter: Any, translated: Callable[[str], str] = say) -> None:
    """Put the help of an option or an argument, and the name of its kind, into a language."""
    if not isinstance(parameter, (TyperArgument, TyperOption)):
        return
    parameter.help = _paragraphs(parameter.help, translated)
    for name in ("metavar", "rich_help_panel"):
        text = getattr(parameter, name)
        if text:
            setattr(parameter, name, translated(catalogued(text)))
    named = parameter.display_type
    setattr(parameter, "display_type", partial(_kind, named, translated))  # noqa: B010


def _kind(named: Callable[[Any], str], translated: Callable[[str], str], context: Any) -> str:
    name = named(context)
    return translated(_KINDS.get(name.lower(), name))


def _paragraphs(text: str | None, translated: Callable[[str], str]) -> str | None:
    """Return a help text in a language. Each of its paragraphs, without line breaks, is in the catalogue."""
    if not text:
        return text
    paragraphs = (" ".join(paragraph.split()) for paragraph in text.split("\n\n"))
    return "\n\n".join(translated(catalogued(paragraph)) for paragraph in paragraphs)


def translate_fixed_strings() -> None:
    """Put the titles of the panels of the help into the language of the run."""
    from typer import rich_utils

    rich_utils.ARGUMENTS_PANEL_TITLE = say(message("Arguments"))
    rich_utils.OPTIONS_PANEL_TITLE = say(message("Options"))
    rich_utils.COMMANDS_PANEL_TITLE = say(message("Commands"))
    rich_utils.REQUIRED_LONG_STRING = say(message("[required]"))
    rich_utils.DEFAULT_STRING = say(message("[default: {default}]", default="{}"))
    rich_utils.ENVVAR_STRING = say(message("[env var: {name}]", name="{}"))


def usage_message(error: Any) -> Message:
    """Return what is wrong with the command line, and which help to look at."""
    context = getattr(error, "ctx", None)
    path = context.command_path.split()[1:] if context else []
    return message("{problem}; see: {help}", problem=_problem(error), help=" ".join(["cchc-ml", *path, "--help"]))


def _problem(error: Any) -> str:
    """Return what is wrong. The classes of Typer's errors are known by their attributes and names only."""
    kind, text = type(error).__name__, error.message
    if isinstance(text, Message) and not isinstance(error, typer.BadParameter):
        return text
    if kind == "NoSuchOption":
        found = message("No such option: {option}", option=error.option_name)
        return _with_guess(found, error.possibilities or ())
    if kind == "BadOptionUsage":
        if "does not take" in text:
            return message("Option '{option}' does not take a value", option=error.option_name)
        return message("Option '{option}' requires an argument", option=error.option_name)
    if kind == "MissingParameter":
        return _missing(error)
    if isinstance(error, typer.BadParameter):
        reason = text if isinstance(text, Message) else _about_value(text)
        # The environment variable of an option is told in English, and stands in the help.
        name = re.sub(r" \(env var: .*\)$", "", error.param.get_error_hint()) if error.param else ""
        return message("Invalid value for {name}: {reason}", name=name, reason=reason)
    if unknown := re.match(r"No such command '(.*?)'", text):
        name = unknown[1]
        known = error.ctx.command.commands if error.ctx else ()
        return _with_guess(message("No such command '{name}'", name=name), get_close_matches(name, known))
    if extra := re.match(r"Got unexpected extra argument\(s\) \((.*)\)", text):
        return message("Got unexpected extra arguments ({arguments})", arguments=extra[1])
    if text.startswith("Missing command"):
        return message("Missing command")
    return str(error.format_message().rstrip("."))


def _missing(error: Any) -> Message:
    name = error.param.get_error_hint() if error.param else ""
    if error.param and error.param.param_type_name == "option":
        return message("Missing option {name}", name=name)
    return message("Missing argument {name}", name=name)


def _with_guess(problem: Message, guesses: Iterable[str]) -> Message:
    guesses = list(guesses)
    if not guesses:
        return problem
    return message("{problem} (did you mean {guesses}?)", problem=problem, guesses=joined(", ", guesses))


def _about_value(text: str) -> str:
    for pattern, say_it in _ABOUT_VALUES:
        if found := re.fullmatch(pattern, text):
            return say_it(*found.groups())
    return text.rstrip(".")
