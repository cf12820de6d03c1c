"""One JSON line per event on standard output, without personal data.

Only what is known to be harmless gets through: a name of the event, ids, codes, counts and durations under
known keys; of exceptions their types and places, never their messages. Anything else becomes `[dropped]`.
What libraries log shows its level and origin only, since their messages quote whatever they were given.
"""

import asyncio
import atexit
import logging
import re
import sys
import threading
from contextvars import copy_context
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import lru_cache
from types import TracebackType
from typing import Any, BinaryIO, ClassVar, Final, NamedTuple
from uuid import UUID

import orjson
import structlog
from structlog.typing import EventDict

from services.common.context import request_id, traceparent
from services.common.failures import failures_of

DROPPED: Final = "[dropped]"

_EVENT: Final = re.compile(r"[a-z][a-z_]{1,59}")
# No spaces, and no run of five digits: neither a sentence nor a document's number.
_WORD: Final = re.compile(r"(?!.*\d{5})[A-Za-z0-9_.:/{}\-]{1,160}")
_WORDS: Final = frozenset(
    {
        "action",
        "code",
        "destination",
        "error",
        "function",
        "kind",
        "language",
        "logger",
        "method",
        "outcome",
        "problem",
        "reason",
        "revision",
        "route",
        "schema",
        "source",
        "state",
        "type",
        "upstream",
        "version",
        "work",
    }
)
_NUMBERS: Final = frozenset({"attempt", "bytes", "count", "done", "ms", "pid", "seconds", "status", "total"})
_NUMBER_ENDINGS: Final = ("_count", "_ms", "_seconds", "_bytes")
_LEVELS: Final = {"warn": "warning", "exception": "error", "fatal": "critical"}

log = structlog.get_logger()


def configure_logging(app: str, level: str = "INFO", stream: BinaryIO | None = None) -> None:
    """Send everything this process logs to `stream` (standard output), each line marked with `app`.

    Call it once, first of all, and start uvicorn with `log_config=None, access_log=False`. Libraries are
    heard from WARNING on. Raises KeyError for an unknown level.
    """
    threshold = logging.getLevelNamesMapping()[level.upper()]

    structlog.configure(
        processors=[_Renderer(app, threshold, stream or sys.stdout.buffer)],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.BytesLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    logging.root.handlers = [_FromLibraries()]
    logging.root.setLevel(max(threshold, logging.WARNING))
    for known in logging.root.manager.loggerDict.values():
        if isinstance(known, logging.Logger):
            known.handlers, known.propagate = [], True
    logging.captureWarnings(capture=True)
    # These three print messages to standard error otherwise.
    sys.excepthook = _on_uncaught
    sys.unraisablehook = lambda caught: log.error("unraisable_exception", exc_info=caught.exc_value)
    threading.excepthook = lambda caught: log.error("uncaught_in_thread", exc_info=caught.exc_value)


@dataclass(frozen=True)
class _Renderer:
    """Makes lines of what is logged."""

    app: str
    threshold: int
    stream: BinaryIO

    def __call__(self, _: object, method: str, fields: EventDict) -> bytes:
        return orjson.dumps(_line(self.app, method, fields))


class ServedRequest(NamedTuple):
    """A request that has been answered, for its line in the log; `route` is a path template, never a path."""

    moment: float
    """When it was answered, in seconds since 1970."""
    request_id: str
    traceparent: str
    method: str
    route: str
    status: int
    ms: float

    def fields(self) -> dict[str, Any]:
        """Return what its line says besides when and which it was."""
        return {"method": self.method, "route": self.route, "status": self.status, "ms": self.ms}


class RequestLines:
    """The lines of requests that one loop serves by the thousand, those of some milliseconds written together.

    What is logged otherwise may stand before them. None is lost if the process ends in order or by an exception.
    """

    held_seconds: ClassVar[float] = 0.01

    def __init__(self) -> None:
        self._held: list[ServedRequest] = []
        atexit.register(self.write)

    def add(self, served: ServedRequest) -> None:
        """Take a line, to be written soon by the running loop."""
        if not self._held:
            asyncio.get_running_loop().call_later(self.held_seconds, self.write)
        self._held.append(served)

    def write(self) -> None:
        """Write all lines that are held."""
        if not self._held:
            return
        held, self._held = self._held, []
        match structlog.get_config()["processors"]:
            case [_Renderer() as ours]:
                if ours.threshold <= logging.INFO:
                    ours.stream.write(b"".join([_request_line(ours.app, served) for served in held]))
                    ours.stream.flush()
            case _:  # logging has been configured by somebody else, as tests do
                for served in held:
                    copy_context().run(_log_request, served)


def _request_line(app: str, served: ServedRequest) -> bytes:
    opening = _opening(
        _milliseconds(int(served.moment * 1000)),
        "info",
        app,
        "request",
        served.request_id,
        served.traceparent,
    )
    return orjson.dumps(opening | served.fields(), option=orjson.OPT_APPEND_NEWLINE)


def _log_request(served: ServedRequest) -> None:
    request_id.set(UUID(served.request_id))
    traceparent.set(served.traceparent)
    log.info("request", **served.fields())


class HotLog:
    """A logger for lines that every request leaves: bound once for each configuration, not once for each line."""

    def __init__(self) -> None:
        self._configuration: dict[str, Any] | None = None
        self._bound: Any = None

    def info(self, event: str, **fields: Any) -> None:
        """Log as any other logger does."""
        configuration = structlog.get_config()
        if configuration != self._configuration:
            self._configuration, self._bound = configuration, structlog.get_logger().bind()
        self._bound.info(event, **fields)


class _FromLibraries(logging.Handler):
    """Passes on that a library has logged something, and where."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(record.msg, BaseException):
            error = record.msg
        log.log(
            record.levelno,
            "library_message",
            logger=record.name,
            source=f"{record.module}:{record.lineno}:{record.funcName}".replace("<", "").replace(">", ""),
            exc_info=error,
        )


def _on_uncaught(_: type[BaseException], error: BaseException, __: TracebackType | None) -> None:
    log.critical("uncaught_exception", exc_info=error)


def _line(app: str, method: str, fields: EventDict) -> dict[str, Any]:
    event, error = fields.pop("event", None), fields.pop("exc_info", None)
    frames = fields.pop("frames", None)
    named = event if isinstance(event, str) and _is_event(event) else DROPPED
    level = _LEVELS.get(method, method)
    line = _opening(_write(datetime.now(UTC)), level, app, named, request_id.get(), traceparent.get())
    for key, value in fields.items():
        line[key if _is_word(key) else DROPPED] = value if _is_harmless(key, value) else DROPPED
    if isinstance(frames, list):
        line["frames"] = [frame if _is_frame(frame) else DROPPED for frame in frames]
    if error := _exception(error):
        line["failures"] = [asdict(failure) for failure in failures_of(error)]
    return line


def _opening(
    moment: str, level: str, app: str, event: str, request: UUID | str | None, trace: str | None
) -> dict[str, Any]:
    """Return what every line begins with."""
    line: dict[str, Any] = {
        "time": moment,
        "level": level,
        "app": app,
        "event": event,
    }
    if request:
        line["request_id"] = request
    if trace:
        line["trace_id"] = trace[3:35]
    return line


def _write(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


@lru_cache(16)  # many requests are answered within one
def _milliseconds(since_1970: int) -> str:
    return _write(datetime.fromtimestamp(since_1970 / 1000, UTC))


def _is_harmless(key: str, value: object) -> bool:
    if value is None or isinstance(value, bool):
        return key in _WORDS or key in _NUMBERS or key.endswith(("_id", "_code", *_NUMBER_ENDINGS))
    if key in _NUMBERS or key.endswith(_NUMBER_ENDINGS):
        return isinstance(value, int | float)
    if key.endswith("_id"):
        return isinstance(value, UUID) or (isinstance(value, str) and _is_uuid(value))
    return (key in _WORDS or key.endswith("_code")) and isinstance(value, str) and _is_word(value)


@lru_cache(1024)
def _is_event(text: str) -> bool:
    return _EVENT.fullmatch(text) is not None


@lru_cache(4096)
def _is_word(text: str) -> bool:
    return _WORD.fullmatch(text) is not None


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _is_frame(frame: object) -> bool:
    return isinstance(frame, str) and bool(re.fullmatch(r"[\w.]+:\d{1,6} [\w.<>]+", frame))


def _exception(given: object) -> BaseException | None:
    """Return what `exc_info` means: an exception, True for the present one, or the triple of old."""
    if given is True:
        return sys.exception()
    if isinstance(given, tuple):
        return _exception(given[1])
    return given if isinstance(given, BaseException) else None
