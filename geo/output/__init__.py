"""How answers go out: screen maps, backgrounds, tables and files. No question is answered here."""
