"""Set covering: the fewest, or cheapest, sites that reach everybody within a limit."""
