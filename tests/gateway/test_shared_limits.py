"""Several gateways count together in a Redis or Valkey, the real server; each counts alone while it is away."""

import asyncio
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import pytest
from limits import parse
from structlog.testing import capture_logs

from gateway.rate_limits import open_counter
from gateway.shared_counts import STORE_PAUSE_SECONDS, SharedCounter
from tests.gateways import OpenGateway
from tests.servers import PATIENCE, conversing

SERVER = shutil.which("valkey-server") or shutil.which("redis-server")
PATH = "/v1/me"

pytestmark = pytest.mark.skipif(SERVER is None, reason="neither valkey-server nor redis-server is installed")


@contextmanager
def running_store(folder: str) -> Iterator[str]:
    """Run a store that only a socket of `folder` leads to; give its URL."""
    assert SERVER is not None
    path = f"{folder}/store.sock"
    command = [SERVER, "--port", "0", "--unixsocket", path, "--save", "", "--dir", folder]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        while not Path(path).exists():
            assert server.poll() is None
        yield f"unix://{path}"
    finally:
        server.kill()
        server.wait()


@pytest.fixture
def store() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="qoldau-") as folder, running_store(folder) as url:
        yield url


async def test_two_gateways_count_together(store: str, gateway_before: OpenGateway) -> None:
    doors = [await gateway_before(anonymous_rate_limit="3/hour", rate_limit_store=store) for _ in range(2)]
    answers = [await doors[n % 2].client().get(PATH) for n in range(5)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429, 429]
    assert answers[3].headers["ratelimit"].startswith('"anonymous";r=0;t=')
    assert 0 < int(answers[3].headers["retry-after"]) <= 3600


async def test_hits_that_come_together_are_all_counted(store: str) -> None:
    async with AsyncExitStack() as stack:
        counters = [await stack.enter_async_context(open_counter(store)) for _ in range(4)]
        counts = [counters[n % 4].count(parse("30/hour"), "one") for n in range(100)]
        outcomes = await asyncio.gather(*counts)
    assert sum(allowed for allowed, _, _ in outcomes) == 30
    assert sorted((left for allowed, left, _ in outcomes if allowed), reverse=True) == list(range(29, -1, -1))


async def test_a_window_ends(store: str) -> None:
    async with open_counter(store) as counter:
        limit = parse("1/second")
        assert [(await counter.count(limit, "one"))[0] for _ in range(2)] == [True, False]
        assert (await counter.count(limit, "other"))[0]
        await asyncio.sleep(1.1)
        assert (await counter.count(limit, "one"))[0]


async def test_a_store_that_is_away_leaves_each_gateway_to_count_alone() -> None:
    now, limit = 0.0, parse("2/hour")
    with tempfile.TemporaryDirectory(prefix="qoldau-") as folder:
        async with open_counter(f"unix://{folder}/store.sock") as opened:
            assert isinstance(opened, SharedCounter)
            counter = SharedCounter(opened._store, lambda: now)
            with capture_logs() as lines:
                allowed = [(await counter.count(limit, "one"))[0] for _ in range(3)]
            assert allowed == [True, True, False]
            assert [line["event"] for line in lines] == ["rate_limit_store_unreachable"], "it is asked once"
            with running_store(folder):
                assert not (await counter.count(limit, "one"))[0]
                now = STORE_PAUSE_SECONDS
                assert (await counter.count(limit, "one"))[0], "it is back, and counts for all again"


async def test_a_store_that_does_not_answer_holds_nobody_up() -> None:
    async def never(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read(1)
        await asyncio.Event().wait()

    async with (
        conversing(never) as path,
        open_counter(f"unix://{path}") as counter,
        asyncio.timeout(PATIENCE),
    ):
        assert (await counter.count(parse("1/hour"), "one")) == (True, 0, 3600)
