"""Maps and text for paper: projection, legend, glyphs, typesetting."""
