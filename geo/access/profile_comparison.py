"""Where the verdict flips between two ways of walking: who is within the limit in one, and beyond
it in the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo import presets, privacy, texts
from geo.access.gaps import Gap, distances, gap
from geo.area.model import Area
from geo.network.walk_network import WalkNetwork
from geo.presets import Profile
from geo.types import Floats

UNKNOWN_LIGHT = -1
BASES = ("metres", "minutes")
"""The limit is as many metres for both; or as many minutes, so that who is slower gets less far."""


@dataclass(frozen=True, eq=False)
class Flips:
    """Who is within ``limit_m`` with the profile ``within`` but beyond ``other_limit_m`` with
    ``beyond``.

    ``gap`` counts them: its "beyond" are the people for whom the verdict flips. ``doubts`` are keys
    of sentences that explain why a difference may be missed: what the network does not report is
    unknown, not "no difference". ``same_paths``: in this network both profiles use the same edges.
    """

    within: str
    beyond: str
    basis: str
    limit_m: float
    other_limit_m: float
    gap: Gap
    doubts: tuple[str, ...]
    same_paths: bool

    @property
    def tells(self) -> bool:
        """Whether the count means anything: with the same paths and the same metres it is zero
        whatever the truth.
        """
        return self.basis == "minutes" or not self.same_paths

    @property
    def minutes(self) -> float:
        """How long the limit takes the one who meets it."""
        return presets.profile(self.within).minutes(self.limit_m)


def flips(
    area: Area,
    *,
    kind: str,
    limit_m: float,
    group: str,
    within: str = "adult",
    beyond: str = "with_stroller",
    basis: str = "metres",
    walks: tuple[Floats, Floats] | None = None,
) -> Flips:
    """Count the people of a group for whom the answer differs between two profiles.

    ``walks`` are ``gaps.distances`` with each profile, when they are already known. With the basis
    ``minutes`` the second profile's limit is what it walks in the time the first needs.

    Raises
    ------
    BadLimit, InputError ``unknown_kind``, ``unknown_group``, ``unknown_profile``, AreaLacks : as
    ``gaps.gap``.
    """
    limit = presets.limit_m(limit_m)
    one, other = presets.profile(within), presets.profile(beyond)
    near, far = walks or (distances(area, kind, within), distances(area, kind, beyond))
    pace = other.metres_per_second / one.metres_per_second if basis == "minutes" else 1.0
    other_limit = limit * pace
    flipped = (near <= limit) & (far > other_limit)
    counted = gap(
        area,
        kind=kind,
        limit_m=other_limit,
        group=group,
        profile=beyond,
        metres=np.where(flipped, far, 0.0),
    )
    return Flips(
        within=within,
        beyond=beyond,
        basis=basis,
        limit_m=limit,
        other_limit_m=other_limit,
        gap=counted,
        doubts=_doubts(area.network, one, other, basis),
        same_paths=_same_paths(area.network, one, other),
    )


def headline(answer: Flips, language: str) -> str:
    """Return one sentence on for how many the answer differs."""
    found = answer.gap
    few = texts.text("gap.fewer", language, smallest=privacy.SMALLEST)
    vague = few if found.few_beyond else texts.text("flips.all_but", language, fewer=few)
    small = "_few" if found.small else ""
    time = "_time" if answer.basis == "minutes" else ""
    sentence = texts.text(
        f"flips.headline{small}{time}",
        language,
        flipped=vague if found.small else texts.number(round(found.beyond), language),
        people=texts.number(round(found.people), language),
        share=texts.percent(found.share_beyond, language),
        group=presets.group(found.group).name(language),
        place=presets.kind(found.kind).indefinite(language),
        limit=texts.metres(answer.limit_m, language),
        minutes=texts.number(answer.minutes, language, 1),
        within=presets.profile(answer.within).name(language),
        beyond=presets.profile(answer.beyond).name(language),
    )
    return sentence[0].upper() + sentence[1:]


def differs_by(network: WalkNetwork) -> tuple[str, ...]:
    """Return by what the walking profiles can differ on a network: ``speed``, and of ``steps``,
    ``light`` and ``slope`` what the network has figures of.
    """
    known = {
        "steps": network.steps.any(),
        "light": (network.lit != UNKNOWN_LIGHT).any(),
        "slope": np.isfinite(network.slope).any(),
    }
    return ("speed", *(name for name, is_known in known.items() if is_known))


def profile_doubts(network: WalkNetwork, profile: str) -> tuple[str, ...]:
    """Return what a walk with a profile leaves unknown on a network, as keys of sentences."""
    if differs_by(network) == ("speed",):
        return ("flips.speed_alone",)
    first = next(iter(presets.profiles().values()))
    return _doubts(network, first, presets.profile(profile), "minutes")


def _same_paths(network: WalkNetwork, one: Profile, other: Profile) -> bool:
    return bool(np.array_equal(network.walkable(one).allowed, network.walkable(other).allowed))


def _doubts(network: WalkNetwork, one: Profile, other: Profile, basis: str) -> tuple[str, ...]:
    """Return what the network leaves unknown between two profiles."""
    doubts, known = [], differs_by(network)
    if one.steps != other.steps and "steps" not in known:
        doubts.append("flips.no_steps")
    if one.unlit != other.unlit and "light" not in known:
        doubts.append("flips.no_light")
    if one.max_slope != other.max_slope and "slope" not in known:
        doubts.append("flips.no_heights")
    if basis == "metres" and _rules(one) == _rules(other):
        doubts.append("flips.same_paths")
    return tuple(doubts)


def _rules(profile: Profile) -> tuple[object, ...]:
    return profile.steps, profile.unlit, profile.max_slope
