"""Local features and the vector that finds candidates by them."""
