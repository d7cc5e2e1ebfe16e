"""The finishing of a file of slides: the record it carries, its language, and bytes that do not
change from one day to the next. Knows no slides.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_RUN = re.compile(rb"<a:(rPr|endParaRPr|defRPr)(?![A-Za-z])([^>]*?)(/?>)")
_LANGUAGE = re.compile(rb' (?:lang|altLang)="[^"]*"')
_PLAIN_RUN = re.compile(rb"<a:r>(?=<a:t)")
_CREATED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(<)")
_ITEM = "customXml/item1.xml"
_TYPES, _RELATIONS = "[Content_Types].xml", "_rels/.rels"
_CUSTOM = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXml"


def clean(words: str) -> str:
    """Return text without the signs XML can not hold."""
    return _FORBIDDEN.sub("", words)


def finished(package: bytes, record: bytes, moment: dt.datetime, language: str) -> bytes:
    """Put the record into a file of slides, tell its language, and fix every date in it.

    ``moment`` takes the place of when parts were made; workbooks inside charts are treated alike.
    """
    parts = dict(_parts(package))
    if _ITEM in parts:
        raise ValueError(_ITEM)
    parts[_ITEM] = record
    link = f'<Relationship Id="rIdNarhet" Type="{_CUSTOM}" Target="{_ITEM}"/>'
    parts[_RELATIONS] = parts[_RELATIONS].replace(
        b"</Relationships>", link.encode() + b"</Relationships>"
    )
    for name, content in parts.items():
        if name.endswith(".xlsx"):
            parts[name] = _packed(dict(_parts(content)), moment)
        elif re.fullmatch(r"ppt/(slides|notesSlides|charts)/\w+\.xml", name):
            parts[name] = _told(content, language)
    return _packed(parts, moment)


def _told(content: bytes, language: str) -> bytes:
    """Return a part in which every run of text says its language, and none another."""

    def run(found: re.Match[bytes]) -> bytes:
        rest = _LANGUAGE.sub(b"", found[2])
        return b'<a:%s lang="%s"%s%s' % (found[1], language.encode(), rest, found[3])

    return _RUN.sub(run, _PLAIN_RUN.sub(b"<a:r><a:rPr/>", content))


def _parts(package: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(package)) as file:
        return [(name, file.read(name)) for name in file.namelist()]


def _packed(parts: dict[str, bytes], moment: dt.datetime) -> bytes:
    when = rf"\g<1>{moment.isoformat(timespec='seconds')}Z\g<3>".encode()
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as file:
        first = [name for name in (_TYPES,) if name in parts]
        for name in [*first, *sorted(set(parts) - set(first))]:
            content = parts[name]
            if name == "docProps/core.xml":
                content = _CREATED.sub(when, content)
            entry = zipfile.ZipInfo(name, _ZIP_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(entry, content)
    return memory.getvalue()
