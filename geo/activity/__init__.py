"""What happens at places: activities with hours, languages and who may come."""

from geo.activity.derived import activities_of, opening_times
from geo.activity.model import (
    Activity,
    Named,
    Occurrence,
    Span,
    Times,
    activity_kinds,
    audiences,
    counted,
    is_counted,
    is_fresh,
    themes,
)
from geo.activity.table import from_table, to_table
from geo.activity.times import in_week, occurrences, week_grid, weekly_rule

__all__ = [
    "Activity",
    "Named",
    "Occurrence",
    "Span",
    "Times",
    "activities_of",
    "activity_kinds",
    "audiences",
    "counted",
    "from_table",
    "in_week",
    "is_counted",
    "is_fresh",
    "occurrences",
    "opening_times",
    "themes",
    "to_table",
    "week_grid",
    "weekly_rule",
]
