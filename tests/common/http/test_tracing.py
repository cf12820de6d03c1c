"""Spans leave the house only where asked for, and without paths, queries and hosts."""

import sys
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from structlog.testing import capture_logs

from services.common.http.tracing import ENDPOINT, provide_traces, telemetry_for

CANARY = "N00CANARY77"
"""A synthetic passport number."""

EXPORTER = "opentelemetry.exporter.otlp.proto.http.trace_exporter"


def test_nothing_is_recorded_unless_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ENDPOINT, raising=False)
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    assert telemetry_for("programs") == {
        "tracer_provider": None,
        "tracing": False,
        "metrics": False,
        "logs": False,
        "operation_spans": False,
        "auto_configure": False,
    }


def test_a_missing_extra_is_said_and_harms_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENDPOINT, "http://127.0.0.1:9")
    monkeypatch.setitem(
        __import__("sys").modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None
    )
    with capture_logs() as logs:
        assert telemetry_for("programs")["tracing"] is False
    assert [line["event"] for line in logs] == ["telemetry_extra_missing"]


def test_spans_go_to_the_endpoint_that_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    exporter = InMemorySpanExporter()  # stands for the network; the real exporter is an extra
    monkeypatch.setenv(ENDPOINT, "http://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, EXPORTER, SimpleNamespace(OTLPSpanExporter=lambda: exporter))
    telemetry = telemetry_for("programs")
    provider: Any = telemetry["tracer_provider"]
    with provider.get_tracer("test").start_as_current_span("step", attributes={"url.path": CANARY}):
        pass
    provider.shutdown()
    assert telemetry["tracing"] is True
    assert [span.attributes for span in exporter.get_finished_spans()] == [{"url.path": "[dropped]"}]


async def test_a_span_names_its_template_and_nothing_else() -> None:
    exporter = InMemorySpanExporter()
    provider = provide_traces("programs", SimpleSpanProcessor(exporter))
    app = FastAPI(telemetry=telemetry_for("programs") | {"tracer_provider": provider, "tracing": True})

    @app.get("/v1/persons/{person_id}")
    async def read_person(person_id: str) -> None:
        raise ValueError(person_id)

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{CANARY}.test") as client:
        await client.get(f"/v1/persons/{CANARY}?passport={CANARY}")
    [span] = exporter.get_finished_spans()
    assert CANARY.lower() not in span.to_json().lower()
    assert span.name == "GET /v1/persons/{person_id}"
    assert span.resource.attributes["service.name"] == "programs"
    assert span.attributes
    assert span.attributes["url.path"] == "[dropped]"
    assert span.attributes["http.request.method"] == "GET"
    assert span.attributes["http.response.status_code"] == 500
    assert span.attributes["error.type"] == "ValueError"
