"""How many threads work, and that the libraries under them start none of their own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


def usable_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def single_threaded_libraries() -> Iterator[None]:
    """Keep BLAS and OpenCV to one thread a call.

    Every step here runs in threads of its own, one a core. Pools under them only wait for each other: measured,
    the hashes of one image then cost 25 ms of processor time rather than 1.4.
    """
    import cv2  # Imported here, as below: whoever only counts the cores needs none of it.
    from threadpoolctl import threadpool_limits

    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        with threadpool_limits(1, "blas"):
            yield
    finally:
        cv2.setNumThreads(before)


def keep_libraries_single() -> None:
    """Keep BLAS and OpenCV to one thread a call in this process, for good: for servers, whose requests are threads."""
    import cv2
    from threadpoolctl import threadpool_limits

    cv2.setNumThreads(1)
    threadpool_limits(1, "blas")
