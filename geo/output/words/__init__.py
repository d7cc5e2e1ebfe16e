"""Answers in sentences and rows, in both languages."""
