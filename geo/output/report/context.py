"""What a report rests on, gathered before it is put in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from geo import presets, privacy, texts
from geo.access.gaps import Gap
from geo.area.model import Area
from geo.output.report.sensitivity import Variant, Width
from geo.output.report.suppression import Shown
from geo.output.report.writable import short
from geo.planning.siting.proposal import Proposal


@dataclass(frozen=True, eq=False)
class ToldProposal:
    """A proposal as it may leave, and the next best; None where there is no other."""

    proposal: Proposal
    second: Proposal | None


@dataclass(frozen=True, eq=False)
class Told:
    """An answer with all that a report shows of it. ``answer`` is exact: words and numbers come
    from ``shown``.
    """

    area: Area
    answer: Gap
    shown: Shown
    variants: tuple[Variant, ...]
    width: Width | None
    proposal: ToldProposal | None
    language: str

    def say(self, key: str, **values: Any) -> str:
        """Return a text under ``report.``."""
        return texts.text(f"report.{key}", self.language, **values)

    def number(self, value: float) -> str:
        """Write a count of people."""
        return texts.number(round(value), self.language)

    def people(self, value: float | None) -> str:
        """Write a count of people; ``hidden`` for None."""
        if value is None:
            return texts.text("gap.hidden", self.language)
        return self.number(value)

    @property
    def rounded(self) -> bool:
        """Whether counts are rounded: those of counted people."""
        return not self.answer.estimated

    @property
    def rounding(self) -> tuple[str, ...]:
        """The sentence on how counts are rounded; none for estimates."""
        return (self.say("rounded", step=privacy.SMALLEST),) if self.rounded else ()

    @property
    def nobody_beyond(self) -> bool:
        """Whether nobody is beyond and that may be disclosed."""
        return not self.rounded and round(self.answer.beyond) == 0

    @property
    def group(self) -> str:
        """The group in running text."""
        return presets.group(self.answer.group).name(self.language)

    @property
    def group_at_start(self) -> str:
        """The group as a sentence begins with it."""
        return self.group[:1].upper() + self.group[1:]

    @property
    def limit(self) -> str:
        """The limit with its unit."""
        return texts.metres(self.answer.limit_m, self.language)

    @property
    def place(self) -> str:
        """The kind of place with its article."""
        return presets.kind(self.answer.kind).indefinite(self.language)

    @property
    def area_name(self) -> str:
        """The area's name as it fits into a sentence."""
        return short(self.area.name)

    @property
    def fewer(self) -> str:
        """How a small count is written."""
        return texts.text("gap.fewer", self.language, smallest=privacy.SMALLEST)
