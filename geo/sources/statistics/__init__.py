"""Statistics per area: files, Statistics Sweden's services, outlines and their vintages."""
