"""How we send requests to an open service over HTTP: bounded in time and size, once more when it is
busy, not more often than it allows, and stopped when the user wants.
"""

from __future__ import annotations

import json
import math
import os
import re
import time
from collections import deque
from collections.abc import Callable
from contextlib import closing
from typing import Any

import requests
import urllib3
from requests.exceptions import ConnectionError as NoConnection

from geo.errors import NarhetError, Offline, OnlineError, ServiceSlow
from geo.texts import Phrase
from geo.types import Progress

USER_AGENT = "Narhet (walking-distance planner for Swedish municipalities)"
BUSY = frozenset({429, 502, 503, 504})
BUSY_PAUSE_S = 10.0
"""Wait before asking a busy service a second and last time, where it does not state how long."""
CHECK_EVERY_S = 0.25
"""While waiting, the user is asked this often whether to go on."""
MAX_ANSWER_BYTES = 200_000_000
CHUNK = 1 << 16

Check = Callable[[], None]
"""Called often; raises ``Cancelled`` when the user has stopped the work."""


class Refused(Exception):
    """The service does not have what was requested (400 or 404)."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Steps:
    """Remembers the last step reported, so that waiting can report it again and be stopped.
    ``first``: the step that is reported until another is.
    """

    def __init__(self, progress: Progress | None, first: tuple[str, float] | None = None) -> None:
        self._progress, self._last = progress, first
        self._told_at = -math.inf

    def say(self, key: str, share: float) -> None:
        """Report a step to the user, and how far the work is."""
        self._last, self._told_at = (key, share), -math.inf
        self.again()

    def again(self) -> None:
        """Report the last step again, so that the user may stop the work."""
        now = time.monotonic()
        if self._progress and self._last and now - self._told_at >= CHECK_EVERY_S:
            self._told_at = now
            self._progress(*self._last)


class Pace:
    """At most so many calls within so many seconds, counted over a sliding window."""

    def __init__(self, max_calls: int, window_s: float, check: Check) -> None:
        self.max_calls, self.window_s, self._check = max(1, max_calls), window_s, check
        self._calls: deque[float] = deque()

    def wait_if_needed(self) -> None:
        """Wait for the next call's turn; may raise ``Cancelled``."""
        while len(self._calls) >= self.max_calls:
            left = self._calls[0] + self.window_s - time.monotonic()
            if left <= 0:
                self._calls.popleft()
            else:
                self._check()
                time.sleep(min(left, CHECK_EVERY_S))
        self._calls.append(time.monotonic())


class Line:
    """An open line to one service; stands in for ``requests.Session``."""

    def __init__(self, service: str, *, timeout_s: float, check: Check) -> None:
        self.service, self.timeout_s, self.check = service, timeout_s, check
        self.headers = {"User-Agent": USER_AGENT, "Accept": "application/json"}
        self._session = requests.Session()

    def request(self, method: str, url: str, **asked: Any) -> requests.Response:
        """Ask once, and once more after a pause if the service is busy; the answer is read whole.

        Raises
        ------
        Refused : 400 or 404.
        Offline, ServiceSlow, OnlineError ``service_answer`` : as their names say; in bounded time.
        """
        for last in (False, True):
            self.check()
            response = self._once(method, url, asked)
            if response.status_code not in BUSY:
                return self._good(response)
            pause_s = pause_asked_s(response, BUSY_PAUSE_S)
            if last or pause_s > self.timeout_s:
                raise self.unusable("busy", found=str(response.status_code))
            pause(pause_s, self.check)
        raise AssertionError("the second try returns or raises")

    def json(self, url: str, params: dict[str, str]) -> Any:
        """Ask for a JSON document by GET."""
        response = self.request("GET", url, params=params)
        try:
            return json.loads(response.content)
        except ValueError as error:
            raise self.unusable("unreadable_answer") from error

    def unusable(self, reason: str, **values: object) -> OnlineError:
        """Return the error that an answer cannot be used (``reasons.<reason>``)."""
        return unusable(self.service, reason, **values)

    def _once(self, method: str, url: str, asked: dict[str, Any]) -> requests.Response:
        given = {name: value for name, value in asked.items() if name != "headers"}
        headers = {**self.headers, **asked.get("headers", {})}
        try:
            response = self._session.request(
                method, url, headers=headers, stream=True, timeout=self.timeout_s, **given
            )
        except requests.Timeout as error:
            raise slow(self.service, self.timeout_s) from error
        except NoConnection as error:
            raise Offline(service=self.service) from error
        except requests.RequestException as error:
            raise self.unusable("unreadable_answer") from error
        with closing(response):
            response._content = read_body(
                response,
                self.service,
                timeout_s=self.timeout_s,
                most_bytes=MAX_ANSWER_BYTES,
                check=self.check,
            )
            response._content_consumed = True
        return response

    def _good(self, response: requests.Response) -> requests.Response:
        if response.status_code in (400, 404):
            raise Refused(response.status_code)
        if not response.ok:
            raise self.unusable("http_status", found=str(response.status_code))
        return response


def read_body(
    response: requests.Response, service: str, *, timeout_s: float, most_bytes: int, check: Check
) -> bytes:
    """Read an answer piece by piece: a service that drips is as slow as one that is silent.

    Raises
    ------
    ServiceSlow : it is not there whole after ``timeout_s`` seconds.
    OnlineError ``service_answer`` : it is cut short, or longer than ``most_bytes``.
    """
    end = time.monotonic() + timeout_s
    pieces, size = [], 0
    try:
        while piece := response.raw.read1(CHUNK, decode_content=True):
            pieces.append(piece)
            size += len(piece)
            check()
            if time.monotonic() > end:
                raise slow(service, timeout_s)
            if size > most_bytes:
                raise unusable(service, "too_long_answer", found=most_bytes // 1_000_000)
    except urllib3.exceptions.ReadTimeoutError as error:
        raise slow(service, timeout_s) from error
    except (urllib3.exceptions.HTTPError, OSError) as error:
        if isinstance(error, NarhetError):
            raise
        raise unusable(service, "cut_short") from error
    return b"".join(pieces)


def unusable(service: str, reason: str, **values: object) -> OnlineError:
    """Return the error that an answer cannot be used (``reasons.<reason>``)."""
    return OnlineError(
        "service_answer", service=service, reason=Phrase(f"reasons.{reason}", {**values})
    )


def slow(service: str, timeout_s: float) -> ServiceSlow:
    """Return the error that a service did not answer in time."""
    return ServiceSlow(service=service, seconds=math.ceil(timeout_s))


def pause(seconds: float, check: Check) -> None:
    """Wait, and ask now and then whether to go on."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        check()
        time.sleep(min(CHECK_EVERY_S, left))


def pause_asked_s(response: requests.Response, otherwise_s: float) -> float:
    """Return how long a busy service asks us to wait."""
    asked = response.headers.get("Retry-After", "")
    return float(asked) if re.fullmatch(r"\d{1,5}", asked) else otherwise_s


def address(variable: str, standard: str) -> str:
    """Return a service's address: the setting's, else the public one."""
    return (os.environ.get(variable) or standard).strip().rstrip("/")
