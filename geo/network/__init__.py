"""Walking metres on plain arrays: the path network, snapping, distances, routes, isochrones."""
