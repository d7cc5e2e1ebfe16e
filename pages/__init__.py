"""What people see. start.py runs; every other file only defines render()."""
