"""The knowledge bank: what is in reach of one housing or point, by theme, language and hour."""
