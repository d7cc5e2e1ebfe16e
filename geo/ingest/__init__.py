"""From a file to an area's records: building, geocoding, checks, proposals, edits, conflicts."""
