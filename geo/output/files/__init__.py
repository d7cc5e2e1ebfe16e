"""Answers as files: CSV, Excel, JSON, GeoJSON, GeoPackage, calendars, backups."""
