"""Models on matrices alone: sites to open, who gets which place, catchments, walking rounds."""
