"""Spans for OpenTelemetry, where an operator asks for them, without what a path or a query would tell."""

import importlib
import os
from typing import TYPE_CHECKING, Final

import structlog
from fastapi.telemetry import TelemetryConfig
from opentelemetry.context import Context

from services.common.logging import DROPPED

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider

ENDPOINT: Final = "OTEL_EXPORTER_OTLP_ENDPOINT"

# Known at the start of a span; the path template and the status come at its end.
_HARMLESS: Final = frozenset(
    {"http.request.method", "network.protocol.name", "network.protocol.version", "server.port", "url.scheme"}
)

log = structlog.get_logger()


def telemetry_for(app: str) -> TelemetryConfig:
    """Return FastAPI's `telemetry` for `app`: spans if OTEL_EXPORTER_OTLP_ENDPOINT is set, else nothing.

    Needs the extra `telemetry`; without it a warning is logged. FastAPI's own logs stay off, since they
    record messages of exceptions, and its metrics too, since Prometheus has them.
    """
    provider = None
    if os.environ.get(ENDPOINT):
        try:
            provider = provide_traces(app, _exporting())
        except ImportError:
            log.warning("telemetry_extra_missing")
    return TelemetryConfig(
        tracer_provider=provider,
        tracing=provider is not None,
        metrics=False,
        logs=False,
        operation_spans=False,
        auto_configure=False,
    )


def provide_traces(app: str, processor: "SpanProcessor") -> "TracerProvider":
    """Return a provider whose spans reach `processor` with harmless attributes only."""
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415  an extra
    from opentelemetry.sdk.trace import Span, SpanProcessor, TracerProvider  # noqa: PLC0415  an extra

    class DropAttributes(SpanProcessor):
        """Overwrites what the start of a span says of paths, queries and hosts."""

        def on_start(self, span: Span, parent_context: Context | None = None) -> None:  # noqa: ARG002
            for key in span.attributes or ():
                if key not in _HARMLESS:
                    span.set_attribute(key, DROPPED)

    name = {"service.namespace": "qoldau", "service.name": app}
    provider = TracerProvider(resource=Resource.create(name))
    provider.add_span_processor(DropAttributes())
    provider.add_span_processor(processor)
    return provider


def _exporting() -> "SpanProcessor":
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415  an extra

    exporters = importlib.import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    return BatchSpanProcessor(exporters.OTLPSpanExporter())
