"""p-center: the sites that make the longest walk shortest."""
