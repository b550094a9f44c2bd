"""The HTTP service: the API under /api and the interface under /."""
