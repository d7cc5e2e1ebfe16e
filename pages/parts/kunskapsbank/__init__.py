"""What only the page kunskapsbank uses."""
