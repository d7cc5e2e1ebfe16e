"""A question about a gap: what a person chose or wrote, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geo import presets


@dataclass(frozen=True)
class GapQuestion:
    """Who lives beyond ``limit_m`` walking metres of a ``kind`` of place. Hashable: answers may be
    kept on it.

    Raises
    ------
    BadLimit, InputError ``unknown_kind``, ``unknown_group``, ``unknown_profile`` : what was asked
    for is not valid.
    """

    kind: str
    limit_m: float
    group: str = "all"
    profile: str = "adult"

    def __post_init__(self) -> None:
        object.__setattr__(self, "limit_m", presets.limit_m(self.limit_m))
        presets.kind(self.kind)
        presets.group(self.group)
        presets.profile(self.profile)

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> GapQuestion:
        """Return the question of an option's or an address's texts.

        Parameters
        ----------
        values : ``kind``, ``limit``, ``group`` and ``profile`` as words. Of the last two, what is
            missing or None is as the class says; other names are passed over.
        """
        return cls(
            kind=values["kind"],
            limit_m=values["limit"],
            group=cls.group if values.get("group") is None else values["group"],
            profile=cls.profile if values.get("profile") is None else values["profile"],
        )
