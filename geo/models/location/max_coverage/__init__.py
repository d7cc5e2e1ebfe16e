"""Maximal covering: the sites that reach most people within a limit."""
