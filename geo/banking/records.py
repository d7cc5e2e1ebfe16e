"""What records tell beside an activity's own fields: a link, and texts in other languages. Reads
them with care: anybody may have written them. Knows nothing of walking.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from geo.activity import languages
from geo.errors import UnknownLanguage
from geo.sources.cells import is_unknown, plain, written
from geo.texts import DATA

LONGEST_LINK = 200
"""Letters a link may have: a longer one makes a code that telephones fail to read in print."""
LONGEST_TEXT = 2000
_CONTROL = re.compile(r"[\s\x00-\x20\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\\<>\"'`{}|^]")
_CODE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z]{4})?(?:[-_](?:[A-Za-z]{2}|[0-9]{3}))?")


@dataclass(frozen=True)
class Rules:
    """What ``data/bank.toml`` says."""

    soon_hours: int
    ahead_days: int
    themes: Mapping[str, str]
    left_out: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Written:
    """What a record holds in one language (BCP 47): a name and a text, "" for none."""

    language: str
    name: str = ""
    text: str = ""


@cache
def rules() -> Rules:
    """Return the bank's presets."""
    with (DATA / "bank.toml").open("rb") as file:
        table: dict[str, Any] = tomllib.load(file)
    return Rules(
        soon_hours=int(table["soon_hours"]),
        ahead_days=int(table["ahead_days"]),
        themes=dict(table["themes"]),
        left_out=tuple(table["left_out"]["kinds"]),
        columns={name: tuple(columns) for name, columns in table["columns"].items()},
    )


def fields_of(details: object) -> dict[str, Any]:
    """Return a record kept as JSON; an empty one where it is none."""
    try:
        found = json.loads(details) if isinstance(details, str) and details else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def said(record: Mapping[str, Any], field: str) -> str:
    """Return what a record says of a field of ``data/bank.toml``, "" where nothing."""
    known = {plain(name) for name in rules().columns[field]}
    for column, value in record.items():
        if plain(str(column)) in known and not is_unknown(value):
            return " ".join(written(value).split())
    return ""


def link_of(text: str) -> str:
    """Return a link that may be printed and followed, "" for anything else: http or https to a
    host, without a user's name, spaces or signs that no link has, and not too long.

    >>> link_of("https://example.org/språk?x=1"), link_of("javascript:alert(1)")
    ('https://example.org/språk?x=1', '')
    """
    link = text.strip()
    if not link or len(link) > LONGEST_LINK or _CONTROL.search(link):
        return ""
    try:
        parts = urlsplit(link)
        port = parts.port
    except ValueError:
        return ""
    host = parts.hostname or ""
    whole = parts.scheme.lower() in ("http", "https") and "." in host.strip(".") and port != 0
    return link if whole and "@" not in parts.netloc else ""


def written_of(record: Mapping[str, Any]) -> tuple[Written, ...]:
    """Return the texts a record holds in stated languages, by language code.

    A column is a word of ``name`` or ``text`` (``data/bank.toml``), then ``_`` or ``:`` and a
    language's code: ``name_ti``, ``description:ar``. Nothing is translated.

    >>> written_of({"name_ti": "ካፈ", "text:ar": "مقهى", "name": "Café", "text_1": "x"})
    (Written(language='ar', name='', text='مقهى'), Written(language='ti', name='ካፈ', text=''))
    """
    found: dict[str, dict[str, str]] = {}
    for column, value in record.items():
        part, code = _tagged(str(column))
        if code and isinstance(value, str) and value.strip():
            text = " ".join(value[:LONGEST_TEXT].split())
            found.setdefault(code, {}).setdefault(part, text)
    return tuple(Written(code, **found[code]) for code in sorted(found))


def _tagged(column: str) -> tuple[str, str]:
    """Return which field a column is and its language's code; "" where it has none."""
    before, sign, tag = _split(column)
    if not sign or not _CODE.fullmatch(tag):
        return "", ""
    for part in ("name", "text"):
        if plain(before) in map(plain, rules().columns[part]):
            try:
                return part, languages.language(tag)
            except UnknownLanguage:
                return "", ""
    return "", ""


def _split(column: str) -> tuple[str, str, str]:
    """Cut a column at its first colon, else its first low line."""
    return column.strip().partition(":" if ":" in column else "_")
