"""A file of places on its way into an area: proposed, checked, and carried out as one change that
can be undone. Reads no files itself (``geo.sources``) and keeps nothing (``geo.store``).
"""
