"""Preschool places against children: shortage, calls and a surge."""
