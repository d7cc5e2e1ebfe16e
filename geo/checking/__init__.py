"""What is wrong with the places of an area or a file: each problem with its row, its reason in
words and what one click would do about it. Changes nothing itself.
"""

from geo.checking.check import check_places
from geo.checking.fixes import fixed
from geo.checking.problems import SEVERITIES, Fix, Problem, Severity, What

__all__ = ["SEVERITIES", "Fix", "Problem", "Severity", "What", "check_places", "fixed"]
