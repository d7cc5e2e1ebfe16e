"""Where a written address or the name of a building is, told by what an area knows: its address
points and its places. Knows no files and no services.
"""

from geo.addresses.gazetteer import Gazetteer, gazetteer, of_addresses
from geo.addresses.matching import SAME_SPOT_M, Match, Wanted, find
from geo.addresses.written import Address, Number, Street, folded, read_address

__all__ = [
    "SAME_SPOT_M", "Address", "Gazetteer", "Match", "Number", "Street", "Wanted", "find",
    "folded", "gazetteer", "of_addresses", "read_address",
]  # fmt: skip
