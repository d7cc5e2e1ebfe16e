"""What the files of an answer on paper say: each opens in a reader of its own."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path

import pikepdf
from pptx import Presentation


def says_on_paper(files: Mapping[str, Path], headline: str) -> None:
    """Check that the PDF, the slides and the page of an answer open and say its headline."""
    with pikepdf.open(files[".pdf"]) as document:
        assert len(document.pages) and headline in str(document.docinfo["/Subject"])
    slides = Presentation(str(files[".pptx"])).slides
    words = [shape.text_frame.text for shape in slides[0].shapes if shape.has_text_frame]
    assert any(headline in text for text in words)
    assert f"<p>{escape(headline)}</p>" in files[".html"].read_text(encoding="utf-8")
