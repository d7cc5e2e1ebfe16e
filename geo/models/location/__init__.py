"""Location models: which candidate sites to open, each with its objective, bound and gap."""
