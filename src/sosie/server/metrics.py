"""The numbers of one server, for Prometheus."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import accumulate

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from sosie.engine.costs import BUCKETS
from sosie.server.jobs.spending import SPREAD, Spending
from sosie.server.views.health import Vitals
from sosie.server.views.thumbnails import Thumbnails

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_STATES = ("queued", "running", "done", "failed", "cancelled")
_STAGE_COUNTERS = (
    ("sosie_stage_images", "Images (pairs in verify) that stages of jobs have dealt with.", "done"),
    ("sosie_stage_seconds", "Time that stages of jobs have taken.", "seconds"),
)
_STEP_COUNTERS = (
    ("sosie_step_rows", "Images (pairs in verify) that tasks of a step have dealt with.", "rows"),
    ("sosie_step_tasks_kept", "Tasks whose result was there from an earlier run.", "kept"),
    ("sosie_step_cpu_seconds", "Time of processor that tasks took.", "cpu"),
    ("sosie_step_read_bytes", "Bytes that came to tasks.", "read"),
    ("sosie_step_written_bytes", "Bytes that tasks have written.", "written"),
    ("sosie_step_tasks_lost", "Tasks begun again, since their process or machine was lost.", "lost"),
    ("sosie_step_stragglers", "Tasks that took far longer than most of their step.", "stragglers"),
)


class Metrics:
    """Counts requests; gauges are read when somebody asks."""

    media_type = CONTENT_TYPE_LATEST

    def __init__(self, spending: Spending) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Spent(spending))
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


class _Spent(Collector):
    """What jobs have cost, by stage and by step."""

    def __init__(self, spending: Spending) -> None:
        self._spending = spending

    def collect(self) -> Iterator[Metric]:
        """Yield the numbers of stages and steps as they are now."""
        stages, steps = self._spending.shown()
        for name, text, key in _STAGE_COUNTERS:
            yield _counter(name, text, "stage", {stage: numbers[key] for stage, numbers in stages.items()})
        for name, text, key in _STEP_COUNTERS:
            yield _counter(name, text, "step", {step: numbers[key] for step, numbers in steps.items()})
        tasks = HistogramMetricFamily("sosie_step_task_seconds", "Time that tasks took.", labels=["step"])
        limits = [*map(str, BUCKETS), "+Inf"]
        for step, numbers in steps.items():
            together = list(zip(limits, accumulate(numbers[SPREAD]), strict=True))
            tasks.add_metric([step], together, numbers["busy"])
        yield tasks


def _counter(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    family = CounterMetricFamily(name, text, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family
