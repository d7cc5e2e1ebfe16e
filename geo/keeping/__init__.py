"""How places, activities, scenarios and the log of changes are kept in a database. The door is
``geo.store``; only ``geo.output.everything``, which writes all of it, looks in here too. Knows no
page and no file that people bring.
"""
