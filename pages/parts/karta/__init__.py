"""What only the page karta uses."""
