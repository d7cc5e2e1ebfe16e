"""``python -m geo``: the same answers as on screen, from the command line.

Reads arguments and runs a command. A command's own module, and the libraries it needs, are loaded
when it is chosen, so that help and lists answer at once.

Exit status: 0 done, 1 an area or a service failed, 2 something given cannot be used.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import NoReturn

from geo import texts
from geo.cli.options import add_commands
from geo.errors import InputError, NarhetError


class _Parser(argparse.ArgumentParser):
    """An argument parser that refuses with one of our errors, in the user's language."""

    def error(self, message: str) -> NoReturn:
        command = self.prog.partition("geo")[2].strip()
        raise InputError("bad_option", reason=_in_words(message), command=command)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; messages go to standard error."""
    given = list(sys.argv[1:] if argv is None else argv)
    language = _language(given)
    try:
        options = parser(language).parse_args(given)
        options.lang = language
        command(options.run)(options)
    except NarhetError as error:
        print(error.message(language), file=sys.stderr)
        print_hint(error, language)
        return 2 if isinstance(error, InputError) else 1
    except BrokenPipeError:
        return 1
    except KeyboardInterrupt:
        print(texts.text("errors.cancelled", language), file=sys.stderr)
        return 130
    return 0


def print_hint(error: NarhetError, language: str) -> None:
    """Print how the command line answers a refusal, where the sentence says what to do in words
    that a page shares.
    """
    code = str(error.values["key"]).replace(".", "_") if "key" in error.values else error.code
    if f"hint.{code}" in texts.catalogue(language):
        print(texts.text(f"hint.{code}", language), file=sys.stderr)


def command(where: str) -> Callable[[argparse.Namespace], None]:
    """Return the function of a command by its ``module:function`` under ``geo.cli``."""
    module, _, name = where.partition(":")
    found: Callable[[argparse.Namespace], None] = getattr(import_module(f"geo.cli.{module}"), name)
    return found


def parser(language: str = "sv") -> argparse.ArgumentParser:
    """Return the parser of all commands, with help in a language."""

    def say(key: str) -> str:
        return texts.text(f"cli.{key}", language).replace("%", "%%")

    common = _Parser(add_help=False)
    common.add_argument("--home", help=say("home"))
    common.add_argument("--lang", choices=texts.LANGUAGES, help=say("lang"))
    root = _Parser(prog="python -m geo", description=say("narhet"), parents=[common])
    tasks = root.add_subparsers(dest="task", required=True, parser_class=_Parser, metavar="…")
    add_commands(tasks, common, say)
    return root


_SAID = (
    (r"the following arguments are required: (?P<what>.+)", "missing"),
    (r"unrecognized arguments: (?P<what>.+)", "unknown"),
    (r"argument (?P<what>.+): expected .+", "empty"),
    (
        r"argument (?P<what>.+): invalid choice: (?P<found>.+?) \(choose from (?P<valid>.+)\)",
        "choice",
    ),
    (r"argument (?P<what>.+): invalid (?:int|float) value: (?P<found>.+)", "number"),
    (r"argument (?P<what>.+): not allowed with argument (?P<other>.+)", "together"),
)
"""What argparse says, and the text under ``cli.`` that says it in the user's language."""


def _in_words(message: str) -> texts.Phrase | str:
    for pattern, key in _SAID:
        if found := re.fullmatch(pattern, message):
            return texts.Phrase(f"cli.said_{key}", found.groupdict())
    return message


def _language(argv: Sequence[str]) -> str:
    """Find the language before the arguments are read, so that a refusal can speak it."""
    for at, word in enumerate(argv):
        if word.startswith("--lang"):
            value = word.partition("=")[2] or (argv[at + 1] if at + 1 < len(argv) else "")
            if value in texts.LANGUAGES:
                return value
    chosen = os.environ.get("NARHET_LANG", "")
    return chosen if chosen in texts.LANGUAGES else "sv"
