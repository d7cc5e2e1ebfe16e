"""What only the page forskola uses."""
