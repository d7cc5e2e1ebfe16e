"""A question about preschool places against children: what a person chose or wrote, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from geo import clock, presets
from geo.errors import InputError
from geo.presets import PRESCHOOL_METHODS


@dataclass(frozen=True)
class PreschoolQuestion:
    """How places and children meet on a date. Hashable: answers may be kept on it.

    Attributes
    ----------
    when : decides which preschools are open.
    limit_m : walking metres that count as reached.
    method : one of ``geo.presets.PRESCHOOL_METHODS``; ``decay`` : of ``geo.models.decay``, "": the
        method's own.

    Raises
    ------
    BadLimit, InputError ``unknown_profile``, ``unknown_method``, ``unknown_decay`` : what was asked
    for is not valid.
    """

    when: date
    limit_m: float = 1000.0
    profile: str = "adult"
    method: str = "2sfca"
    decay: str = ""

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

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> PreschoolQuestion:
        """Return the question of an option's or an address's texts.

        Parameters
        ----------
        values : ``when`` (empty: today), ``limit``, ``profile``, ``method`` and ``decay`` as words.
            What is missing or None is as the class says; other names are passed over.

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
        )
