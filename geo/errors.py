"""How Närhet refuses: a class where some code distinguishes the refusal, a code for the rest.

The sentence a person reads stands under ``[errors]`` in ``data/sv.toml`` and ``data/en.toml``, at
the error's code. A class that is distinguished has its own name in snake case as its code; a family
is raised with one: ``InputError("bad_date", found=text)``.

NarhetError                     "solver_failed", "report_changed", "document_failed"
├── InputError                  something a person gave us cannot be used
│   ├── FileMissing             no such file
│   ├── FileFormat              not a file we read, or a broken one; "file_refused": a kind that we
│   │                           read, but too much of it, or unsafe
│   ├── FileTooLarge            above the bound for uploads
│   ├── NoLines                 the network file holds no lines
│   ├── OutsideArea             all points lie far outside the area
│   ├── UnknownArea             no area has this name
│   ├── UnknownLanguage         no language has this code or name
│   ├── BadLimit                not a positive number of metres; "limits_unordered": they do not
│   │                           ascend
│   ├── BadName                 an area id or file name we cannot use
│   ├── BadProvenance           a file says what it rests on in a way we cannot or dare not read
│   ├── BadScenario             a scenario without a name, or that changes nothing we can do
│   ├── HousingHidden           an edit would disclose more of a protected housing than it may
│   ├── OutputUnwritable        the place to write to refuses
│   └── SitingError             a question about where to open that has no answer
│       ├── NoCandidates        no place to choose among
│       └── TooManySites        more new sites than candidates
├── AreaDamaged                 a file of an area's folder is missing or changed
├── AreaNewer                   an area's folder was written by a newer Närhet
├── AreaLacks                   the area has no people, places or districts for this question
├── StoreError                  the store of records cannot be used, or refuses an edit
│   ├── RecordChanged           somebody else changed the record meanwhile
│   └── UndoBlocked             records of the batch were changed later
└── OnlineError                 a service on the internet did not help
    ├── Offline                 no connection
    ├── ServiceSlow             no answer in time
    └── Cancelled               the user stopped it
"""

from __future__ import annotations

import re
from typing import Any

from geo import texts


class NarhetError(Exception):
    """Root of the tree. ``code`` is stable; ``values`` fill the sentence in the user's language.

    >>> InputError("bad_date", found="32 maj").code
    'bad_date'
    >>> BadLimit(found="-3").code
    'bad_limit'
    """

    def __init__(self, code: str = "", /, **values: Any) -> None:
        self.code = code or re.sub(r"(?<!^)(?=[A-Z])", "_", type(self).__name__).lower()
        self.values = values
        super().__init__(f"{self.code}: {values}" if values else self.code)

    def message(self, language: str = "sv") -> str:
        """Return the sentence a person reads: what was found, where, and what to do."""
        return texts.text(f"errors.{self.code}", language, **self.values)


# fmt: off
class InputError(NarhetError, ValueError): ...
class FileMissing(InputError, FileNotFoundError): ...
class FileFormat(InputError): ...
class FileTooLarge(InputError): ...
class NoLines(InputError): ...
class OutsideArea(InputError): ...
class UnknownArea(InputError): ...
class UnknownLanguage(InputError): ...
class BadLimit(InputError): ...
class BadName(InputError): ...
class BadProvenance(InputError): ...
class BadScenario(InputError): ...
class HousingHidden(InputError): ...
class OutputUnwritable(InputError): ...

class SitingError(InputError): ...
class NoCandidates(SitingError): ...
class TooManySites(SitingError): ...

class OnlineError(NarhetError): ...
class Offline(OnlineError, ConnectionError): ...
class ServiceSlow(OnlineError, TimeoutError): ...
class Cancelled(OnlineError): ...

class AreaDamaged(NarhetError): ...
class AreaNewer(NarhetError): ...
# fmt: on


class AreaLacks(NarhetError):
    """The sentence depends on what is lacking: ``key`` names it under ``lacks.``."""

    def message(self, language: str = "sv") -> str:
        """Return what is missing and how to add it."""
        values = {name: value for name, value in self.values.items() if name != "key"}
        return texts.text(self.values["key"], language, **values)


class StoreError(NarhetError): ...


class RecordChanged(StoreError):
    """``conflicts``: a ``geo.store.model.Conflict`` for each record that changed meanwhile."""

    conflicts: tuple[Any, ...] = ()
    mine = property(lambda self: self.conflicts[0].mine)
    theirs = property(lambda self: self.conflicts[0].theirs)
    base = property(lambda self: self.conflicts[0].base)


class UndoBlocked(StoreError):
    """``records``: the ids of what was changed later."""

    records: tuple[str, ...] = ()
