"""Location models: which of the candidate sites to open. Knows matrices and people, not maps."""
