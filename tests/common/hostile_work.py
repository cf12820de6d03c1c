"""What a worker may meet: functions that behave as hostile inputs make their readers behave."""

import ctypes
import os
import resource
import subprocess
import sys
import time
from typing import Any

CANARY = "N00CANARY77"
"""A synthetic passport number."""


def echo(payload: Any, data: bytes) -> Any:
    return {"payload": payload, "length": len(data)}


def give_back(_: Any, data: bytes) -> bytes:
    return data


def tell_process(_: Any, __: bytes) -> dict[str, Any]:
    return {
        "pid": os.getpid(),
        "session": os.getsid(0),
        "environment": dict(os.environ),
        "files": sorted(map(int, os.listdir("/proc/self/fd"))),  # noqa: PTH208  names only
        "core": resource.getrlimit(resource.RLIMIT_CORE),
        "nice": os.nice(0),
        "input": sys.stdin.read(),
    }


def tell_memory_limit(_: Any, __: bytes) -> int:
    return resource.getrlimit(resource.RLIMIT_AS)[0]


def chatter(_: Any, __: bytes) -> str:
    sys.stdout.write(CANARY)
    sys.stdout.flush()
    os.write(1, CANARY.encode())
    os.write(2, CANARY.encode())
    return "said"


def eat_memory(_: Any, __: bytes) -> int:
    eaten = []
    while True:
        eaten.append(bytearray(16 << 20))


def spin(_: Any, __: bytes) -> None:
    while True:
        pass


def wait(seconds: float, _: bytes) -> int:
    time.sleep(seconds)
    return os.getpid()


def leave(_: Any, __: bytes) -> None:
    os._exit(0)


def exit_politely(_: Any, __: bytes) -> None:
    sys.exit(CANARY)


def crash(_: Any, __: bytes) -> None:
    ctypes.string_at(0)


def fail(payload: str, _: bytes) -> None:
    raise ValueError(f"cannot read {payload}")


def give_object(_: Any, __: bytes) -> object:
    return object()


def give_too_much(length: int, _: bytes) -> str:
    return "x" * length


def give_too_many_bytes(length: int, _: bytes) -> bytes:
    return bytes(length)


def spawn_and_wait(_: Any, __: bytes) -> None:
    subprocess.run(["/bin/sleep", "60"], check=True)


def _hidden(_: Any, __: bytes) -> None:
    raise AssertionError("never called")
