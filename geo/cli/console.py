"""What every command does alike: report steps and warnings beside the answer, print JSON, take a
file or a pair as a person writes it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from geo import clock, texts
from geo.errors import FileMissing

if TYPE_CHECKING:
    from geo.output.documents.answer import AnswerDocument
    from geo.types import Progress

Options: TypeAlias = argparse.Namespace


def warn(lines: str | Iterable[str]) -> None:
    """Print beside the answer, so that the answer can be piped on."""
    for line in [lines] if isinstance(lines, str) else lines:
        print(line, file=sys.stderr)


def warn_of_demonstration(is_demonstration: bool, language: str) -> None:
    """Print beside the answer that it rests on a made-up area, where it does."""
    if is_demonstration:
        warn(texts.text("demo.mark", language))


def left_out_line(
    row: int, reason: str, values: dict[str, Any], language: str, *, part: str = "left_out"
) -> str:
    """Return a line about a row of a file that was left out, and why (or, with ``notices`` as
    ``part``, what was done with it); what is of no one row has no row.
    """
    why = texts.text(f"{part}.{reason}", language, **values)
    return texts.text("show.row", language, row=str(row), why=why) if row else why


def progress(language: str) -> Progress:
    """Return a function that prints each step and how far the work is; a step reported again is
    printed once.
    """
    last: list[tuple[str, float]] = []

    def say(key: str, share: float) -> None:
        if last == [(key, share)]:
            return  # reported again only to ask whether to go on
        last[:] = [(key, share)]
        warn(f"{texts.percent(share, language):>5}  {texts.text(key, language)}")

    return say


def print_json(document: Mapping[str, Any]) -> None:
    """Print a document as JSON; what JSON has no number for raises ``ValueError``."""
    print(json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False))


def answer_file(options: Options, endings: Sequence[str] = ()) -> Path | None:
    """Return the file an answer is wanted in, None where it is printed.

    Raises
    ------
    InputError ``output_format`` : the ending is none that the answer can be written as.
    """
    if not options.output:
        return None
    from geo.output.documents.answer import ENDINGS
    from geo.output.files.formats import check_ending

    path = Path(options.output)
    check_ending(path, tuple(endings) or ENDINGS)
    return path


def give(options: Options, file: Path | None, document: Callable[[bool], AnswerDocument]) -> None:
    """Write an answer to its file, or print it as JSON or as text.

    Parameters
    ----------
    document : makes the answer's document; with True, small counts and all, as only the screen of
        who asks shows them.
    """
    from geo.output.documents.answer import answer_bytes, json_text
    from geo.output.files.formats import write_file

    if file is not None:
        outgoing = document(bool(getattr(options, "exact", False)))
        write_file(file, answer_bytes(outgoing, file.suffix.lower()))
    if options.json:
        print(json_text(document(True)))
    elif file is None:
        print("\n".join(document(True).lines))


def today() -> str:
    """Return the day that is printed on paper: Stockholm's."""
    return clock.today().isoformat()


def file_of(name: str | None) -> Path | None:
    """Return the file an option names, None where none is named; else as ``existing``."""
    return None if name is None else existing(name)


def existing(name: str) -> Path:
    """Return the file of a name.

    Raises
    ------
    FileMissing : there is no such file.
    """
    path = Path(name)
    if not path.is_file():
        raise FileMissing(file=name)
    return path
