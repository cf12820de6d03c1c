"""Joining answers to people by OpenTelemetry traces: fails on the ballot box, and not on the naive way."""

import secrets
import sys
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import TypeAlias

import asyncpg
import pytest
from fastapi.telemetry import TelemetryConfig
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from services.common.context import traceparent
from services.common.http import app as http_app
from services.common.http.tracing import ENDPOINT, telemetry_for
from services.common.telemetry import Traceparent
from services.evaluation.app import create_app
from services.evaluation.settings import Settings
from tests.apps import Door, facts_of, open_door
from tests.cluster import TestDatabase
from tests.evaluation.surveys import Survey, open_survey
from tests.evaluation.test_ballot_traces import CANARY, secrets_of, send_event

Admin: TypeAlias = asyncpg.Connection
EXPORTER = "opentelemetry.exporter.otlp.proto.http.trace_exporter"


class Collector:
    """What an operator's collector of traces has received."""

    provider: TracerProvider
    """Of the app that is traced."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()

    def trace(self, app: str) -> TelemetryConfig:
        """Return what the app is traced by, and keep hold of it."""
        telemetry = telemetry_for(app)
        provider = telemetry["tracer_provider"]
        assert isinstance(provider, TracerProvider)
        self.provider = provider
        return telemetry

    def spans(self) -> Iterable[ReadableSpan]:
        self.provider.force_flush()
        return self.exporter.get_finished_spans()

    def steps_of(self, traces: Iterable[Traceparent]) -> list[str]:
        """Return the ids of all spans in these traces."""
        ids = {int(trace.trace_id, 16) for trace in traces}
        contexts = [span.context for span in self.spans() if span.context is not None]
        return [f"{context.span_id:016x}" for context in contexts if context.trace_id in ids]

    def holds(self, sought: Iterable[str]) -> set[str]:
        """Return which of these values stand anywhere in a span."""
        told = "".join(span.to_json() for span in self.spans()).lower()
        return {value for value in sought if value.lower() in told}


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Collector:
    collector = Collector()
    monkeypatch.setenv(ENDPOINT, "http://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, EXPORTER, SimpleNamespace(OTLPSpanExporter=lambda: collector.exporter))
    monkeypatch.setattr(http_app, "telemetry_for", collector.trace)
    return collector


@pytest.fixture
async def traced(
    collector: Collector,
    database: TestDatabase,
    clean: TestDatabase,
    keys: Path,
    tmp_path: Path,
    participants_keys: tuple[bytes, bytes],
) -> AsyncIterator[Door]:
    """The evaluation app as an operator runs it who collects traces."""
    (tmp_path / "master").write_text(secrets.token_hex(32))
    (tmp_path / "participants").write_text(participants_keys[1].hex())
    facts = facts_of("evaluation", database.evaluation, keys) | {
        "keystore_url": database.keystore,
        "master_key": tmp_path / "master",
        "participants_sealing_key": tmp_path / "participants",
    }
    async with open_door("evaluation", create_app(Settings(**facts)), keys) as door:
        yield door.over(clean)
    collector.provider.shutdown()


async def answer(survey: Survey, token: str) -> Traceparent:
    """Answer as a respondent whose every step a gateway traces; return the trace."""
    trace = Traceparent.begin()
    headers = {"Ballot-Token": token, "traceparent": str(trace)}
    paper = await survey.public.get("/v1/responses/paper", headers=headers)
    assert paper.status_code == 200
    sent = await survey.public.post("/v1/responses", json=survey.body(token, better=CANARY), headers=headers)
    assert sent.status_code == 204, sent.text
    return trace


async def rows_with(admin: Admin, sought: Iterable[str]) -> set[str]:
    """Return the tables in which any of these values stands, in whatever column."""
    tables = await admin.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'evaluation'")
    found = set()
    for (table,) in tables:
        text = await admin.fetchval(f"SELECT coalesce(string_agg(t::text, ''), '') FROM {table} t")  # noqa: S608  names from the catalog
        if any(value in str(text) for value in sought):
            found.add(table)
    return found


@pytest.fixture
async def admin_of_traced(traced: Door) -> AsyncIterator[Admin]:
    connection = await asyncpg.connect(traced.database.admin)
    await connection.execute("SET search_path TO evaluation")
    yield connection
    await connection.close()


async def test_no_span_holds_what_was_answered_or_by_which_code(traced: Door, collector: Collector) -> None:
    survey = await open_survey(traced, 3)
    traces = [await answer(survey, token) for token in survey.slips]
    await survey.count()
    # They are traced, and say nothing but that somebody looked and answered.
    assert len(collector.steps_of(traces)) == 6
    sought = [value for token in survey.slips for value in secrets_of(survey, token)]
    keys = [survey.campaign_id, str(survey.edition_id), str(survey.lecturer_id)]
    assert collector.holds([*sought, *keys]) == set()


async def test_no_row_tells_in_which_trace_it_was_written(
    traced: Door, collector: Collector, admin_of_traced: Admin
) -> None:
    """One answer an hour: whoever has all spans and the whole database finds no way from one to the other."""
    survey = await open_survey(traced, 3)
    traces = [await answer(survey, token) for token in survey.slips]
    ids, steps = [trace.trace_id for trace in traces], collector.steps_of(traces)
    assert len(steps) == 6
    assert await rows_with(admin_of_traced, [*ids, *steps]) == set()
    await survey.count()
    assert await rows_with(admin_of_traced, [*ids, *steps]) == set()


async def test_a_naive_row_or_span_is_found(
    traced: Door, collector: Collector, admin_of_traced: Admin
) -> None:
    """Negative control: an event sent when somebody answers carries the trace; a span may be given the code."""
    survey = await open_survey(traced, 1)
    (token,) = survey.slips
    trace = await answer(survey, token)
    kept = traceparent.set(str(trace))
    try:
        async with traced.app.state.sessions.transaction() as session:
            await send_event(session, survey, token)
    finally:
        traceparent.reset(kept)
    assert await rows_with(admin_of_traced, [trace.trace_id]) == {"outbox_event"}
    with collector.provider.get_tracer("naive").start_as_current_span("answer") as span:
        span.set_attribute("ballot", token)
    assert collector.holds([token, CANARY]) == {token}
