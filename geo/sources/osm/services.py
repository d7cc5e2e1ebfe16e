"""How we speak to Overpass and Nominatim through osmnx: politely, for a bounded time, and with
clear errors.

osmnx waits 55 seconds and asks again, without end, when a service is busy (429, 504); asks the
status page for leave and sleeps as long as that states; and keeps whatever JSON it is given. Here
each answer passes ``_Reader`` before osmnx sees it, a busy service is asked once more after a
pause, and all waiting ends at the time given.
"""

from __future__ import annotations

import json
import math
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

import osmnx
import requests
import urllib3
from osmnx._errors import InsufficientResponseError, ResponseStatusCodeError
from requests.exceptions import ConnectionError as NoConnection
from shapely.errors import ShapelyError

from geo.errors import NarhetError, Offline
from geo.sources.http import (
    CHECK_EVERY_S,
    CHUNK,
    Check,
    address,
    pause,
    pause_asked_s,
    read_body,
    slow,
    unusable,
)
from geo.sources.osm import walkable

NOMINATIM, OVERPASS = "Nominatim", "Overpass"
NOMINATIM_URL = "https://nominatim.openstreetmap.org"
OVERPASS_URL = "https://overpass-api.de/api"
USER_AGENT = "Narhet (walking-distance planner for Swedish municipalities; osmnx)"

BUSY = frozenset({429, 503, 504})
BUSY_PAUSE_S = 15.0
"""Wait before asking a busy service a second and last time."""
STATUS_TIMEOUT_S = 10.0
STATUS_PAUSE_S = 3.0
MAX_ANSWER_BYTES = 600_000_000
T = TypeVar("T")

_one_at_a_time = threading.Lock()


class Nothing(Exception):
    """The service answered properly that it has nothing."""


class _Busy(Exception):
    def __init__(self, status: int, pause_s: float) -> None:
        super().__init__(status)
        self.status = status
        self.pause_s = pause_s


@dataclass(frozen=True)
class Line:
    """An open line to the services: ask through it, one question at a time."""

    overpass_url: str
    timeout_s: float
    check: Check
    reader: _Reader

    def ask(self, service: str, question: Callable[[], T]) -> T:
        """Send a request (a call to osmnx) to a service.

        Raises
        ------
        Nothing : a proper answer without content.
        Offline, ServiceSlow, OnlineError ``service_answer`` : as their names say; in bounded time.
        """
        self.reader.service = service
        for last in (False, True):
            self.check()
            if service == OVERPASS:
                self._wait_for_slot()
            try:
                return _answer(service, self.timeout_s, question)
            except _Busy as busy:
                if last or busy.pause_s > self.timeout_s:
                    raise unusable(service, "busy", found=str(busy.status)) from None
                pause(busy.pause_s, self.check)
        raise AssertionError("the second try returns or raises")

    def _wait_for_slot(self) -> None:
        """Wait for our turn as Overpass's status page gives it, up to the time limit; a service
        without such a page is asked at once.
        """
        end = time.monotonic() + self.timeout_s
        while (wait_s := self._seconds_to_slot()) > 0:
            if time.monotonic() + wait_s > end:
                raise slow(OVERPASS, self.timeout_s)
            pause(wait_s, self.check)

    def _seconds_to_slot(self) -> float:
        try:
            with requests.get(
                f"{self.overpass_url}/status",
                timeout=min(STATUS_TIMEOUT_S, self.timeout_s),
                headers={"User-Agent": USER_AGENT},
                stream=True,
            ) as response:
                page = response.raw.read1(CHUNK, decode_content=True).decode("utf-8", "replace")
        except (requests.RequestException, urllib3.exceptions.HTTPError):
            return 0.0
        if response.status_code != 200 or "slots available now" in page:
            return 0.0
        waits = [int(seconds) for seconds in re.findall(r"in (-?\d+) seconds", page)]
        if waits:
            return float(max(1, min(waits)))
        return STATUS_PAUSE_S if re.search(r"Rate limit: [1-9]", page) else 0.0


@contextmanager
def open_line(cache: Path, *, timeout_s: float, check: Check) -> Iterator[Line]:
    """Set osmnx up for one fetch and put its settings back afterwards; one fetch at a time in a
    process.

    ``NARHET_OVERPASS_URL`` and ``NARHET_NOMINATIM_URL`` name other servers.
    """
    overpass_url = address("NARHET_OVERPASS_URL", OVERPASS_URL).removesuffix("/interpreter")
    nominatim_url = address("NARHET_NOMINATIM_URL", NOMINATIM_URL).removesuffix("/search")
    reader = _Reader(timeout_s, check)
    ours: dict[str, Any] = {
        "all_oneway": True,  # each stretch once: walking is free both ways anyway
        "useful_tags_way": list(walkable.WAY_KEYS),
        "use_cache": True,
        "cache_folder": cache,
        "cache_only_mode": False,
        "log_console": False,
        "log_file": False,
        "doh_url_template": None,  # no detour over another company's name server
        "overpass_rate_limit": False,  # we keep to it ourselves, see Line
        "overpass_url": overpass_url,
        "nominatim_url": nominatim_url,
        "requests_timeout": math.ceil(timeout_s),
        "requests_kwargs": {"hooks": {"response": reader.read}},
        "http_user_agent": USER_AGENT,
        "http_referer": USER_AGENT,
        "http_accept_language": "sv,en",
    }
    while not _one_at_a_time.acquire(timeout=CHECK_EVERY_S):
        check()
    before = {name: getattr(osmnx.settings, name) for name in ours}
    lookup = socket.getaddrinfo
    try:
        for name, value in ours.items():
            setattr(osmnx.settings, name, value)
        yield Line(overpass_url, timeout_s, check, reader)
    finally:
        for name, value in before.items():
            setattr(osmnx.settings, name, value)
        socket.getaddrinfo = lookup  # osmnx pins the host's address for good
        _one_at_a_time.release()


def _answer(service: str, timeout_s: float, question: Callable[[], T]) -> T:
    """Call osmnx and give what goes wrong our names."""
    try:
        return question()
    except (NarhetError, _Busy):
        raise
    except InsufficientResponseError as error:
        raise Nothing from error
    except requests.Timeout as error:
        raise slow(service, timeout_s) from error
    except NoConnection as error:
        raise Offline(service=service) from error
    except (requests.RequestException, ResponseStatusCodeError) as error:
        raise unusable(service, "unreadable_answer") from error
    except (LookupError, TypeError, ValueError, AttributeError, ShapelyError) as error:
        raise unusable(service, "unreadable_answer") from error


@dataclass
class _Reader:
    """Reads each HTTP answer whole before osmnx sees it: within the time, not too large, no error
    in disguise. ``service`` is the one asked at the moment.
    """

    timeout_s: float
    check: Check
    service: str = NOMINATIM

    def read(self, response: requests.Response, *_args: Any, **_kwargs: Any) -> requests.Response:
        """Check one response: the hook that requests calls."""
        if response.is_redirect:
            return response
        with closing(response):
            if response.status_code in BUSY:
                raise _Busy(response.status_code, pause_asked_s(response, BUSY_PAUSE_S))
            if not response.ok:
                raise unusable(self.service, "http_status", found=str(response.status_code))
            body = read_body(
                response,
                self.service,
                timeout_s=self.timeout_s,
                most_bytes=MAX_ANSWER_BYTES,
                check=self.check,
            )
        _check_answer(self.service, body)
        response.raw = urllib3.HTTPResponse(body=BytesIO(body), preload_content=False)
        return response


def _check_answer(service: str, body: bytes) -> None:
    """Refuse what is not the service's own JSON, and Overpass errors that come as a remark."""
    try:
        answer = json.loads(body)
    except ValueError as error:
        raise unusable(service, "unreadable_answer") from error
    if service == NOMINATIM:
        if not isinstance(answer, list):
            raise unusable(service, "unreadable_answer")
        return
    if not isinstance(answer, dict) or not isinstance(answer.get("elements"), list):
        raise unusable(service, "unreadable_answer")
    if remark := str(answer.get("remark", "")):
        raise unusable(service, "remark", found=" ".join(remark.split())[:160])
