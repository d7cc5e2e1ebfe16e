"""PDF by typst: tagged, archivable, the same bytes for the same data on every machine. Data go in
as inputs, so nothing in them is markup.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

from geo.errors import NarhetError


def pdf_of(
    template: Path, inputs: Mapping[str, str], moment: datetime, *, fonts: Sequence[str]
) -> bytes:
    """Set a template with its inputs as PDF/UA-1, which a screen reader can read, and PDF/A-3a,
    which an archive takes. ``moment``: when the document says it was made; ``fonts``:
    folders of the only fonts that are used.

    Raises
    ------
    NarhetError ``document_failed`` : it cannot be set.
    """
    try:
        written, _ = typst.compile_with_warnings(
            str(template),
            sys_inputs=dict(inputs),
            pdf_standards=["ua-1", "a-3a"],
            timestamp=moment,
            format="pdf",
            **only(fonts),
        )
    except RuntimeError as error:
        raise NarhetError("document_failed", reason=str(error)) from error
    return bytes(written)


def values_of(
    template: Path, label: str, inputs: Mapping[str, str], *, fonts: Sequence[str]
) -> list[Any]:
    """Return the values that a template, once set, holds under a label, in reading order.

    Raises
    ------
    NarhetError ``document_failed`` : it cannot be set.
    """
    try:
        found = typst.query(
            str(template), label, field="value", sys_inputs=dict(inputs), **only(fonts)
        )
    except RuntimeError as error:
        raise NarhetError("document_failed", reason=str(error)) from error
    return list(json.loads(found))


def only(fonts: Sequence[str]) -> dict[str, Any]:
    """Return typst's settings for no fonts but those of some folders, so that every machine writes
    the same bytes.
    """
    return {"font_paths": list(fonts), "ignore_system_fonts": True}
