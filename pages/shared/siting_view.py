"""A question about new places between the words of an address and ``SitingQuestion``: what the page
Placera keeps choice by choice, and Gap and Nämnd get whole, under ``asked``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from geo.planning.siting.question import SitingQuestion


def write(question: SitingQuestion) -> str:
    """Return a whole question as one word of an address."""
    data = question.to_data(all_of_it=False)
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read(words: str) -> SitingQuestion | None:
    """Return the question that ``write`` wrote, None where nothing is written.

    Raises
    ------
    InputError ``bad_question`` and what ``SitingQuestion.from_data`` raises : it is something else.
    """
    if not words:
        return None
    try:
        data = json.loads(words)
    except (ValueError, RecursionError):
        data = words
    return SitingQuestion.from_data(data)


def view_of(words: str) -> dict[str, str]:
    """Return the choices of the page Placera that ask a written question; nothing where none is."""
    question = read(words)
    if question is None:
        return {}
    only = [name for name in ("evening", "staffed") if getattr(question, name)]
    housing = dict(question.near).get("transitional_housing")
    count = {} if question.count is None else {"count": str(question.count)}
    return {
        **count,
        "open": question.kind,
        "aim": question.objective,
        "limit": f"{question.limit_m:g}",
        "group": question.group,
        "profile": question.profile,
        "rooms": "|".join(question.kinds),
        "near": "" if housing is None else f"{housing:g}",
        "spots": "|".join(f"{lon:.5f},{lat:.5f}" for lon, lat in question.points),
        "lattice": "" if question.lattice_m is None else f"{question.lattice_m:g}",
        "refused": write_refused(question.excluded, dict(question.reasons)),
        "existing": question.existing,
        "only": "|".join(only),
        "balance": "" if question.balance is None else f"{question.balance:g}",
        "budget": "" if question.budget is None else f"{question.budget:g}",
    }


def read_refused(words: str) -> dict[str, str]:
    """Return who said no, each with why, in the order they did.

    >>> read_refused("library-1=closes in May|school-2")
    {'library-1': 'closes in May', 'school-2': ''}
    """
    pairs = (part.partition("=") for part in words.split("|") if part)
    return {name: why for name, _, why in pairs if name}


def write_refused(ids: Iterable[str], why: dict[str, str]) -> str:
    """Return those who said no as ``read_refused`` reads them."""
    return "|".join(
        f"{one}={reason}" if (reason := _plain(why.get(one, ""))) else one for one in ids
    )


def _plain(reason: str) -> str:
    """Return a reason without the sign that parts them."""
    return " ".join(reason.replace("|", "/").split())
