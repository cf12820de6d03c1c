"""What is true of the request being served, for logs, audit and events; empty outside a request."""

from contextvars import ContextVar
from uuid import UUID

request_id: ContextVar[UUID | None] = ContextVar("request_id", default=None)
traceparent: ContextVar[str | None] = ContextVar("traceparent", default=None)
"""W3C trace context of the request, already checked to be well-formed."""
