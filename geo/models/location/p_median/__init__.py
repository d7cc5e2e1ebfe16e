"""p-median: the sites that make all walks together shortest."""
