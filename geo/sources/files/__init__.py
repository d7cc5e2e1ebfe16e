"""Files as people have them, read into tables of text with what was understood."""
