"""What went wrong and where, without the words: messages of exceptions quote data."""

import errno
import traceback
from dataclasses import dataclass

_FRAMES = 40
_CHAIN = 8


@dataclass(frozen=True)
class Failure:
    """One exception without its message."""

    type: str
    """Module and name of the exception's class."""
    code: str | None
    """SQLSTATE, a problem's slug or the name of the `errno`, for errors that have one."""
    frames: list[str]
    """`module:line function`, outermost first, the innermost 40."""


def failures_of(error: BaseException) -> list[Failure]:
    """Return the exception and what it was raised from or groups, outermost first, at most 8."""
    found: list[Failure] = []
    waiting: list[BaseException] = [error]
    while waiting and len(found) < _CHAIN:
        current = waiting.pop(0)
        found.append(Failure(name_of(type(current)), _code(current), frames_of(current)))
        if isinstance(current, BaseExceptionGroup):
            waiting.extend(current.exceptions)
        origin = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
        if origin is not None:
            waiting.append(origin)
    return found


def name_of(kind: type) -> str:
    """Return the class's name, with its module unless it is a built-in."""
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def frames_of(error: BaseException) -> list[str]:
    """Return where the exception passed through; modules instead of files, so that no path is told."""
    frames = [
        f"{frame.f_globals.get('__name__', '?')}:{line} {frame.f_code.co_qualname}"
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    return frames[-_FRAMES:]


def _code(error: BaseException) -> str | None:
    if isinstance(error, OSError):
        return errno.errorcode.get(error.errno or 0)
    code = getattr(error, "sqlstate", None) or getattr(error, "slug", None)
    return code if isinstance(code, str) else None
