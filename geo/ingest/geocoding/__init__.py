"""Where a written address or the name of a building is."""
