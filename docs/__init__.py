"""The documents, and the scripts that write the generated ones."""
