"""Every way Närhet refuses, as one tree. A class carries a code and values; the sentence stands in
``data/*.toml``.

NarhetError
├── InputError                 something a person gave us can not be used
│   ├── FileMissing            no such file
│   ├── FileFormat             not a file we read, or a broken one
│   ├── FileTooLarge           above the bound for uploads
│   ├── NoLines                the network file holds no lines
│   ├── CrsMismatch            the coordinates are not in the system the file or user says
│   ├── BoundaryApart          boundary and network do not touch
│   ├── NoPeople               no row with people in the file
│   ├── NegativeCount          a count below zero
│   ├── NotANumber             text where a count belongs
│   ├── ColumnMissing          a needed column is not there
│   ├── NoCoordinates          no row has coordinates
│   ├── OutsideArea            all points lie far outside the area
│   ├── UnknownKind, UnknownGroup, UnknownProfile, UnknownArea
│   ├── UnknownLanguage        no language has this code or name
│   ├── UnknownTerm            no kind of activity, audience, preset or measure has this name
│   ├── BadPath                a drawn path that is not one line
│   ├── PathApart              a drawn path whose end is near no path
│   ├── BadLimit               not a positive number of metres
│   │   └── LimitsUnordered    several limits that do not ascend
│   ├── BadLength              a path whose length is no length
│   ├── BadPoint               not a position on the map
│   │   ├── PointOffPaths      a position with no path near it
│   │   └── PointSwapped       latitude and longitude in the wrong order
│   ├── BadName                an area id or file name we can not use
│   ├── BadOption              a command or option that does not exist
│   ├── BadDate                not a day
│   ├── BadSurge               people who arrive, told in a way we can not read
│   │   ├── BadAges            their ages do not add up
│   │   ├── BadRamp            their weeks do not add up
│   │   ├── SurgeOutside       they come to a place outside the area
│   │   └── SurgePast          they came before today
│   ├── BadTarget              not a share of the children
│   │   └── TargetOutOfReach   more children than can have a place within the limit
│   ├── UnknownHousing         no housing or district has this name
│   ├── CapacityError          a question about children and places that has no answer
│   │   ├── BadChildren        children a row: missing, negative or not whole
│   │   ├── BadPlaces          places a preschool: missing, negative or not whole
│   │   ├── BadFamilies        families that are no groups of rows
│   │   ├── BadGroup           a group larger than all the children it is part of
│   │   ├── BadPreschool       a preschool that is not among those asked about
│   │   ├── BadDecay           a decay whose numbers give no weights from 0 to 1
│   │   ├── UnknownDecay       no decay has this name
│   │   └── UnknownMethod      no way of counting catchments has this name
│   ├── SitingError            a question about where to open that has no answer
│   │   ├── NoCandidates       no place to choose among
│   │   ├── TooManySites       more new sites than candidates
│   │   ├── NobodyToServe      no people
│   │   ├── BadWeights         people a row: missing, negative or no number
│   │   ├── BadCosts           costs a candidate: missing, negative or no number
│   │   ├── BadCount           not a whole number of sites
│   │   ├── BadBudget          not an amount of money
│   │   │   └── BudgetTooSmall     less than the cheapest site costs
│   │   ├── BadCandidate       a site that is not among the candidates
│   │   ├── ExistingForbidden  a site both open and forbidden
│   │   ├── BadMatrix          distances that are no distances, or of the wrong shape
│   │   ├── BadCapacity        places a site: missing, negative or no number
│   │   │   └── NotEnoughRoom      the sites can not hold the people
│   │   │       └── NoPacking          they could, were nobody's address to go whole to one of them
│   │   ├── BadTimeLimit       not a positive number of seconds
│   │   ├── UnknownObjective   not one of the four things to strive for
│   │   ├── UnknownCandidate   an id that no candidate has
│   │   ├── BadBalance         not between 0 and 1, or nothing to balance
│   │   ├── BudgetNotHere      a budget where the objective takes none
│   │   ├── NoCosts            a budget, and no candidate whose cost is known
│   │   ├── CostUnknown        a wished-for site of unknown cost, with a budget
│   │   └── LatticeTooFine     more points on the paths than can be chosen among
│   ├── ReportError            a report can not be made or checked as asked
│   │   ├── NoFindings             nothing chosen to report
│   │   ├── UnknownFinding         a finding that no report has
│   │   ├── TitleTooLong           more characters than a title may have
│   │   ├── WordsTooLong           more than one's own words for a finding may be
│   │   ├── BadLanguage            a language we do not write
│   │   ├── ProposalApart          a proposal for another question than the report's
│   │   ├── NobodyToReport         nobody in the group
│   │   ├── TooFewToReport         so few that each figure would tell of them
│   │   ├── NoProvenance           a file that does not say what it rests on
│   │   └── BadProvenance          it says so in a way we can not read, or do not dare to
│   ├── BadRecord              a record or scenario with a field that can not be kept
│   ├── HousingHidden          an edit tells more of a protected housing than may be known
│   ├── UnknownRecord, UnknownBatch, UnknownScenario
│   ├── StatisticsError        figures of statistical areas that can not be used as asked
│   │   ├── VintageMismatch        figures and outlines are of different drawings
│   │   ├── MixedVintages          a file with areas of several drawings
│   │   ├── NoOutlines             no area of the figures has an outline
│   │   ├── YearMissing            there are no figures for the year
│   │   ├── NoSuchAreas            none of the areas is in the tables
│   │   ├── BadMunicipality        not a municipality's four digits
│   │   ├── LongFormat             a table that can be read in more ways than one
│   │   └── NoPreschools           no open data of preschools there
│   ├── OutputFormat           an ending we can not write
│   └── OutputUnwritable       the place to write to refuses
├── SolverFailed               the solver broke down, with its status
├── ReportChanged          a report's file does not hold any more
├── DocumentFailed             a document or picture could not be made of what it should hold
├── AreaError                  an area folder can not be used as it is
│   ├── AreaDamaged            a file is missing or changed
│   ├── AreaNewer              written by a newer Närhet
│   └── AreaLacks              the area has no people, places or districts for this question
├── StoreError                 the store of records can not be used, or refuses an edit
│   ├── StoreUnreachable       its file or server can not be opened or written
│   ├── StoreBusy              others wrote for too long
│   ├── StoreDamaged           its file is no database any more
│   ├── StoreNewer             written by a newer Närhet
│   ├── RecordChanged          somebody else changed the record meanwhile
│   ├── ScenarioChanged        somebody else saved the scenario meanwhile
│   └── UndoBlocked            records of the batch were changed later
└── OnlineError                a service on the internet did not help
    ├── Offline                no connection
    ├── ServiceSlow            no answer in time
    ├── ServiceAnswer          an answer we can not use
    ├── PlaceNotFound          the name is not on the map
    ├── PlaceTooLarge          more than one fetch should ask for
    └── Cancelled              the user stopped it
"""

from __future__ import annotations

import re
from typing import Any

from geo import texts


class NarhetError(Exception):
    """Root of the family. ``code`` is stable; ``values`` fill the sentence in the user's
    language.
    """

    def __init__(self, **values: Any) -> None:
        self.values = values
        super().__init__(f"{self.code}: {values}" if values else self.code)

    @property
    def code(self) -> str:
        """Snake-case name of the class: ``FileMissing`` is ``file_missing``."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", type(self).__name__).lower()

    def message(self, language: str = "sv") -> str:
        """Return the sentence a person reads: what was found, where, and what to do."""
        return texts.text(f"errors.{self.code}", language, **self.values)


class InputError(NarhetError, ValueError): ...


class FileMissing(InputError, FileNotFoundError): ...


class FileFormat(InputError): ...


class FileTooLarge(InputError): ...


class NoLines(InputError): ...


class CrsMismatch(InputError): ...


class BoundaryApart(InputError): ...


class NoPeople(InputError): ...


class NegativeCount(InputError): ...


class NotANumber(InputError): ...


class ColumnMissing(InputError): ...


class NoCoordinates(InputError): ...


class OutsideArea(InputError): ...


class UnknownKind(InputError): ...


class UnknownGroup(InputError): ...


class UnknownProfile(InputError): ...


class UnknownArea(InputError): ...


class UnknownLanguage(InputError): ...


class UnknownTerm(InputError): ...


class BadLimit(InputError): ...


class LimitsUnordered(BadLimit): ...


class BadPath(InputError): ...


class PathApart(InputError): ...


class BadLength(InputError): ...


class BadPoint(InputError): ...


class PointOffPaths(BadPoint): ...


class PointSwapped(BadPoint): ...


class BadName(InputError): ...


class BadOption(InputError): ...


# The families of one question each stand close together.
# fmt: off
class BadDate(InputError): ...
class BadSurge(InputError): ...
class BadAges(BadSurge): ...
class BadRamp(BadSurge): ...
class SurgeOutside(BadSurge): ...
class SurgePast(BadSurge): ...
class BadTarget(InputError): ...
class TargetOutOfReach(BadTarget): ...
class UnknownHousing(InputError): ...

class StatisticsError(InputError): ...
class VintageMismatch(StatisticsError): ...
class MixedVintages(StatisticsError): ...
class NoOutlines(StatisticsError): ...
class YearMissing(StatisticsError): ...
class NoSuchAreas(StatisticsError): ...
class BadMunicipality(StatisticsError): ...
class LongFormat(StatisticsError): ...
class NoPreschools(StatisticsError): ...

class CapacityError(InputError): ...
class BadChildren(CapacityError): ...
class BadPlaces(CapacityError): ...
class BadFamilies(CapacityError): ...
class BadGroup(CapacityError): ...
class BadPreschool(CapacityError): ...
class BadDecay(CapacityError): ...
class UnknownDecay(CapacityError): ...
class UnknownMethod(CapacityError): ...

class SitingError(InputError): ...
class NoCandidates(SitingError): ...
class TooManySites(SitingError): ...
class NobodyToServe(SitingError): ...
class BadWeights(SitingError): ...
class BadCosts(SitingError): ...
class BadCount(SitingError): ...
class BadBudget(SitingError): ...
class BudgetTooSmall(BadBudget): ...
class BadCandidate(SitingError): ...
class ExistingForbidden(SitingError): ...
class BadMatrix(SitingError): ...
class BadCapacity(SitingError): ...
class NotEnoughRoom(BadCapacity): ...
class NoPacking(NotEnoughRoom): ...
class BadTimeLimit(SitingError): ...
class UnknownObjective(SitingError): ...
class UnknownCandidate(SitingError): ...
class BadBalance(SitingError): ...
class BudgetNotHere(SitingError): ...
class NoCosts(SitingError): ...
class CostUnknown(SitingError): ...
class LatticeTooFine(SitingError): ...
# fmt: on


class SolverFailed(NarhetError): ...


class ReportChanged(NarhetError): ...


class DocumentFailed(NarhetError): ...


class ReportError(InputError): ...


class NoFindings(ReportError): ...


class UnknownFinding(ReportError): ...


class TitleTooLong(ReportError): ...


class WordsTooLong(ReportError): ...


class BadLanguage(ReportError): ...


class ProposalApart(ReportError): ...


class NobodyToReport(ReportError): ...


class TooFewToReport(ReportError): ...


class NoProvenance(ReportError): ...


class BadProvenance(ReportError): ...


class OutputFormat(InputError): ...


class OutputUnwritable(InputError): ...


class AreaError(NarhetError): ...


class AreaDamaged(AreaError): ...


class AreaNewer(AreaError): ...


class AreaLacks(AreaError):
    """The sentence depends on what is lacking: ``key`` names it under ``lacks.``."""

    def message(self, language: str = "sv") -> str:
        """Return what is missing and how to add it."""
        values = {name: value for name, value in self.values.items() if name != "key"}
        return texts.text(self.values["key"], language, **values)


class OnlineError(NarhetError): ...


class Offline(OnlineError, ConnectionError): ...


class ServiceSlow(OnlineError, TimeoutError): ...


class ServiceAnswer(OnlineError): ...


class PlaceNotFound(OnlineError): ...


class PlaceTooLarge(OnlineError): ...


class Cancelled(OnlineError): ...


# fmt: off
class BadRecord(InputError): ...
class HousingHidden(InputError): ...
class UnknownRecord(InputError): ...
class UnknownBatch(InputError): ...
class UnknownScenario(InputError): ...
class StoreError(NarhetError): ...
class StoreUnreachable(StoreError): ...
class StoreBusy(StoreError): ...
class StoreDamaged(StoreError): ...
class StoreNewer(StoreError): ...
class ScenarioChanged(StoreError): ...
# fmt: on


class RecordChanged(StoreError):
    """``conflicts``: a ``geo.store.Conflict`` for each record that changed meanwhile."""

    conflicts: tuple[Any, ...] = ()
    mine = property(lambda self: self.conflicts[0].mine)
    theirs = property(lambda self: self.conflicts[0].theirs)
    base = property(lambda self: self.conflicts[0].base)


class UndoBlocked(StoreError):
    """``records``: the ids of what was changed later."""

    records: tuple[str, ...] = ()
