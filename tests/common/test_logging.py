"""A canary is put into everything that is logged, and never comes out."""

import asyncio
import io
import json
import logging
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import structlog
from structlog.testing import capture_logs

from services.common.context import request_id, traceparent
from services.common.logging import DROPPED, RequestLines, ServedRequest, configure_logging

CANARY = "N00CANARY77"
"""A synthetic passport number."""
SOME_ID = UUID("0199c1a0-0000-7000-8000-000000000001")

log = structlog.get_logger()


class Lines:
    """What has been logged so far."""

    def __init__(self) -> None:
        self.stream = io.BytesIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue().decode()

    def read(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lines]:
    """Log into memory; afterwards everything is as it was."""
    kept = Lines()
    root = logging.root
    monkeypatch.setattr(root, "handlers", root.handlers)
    for name in ("excepthook", "unraisablehook"):
        monkeypatch.setattr(sys, name, getattr(sys, name))
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    before = root.level, structlog.get_config()
    libraries = [
        (known, known.handlers, known.propagate)
        for known in root.manager.loggerDict.values()
        if isinstance(known, logging.Logger)
    ]
    configure_logging("programs", "DEBUG", kept.stream)
    yield kept
    logging.captureWarnings(capture=False)
    root.setLevel(before[0])
    structlog.configure(**before[1])
    for known, handlers, propagate in libraries:
        known.handlers, known.propagate = handlers, propagate


def test_a_line_has_time_level_app_event_and_what_is_harmless(lines: Lines) -> None:
    log.warning(
        "seat_offered", offer_id=SOME_ID, event_id=str(SOME_ID), row_id=7, count=3, wait_ms=1.5, state="open"
    )
    log.info("nothing_more", error_code=None, total=True)
    first, second = lines.read()
    assert first.pop("time").endswith("+00:00")
    assert first == {
        "level": "warning",
        "app": "programs",
        "event": "seat_offered",
        "offer_id": str(SOME_ID),
        "event_id": str(SOME_ID),
        "row_id": DROPPED,
        "count": 3,
        "wait_ms": 1.5,
        "state": "open",
    }
    assert (second["error_code"], second["total"]) == (None, True)


def test_a_request_is_named(lines: Lines) -> None:
    request, trace = request_id.set(SOME_ID), traceparent.set(f"00-{'a' * 32}-{'b' * 16}-01")
    log.info("something")
    request_id.reset(request)
    traceparent.reset(trace)
    log.info("something")
    inside, outside = lines.read()
    assert (inside["request_id"], inside["trace_id"]) == (str(SOME_ID), "a" * 32)
    assert not {"request_id", "trace_id"} & outside.keys()


@pytest.mark.parametrize(
    "fields",
    [
        {"passport": CANARY},
        {"name": "Синтетика Тестова"},
        {"offer_id": CANARY},
        {"offer_id": str(SOME_ID).upper()},
        {"count": CANARY},
        {"count": [CANARY]},
        {"wait_ms": CANARY},
        {"code": f"code {CANARY}"},
        {"state": {"passport": CANARY}},
        {"state": "870101300000"},
        {"route": "/v1/persons?passport=77"},
        {"error_code": b"N00"},
        {"state": "x" * 161},
        {"exc_text": CANARY},
        {"frames": [CANARY, f"module:1 function {CANARY}", 5]},
        {"frames": CANARY},
        {"is_adult": True},
        {CANARY + "123456": 1},
    ],
)
def test_what_is_not_known_to_be_harmless_is_dropped(lines: Lines, fields: dict[str, Any]) -> None:
    log.info("something", **fields)
    [line] = lines.read()
    told = {key: value for key, value in line.items() if key not in {"time", "level", "app", "event"}}
    assert set(map(str, told.values())) <= {DROPPED, str([DROPPED] * 3)}
    assert not [key for key in told if CANARY in key]


@pytest.mark.parametrize("event", [CANARY, f"opened {CANARY}", "n0", "Opened", {"a": CANARY}, None, "x" * 61])
def test_an_event_is_a_name(lines: Lines, event: object) -> None:
    log.info(event)
    assert lines.read()[0]["event"] == DROPPED


def test_frames_of_another_process_are_kept(lines: Lines) -> None:
    log.error("work_failed", frames=["services.common.seal:12 decrypt", "a.b:1 f.<locals>.<lambda>"])
    assert lines.read()[0]["frames"] == ["services.common.seal:12 decrypt", "a.b:1 f.<locals>.<lambda>"]


def fail() -> None:
    try:
        int(f"passport {CANARY}")
    except ValueError as error:
        raise RuntimeError(f"holder of {CANARY}") from error


def raise_in_thread() -> None:
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()


async def forget_task() -> None:
    async def failing() -> None:
        fail()

    task = asyncio.create_task(failing())
    await asyncio.sleep(0)
    # What the loop does when a failed task is forgotten; collecting it here would be up to the collector.
    asyncio.get_running_loop().call_exception_handler(
        {"message": f"never retrieved {CANARY}", "exception": task.exception(), "future": task}
    )


def log_by_library() -> None:
    library = logging.getLogger("some.library")
    try:
        fail()
    except RuntimeError:
        library.exception("cannot read %s", CANARY)
        library.error(f"cannot read {CANARY}", exc_info=True)


def log_exception_as_message() -> None:
    try:
        fail()
    except RuntimeError as error:
        logging.getLogger("some.library").error(error)  # noqa: TRY400


def log_by_exception() -> None:
    try:
        fail()
    except RuntimeError:
        log.exception("it_failed")


def log_by_triple() -> None:
    try:
        fail()
    except RuntimeError:
        log.error("it_failed", exc_info=sys.exc_info())  # noqa: G201  as older code does


def call_excepthook() -> None:
    try:
        fail()
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)


def raise_in_destructor() -> None:
    class Failing:
        def __del__(self) -> None:
            fail()

    del_me = [Failing()]
    del_me.clear()


@pytest.mark.parametrize(
    "path",
    [
        raise_in_thread,
        log_by_library,
        log_exception_as_message,
        log_by_exception,
        log_by_triple,
        call_excepthook,
        raise_in_destructor,
    ],
)
def test_no_path_tells_what_an_exception_says(
    lines: Lines, capfd: pytest.CaptureFixture[str], path: Callable[[], None]
) -> None:
    path()
    assert CANARY not in lines.text + "".join(capfd.readouterr())
    for line in lines.read():
        assert [failure["type"] for failure in line["failures"]] == ["RuntimeError", "ValueError"]
        assert line["failures"][0]["frames"][-1].endswith(" fail")


async def test_the_loop_does_not_tell_what_an_exception_says(
    lines: Lines, capfd: pytest.CaptureFixture[str]
) -> None:
    await forget_task()
    assert CANARY not in lines.text + "".join(capfd.readouterr())
    [line] = lines.read()
    assert line["logger"] == "asyncio"
    assert [failure["type"] for failure in line["failures"]] == ["RuntimeError", "ValueError"]


def test_what_a_library_says_is_reduced_to_where_it_says_it(lines: Lines) -> None:
    logging.getLogger("some.library").warning("cannot read %s", CANARY)
    [line] = lines.read()
    assert (line["event"], line["logger"], line["level"]) == ("library_message", "some.library", "warning")
    module, _, function = line["source"].split(":")
    assert module == "test_logging"
    assert function == "test_what_a_library_says_is_reduced_to_where_it_says_it"
    assert CANARY not in lines.text


def test_a_librarys_own_handlers_and_chatter_are_silenced(
    lines: Lines, capfd: pytest.CaptureFixture[str]
) -> None:
    library = logging.getLogger("some.chatty.library")
    library.addHandler(logging.StreamHandler())
    library.propagate = False
    configure_logging("programs", "INFO", lines.stream)
    library.info("cannot read %s", CANARY)
    library.error("cannot read %s", CANARY)
    assert len(lines.read()) == 1
    assert CANARY not in lines.text + "".join(capfd.readouterr())


def test_a_warning_does_not_tell_what_it_is_about(lines: Lines, capfd: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)  # pytest has put its own in its place
        warnings.warn(f"passport {CANARY}", stacklevel=1)
        logging.captureWarnings(capture=False)
    assert CANARY not in lines.text + "".join(capfd.readouterr())
    assert [line["logger"] for line in lines.read()] == ["py.warnings"]


def test_there_may_be_no_exception_at_all(lines: Lines) -> None:
    log.error("it_failed", exc_info=True)  # noqa: LOG014  the point of the test
    log.error("it_failed", exc_info=(None, None, None))
    assert [line for line in lines.read() if "failures" in line] == []


def test_the_threshold_holds(lines: Lines) -> None:
    configure_logging("programs", "warning", lines.stream)
    log.info("unheard")
    log.warning("heard")
    assert [line["event"] for line in lines.read()] == ["heard"]
    with pytest.raises(KeyError):
        configure_logging("programs", "loud", lines.stream)


def test_a_process_that_fails_says_so_on_standard_output_alone() -> None:
    script = f"""
from services.common.logging import configure_logging
configure_logging("programs")
raise ValueError("passport {CANARY}")
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == ""
    [line] = map(json.loads, done.stdout.splitlines())
    assert (line["event"], line["level"]) == ("uncaught_exception", "critical")
    assert CANARY not in done.stdout


SERVED = ServedRequest(
    datetime(2026, 11, 30, 9, 8, 7, 65_432, tzinfo=UTC).timestamp(),
    str(SOME_ID),
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "GET",
    "/v1/programs/{program_id}",
    200,
    1.2,
)


async def test_lines_of_requests_are_as_other_lines_and_written_together(lines: Lines) -> None:
    written = RequestLines()
    written.add(SERVED)
    written.add(SERVED._replace(status=404))
    assert lines.text == ""
    async with asyncio.timeout(20):
        while not lines.text:  # noqa: ASYNC110  a timer sets no event
            await asyncio.sleep(0.01)
    request_id.set(SOME_ID)
    traceparent.set(SERVED.traceparent)
    log.info("request", **SERVED.fields())
    first, second, other = lines.read()
    assert first == other | {"time": "2026-11-30T09:08:07.065+00:00"}
    assert second == first | {"status": 404}
    assert list(first) == list(other)


def test_lines_of_requests_are_written_when_a_process_ends() -> None:
    code = """
import asyncio
from services.common.logging import RequestLines, ServedRequest, configure_logging
configure_logging("programs")
async def serve():
    RequestLines().add(ServedRequest(0.0, "1", "00", "GET", "/v1/x", 200, 1.2))
    raise KeyboardInterrupt
asyncio.run(serve())
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert b'"event":"request"' in ended.stdout


async def test_lines_of_requests_are_left_out_below_the_level(lines: Lines) -> None:
    configure_logging("programs", "warning", lines.stream)
    written = RequestLines()
    written.add(SERVED)
    written.write()
    assert lines.text == ""


async def test_lines_of_requests_go_where_others_want_them() -> None:
    written = RequestLines()
    with capture_logs() as kept:
        written.add(SERVED)
        written.write()
    assert kept == [{"event": "request", "log_level": "info", **SERVED.fields()}]
