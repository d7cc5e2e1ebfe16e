"""How data come in: OpenStreetMap, lines, tables, statistics and the demonstration area. Knows
files, not screens.
"""
