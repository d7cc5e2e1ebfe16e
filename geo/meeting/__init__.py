"""Meeting places as supply: who can walk to one that is open, where their language is spoken, whom
they would meet there, and how many mentors and seats there are for each.
"""

from geo.meeting.answering import MEASURES, Answer, answer_of, asked_of
from geo.meeting.arena import Arena, Arenas, HomeArenas, arena_mix
from geo.meeting.asking import Wish, ask
from geo.meeting.contact import Contact, HomeContact, contact_supply
from geo.meeting.hours import Hours, UnitHours, WindowAnswer, hours_gap
from geo.meeting.language import HomeLanguages, LanguageRow, Languages, Near, language_gap
from geo.meeting.supply import Asked, Home, Offer, Supply, supply_of

__all__ = [
    "MEASURES",
    "Answer",
    "Arena",
    "Arenas",
    "Asked",
    "Contact",
    "Home",
    "HomeArenas",
    "HomeContact",
    "HomeLanguages",
    "Hours",
    "LanguageRow",
    "Languages",
    "Near",
    "Offer",
    "Supply",
    "UnitHours",
    "WindowAnswer",
    "Wish",
    "answer_of",
    "arena_mix",
    "ask",
    "asked_of",
    "contact_supply",
    "hours_gap",
    "language_gap",
    "supply_of",
]
