"""Answers as maps on screen: layers, classes, symbols, and the table with the same content."""
