"""From a question to a report the board can read: every word and number of it, before it has a
form. Knows areas, gaps and proposals; no file and no screen.
"""

from geo.reporting.asking import MAX_TITLE, MAX_WORDS
from geo.reporting.making import make_report

__all__ = ["MAX_TITLE", "MAX_WORDS", "make_report"]
