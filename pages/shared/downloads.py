"""Files to take home: each kind of file has a button, and is made when somebody clicks it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from geo import clock
from geo.output.documents.answer import ENDINGS, AnswerDocument, answer_bytes
from pages.shared.state import t

COLUMNS = 4


def offer_answer(
    document: Callable[[str], AnswerDocument], stem: str, *, key: str, more: tuple[str, ...] = ()
) -> None:
    """Offer an answer as a file of each kind, the board's paper first.

    Parameters
    ----------
    document : makes the answer's document, small counts hidden, for the day printed on it.
    stem : the file's name without its ending.
    more : further endings this answer has of its own.
    """

    def written(ending: str) -> Callable[[], bytes]:
        return lambda: answer_bytes(document(clock.today().isoformat()), ending)

    endings = tuple(dict.fromkeys((*ENDINGS, *more)))
    for first in range(0, len(endings), COLUMNS):
        for column, ending in zip(
            st.columns(COLUMNS), endings[first : first + COLUMNS], strict=False
        ):
            column.download_button(
                t(f"files.{ending[1:]}"),
                written(ending),
                file_name=f"{stem}{ending}",
                on_click="ignore",
                width="stretch",
                key=f"{key}{ending}",
            )


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
