"""What only the page gap uses."""
