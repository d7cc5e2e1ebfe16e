"""What records report beside an activity's own fields: a link, and texts in other languages. They
are checked before use, as anybody may have written them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from geo.area import languages
from geo.cells import is_unknown, plain, written
from geo.errors import UnknownLanguage
from geo.resources import DATA

LONGEST_LINK = 200
"""Letters a link may have: a longer one makes a code that telephones fail to read in print."""
LONGEST_TEXT = 2000
_CONTROL = re.compile(r"[\s\x00-\x20\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\\<>\"'`{}|^]")
_CODE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z]{4})?(?:[-_](?:[A-Za-z]{2}|[0-9]{3}))?")


@dataclass(frozen=True)
class Written:
    """What a record holds in one language (BCP 47): a name and a text, "" for none."""

    language: str
    name: str = ""
    text: str = ""


def told_of(record: Mapping[Any, Any]) -> tuple[tuple[str, str], ...]:
    """Return the columns of a record that hold a link or a text in a stated language, with the
    text.

    >>> told_of({"webb": "https://example.org", "name_ti": "ካፈ", "rum": "2"})
    (('webb', 'https://example.org'), ('name_ti', 'ካፈ'))
    """
    links = {plain(name) for name in _columns()["link"]}
    return tuple(
        (str(column), written(value)[:LONGEST_TEXT])
        for column, value in record.items()
        if (plain(str(column)) in links or _tagged(str(column))[1])
        and not is_unknown(value)
        and written(value).strip()
    )


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
        if plain(before) in map(plain, _columns()[part]):
            try:
                return part, languages.language(tag)
            except UnknownLanguage:
                return "", ""
    return "", ""


def _split(column: str) -> tuple[str, str, str]:
    """Cut a column at its first colon, else its first low line."""
    return column.strip().partition(":" if ":" in column else "_")


@cache
def _columns() -> dict[str, tuple[str, ...]]:
    with (DATA / "bank.toml").open("rb") as file:
        table: dict[str, list[str]] = tomllib.load(file)["columns"]
    return {name: tuple(columns) for name, columns in table.items()}
