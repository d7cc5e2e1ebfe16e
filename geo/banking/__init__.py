"""The knowledge bank: what is in reach of one housing or point, by theme, language and hour."""

from geo.activity.told import Written, link_of, written_of
from geo.banking.asking import Question, Wish, ask, read_when
from geo.banking.finding import bank_of
from geo.banking.model import Bank, Entry, Start

__all__ = [
    "Bank",
    "Entry",
    "Question",
    "Start",
    "Wish",
    "Written",
    "ask",
    "bank_of",
    "link_of",
    "read_when",
    "written_of",
]
