"""The portal in a real browser: nothing from elsewhere, try-it-out signed in, readable on any screen."""

import asyncio
import base64
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
import uvicorn

from services.common.http.server import SERVER_OPTIONS
from tests.gateways import Gateway, OpenGateway
from tests.servers import listen_on_loopback

GUIDES = Path(__file__).parents[2] / "docs" / "guides"
PAGES = (
    "/docs",
    "/docs/reference",
    "/docs/permissions",
    "/docs/problems",
    "/docs/events",
    "/docs/changelog",
    *(f"/docs/guides/{file.stem}" for file in sorted(GUIDES.glob("*.md"))),
)
PATIENCE = 90.0
PHONE, WIDE = (390, 844), (1600, 900)


@dataclass
class Browser:
    """One page of a headless Chromium, spoken to by its DevTools protocol."""

    socket: aiohttp.ClientWebSocketResponse
    asked: list[str] = field(default_factory=list)
    """Every address that the page has asked for."""
    complaints: list[str] = field(default_factory=list)
    _number: int = 0
    _answers: dict[int, asyncio.Future[Any]] = field(default_factory=dict)

    async def listen(self) -> None:
        async for message in self.socket:
            told = message.json()
            if told.get("id") in self._answers:
                self._answers.pop(told["id"]).set_result(told)
            elif told.get("method") == "Network.requestWillBeSent":
                self.asked.append(told["params"]["request"]["url"])
            elif told.get("method") in {"Runtime.exceptionThrown", "Log.entryAdded"}:
                self.complaints.append(str(told["params"]))

    async def call(self, method: str, **params: Any) -> Any:
        self._number += 1
        answer = self._answers[self._number] = asyncio.get_running_loop().create_future()
        await self.socket.send_json({"id": self._number, "method": method, "params": params})
        told = await asyncio.wait_for(answer, PATIENCE)
        assert "error" not in told, told
        return told["result"]

    async def evaluate(self, script: str) -> Any:
        told = await self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    async def wait_for(self, condition: str) -> Any:
        """Return what the script `condition` gives once that is something."""
        async with asyncio.timeout(PATIENCE):
            while not (found := await self.evaluate(condition)):  # noqa: ASYNC110  the browser rings no bell
                await asyncio.sleep(0.1)
        return found

    async def visit(self, address: str, size: tuple[int, int] = WIDE) -> None:
        width, height = size
        await self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=size == PHONE,
        )
        await self.call("Page.navigate", url=address)
        await self.wait_for(f"location.href.startsWith({address!r}) && document.readyState === 'complete'")

    async def picture(self, file: Path) -> None:
        told = await self.call("Page.captureScreenshot", format="png")
        file.write_bytes(base64.b64decode(told["data"]))  # noqa: ASYNC240


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("Chromium is not installed")
    options = (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-sync",
    )
    command = [
        path,
        *options,
        "--disable-background-networking",
        "--remote-debugging-port=0",
        f"--user-data-dir={tmp_path}/profile",
    ]
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*command, "about:blank", stdout=quiet, stderr=quiet)
    try:
        port = await _debugging_port(tmp_path / "profile" / "DevToolsActivePort")
        async with aiohttp.ClientSession(trust_env=False) as client:
            async with client.get(f"http://127.0.0.1:{port}/json/list") as answer:
                (page,) = [one for one in await answer.json() if one["type"] == "page"]
            async with client.ws_connect(page["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                opened = Browser(socket)
                listening = asyncio.create_task(opened.listen())
                for domain in ("Page", "Network", "Runtime", "Log"):
                    await opened.call(f"{domain}.enable")
                yield opened
                listening.cancel()
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _debugging_port(file: Path) -> int:
    async with asyncio.timeout(PATIENCE):
        while not file.exists() or not file.read_text().strip():  # noqa: ASYNC110, ASYNC240  nor does a file
            await asyncio.sleep(0.05)
    return int(file.read_text().splitlines()[0])  # noqa: ASYNC240


@asynccontextmanager
async def on_loopback(gateway: Gateway) -> AsyncIterator[str]:
    """Serve the gateway at a port, as browsers need it; gives its address."""
    with listen_on_loopback() as place:
        config = uvicorn.Config(gateway.app, lifespan="off", **SERVER_OPTIONS)
        config.load()
        server = uvicorn.Server(config)
        server.lifespan = config.lifespan_class(config)
        await server.startup(sockets=[place])
        try:
            yield f"http://127.0.0.1:{place.getsockname()[1]}"
        finally:
            for connection in list(server.server_state.connections):
                connection.transport.abort()
            await server.shutdown(sockets=[place])


async def test_nothing_comes_from_elsewhere_and_everything_fits(
    gateway_before: OpenGateway, browser: Browser, tmp_path: Path
) -> None:
    gateway = await gateway_before(demonstration=True)
    async with on_loopback(gateway) as address:
        for size, name in ((PHONE, "phone"), (WIDE, "wide")):
            for page in PAGES:
                await browser.visit(address + page, size)
                if page == "/docs/reference":
                    await browser.wait_for("document.querySelector('.opblock-tag') !== null")
                wider = await browser.evaluate("document.documentElement.scrollWidth - window.innerWidth")
                assert wider <= 0, f"{page} is {wider} pixels too wide on a {name}"
                assert await browser.evaluate("document.title.length") > 3
                await browser.picture(tmp_path / f"{name}{page.replace('/', '-')}.png")
    hosts = {urlsplit(asked).netloc for asked in browser.asked if not asked.startswith(("data:", "about:"))}
    assert hosts == {urlsplit(address).netloc}
    assert not [told for told in browser.complaints if "favicon" not in told]


async def test_an_operation_can_be_tried_signed_in_as_a_demonstration_role(
    gateway_before: OpenGateway, browser: Browser
) -> None:
    gateway = await gateway_before(demonstration=True)
    async with on_loopback(gateway) as address:
        await browser.visit(f"{address}/docs/reference")
        await browser.wait_for("document.querySelector('.opblock-tag') !== null")
        await browser.wait_for("document.getElementById('signed-in').hidden === false")
        await browser.evaluate(
            "(() => { const choice = document.getElementById('role');"
            " choice.value = 'manager@demonstration.example';"
            " choice.dispatchEvent(new Event('change')); })()"
        )
        await browser.wait_for("document.getElementById('told').textContent.startsWith('Signed in')")
        for step in (
            "#operations-tag-me",
            "#operations-me-read_me .opblock-summary-control",
            "#operations-me-read_me .try-out__btn",
            "#operations-me-read_me .execute",
        ):
            await browser.wait_for(f"document.querySelector({step!r}) !== null")
            await browser.evaluate(f"document.querySelector({step!r}).click()")
        shown = "#operations-me-read_me .live-responses-table tr.response"
        told = await browser.wait_for(f"(document.querySelector({shown!r}) || {{}}).textContent")
        assert told.startswith("200")
        assert "manager@demonstration.example" in told
        assert not [asked for asked in browser.asked if "token=" in asked]


async def test_without_demonstration_mode_no_accounts_are_told(gateway: Gateway) -> None:
    assert (await gateway.client().get("/docs/demonstration.json")).status_code == 404


@pytest.mark.parametrize("page", PAGES)
async def test_every_page_stands_and_leads_to_pages_that_do(gateway: Gateway, page: str) -> None:
    client = gateway.client()
    answer = await client.get(page)
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"].startswith("default-src 'self';")
    for link in {part.partition('"')[0] for part in answer.text.split('href="/')[1:]}:
        if not link.startswith("problems/"):  # each has its own test
            assert (await client.get(f"/{link.partition('#')[0]}")).status_code == 200, link
