"""Reads back what a report's file carries (see ``geo.output.report.record``), from files nobody
vouches for: bounded in size, without XML definitions, and never more than looked at.
"""

from __future__ import annotations

import json
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn
from xml.parsers import expat

from geo.errors import BadProvenance, FileMissing, InputError
from geo.output.report.record import FORMAT, NAME, SCRIPT_ID, URI, VERSION
from geo.texts import Phrase

MB = 1_000_000
MAX_FILE_MB, MAX_PART_MB, MAX_RECORD_MB = 200, 50, 10
MAX_PARTS = 5_000
SQLITE_STEPS = 50
"""Times a thousand steps of SQLite's machine that reading one row may take."""


def embedded(path: Path) -> dict[str, Any]:
    """Return the record a report's file carries.

    Raises
    ------
    FileMissing; InputError ``output_format`` : an ending no report has. InputError
    ``no_provenance`` : it carries none.
    BadProvenance : it is damaged, from a newer Närhet, too large, or holds XML definitions.
    """
    ending = path.suffix.lower()
    if ending not in _READERS:
        raise InputError("output_format", found=path.name, known=", ".join(_READERS))
    if not path.is_file():
        raise FileMissing(file=str(path))
    if path.stat().st_size > MAX_FILE_MB * MB:
        raise _bad(path, "prov_large", limit=MAX_FILE_MB)
    try:
        found = _READERS[ending](path)
    except (OSError, zipfile.BadZipFile, zlib.error, sqlite3.Error, expat.ExpatError) as error:
        raise InputError("no_provenance", file=path.name) from error
    except (NotImplementedError, RuntimeError, EOFError, UnicodeDecodeError) as error:
        raise InputError(
            "no_provenance", file=path.name
        ) from error  # zip parts that are locked or cut short
    if found is None:
        raise InputError("no_provenance", file=path.name)
    return _checked(path, found)


def parse(words: bytes | str) -> dict[str, Any] | None:
    """Return JSON as a record, None where it is none of ours.

    Raises
    ------
    ValueError : it is no JSON, or holds what JSON does not (NaN), or is nested without end.
    """
    if len(words) > MAX_RECORD_MB * MB:
        raise ValueError
    try:
        found = json.loads(words, parse_constant=_no_constant)
    except RecursionError as error:
        raise ValueError from error
    return found if isinstance(found, dict) and found.get("format") == FORMAT else None


def bounded_parts(path: Path, names: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
    """Yield the parts of an Office file whose names are wanted, each bounded in size.

    Raises
    ------
    BadProvenance : one is larger than ``MAX_PART_MB``, or there are too many.
    """
    with zipfile.ZipFile(path) as package:
        members = package.infolist()
        if len(members) > MAX_PARTS:
            raise _bad(path, "prov_large", limit=MAX_PART_MB)
        for member in sorted(members, key=lambda member: member.filename):
            if names(member.filename):
                with package.open(member) as part:
                    content = part.read(MAX_PART_MB * MB + 1)
                if len(content) > MAX_PART_MB * MB:
                    raise _bad(path, "prov_large", limit=MAX_PART_MB)
                yield member.filename, content


def texts_of(path: Path, content: bytes, element: str) -> list[str]:
    """Return the text inside each element of a name (without its prefix) in an XML part.

    Raises
    ------
    BadProvenance : the part holds a document type: we read no definitions.
    """
    found: list[str] = []
    inside = 0
    reader = expat.ParserCreate(namespace_separator=" ")

    def start(name: str, _: object) -> None:
        nonlocal inside
        if name.rpartition(" ")[2] == element:
            inside += 1
            if inside == 1:
                found.append("")

    def end(name: str) -> None:
        nonlocal inside
        inside -= name.rpartition(" ")[2] == element

    def words(text: str) -> None:
        if inside:
            found[-1] += text

    def refuse(*_: object) -> NoReturn:
        raise _bad(path, "prov_dtd")

    reader.buffer_text = True
    reader.StartElementHandler, reader.EndElementHandler = start, end
    reader.CharacterDataHandler = words
    reader.StartDoctypeDeclHandler = refuse
    reader.Parse(content, True)
    return found


def _checked(path: Path, found: dict[str, Any]) -> dict[str, Any]:
    """Return the record if it has all its parts; their content is for ``verify`` to doubt."""
    version = found.get("version")
    if isinstance(version, int) and version > VERSION:
        raise _bad(path, "prov_newer", found=version)
    area = found.get("area")
    shape = (
        isinstance(version, int)
        and isinstance(area, dict)
        and isinstance(area.get("id"), str)
        and isinstance(area.get("key"), str)
        and isinstance(area.get("checksums"), dict)
        and all(isinstance(found.get(name), dict) for name in ("settings", "results"))
        and isinstance(found.get("date"), str)
    )
    if not shape:
        raise _bad(path, "prov_json")
    return found


def _pdf(path: Path) -> dict[str, Any] | None:
    """Look through the file's embedded streams for ours."""
    content = path.read_bytes()
    for match in re.finditer(rb"/EmbeddedFile\b", content):
        start = content.find(b"stream", match.end(), match.end() + 4_000)
        stop = content.find(b"endstream", start)
        if start < 0 or stop < 0:
            continue
        before = content.rfind(b" obj", 0, match.start())
        packed = b"/FlateDecode" in content[before:start]
        data = content[start + len(b"stream") : stop].lstrip(b"\r\n")
        if packed:
            data = zlib.decompressobj().decompress(data, MAX_RECORD_MB * MB)
        if found := _ours(path, data.strip()):
            return found
    return None


def _workbook(path: Path) -> dict[str, Any] | None:
    """Return the record from the cells that hold it, wherever they stand."""
    cells: dict[int, str] = {}
    wanted = re.compile(rf"{re.escape(NAME)} (\d{{1,4}})/(\d{{1,4}}) (.*)", re.DOTALL)
    count = 0
    for name, content in bounded_parts(path, _holds_cells):
        for text in texts_of(path, content, "si" if "sharedStrings" in name else "is"):
            if match := wanted.fullmatch(text):
                cells[int(match[1])] = match[3]
                count = int(match[2])
    if not cells:
        return None
    if sorted(cells) != list(range(1, count + 1)):
        raise _bad(path, "prov_json")
    return _ours(path, "".join(cells[at] for at in sorted(cells)), sure=True)


def _holds_cells(name: str) -> bool:
    return (
        name == "xl/sharedStrings.xml" or re.fullmatch(r"xl/worksheets/\w+\.xml", name) is not None
    )


def _slides(path: Path) -> dict[str, Any] | None:
    """Look through the custom XML parts for ours."""
    for _, content in bounded_parts(path, _is_custom):
        if URI.encode() in content:
            for text in texts_of(path, content, "narhet"):
                if found := _ours(path, text, sure=True):
                    return found
    return None


def _is_custom(name: str) -> bool:
    return re.fullmatch(r"customXml/item\d+\.xml", name) is not None


def _geopackage(path: Path) -> dict[str, Any] | None:
    """Read one row of a table; a view in its place could compute without end."""
    link = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    steps = iter(range(SQLITE_STEPS))
    try:
        link.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_RECORD_MB * MB)
        link.set_progress_handler(lambda: next(steps, None) is None, 1_000)
        link.execute("PRAGMA trusted_schema = OFF")
        kind = link.execute(
            "SELECT type FROM sqlite_master WHERE name = 'gpkg_metadata'"
        ).fetchone()
        if kind != ("table",):
            return None
        row = link.execute(
            "SELECT metadata FROM gpkg_metadata WHERE md_standard_uri = ?", (URI,)
        ).fetchone()
    finally:
        link.close()
    return _ours(path, row[0], sure=True) if row and isinstance(row[0], str) else None


def _page(path: Path) -> dict[str, Any] | None:
    content = path.read_bytes()
    start = content.find(f'id="{SCRIPT_ID}">'.encode())
    stop = content.find(b"</script>", start)
    if start < 0 or stop < 0:
        return None
    return _ours(path, content[content.find(b">", start) + 1 : stop], sure=True)


def _geojson(path: Path) -> dict[str, Any] | None:
    try:
        document = json.loads(path.read_bytes(), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise _bad(path, "prov_json") from error
    about = document.get("narhet") if isinstance(document, dict) else None
    found = about.get("report") if isinstance(about, dict) else None
    return found if isinstance(found, dict) and found.get("format") == FORMAT else None


_READERS: dict[str, Callable[[Path], dict[str, Any] | None]] = {
    ".pdf": _pdf,
    ".pptx": _slides,
    ".xlsx": _workbook,
    ".gpkg": _geopackage,
    ".geojson": _geojson,
    ".html": _page,
}


def _ours(path: Path, words: bytes | str, *, sure: bool = False) -> dict[str, Any] | None:
    """Return the record; where it is ``sure`` to be meant as ours, damage is an error."""
    try:
        found = parse(words)
    except ValueError as error:
        if sure:
            raise _bad(path, "prov_json") from error
        return None
    if found is None and sure:
        raise _bad(path, "prov_json")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _bad(path: Path, reason: str, **values: object) -> BadProvenance:
    return BadProvenance(file=path.name, reason=Phrase(f"reasons.{reason}", {**values}))
