"""The clock of those who use Närhet: Stockholm's, wherever the machine stands and whatever its own
clock says. Days on paper, "today" in a question and times in the log are of it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def now() -> datetime:
    """Return this moment in UTC: what is kept, and told in Stockholm's time by ``local_time``."""
    return datetime.now(UTC)


def today() -> date:
    """Return the day it is in Stockholm: at 23:30 in UTC it is the next one there."""
    return now().astimezone(STOCKHOLM).date()


def local_time(at: str) -> str:
    """Return a moment that was kept on Stockholm's clock; what is no moment as it stands.

    >>> local_time("2026-11-30T23:30:00+00:00")
    '2026-12-01 00:30'
    """
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return at[:16].replace("T", " ")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return f"{moment.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}"
