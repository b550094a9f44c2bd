"""A drawn catalogue of three invented brands, for trying Sosie out, for its documents and for its tests."""
