"""Everything that makes the shipped parameters: drawn pictures, edits of pictures, and the fitting scripts."""
