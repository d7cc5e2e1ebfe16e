"""From a coordinator's question to proposed sites with proof, and what varies them."""
