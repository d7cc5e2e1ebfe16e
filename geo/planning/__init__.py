"""What to do: where to open places, whom to visit, what changes under a scenario."""
