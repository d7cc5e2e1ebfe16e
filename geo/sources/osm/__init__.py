"""OpenStreetMap: extracts, answers of Overpass, and what of them can be walked."""
