"""What one can walk to from a housing or point, by theme, language and hour."""
