"""What bad sign-ins and a silent service cost everybody else, and whether time tells which accounts exist."""

import asyncio
import contextlib
import json
import socket
import statistics
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, Final
from unittest import mock

from limits import RateLimitItemPerMinute

from benchmarks.harness import (
    ROUNDS,
    SECONDS,
    Contender,
    compare,
    connect,
    get,
    measure_on_database,
    read_answer,
    report,
    say_goal,
    serve,
)
from benchmarks.pass_through import LIVE, STATIC, serve_gateway
from services.common.identity import Role
from tests.apps import write_keys
from tests.cluster import TestDatabase
from tests.gateways import open_gateway

BAD_SIGN_INS: Final = 1_000
"""In all rounds together, which take ten seconds."""
WAITING: Final = 100
SIGN_INS: Final = 60
KNOWN, UNKNOWN = "known@synthetic.example", "nobody@synthetic.example"
JSON: Final = "Content-Type: application/json"
ATTEMPTS: Final = "gateway.identity.operations.attempts"


def main() -> None:
    """Measure and print."""

    async def measure(database: TestDatabase, folder: Path) -> None:
        await asyncio.to_thread(_compare, database, folder)
        await _compare_logins(database, folder)

    measure_on_database(measure)


def _compare(database: TestDatabase, folder: Path) -> None:
    with (
        serve("benchmarks.ceilings:small_json", folder, {}) as (_, live),
        _silent_service(folder) as silent,
        serve_gateway(database, folder, live, silent) as (ours, port),
    ):
        for title, disturb in (
            (f"{BAD_SIGN_INS} bad sign-ins come in ten seconds", _bad_sign_ins),
            (f"{WAITING} wait for a service that is silent", _waiting),
        ):
            alone = Contender("alone", [ours], port, LIVE)
            beside = Contender("beside them", [ours], port, LIVE, beside=_beside(disturb, port))
            compare([alone, beside])
            report(f"Reads while {title}", beside, alone, goal=0.85)


def _beside(
    disturb: Callable[[int], Coroutine[Any, Any, None]], port: int
) -> Callable[[], contextlib.AbstractContextManager[None]]:
    """Return what disturbs the gateway at `port` while a block runs."""

    @contextlib.contextmanager
    def disturbing() -> Iterator[None]:
        thread = threading.Thread(target=asyncio.run, args=(disturb(port),))
        thread.start()
        yield
        thread.join()

    return disturbing


async def _bad_sign_ins(port: int) -> None:
    number = BAD_SIGN_INS // ROUNDS
    reader, writer = await connect(port)
    for guess in range(number):
        body = json.dumps(
            {"grant_type": "password", "login": f"nobody{guess}@synthetic.example", "password": "x"}
        )
        head = f"POST /v1/auth/token HTTP/1.1\r\nHost: b\r\n{JSON}\r\nContent-Length: {len(body)}"
        begun = time.perf_counter()
        writer.write(f"{head}\r\n\r\n{body}".encode())
        assert await read_answer(reader) in {401, 429}
        await asyncio.sleep(max(0.0, SECONDS / number - (time.perf_counter() - begun)))
    writer.close()


async def _waiting(port: int) -> None:
    connections = [await connect(port) for _ in range(WAITING)]
    for _, writer in connections:
        writer.write(get(STATIC))
    await asyncio.sleep(SECONDS)
    for _, writer in connections:
        writer.close()


@contextlib.contextmanager
def _silent_service(folder: Path) -> Iterator[str]:
    """Give the path of a socket at which everybody may connect, and nobody listens to what they say."""
    path = str(folder / "silent.sock")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(1_024)
        yield path


async def _compare_logins(database: TestDatabase, folder: Path) -> None:
    """Sign in with wrong passwords, in turn to an account and to none, without the limit on attempts."""
    write_keys(folder)
    taken: dict[str, list[float]] = {KNOWN: [], UNKNOWN: []}
    endless = RateLimitItemPerMinute(1_000_000)
    with mock.patch(f"{ATTEMPTS}.PER_LOGIN", endless), mock.patch(f"{ATTEMPTS}.PER_ADDRESS", endless):
        async with open_gateway(database, folder, {}, anonymous_rate_limit="1000000/minute") as gateway:
            await gateway.enter(KNOWN, Role.MANAGER)
            for _ in range(SIGN_INS):
                for login, times in taken.items():
                    begun = time.perf_counter()
                    assert (await gateway.sign_in(login, "a wrong password")).status_code == 401
                    times.append(time.perf_counter() - begun)
    known, unknown = (statistics.median(times) * 1000 for times in taken.values())
    print(f"\nWrong passwords: {known:.1f} ms for an account, {unknown:.1f} ms for none")
    say_goal(
        "Time of wrong passwords with an account and without", min(known, unknown) / max(known, unknown), 0.85
    )


if __name__ == "__main__":
    main()
