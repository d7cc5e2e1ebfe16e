"""What one page alone uses: a folder per page."""
