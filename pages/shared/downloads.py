"""Files made before the click, each with a button to download it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.shared.state import t


def offer(made: Mapping[str, bytes], stem: str, *, key: str, labels: str = "gap.download_") -> None:
    """Offer a file of each ending side by side; ``labels`` begins the keys of their names."""
    for column, (ending, content) in zip(st.columns(len(made)), made.items(), strict=True):
        column.download_button(
            t(f"{labels}{ending[1:]}"),
            content,
            file_name=f"{stem}{ending}",
            on_click="ignore",
            width="stretch",
            key=f"{key}{ending}",
        )
