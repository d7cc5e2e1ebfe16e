"""Whom to reach out to, how, and who goes where in a week."""
