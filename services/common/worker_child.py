"""The inside of one worker process: takes jobs from its socket, runs each under its limits, answers.

Started by `services.common.worker` with the parent's id and the packages it may call, a socket as standard
input and no other file. Imports as little as it can, because it is started anew after every accident.
"""

import ctypes
import importlib
import os
import resource
import signal
import socket
import struct
import sys
from collections.abc import Callable
from typing import Any, Final

import orjson

from services.common.failures import frames_of, name_of

HEAD: Final = struct.Struct("!II")
"""Before each message: the length of its JSON, then of the bytes that follow it."""

_PR_SET_PDEATHSIG: Final = 1


def serve(parent: int, packages: list[str]) -> None:
    """Answer jobs until the socket closes."""
    _confine(parent)
    with socket.socket(fileno=os.dup(0)) as connection, connection.makefile("rwb") as stream:
        _silence()
        while head := stream.read(HEAD.size):
            json_length, data_length = HEAD.unpack(head)
            job, data = orjson.loads(stream.read(json_length)), stream.read(data_length)
            answer, body = _run(job, data, packages)
            stream.write(HEAD.pack(len(answer), len(body)))
            stream.write(answer)
            stream.write(body)
            stream.flush()


def find_function(path: str, packages: list[str]) -> Callable[[Any, bytes], Any]:
    """Return the public function `package.module:name`; raise LookupError outside `packages`."""
    module_name, _, name = path.partition(":")
    if module_name.partition(".")[0] not in packages or not name.isidentifier() or name.startswith("_"):
        raise LookupError("not a function that may be called")
    function = getattr(importlib.import_module(module_name), name, None)
    # Only what the module itself defines: not the `os` it imports.
    if getattr(function, "__module__", None) != module_name or not callable(function):
        raise LookupError("not a function that may be called")
    found: Callable[[Any, bytes], Any] = function
    return found


def _run(job: dict[str, Any], data: bytes, packages: list[str]) -> tuple[bytes, bytes]:
    everything = resource.getrlimit(resource.RLIMIT_AS)[1]
    _limit(job["seconds"], job["megabytes"] << 20, everything)
    try:
        result = find_function(job["function"], packages)(job["payload"], data)
        answer = (b'{"bytes":true}', result) if isinstance(result, bytes) else (_answer(result=result), b"")
    except MemoryError:
        answer = b'{"exhausted":"memory"}', b""
    except BaseException as error:  # noqa: BLE001  whatever it was, the parent learns its type and place only
        answer = _answer(error=name_of(type(error)), frames=frames_of(error)[1:]), b""
    resource.setrlimit(resource.RLIMIT_AS, (everything, everything))
    return answer


def _answer(**content: Any) -> bytes:
    return orjson.dumps(content)


def _limit(seconds: float, memory: int, everything: int) -> None:
    # The parent's clock decides; processor time is the second guard, for when the parent is stopped.
    used = resource.getrusage(resource.RUSAGE_SELF)
    processor = int(used.ru_utime + used.ru_stime + seconds) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (processor, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    resource.setrlimit(resource.RLIMIT_AS, (memory, everything))


def _confine(parent: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("the parent has gone")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold the upload
    os.nice(5)  # requests go first


def _silence() -> None:
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2:])
