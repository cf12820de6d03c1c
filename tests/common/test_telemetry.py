"""Numbers are counted in a registry of their own, and a trace context is read as W3C asks."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import make_asgi_app
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from services.common.database import open_engine
from services.common.telemetry import Metrics, Traceparent
from services.common.worker import WorkerPool
from tests.cluster import TestDatabase

A, B = "a" * 32, "b" * 16


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (f"00-{A}-{B}-01", Traceparent(A, B, "01")),
        (f"00-{A}-{B}-ff", Traceparent(A, B, "ff")),
        (f"cc-{A}-{B}-01", Traceparent(A, B, "01")),
        (f"cc-{A}-{B}-01-what the future will be", Traceparent(A, B, "01")),
        (f"cc-{A}-{B}-01.what", None),
        (f"00-{A}-{B}-01-more", None),
        (f"00-{A}-{B}-01-", None),
        (f"ff-{A}-{B}-01", None),
        (f"00-{'0' * 32}-{B}-01", None),
        (f"00-{A}-{'0' * 16}-01", None),
        (f"00-{A.upper()}-{B}-01", None),
        (f"00-{A[1:]}-{B}-01", None),
        (f"00-{A}-{B}-1", None),
        (f" 00-{A}-{B}-01", None),
        (f"00-{A}-{B}-01\n", None),
        (f"00-{A}-{B}", None),
        ("", None),
        (None, None),
    ],
)
def test_a_traceparent_is_read_or_refused(text: str | None, read: Traceparent | None) -> None:
    assert Traceparent.parse(text) == read


@given(st.text())
def test_anything_may_be_asked_to_be_read(text: str) -> None:
    assert Traceparent.parse(text) is None


def test_a_trace_begins_and_goes_on() -> None:
    begun = Traceparent.begin()
    assert Traceparent.parse(str(begun)) == begun
    child = begun.child()
    assert (child.trace_id, child.flags) == (begun.trace_id, begun.flags)
    assert child.span_id != begun.span_id
    assert Traceparent.begin().trace_id != begun.trace_id


async def test_the_numbers_can_be_fetched() -> None:
    metrics = Metrics()
    metrics.count_request("GET", "/v1/programs", 200, 0.02)
    metrics.outbox_due.set(3)
    metrics.outbox_dead.set(1)
    metrics.jobs_overdue.set(2)
    pool = WorkerPool()
    pool.outcomes["time"] += 4
    metrics.watch_worker(pool)
    transport = httpx.ASGITransport(make_asgi_app(metrics.registry))
    async with httpx.AsyncClient(transport=transport, base_url="http://app.test") as client:
        told = (await client.get("/metrics")).text.splitlines()
    for line in (
        'qoldau_http_requests_total{method="GET",route="/v1/programs",status="200"} 1.0',
        'qoldau_http_request_seconds_bucket{le="0.025",method="GET",route="/v1/programs"} 1.0',
        'qoldau_http_request_seconds_bucket{le="0.01",method="GET",route="/v1/programs"} 0.0',
        "qoldau_outbox_due 3.0",
        "qoldau_outbox_dead 1.0",
        "qoldau_jobs_overdue 2.0",
        "qoldau_worker_busy 0.0",
        "qoldau_worker_waiting 0.0",
        'qoldau_worker_jobs_total{outcome="time"} 4.0',
    ):
        assert line in told
    assert any(line.startswith("process_resident_memory_bytes ") for line in told)


def test_two_apps_count_apart() -> None:
    one, other = Metrics(), Metrics()
    one.outbox_due.set(5)
    assert other.registry.get_sample_value("qoldau_outbox_due") == 0


async def test_lent_connections_are_seen(database: TestDatabase) -> None:
    metrics, engine = Metrics(), open_engine(database.programs.runtime, connections=2)
    metrics.watch_engine("write", engine)

    def lent() -> float | None:
        return metrics.registry.get_sample_value("qoldau_pool_in_use", {"pool": "write"})

    async with engine.connect():
        assert lent() == 1
    assert lent() == 0
    await engine.dispose()


def test_an_engine_without_a_pool_lends_nothing() -> None:
    metrics = Metrics()
    metrics.watch_engine("write", create_async_engine("postgresql+asyncpg://", poolclass=NullPool))
    assert metrics.registry.get_sample_value("qoldau_pool_in_use", {"pool": "write"}) is None
