"""What the service counts, in the text form of Prometheus: requests, latencies, refusals, queues. No content."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

__all__ = ["MEDIA_TYPE", "Metrics"]

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """Counters of one service."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._requests = Counter(
            "cchc_requests", "Requests that were answered.", ("path", "method", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "cchc_request_seconds", "Time to answer.", ("path",), buckets=SECONDS, registry=self._registry
        )
        self._refusals = Counter("cchc_refusals", "Requests that were refused.", ("code",), registry=self._registry)

    def count(self, path: str, method: str, status: int, seconds: float) -> None:
        """Count an answer. The path must be one of few."""
        self._requests.labels(path, method, str(status)).inc()
        self._seconds.labels(path).observe(seconds)

    def count_refusal(self, code: str) -> None:
        """Count a refusal."""
        self._refusals.labels(code).inc()

    def watch(self, name: str, help: str, value: Callable[[], float]) -> None:
        """Add a number that is asked for when the metrics are read."""
        self._registry.register(_Gauge(name, help, value))

    def text(self) -> bytes:
        """Return all numbers."""
        return generate_latest(self._registry)


class _Gauge(Collector):
    def __init__(self, name: str, help: str, value: Callable[[], float]) -> None:
        self._name, self._help, self._value = name, help, value

    def collect(self) -> list[GaugeMetricFamily]:
        return [GaugeMetricFamily(self._name, self._help, value=self._value())]
