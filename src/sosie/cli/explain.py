"""`sosie explain`."""


def explain() -> None:
    """x"""
