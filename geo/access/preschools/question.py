"""A question about preschool places against children: what a person chose or wrote, checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from geo import clock, presets
from geo.errors import InputError
from geo.presets import PRESCHOOL_METHODS

AGES = (1, 2, 3, 4, 5)
"""Years of age of children who may go to preschool."""


@dataclass(frozen=True)
class PreschoolQuestion:
    """How places and children meet on a date. Hashable: answers may be kept on it.

    Attributes
    ----------
    when : decides which preschools are open.
    limit_m : walking metres that count as reached.
    take_up : the share of children who want a place, at ages 1, 2, 3, 4 and 5; empty: the
        country's (``data/preschools.toml``).
    method : one of ``geo.presets.PRESCHOOL_METHODS``; ``decay`` : of ``geo.models.decay``, "": the
        method's own.

    Raises
    ------
    BadLimit, InputError ``unknown_profile``, ``unknown_method``, ``unknown_decay``,
    ``bad_take_up`` : what was asked for is not valid.
    """

    when: date
    limit_m: float = 1000.0
    profile: str = "adult"
    method: str = "2sfca"
    decay: str = ""
    take_up: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        from geo.models.decay import decay_of

        object.__setattr__(self, "limit_m", presets.limit_m(self.limit_m))
        presets.profile(self.profile)
        if self.method not in PRESCHOOL_METHODS:
            raise InputError(
                "unknown_method", found=self.method, known=", ".join(PRESCHOOL_METHODS)
            )
        if self.decay:
            decay_of(self.decay)
        if self.take_up and not (
            len(self.take_up) == len(AGES) and all(0 <= part <= 1 for part in self.take_up)
        ):
            raise InputError("bad_take_up", found=", ".join(f"{part:g}" for part in self.take_up))

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> PreschoolQuestion:
        """Return the question of an option's or an address's texts.

        Parameters
        ----------
        values : ``when`` (empty: today), ``limit``, ``profile``, ``method``, ``decay`` and
            ``take_up`` as words. What is missing or None is as the class says; other names are
            passed over.

        Raises
        ------
        InputError ``bad_date``, and what the class raises.
        """
        from geo.area.record_fields import read_day  # it loads what areas are made of

        told = {name: value for name, value in values.items() if value is not None}
        when = told.get("when")
        return cls(
            when=read_day(when) if when else clock.today(),
            limit_m=told.get("limit", cls.limit_m),
            profile=told.get("profile", cls.profile),
            method=told.get("method", cls.method),
            decay=told.get("decay", cls.decay),
            take_up=read_take_up(told.get("take_up") or ""),
        )


def read_take_up(words: str) -> tuple[float, ...]:
    """Read how many per cent of children want a place: one number for all ages, or one an age;
    the ages that are left out are as in the country. Nothing: the country's for all.

    >>> read_take_up("90"), read_take_up("1=40;2=85,5")[:2]
    ((0.9, 0.9, 0.9, 0.9, 0.9), (0.4, 0.855))

    Raises
    ------
    InputError ``bad_take_up`` : not a percentage, or not an age from 1 to 5.
    """
    from geo.area.record_fields import rules  # it loads what areas are made of

    found = words.strip()
    if not found:
        return ()
    if "=" not in found:
        return (_percentage(found, words),) * len(AGES)
    shares = dict(zip(AGES, rules().take_up.by_age, strict=True))
    for part in re.split(r"[;\s]+|,(?=\s*\d\s*=)", found):
        if part.strip():
            age, _, share = part.partition("=")
            if age.strip() not in map(str, AGES):
                raise InputError("bad_take_up", found=words)
            shares[int(age)] = _percentage(share, words)
    return tuple(shares.values())


def _percentage(part: str, words: str) -> float:
    number = part.strip().removesuffix("%").strip().replace(",", ".")
    if not re.fullmatch(r"\d{1,3}(\.\d+)?", number) or float(number) > 100:
        raise InputError("bad_take_up", found=words)
    return round(float(number) / 100, 6)
