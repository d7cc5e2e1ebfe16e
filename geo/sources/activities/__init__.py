"""Tables of activities, read row by row."""
