"""From a question to a report the board can read: every word and number of it, before it has a
form. Knows areas, gaps and proposals; no file and no screen.
"""
