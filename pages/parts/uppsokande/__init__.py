"""What only the page uppsokande uses."""
