"""The numbers of one server, for Prometheus."""

from __future__ import annotations

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from sosie.server.views.health import Vitals
from sosie.server.views.thumbnails import Thumbnails

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_STATES = ("queued", "running", "done", "failed", "cancelled")


class Metrics:
    """Counts requests; gauges are read when somebody asks."""

    media_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter("sosie_requests", "Requests answered.", labels, registry=self._registry)
        self._seconds = Histogram(
            "sosie_request_seconds",
            "Time to the end of an answer.",
            ("route",),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._jobs = Gauge("sosie_jobs", "Jobs of the database by state.", ("state",), registry=self._registry)
        self._images = Gauge("sosie_images", "Different images in the catalogue.", registry=self._registry)
        self._rate = Gauge(
            "sosie_job_images_per_second", "Images a second of the jobs that run, all stages.", registry=self._registry
        )
        self._thumbnails = Gauge(
            "sosie_thumbnails_given", "Thumbnails given, from the cache or made.", ("cache",), registry=self._registry
        )

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self, vitals: Vitals, thumbnails: Thumbnails) -> bytes:
        """Return all numbers in Prometheus' format."""
        for state in _STATES:
            self._jobs.labels(state).set(vitals.jobs.get(state, 0))
        self._images.set(vitals.images)
        self._rate.set(vitals.rate)
        self._thumbnails.labels("hit").set(thumbnails.hits)
        self._thumbnails.labels("miss").set(thumbnails.made)
        return generate_latest(self._registry)
