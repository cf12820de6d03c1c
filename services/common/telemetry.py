"""What an app tells about itself in numbers, and how it takes part in a trace."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from itertools import accumulate
from random import getrandbits
from typing import Final, NamedTuple, Self

from prometheus_client import CollectorRegistry, Gauge, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import QueuePool

from services.common.worker import WorkerPool

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

# Seconds: from a hot read to the deadline of the gateway.
_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_TRACEPARENT: Final = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")


class Metrics:
    """The numbers of one app, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._requests = _RequestCollector()
        registry.register(self._requests)
        self._pool = Gauge("qoldau_pool_in_use", "Connections lent.", ["pool"], registry=registry)
        self.outbox_due = Gauge("qoldau_outbox_due", "Events that wait to be delivered.", registry=registry)
        self.outbox_dead = Gauge("qoldau_outbox_dead", "Events given up on.", registry=registry)
        self.jobs_overdue = Gauge("qoldau_jobs_overdue", "Jobs due and not done.", registry=registry)

    def count_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request; `route` is a path template, never a path."""
        self._requests.count(method if method in METHODS else "other", route, status, seconds)

    def watch_engine(self, name: str, engine: AsyncEngine) -> None:
        """Show how many connections of the engine's pool are lent at the time of asking."""
        pool = engine.pool
        if isinstance(pool, QueuePool):
            self._pool.labels(name).set_function(pool.checkedout)

    def watch_worker(self, pool: WorkerPool) -> None:
        """Show the worker's load and the outcomes of its jobs."""
        self.registry.register(_WorkerCollector(pool))


class _RequestCollector(Collector):
    """Counts requests in plain numbers, since one event loop needs no locks, and adds them up when it is asked."""

    def __init__(self) -> None:
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._durations: dict[tuple[str, str], list[int]] = {}
        """How many requests ended within each bucket and, last of all, after the longest."""
        self._seconds: Counter[tuple[str, str]] = Counter()

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        place = method, route
        self._requests[method, route, status] += 1
        self._seconds[place] += seconds  # type: ignore[assignment]  # typeshed has Counters of int only
        durations = self._durations.get(place)
        if durations is None:
            durations = self._durations[place] = [0] * (len(_BUCKETS) + 1)
        durations[bisect_left(_BUCKETS, seconds)] += 1

    def collect(self) -> Iterable[Metric]:
        requests = CounterMetricFamily(
            "qoldau_http_requests",
            "Requests answered, by method, path template and status.",
            labels=["method", "route", "status"],
        )
        for (method, route, status), count in list(self._requests.items()):
            requests.add_metric([method, route, str(status)], count)
        yield requests
        durations = HistogramMetricFamily(
            "qoldau_http_request_seconds",
            "From the first byte of a request to the last of its answer.",
            labels=["method", "route"],
        )
        bounds = [*map(str, _BUCKETS), "+Inf"]
        for place, counts in list(self._durations.items()):
            buckets = list(zip(bounds, accumulate(counts), strict=True))
            durations.add_metric(place, buckets, self._seconds[place])
        yield durations


class _WorkerCollector(Collector):
    def __init__(self, pool: WorkerPool) -> None:
        self._pool = pool

    def collect(self) -> Iterable[Metric]:
        yield GaugeMetricFamily("qoldau_worker_busy", "Jobs at work.", value=self._pool.busy)
        yield GaugeMetricFamily(
            "qoldau_worker_waiting", "Jobs that wait for a worker.", value=self._pool.waiting
        )
        jobs = CounterMetricFamily("qoldau_worker_jobs", "Jobs ended, by outcome.", labels=["outcome"])
        for outcome, count in self._pool.outcomes.items():
            jobs.add_metric([outcome], count)
        yield jobs


class Traceparent(NamedTuple):
    """A place in a trace (W3C Trace Context): which trace, which step of it, and whether it is recorded."""

    trace_id: str
    span_id: str
    flags: str = "01"

    @classmethod
    def begin(cls) -> Self:
        """Begin a trace; its ids are random, but no secret."""
        return cls(f"{getrandbits(128):032x}", f"{getrandbits(64):016x}")

    @classmethod
    def parse(cls, text: str | None) -> Self | None:
        """Read a `traceparent` header; None if there is none or it is malformed, as the standard asks.

        A version newer than 00 may carry more after the four parts, which is ignored.
        """
        found = _TRACEPARENT.fullmatch(text or "")
        if found is None:
            return None
        version, trace_id, span_id, flags, more = found.groups()
        if version == "ff" or (version == "00" and more) or not (trace_id.strip("0") and span_id.strip("0")):
            return None
        return cls(trace_id, span_id, flags)

    def child(self) -> Self:
        """Return a new step of the same trace."""
        return type(self)(self.trace_id, f"{getrandbits(64):016x}", self.flags)

    def __str__(self) -> str:
        return f"00-{self.trace_id}-{self.span_id}-{self.flags}"
