"""What only the page omrade uses."""
