"""What one caller or one service does, the others do not feel: bad sign-ins, silent services, waiting rooms."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable

import pytest
from limits import RateLimitItemPerHour
from starlette.types import Receive, Scope, Send

from gateway.identity.operations import attempts, passwords
from gateway.lean.protocol import LeanProtocol
from gateway.pools import CONNECTIONS
from services.common.http.server import LimitedProtocol
from services.common.identity import Role
from tests.gateways import PASSWORD, Gateway, OpenGateway
from tests.servers import PATIENCE, ask, connecting, serving

BAD_SIGN_INS = 1_000
LOOKED_AT = 60
LOGIN = "manager@synthetic.example"


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something that threads or servers do has come about."""
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110  threads set no event of the loop
            await asyncio.sleep(0.01)


class Hashing:
    """Stands where passwords are compared: counts, and holds everybody up until it is let go."""

    def __init__(self) -> None:
        self.calls = self.at_once = self.most_at_once = 0
        self._counting = threading.Lock()
        self.free = threading.Event()

    def __call__(self, kept: str, password: str) -> bool:
        with self._counting:
            self.calls += 1
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        assert self.free.wait(PATIENCE)
        with self._counting:
            self.at_once -= 1
        return bool(kept) and password == PASSWORD


@pytest.fixture
def hashing(monkeypatch: pytest.MonkeyPatch) -> Hashing:
    """Passwords cost what the test says."""
    counted = Hashing()
    monkeypatch.setattr(passwords, "_matches", counted)
    return counted


async def test_a_thousand_bad_sign_ins_hold_up_nobody_else(
    gateway_before: OpenGateway, hashing: Hashing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of all of them sixty are looked at, two at a time; everybody else is answered while not one is finished."""
    # The minute of the real limit may pass on a busy machine.
    monkeypatch.setattr(attempts, "PER_ADDRESS", RateLimitItemPerHour(LOOKED_AT, namespace="address"))
    gateway = await gateway_before(anonymous_rate_limit="100000/hour")
    hashing.free.set()
    manager = await gateway.signed_in(LOGIN, Role.MANAGER)
    already = hashing.calls
    hashing.free.clear()
    turns = asyncio.Semaphore(40)  # as many connections

    async def guess(number: int) -> int:
        async with turns:
            return (await gateway.sign_in(f"nobody{number}@synthetic.example", "guess")).status_code

    guesses = [asyncio.create_task(guess(number)) for number in range(BAD_SIGN_INS)]
    await until(lambda: hashing.at_once == 2)
    answer = await asyncio.wait_for(manager.get("/v1/me/sign-ins"), PATIENCE)
    assert answer.status_code == 200
    assert (hashing.calls - already, hashing.at_once) == (2, 2)
    hashing.free.set()
    statuses = await asyncio.gather(*guesses)
    assert hashing.most_at_once == 2
    # On a busy machine some wait too long for a connection to the database, and are told to come back.
    looked_at = hashing.calls - already
    assert statuses.count(401) <= looked_at <= statuses.count(401) + statuses.count(503)
    assert looked_at <= LOOKED_AT
    assert statuses.count(401) + statuses.count(429) + statuses.count(503) == BAD_SIGN_INS


@pytest.mark.parametrize(
    "login", [LOGIN, "nobody@synthetic.example", "closed@synthetic.example", LOGIN.upper()]
)
async def test_whatever_is_wrong_costs_one_hashing(gateway: Gateway, hashing: Hashing, login: str) -> None:
    hashing.free.set()
    await gateway.enter(LOGIN, Role.MANAGER)
    closed = await gateway.enter("closed@synthetic.example", Role.MANAGER)
    administrator = await gateway.signed_in("administrator@synthetic.example", Role.ADMINISTRATOR)
    read = await administrator.get(f"/v1/accounts/{closed}")
    changed = await administrator.patch(
        f"/v1/accounts/{closed}", json={"status": "disabled"}, headers={"If-Match": read.headers["etag"]}
    )
    assert changed.status_code == 200, changed.text
    already = hashing.calls
    answer = await gateway.sign_in(login, PASSWORD if login.startswith("closed") else "a wrong password")
    assert (answer.status_code, hashing.calls - already) == (401, 1)


class Silent:
    """A service that takes requests and never answers."""

    def __init__(self) -> None:
        self.waiting = 0

    async def __call__(self, _scope: Scope, receive: Receive, _send: Send) -> None:
        self.waiting += 1
        while (await receive())["type"] != "http.disconnect":
            pass


async def _answer(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body"})


def _get(path: bytes) -> bytes:
    return b"GET " + path + b" HTTP/1.1\r\nHost: door.test\r\nConnection: close\r\n\r\n"


@pytest.fixture(params=[LimitedProtocol, LeanProtocol])
async def doors(
    request: pytest.FixtureRequest, gateway_before: OpenGateway
) -> AsyncIterator[tuple[str, Silent]]:
    """Give the address of a gateway before programs, which answers, and participants, which does not."""
    silent = Silent()
    services = {"programs": _answer, "participants": silent}
    opened = await gateway_before(services, anonymous_rate_limit="100000/hour")
    async with serving(opened.app, request.param) as path:
        yield path, silent


async def test_a_silent_service_holds_up_its_own_callers_only(doors: tuple[str, Silent]) -> None:
    """More wait for it than it is given connections, and those of the other services are answered at once."""
    path, silent = doors
    async with asyncio.TaskGroup() as tasks:
        waiting = [tasks.create_task(_wait_for(path, b"/v1/calls")) for _ in range(CONNECTIONS + 20)]
        await until(lambda: silent.waiting == CONNECTIONS)
        for _ in range(20):
            assert (await ask(path, _get(b"/v1/agency"))).status == 200
        assert silent.waiting == CONNECTIONS
        for task in waiting:
            task.cancel()


async def _wait_for(path: str, target: bytes) -> None:
    async with connecting(path) as (reader, writer):
        writer.write(_get(target))
        await reader.read()
