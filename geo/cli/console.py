"""What every command does alike: tell steps and warnings beside the answer, print JSON, take a file
or a pair as a person writes it. Knows no answer.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from geo import texts
from geo.errors import FileMissing
from geo.types import Progress

Options: TypeAlias = argparse.Namespace


def warn(lines: str | Iterable[str]) -> None:
    """Print beside the answer, so that the answer can be piped on."""
    for line in [lines] if isinstance(lines, str) else lines:
        print(line, file=sys.stderr)


def warn_of_demonstration(is_demonstration: bool, language: str) -> None:
    """Say beside the answer that it rests on a made-up area, where it does."""
    if is_demonstration:
        warn(texts.text("demo.mark", language))


def progress(language: str) -> Progress:
    """Return what tells each step and how far the work is; a step told again is said once."""
    last: list[tuple[str, float]] = []

    def say(key: str, share: float) -> None:
        if last == [(key, share)]:
            return  # told again only to ask whether to go on
        last[:] = [(key, share)]
        warn(f"{texts.percent(share, language):>5}  {texts.text(key, language)}")

    return say


def print_json(document: Mapping[str, Any]) -> None:
    """Print a document as JSON; what JSON has no number for raises ``ValueError``."""
    print(json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False))


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
