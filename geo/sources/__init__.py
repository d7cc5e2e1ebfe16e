"""From files and services to tables: OpenStreetMap, files, statistics, the demonstration."""
