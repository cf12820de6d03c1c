"""One JSON line per event on standard output, without personal data.

Only what is known to be harmless gets through: a name of the event, ids, codes, counts and durations under
known keys; of exceptions their types and places, never their messages. Anything else becomes `[dropped]`.
What libraries log shows its level and origin only, since their messages quote whatever they were given.
"""

import logging
import re
import sys
import threading
from dataclasses import asdict
from datetime import UTC, datetime
from functools import lru_cache
from types import TracebackType
from typing import Any, BinaryIO, Final
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

    def render(_: object, method: str, fields: EventDict) -> bytes:
        return orjson.dumps(_line(app, method, fields))

    structlog.configure(
        processors=[render],
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
    line: dict[str, Any] = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "level": _LEVELS.get(method, method),
        "app": app,
        "event": event if isinstance(event, str) and _is_event(event) else DROPPED,
    }
    if request := request_id.get():
        line["request_id"] = request
    if trace := traceparent.get():
        line["trace_id"] = trace[3:35]
    for key, value in fields.items():
        line[key if _is_word(key) else DROPPED] = value if _is_harmless(key, value) else DROPPED
    if isinstance(frames, list):
        line["frames"] = [frame if _is_frame(frame) else DROPPED for frame in frames]
    if error := _exception(error):
        line["failures"] = [asdict(failure) for failure in failures_of(error)]
    return line


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
