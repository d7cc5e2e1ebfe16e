"""What only the page namnd uses."""
