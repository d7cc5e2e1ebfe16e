"""What is wrong with the places of an area or a file, why, and what one click would do."""
