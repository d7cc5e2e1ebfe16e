"""Areas and answers, kept between reruns: the only place that caches, on ids and versions alone."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from threading import Lock, Thread
from typing import Any

import streamlit as st

from geo import presets
from geo.access.from_point import WALK_MINUTES, Around, Here, Way, limits_of, reach_here, way_to
from geo.access.from_point import around as walks_around
from geo.access.gap_question import GapQuestion
from geo.access.gaps import Gap, distances, gap_of
from geo.access.knowledge_bank.model import Bank
from geo.access.knowledge_bank.question import BankQuestion
from geo.access.knowledge_bank.search import bank_of
from geo.access.meeting.answer import Answer, answer_of
from geo.access.meeting.question import MeetingQuestion
from geo.access.overview import Overview
from geo.access.overview import overview as overview_of
from geo.access.preschools.model import PreschoolAnswer
from geo.access.preschools.question import PreschoolQuestion
from geo.access.preschools.shortage import capacity_of
from geo.access.profile_comparison import Flips
from geo.access.profile_comparison import flips as count_flips
from geo.access.readiness import Ready, readiness
from geo.access.walk_surface import lattice, surface
from geo.area.manifest import DEMO, home_folder
from geo.area.model import Area
from geo.catalog import AreaCard, list_areas, open_area
from geo.ingest.checks.network_audit import Audit, audit
from geo.ingest.checks.network_repairs import ProposedRepair, proposed_repairs
from geo.ingest.geocoding.finder import Finder
from geo.output.maps.gap_screen import gap_screen as gap_screen_of
from geo.output.maps.sites_screen import sites_screen as sites_screen_of
from geo.output.maps.spec import MapSpec
from geo.planning.scenario import Scenario, after
from geo.planning.siting.instance import Placing, prepare
from geo.planning.siting.proposal import Proposal
from geo.planning.siting.question import SitingQuestion
from geo.store.store import edits_of, with_edits
from geo.types import Floats
from pages.shared.state import t


def cards() -> list[AreaCard]:
    """Return the areas to choose from; the demonstration is made at first use."""
    found = list_areas()
    if not any(card.id == DEMO for card in found):
        found.append(AreaCard(DEMO, t("shell.demo"), demonstration=True))
    return found


def area(card: AreaCard) -> Area:
    """Open an area, once for each revision of it and each edit of its records."""
    version = f"{card.revision}@{card.created}"
    return _area(card.id, version, edits_of(card.id), str(home_folder()))


def answer(of: Area, question: GapQuestion) -> Gap:
    """Return a gap; walking distances are computed once a kind and profile."""
    return _answer(of.key, question, of)


def overview(of: Area) -> Overview:
    """Return an area at a glance; its gaps are those of the page Gap."""
    return _overview(of.key, of)


def gap_screen(of: Area, question: GapQuestion, language: str) -> MapSpec:
    """Return the map of a gap on its page."""
    return _gap_screen(of.key, question, language, of)


def sites_screen(of: Area, proposal: Proposal, language: str) -> MapSpec:
    """Return the map of a proposal on its page."""
    made = kept()
    key = (of.key, "sites screen", proposal.question, proposal.chosen.tobytes(), language)
    if (found := made.get(key)) is None:
        found = sites_screen_of(of, proposal, language, lattice(of))
        made.put(key, found)
    spec: MapSpec = found
    return spec


def answer_after(of: Area, scenario: Scenario, before: Gap) -> Gap:
    """Return a gap as a scenario would make it."""
    return _answer_after(of.key, scenario, before.question, of)


def placing(of: Area, question: SitingQuestion) -> Placing:
    """Return a question laid out over an area: once for all counts and budgets."""
    return _placing(of.key, question.basis, of).asked(question)


@dataclass(frozen=True)
class Kept:
    """Answers of long work, the latest ``most``, by what they depend on; for all sessions."""

    most: int = 64
    found: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def get(self, key: Hashable) -> Any:
        """Return an answer, None where there is none."""
        with self.lock:
            if key in self.found:
                self.found.move_to_end(key)
            return self.found.get(key)

    def put(self, key: Hashable, answer: Any) -> None:
        """Keep an answer, and let the oldest go."""
        with self.lock:
            self.found[key] = answer
            while len(self.found) > self.most:
                self.found.popitem(last=False)


@st.cache_resource(show_spinner=False, max_entries=8)
def _finder(key: str, _area: Area) -> Finder:  # noqa: ARG001
    return Finder(_area)


@st.cache_resource(show_spinner=False, max_entries=256)
def _point_name(key: str, lon: float, lat: float, language: str, _area: Area) -> str:
    return _finder(key, _area).name_at(lon, lat, language)


@st.cache_resource(show_spinner=False, max_entries=8)
def _ready(key: str, _area: Area) -> tuple[Ready, ...]:  # noqa: ARG001
    return readiness(_area)


@st.cache_resource(show_spinner=False)
def kept() -> Kept:
    """Return the answers of long work."""
    return Kept()


def capacity(of: Area, question: PreschoolQuestion) -> PreschoolAnswer:
    """Return preschool places against children."""
    return _capacity(of.key, question, of)


def meeting(of: Area, question: MeetingQuestion) -> Answer:
    """Return one measure of meeting places."""
    return _meeting(of.key, question, of)


def bank(of: Area, question: BankQuestion) -> Bank:
    """Return what is in reach of one housing or point."""
    return _bank(of.key, question, of)


def finder(of: Area) -> Finder:
    """Return what finds points of an area by address and name."""
    return _finder(of.key, of)


def point_name(of: Area, lon: float, lat: float, language: str) -> str:
    """Return what a person calls a point."""
    return _point_name(of.key, round(lon, 6), round(lat, 6), language, of)


def ready(of: Area) -> tuple[Ready, ...]:
    """Return what an area has, and what it lacks."""
    return _ready(of.key, of)


def here(of: Area, lon: float, lat: float, limit_m: float, profile: str) -> Here:
    """Return what is in reach of a point."""
    return _here(of.key, round(lon, 6), round(lat, 6), limit_m, profile, of)


def around(of: Area, lon: float, lat: float, profile: str) -> Around:
    """Return what can be walked to from a point in 5, 10 and 15 minutes."""
    return _around(of.key, round(lon, 6), round(lat, 6), profile, of)


def way(of: Area, lon: float, lat: float, place: str, profile: str) -> Way:
    """Return the way from a point to a place."""
    return _way(of.key, round(lon, 6), round(lat, 6), place, profile, of)


def flips(
    of: Area, kind: str, limit_m: float, group: str, profiles: tuple[str, str], basis: str
) -> Flips:
    """Return for whom the verdict flips between two profiles."""
    return _flips(of.key, kind, limit_m, group, profiles, basis, of)


def barriers(of: Area) -> Audit:
    """Return the barrier audit of an area."""
    return _barriers(of.key, of)


def repairs(of: Area) -> tuple[ProposedRepair, ...]:
    """Return the repairs that the barrier audit proposes."""
    return _repairs(of.key, of)


@st.cache_resource(max_entries=4, show_spinner=False)
def _files(name: str, version: str, home: str) -> Area:  # noqa: ARG001 - kept by its version
    return open_area(name, home, edited=False)


@st.cache_resource(max_entries=4, show_spinner=False)
def _area(name: str, version: str, edits: int, home: str) -> Area:  # noqa: ARG001
    opened = with_edits(_files(name, version, home), home)
    # While the page is drawn: the first click would else wait for it.
    Thread(target=opened.snapped_people, args=(presets.profile("adult"),), daemon=True).start()
    return opened


@st.cache_resource(max_entries=64, show_spinner=False)
def _walks(key: str, kind: str, profile: str, _area: Area) -> Floats:  # noqa: ARG001
    return distances(_area, kind, profile)


@st.cache_resource(max_entries=64, show_spinner=False)
def _answer(key: str, question: GapQuestion, _area: Area) -> Gap:
    metres = _walks(key, question.kind, question.profile, _area)
    return gap_of(_area, question, metres=metres)


@st.cache_resource(max_entries=8, show_spinner=False)
def _overview(key: str, _area: Area) -> Overview:  # noqa: ARG001
    return overview_of(_area, lambda question: answer(_area, question))


@st.cache_resource(max_entries=32, show_spinner=False)
def _gap_screen(key: str, question: GapQuestion, language: str, _area: Area) -> MapSpec:
    walker, found = presets.profile(question.profile), None
    if question.kind in _area.kinds:
        places = _area.snapped_places(question.kind, walker)
        found = surface(lattice(_area), _area.network, places, question.limit_m, profile=walker)
    return gap_screen_of(_area, _answer(key, question, _area), language, found)


@st.cache_resource(max_entries=16, show_spinner=False)
def _answer_after(
    key: str,  # noqa: ARG001
    scenario: Scenario,
    question: GapQuestion,
    _area: Area,
) -> Gap:
    changed = after(_area, scenario)
    return gap_of(changed, question)


@st.cache_resource(max_entries=16, show_spinner=False)
def _placing(key: str, basis: SitingQuestion, _area: Area) -> Placing:  # noqa: ARG001
    return prepare(_area, basis)


@st.cache_resource(max_entries=16, show_spinner=False)
def _capacity(key: str, question: PreschoolQuestion, _area: Area) -> PreschoolAnswer:  # noqa: ARG001
    return capacity_of(_area, question, exact=False)


@st.cache_resource(max_entries=32, show_spinner=False)
def _meeting(key: str, question: MeetingQuestion, _area: Area) -> Answer:  # noqa: ARG001
    return answer_of(_area, question)


@st.cache_resource(max_entries=32, show_spinner=False)
def _bank(key: str, question: BankQuestion, _area: Area) -> Bank:  # noqa: ARG001
    return bank_of(_area, question)


@st.cache_resource(max_entries=32, show_spinner=False)
def _here(key: str, lon: float, lat: float, limit_m: float, profile: str, _area: Area) -> Here:  # noqa: ARG001
    return reach_here(_area, lon, lat, limit_m=limit_m, profile=profile)


@st.cache_resource(max_entries=32, show_spinner=False)
def _around(key: str, lon: float, lat: float, profile: str, _area: Area) -> Around:  # noqa: ARG001
    limits = limits_of(WALK_MINUTES, profile)
    return walks_around(_area, lon, lat, limits_m=limits, profile=profile)


@st.cache_resource(max_entries=64, show_spinner=False)
def _way(key: str, lon: float, lat: float, place: str, profile: str, _area: Area) -> Way:  # noqa: ARG001
    return way_to(_area, lon, lat, place=place, profile=profile)


@st.cache_resource(max_entries=32, show_spinner=False)
def _flips(
    key: str,
    kind: str,
    limit_m: float,
    group: str,
    profiles: tuple[str, str],
    basis: str,
    _area: Area,
) -> Flips:
    within, beyond = profiles
    walks = _walks(key, kind, within, _area), _walks(key, kind, beyond, _area)
    return count_flips(
        _area,
        kind=kind,
        limit_m=limit_m,
        group=group,
        within=within,
        beyond=beyond,
        basis=basis,
        walks=walks,
    )


@st.cache_resource(max_entries=4, show_spinner=False)
def _barriers(key: str, _area: Area) -> Audit:  # noqa: ARG001
    return audit(_area)


@st.cache_resource(max_entries=4, show_spinner=False)
def _repairs(key: str, _area: Area) -> tuple[ProposedRepair, ...]:  # noqa: ARG001
    return proposed_repairs(_area)
