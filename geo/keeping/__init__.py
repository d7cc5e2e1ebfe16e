"""How places, activities, scenarios and the log of changes are kept in a database. The door is
``geo.store``; nothing else looks in here. Knows no page and no file that people bring.
"""
