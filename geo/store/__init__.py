"""Records people edit: kept in a database, with a log, undo and three-way merge."""
