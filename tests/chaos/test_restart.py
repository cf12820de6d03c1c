"""Two processes of participants, started anew one after the other, while a load balancer knows both."""

import asyncio
import signal
from collections import Counter
from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.common.identity import Caller, Role, TokenSigner
from tests.chaos.processes import House, check_invariants, until
from tests.instances import PATIENCE, is_alive

pytestmark = pytest.mark.chaos

TWO = ("participants", "participants.2")
WRITERS = 8
WRITES = 50
"""Between two restarts."""


class Balancer:
    """Sends each request over a connection of its own, to the other process where one refuses it."""

    def __init__(self, house: House) -> None:
        self._signer = TokenSigner.read("gateway", house.keys / "gateway.json")
        self._caller = Caller(uuid4(), frozenset({Role.MANAGER}), frozenset())
        self._clients = [house.client(name, {"Connection": "close"}) for name in TWO]
        self.statuses: Counter[int] = Counter()
        self.refused = 0

    async def post(self, number: int, path: str, body: dict[str, Any]) -> None:
        token = self._signer.sign(self._caller, audience="participants")
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
        async with asyncio.timeout(PATIENCE):
            for turn in range(number, number + 100):
                try:
                    answer = await self._clients[turn % 2].post(path, json=body, headers=headers)
                except httpx.TransportError:
                    self.refused += 1
                    continue
                if answer.status_code == HTTPStatus.REQUEST_TIMEOUT:  # a farewell: no request was read
                    self.refused += 1
                    continue
                self.statuses[answer.status_code] += 1
                return

    async def close(self) -> None:
        for client in self._clients:
            await client.aclose()


async def test_a_rolling_restart_fails_no_request(house: House) -> None:
    await house.start(*TWO)
    balancer, over = Balancer(house), asyncio.Event()

    async def write(number: int) -> None:
        while not over.is_set():
            authority = {"organization_id": str(uuid4()), "country": "TJ"}
            await balancer.post(number, "/v1/authorities", authority)
            number += 1

    async def have_written(goal: int) -> bool:
        return balancer.statuses.total() >= goal

    async def is_new(name: str, pid: int) -> bool:
        return await house.is_ready(name) and house.process(name).pid != pid

    async with asyncio.TaskGroup() as tasks:
        for number in range(WRITERS):
            tasks.create_task(write(number))
        for name in TWO:
            goal = balancer.statuses.total() + WRITES
            await until(partial(have_written, goal), "more is written")
            ended = house.process(name)
            ended.send_signal(signal.SIGTERM)
            await until(partial(is_new, name, ended.pid), f"{name} serves again")
            assert not is_alive(ended)
        over.set()
    await balancer.close()
    assert set(balancer.statuses) == {201}
    assert balancer.refused > 0
    assert await house.fetch("SELECT count(*) FROM participants.authority") == balancer.statuses.total()
    await check_invariants(house.database)
