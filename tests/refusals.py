"""What a test expects of a refusal: its class and its exact code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from geo import errors


def told_apart() -> dict[str, type[errors.NarhetError]]:
    """Return every class of ``geo.errors`` by the code it has of itself."""
    classes = [
        each
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, errors.NarhetError)
    ]
    return {each().code: each for each in classes}


@contextmanager
def refused(
    code: str, family: type[errors.NarhetError] = errors.InputError, *, match: str | None = None
) -> Iterator[pytest.ExceptionInfo[errors.NarhetError]]:
    """Expect a refusal with this code, of the class of that name, else of exactly this family.

    ``match`` is a pattern in the error's text for logs, as in ``pytest.raises``.
    """
    wanted = told_apart().get(code, family)
    with pytest.raises(wanted, match=match) as caught:
        yield caught
    assert (type(caught.value), caught.value.code) == (wanted, code)
