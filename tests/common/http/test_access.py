"""Each request has an id, a place in a trace, one line and one measurement, and none of them tells on anybody."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, use_span
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.testing import capture_logs

from services.common.context import request_id, traceparent
from services.common.http.access import ROUTE, ObserveRequests
from services.common.telemetry import Metrics

CANARY = "N00CANARY77"
"""A synthetic passport number."""
PARENT = f"00-{'a' * 32}-{'b' * 16}-00"


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def app(metrics: Metrics) -> FastAPI:
    app = FastAPI()

    @app.get("/v1/persons/{person_id}")
    async def read_person(person_id: str) -> dict[str, Any]:
        assert person_id
        return {"request": request_id.get(), "trace": traceparent.get()}

    @app.get("/v1/broken")
    async def break_down() -> None:
        raise ValueError(CANARY)

    @app.get("/v1/streams")
    async def stream() -> StreamingResponse:
        async def parts() -> AsyncIterator[bytes]:
            yield b"one"
            raise ValueError(CANARY)

        return StreamingResponse(parts())

    @app.exception_handler(Exception)
    async def answer_bug(_: Any, __: Exception) -> JSONResponse:
        return JSONResponse({"request": str(request_id.get())}, 500)

    async def probe(_: Any) -> JSONResponse:
        return JSONResponse({})

    async def fail_probe(_: Any) -> JSONResponse:
        return JSONResponse({}, 503)

    app.router.routes.append(Route("/health/live", probe))
    app.router.routes.append(Route("/health/ready", fail_probe))
    app.add_middleware(ObserveRequests, metrics=metrics, trust_request_id=True)
    return app


Ask = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
async def ask(app: ASGIApp) -> AsyncIterator[Ask]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://app.test") as client:
        yield client.request


async def test_a_request_leaves_one_line_without_its_path_or_query(ask: Ask) -> None:
    with capture_logs() as logs:
        await ask("GET", f"/v1/persons/{CANARY}?passport={CANARY}", headers={"X-Name": CANARY})
    [line] = logs
    assert isinstance(line.pop("ms"), float)
    assert line == {
        "event": "request",
        "log_level": "info",
        "method": "GET",
        "route": "/v1/persons/{person_id}",
        "status": 200,
    }


async def test_requests_are_counted_by_template(ask: Ask, metrics: Metrics) -> None:
    for person in range(3):
        await ask("GET", f"/v1/persons/{person}")
    await ask("DELETE", "/v1/persons/1")
    await ask("BREW", f"/{CANARY}")

    def counted(method: str, route: str, status: str) -> float | None:
        labels = {"method": method, "route": route, "status": status}
        return metrics.registry.get_sample_value("qoldau_http_requests_total", labels)

    assert counted("GET", "/v1/persons/{person_id}", "200") == 3
    assert counted("DELETE", "/v1/persons/{person_id}", "405") == 1
    assert counted("other", "unmatched", "404") == 1
    timed = {"method": "GET", "route": "/v1/persons/{person_id}"}
    assert metrics.registry.get_sample_value("qoldau_http_request_seconds_count", timed) == 3


async def test_a_request_id_is_taken_up_or_made(ask: Ask) -> None:
    given = uuid4()
    answer = await ask("GET", "/v1/persons/1", headers={"X-Request-Id": str(given)})
    assert answer.headers["x-request-id"] == answer.json()["request"] == str(given)
    for malformed in ({}, {"X-Request-Id": CANARY}, {"X-Request-Id": ""}):
        answer = await ask("GET", "/v1/persons/1", headers=malformed)
        assert UUID(answer.headers["x-request-id"]).version == 7
        assert answer.json()["request"] == answer.headers["x-request-id"]


async def test_the_front_door_believes_no_request_id(metrics: Metrics) -> None:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        scope[ROUTE] = "/v1/persons/{person_id}"
        await JSONResponse({})(scope, receive, send)

    door = ObserveRequests(answer, metrics, trust_request_id=False)
    given = str(uuid4())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(door), base_url="http://door.test") as client:
        with capture_logs() as logs:
            answered = await client.get("/v1/persons/7", headers={"X-Request-Id": given})
    assert answered.headers["x-request-id"] != given
    assert logs[0]["route"] == "/v1/persons/{person_id}"


async def test_a_trace_is_continued_or_begun(ask: Ask) -> None:
    continued = (await ask("GET", "/v1/persons/1", headers={"traceparent": PARENT})).json()["trace"]
    assert continued.split("-")[1] == "a" * 32
    assert continued.split("-")[2] != "b" * 16
    assert continued.endswith("-00")
    begun = [
        (await ask("GET", "/v1/persons/1", headers={"traceparent": text})).json()["trace"]
        for text in ("", CANARY)
    ]
    assert len({text.split("-")[1] for text in begun}) == 2


async def test_a_recorded_span_is_the_step(ask: Ask) -> None:
    context = SpanContext(0xC0FFEE, 0xBEEF, is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED))
    with use_span(NonRecordingSpan(context)):
        told = (await ask("GET", "/v1/persons/1", headers={"traceparent": PARENT})).json()["trace"]
    assert told == f"00-{0xC0FFEE:032x}-{0xBEEF:016x}-01"
    assert not trace.get_current_span().get_span_context().is_valid


async def test_a_bug_is_a_500_that_names_the_request(ask: Ask) -> None:
    given = str(uuid4())
    with capture_logs() as logs:
        answer = await ask("GET", "/v1/broken", headers={"X-Request-Id": given})
    assert (answer.status_code, answer.json()["request"]) == (500, given)
    assert [(line["route"], line["status"]) for line in logs] == [("/v1/broken", 500)]
    assert CANARY not in json.dumps(logs)


async def test_an_answer_that_breaks_off_keeps_its_status(ask: Ask) -> None:
    with capture_logs() as logs:
        await ask("GET", "/v1/streams")
    assert [line["status"] for line in logs] == [200]


async def test_probes_are_heard_of_only_when_they_fail(ask: Ask, metrics: Metrics) -> None:
    with capture_logs() as logs:
        await ask("GET", "/health/live")
        await ask("GET", "/health/ready")
    assert [line["route"] for line in logs] == ["/health/ready"]
    counted = {"method": "GET", "route": "/health/live", "status": "200"}
    assert metrics.registry.get_sample_value("qoldau_http_requests_total", counted) == 1


async def nothing() -> Message:
    raise AssertionError("not asked")


async def silence(_: Message) -> None:
    raise AssertionError("not told")


async def test_an_app_that_does_not_start_says_so(metrics: Metrics) -> None:
    async def fail(_: Scope, __: Receive, ___: Send) -> None:
        raise ValueError(CANARY)

    with capture_logs() as logs, pytest.raises(ValueError, match=CANARY) as caught:
        await ObserveRequests(fail, metrics, trust_request_id=True)({"type": "lifespan"}, nothing, silence)
    assert logs == [{"event": "app_failed", "log_level": "critical", "exc_info": caught.value}]


async def test_other_protocols_pass(metrics: Metrics) -> None:
    seen = []

    async def note(scope: Scope, _: Receive, __: Send) -> None:
        seen.append(scope["type"])

    for kind in ("lifespan", "websocket"):
        await ObserveRequests(note, metrics, trust_request_id=True)({"type": kind}, nothing, silence)
    assert seen == ["lifespan", "websocket"]
