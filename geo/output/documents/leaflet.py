"""The knowledge bank on one sheet of A4, as a dense page or a leaflet with QR codes: a tagged PDF
by typst, the same bytes for the same answer. As many entries as fit, nearest first, and how many
more there are. Texts of files go in as data, never as markup; none is translated.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import segno

from geo import texts
from geo.access.knowledge_bank.model import Bank, Entry
from geo.area import languages
from geo.area.activities.model import Written
from geo.area.model import Area
from geo.output.maps.knowledge_bank import bank_map, numbers_of
from geo.output.maps.spec import credits_of
from geo.output.print import text_shapes
from geo.output.print.figure import figure_svg
from geo.output.print.text_shapes import pdf_of, values_of
from geo.output.words import knowledge_bank as knowledge_bank_words

TEMPLATE = Path(__file__).with_name("leaflet.typ")
WIDTH_MM, MAP_MM = 182.0, 66.0
MOST = 60
"""More entries than this are never tried: no sheet holds them."""
LETTERS = {"title": 80, "name": 70, "line": 90, "lines": 190, "hours": 100, "text": 220, "host": 44}
"""Longer texts are cut, with a mark that they are."""
MOST_SPOKEN, MOST_TEXTS = 5, 3
_LONG = re.compile(r"\S{25,}")
"""A run of letters that may have to break."""


@dataclass(frozen=True)
class _Asked:
    """What a sheet is made of."""

    bank: Bank
    area: Area
    language: str
    as_leaflet: bool


def pdf_bytes(bank: Bank, area: Area, language: str, *, as_leaflet: bool = False) -> bytes:
    """Write an answer as one page of PDF.

    Raises
    ------
    NarhetError ``document_failed`` : it cannot be set; nothing is written.
    """
    inputs = _fitted(_Asked(bank, area, language, as_leaflet))
    moment = datetime.combine(bank.question.today, datetime.min.time(), UTC)
    return pdf_of(TEMPLATE, inputs, moment, fonts=text_shapes.paths())


def _fitted(asked: _Asked) -> dict[str, str]:
    """Return what the template sets, with as many entries as one page holds."""
    bank = asked.bank
    numbered = numbers_of(bank.all)
    low, high = 0, 0
    while high < min(len(bank.all), MOST) and bank.all[high].place in numbered:
        high += 1
    while low < high:
        middle = (low + high + 1) // 2
        if _pages(_inputs(_content(asked, middle))) == 1:
            low = middle
        else:
            high = middle - 1
    content = _content(asked, low)
    spec = bank_map(asked.area, bank, bank.all[:low], asked.language)
    bare = replace(spec, legend=())  # the line below it shows the same in less room
    drawn = figure_svg(bare, asked.area, asked.language, width_mm=WIDTH_MM, height_mm=MAP_MM)
    content["map"] |= {"svg": drawn.decode(), "alt": text_shapes.plain(spec.alt_text)}
    return _inputs(content)


def _inputs(content: Mapping[str, Any]) -> dict[str, str]:
    return {"sheet": json.dumps(content, ensure_ascii=False)}


def _pages(inputs: dict[str, str]) -> int:
    return int(values_of(TEMPLATE, "<pages>", inputs, fonts=text_shapes.paths())[0])


def _content(asked: _Asked, count: int) -> dict[str, Any]:
    """Gather what the template sets with the nearest ``count`` entries; the map is not drawn."""
    bank, language = asked.bank, asked.language
    day = bank.question.today
    foot = [_cut(bank.area_name, "name"), day.isoformat(), *credits_of(asked.area)]
    return {
        "lang": language,
        "leaflet": asked.as_leaflet,
        "families": text_shapes.families(),
        "title": text_shapes.strong(_cut(knowledge_bank_words.title(bank, language), "title")),
        "own": _own(bank.question.language) if asked.as_leaflet else None,
        "asked": text_shapes.plain(knowledge_bank_words.question_words(bank.question, language)),
        "notes": [text_shapes.plain(note) for note in _notes(asked)],
        "marks": [texts.text("demo.mark", language)] if bank.demonstration else [],
        "more": _more(bank, count, language),
        "footer": text_shapes.plain(" · ".join(foot)),
        "map": {
            "svg": "",
            "height": MAP_MM,
            "alt": "",
            "note": knowledge_bank_words.say(_map_note(bank), language),
        },
        "year": day.year,
        "month": day.month,
        "day": day.day,
        "parts": _parts(asked, count),
    }


def _parts(asked: _Asked, count: int) -> list[dict[str, Any]]:
    """Return the lists by theme, of the nearest only."""
    shown = set(map(id, asked.bank.all[:count]))
    numbers = numbers_of(asked.bank.all)
    parts = [
        {
            "title": text_shapes.strong(title),
            "entries": [_entry(each, numbers, asked) for each in entries if id(each) in shown],
        }
        for title, entries in knowledge_bank_words.sections(asked.bank, asked.language)
    ]
    return [part for part in parts if part["entries"]]


def _map_note(bank: Bank) -> str:
    if not bank.start.restricted:
        return "sheet_map"
    return "sheet_map_restricted" if bank.start.region is not None else "sheet_map_nowhere"


def _more(bank: Bank, count: int, language: str) -> str:
    """Return how many stand here, how many more there are, and how many no path leads to."""
    found = len(bank.all)
    key = "shown_none" if not found else "shown_all" if count == found else "shown"
    words = knowledge_bank_words.say(key, language, shown=count, found=found, more=found - count)
    far = len(bank.unreachable)
    return f"{words} {knowledge_bank_words.say('shown_far', language, far=far)}" if far else words


def _notes(asked: _Asked) -> list[str]:
    """Return how protected housing is counted from, and what of a language cannot be shown."""
    bank, language = asked.bank, asked.language
    notes = knowledge_bank_words.restricted_note(bank, language)
    notes += [_cut(note, "text") for note in knowledge_bank_words.municipal_notes(bank, language)]
    code = bank.question.language
    if not asked.as_leaflet or not code or code in texts.LANGUAGES:
        return notes
    written = [each for entry in bank.all for each in _in_language(entry, code)]
    told = [part for each in written for part in (each.name, each.text) if part]
    name = languages.name(code, language)
    if not told:
        notes.append(knowledge_bank_words.say("no_texts", language, spoken=name))
    elif not all(map(text_shapes.shown, told)):
        notes.append(knowledge_bank_words.say("no_letters", language, spoken=name))
    return notes


def _entry(entry: Entry, numbers: Mapping[str, int], asked: _Asked) -> dict[str, Any]:
    """Return an entry's texts, each made of letters that can be shown, none too long."""
    bank, language = asked.bank, asked.language
    sub = [
        knowledge_bank_words.kind_words(entry, language),
        _cut(knowledge_bank_words.where_words(entry), "name"),
    ]
    hours = knowledge_bank_words.hours_words(entry, bank.question, language)
    written = _written(entry, bank.question.language) if asked.as_leaflet else []
    return {
        "number": str(numbers.get(entry.place, "")),
        "name": text_shapes.strong(_cut(knowledge_bank_words.name_words(entry, language), "name")),
        "names": _other([(each.language, each.name) for each in written], "name"),
        "texts": _other([(each.language, each.text) for each in written], "text"),
        "sub": text_shapes.plain(" · ".join(filter(None, sub))),
        "walk": knowledge_bank_words.walk_words(entry, language),
        "hours": text_shapes.strong(_cut(hours, "hours")),
        "languages": _spoken(entry, language, asked.as_leaflet),
        "lines": [text_shapes.plain(_cut(line, "lines")) for line in _lines(entry, asked) if line],
        "doubt": text_shapes.plain(
            knowledge_bank_words.doubt_words(entry, language, but=("times",))
        ),
        **_link(entry.link if asked.as_leaflet else "", language),
    }


def _lines(entry: Entry, asked: _Asked) -> list[str]:
    """Return who may come and how, who holds it, and on a leaflet whom to ask."""
    terms = knowledge_bank_words.terms_and_whom(entry, asked.language)
    organisers = _cut(", ".join(entry.activity.organisers), "line")
    if not asked.as_leaflet:
        return [" · ".join(filter(None, (_cut(terms, "line"), organisers)))]
    contact = entry.activity.contact
    return [terms, organisers, "" if contact == entry.link else contact]


def _spoken(entry: Entry, language: str, as_leaflet: bool) -> list[dict[str, Any]]:
    """Return the languages spoken there, on a leaflet also as they call themselves."""
    found = []
    for code in entry.activity.languages[:MOST_SPOKEN]:
        name, own = languages.name(code, language), text_shapes.shown(languages.own_name(code))
        differs = as_leaflet and own and own.casefold() != name.casefold()
        found.append({"name": text_shapes.plain(name), "own": _in(code, own) if differs else None})
    return found


def _written(entry: Entry, asked: str) -> list[Written]:
    """Return an entry's texts in the question's language; without one, in those there are."""
    if asked:
        return _in_language(entry, asked)
    return [*entry.written, *entry.place_written][:MOST_TEXTS]


def _in_language(entry: Entry, code: str) -> list[Written]:
    told = (*entry.written, *entry.place_written)
    return [each for each in told if languages.speaks(code, each.language)][:MOST_TEXTS]


def _other(told: list[tuple[str, str]], length: str) -> list[dict[str, Any]]:
    """Return texts in other languages, those whose letters can be shown, each once."""
    kept = {(code, text_shapes.shown(_cut(text, length))) for code, text in told}
    return [_in(code, text) for code, text in sorted(kept) if text]


def _in(code: str, text: str) -> dict[str, Any]:
    """Return a text with its language and the side it is read from."""
    from_right = languages.is_right_to_left(code)
    return {"lang": code.split("-")[0], "rtl": from_right, "text": _LONG.sub(_broken, text)}


def _own(code: str) -> dict[str, Any] | None:
    """Return the name of the question's language in the language itself, where it can be shown."""
    own = text_shapes.shown(languages.own_name(code)) if code else ""
    return _in(code, own) if own else None


def _link(link: str, language: str) -> dict[str, str]:
    """Return a link with its QR code and what stands beside it; all empty where there is none."""
    if not link:
        return {"link": "", "host": "", "qr": "", "qr_alt": ""}
    drawn = BytesIO()
    segno.make(link, error="m", micro=False).save(drawn, kind="svg", border=4, xmldecl=False)
    parts = urlsplit(link)
    host = f"{parts.hostname}{parts.path}".rstrip("/")
    return {
        "link": link,
        "host": text_shapes.plain(_cut(host, "host")),
        "qr": drawn.getvalue().decode(),
        "qr_alt": knowledge_bank_words.say("qr_alt", language, link=text_shapes.plain(link)),
    }


def _broken(run: re.Match[str]) -> str:
    word = run.group()
    return "\u200b".join(word[at : at + 6] for at in range(0, len(word), 6))


def _cut(text: str, what: str) -> str:
    most = LETTERS[what]
    kept = " ".join(text[: 4 * most].split())
    return kept if len(kept) <= most else f"{kept[: most - 1]}…"
