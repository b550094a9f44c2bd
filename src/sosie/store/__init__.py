"""What is remembered: locations, contents, fingerprints and findings, all keyed by content."""
