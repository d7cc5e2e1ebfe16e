"""Närhet's planner: who can walk to what. Imports no screen library and knows of no page."""
