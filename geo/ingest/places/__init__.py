"""A file of places on its way into an area: proposed, checked, carried out as one change."""
