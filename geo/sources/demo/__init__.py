"""The built-in demonstration area."""
