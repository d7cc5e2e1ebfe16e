"""A question about a gap: what a person chose or wrote, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geo import presets
from geo.access.defaults import filled

if TYPE_CHECKING:
    from geo.area.model import Area


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
    def read(cls, values: Mapping[str, Any], area: Area | None = None) -> GapQuestion:
        """Return the question of an option's or an address's texts.

        Parameters
        ----------
        values : ``kind``, ``limit``, ``group`` and ``profile`` as words. What is missing or None is
            what a question about the kind begins with in the area (``geo.access.defaults``); the
            profile, and without an area the group, as the class says; other names are passed over.
        """
        told = filled(values, area)
        return cls(
            kind=told["kind"],
            limit_m=told["limit"],
            group=told.get("group", cls.group),
            profile=told.get("profile", cls.profile),
        )
