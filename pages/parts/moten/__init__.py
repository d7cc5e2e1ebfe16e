"""What only the page moten uses."""
