"""What only the page placera uses."""
