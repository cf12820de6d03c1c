"""Open data: the same for everybody, kept for a while, shown when a service is down, and nobody named in it."""

import asyncio
from uuid import UUID

import pytest
from fastapi.routing import APIRoute
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gateway.app import create_room
from gateway.compositions.public_cache import (
    FRESH_SECONDS,
    STALE_SECONDS,
    PublicAnswer,
    PublicCache,
)
from gateway.upstream import UpstreamUnavailable
from services.common.identity import Role
from services.common.problems import Problem
from tests.apps import Door
from tests.gateways import Gateway, OpenGateway
from tests.programs.test_public_crawl import SILENT, WILLING, course

__all__ = ["course"]

EDITION = UUID(int=1)


class Counted:
    """A service that counts what it is asked, says another cursor each time, and can be made to fail."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.failing = False
        self.title = "Synthetic"
        self.app = Starlette(routes=[Route("/{path:path}", self.answer)])

    async def answer(self, request: Request) -> Response:
        self.asked.append(f"{request.url.path}?{request.url.query}")
        await asyncio.sleep(0.05)
        if self.failing:
            return JSONResponse({}, status_code=503)
        if request.url.path.endswith("absent") or str(UUID(int=404)) in request.url.path:
            problem = {"type": "/problems/not-found", "title": "No", "status": 404, "code": "not-found"}
            return JSONResponse(problem, status_code=404, media_type="application/problem+json")
        if "publications" in request.url.path:
            return Response(
                b"x" * (9 * 1024 * 1024 if "crs" in request.url.path else 5), media_type="text/csv"
            )
        if request.url.path.endswith("publication-records"):
            record = {"channel": "crs", "address": "/v1/publications/crs.csv", "published_at": "2026-01-02"}
            return JSONResponse(
                {"items": [record | {"state": "published", "size": 5, "sha256": "ab"}], "next_cursor": None}
            )
        return JSONResponse(
            {"items": [{"title": self.title}], "next_cursor": f"c{len(self.asked)}", "total": None}
        )


@pytest.fixture
def counted_service() -> Counted:
    return Counted()


class Clock:
    """A clock that a test moves."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock by which the gateway keeps open data."""
    made = Clock()
    monkeypatch.setattr("gateway.app.PublicCache", lambda: PublicCache(clock=made))
    return made


async def opened(gateway_before: OpenGateway, service: Counted) -> Gateway:
    return await gateway_before(dict.fromkeys(("programs", "participants", "evaluation"), service.app))


async def test_an_answer_is_kept_and_shared_by_all_readers(
    gateway_before: OpenGateway, counted_service: Counted
) -> None:
    gateway = await opened(gateway_before, counted_service)
    manager = await gateway.signed_in("manager@synthetic.example", Role.MANAGER)
    answers = await asyncio.gather(
        *(client.get("/v1/public/editions") for client in (gateway.client(), manager, gateway.client()))
    )
    assert [answer.status_code for answer in answers] == [200] * 3
    assert counted_service.asked == ["/v1/editions?limit=50"]
    first = answers[0]
    assert first.headers["cache-control"] == f"public, max-age=60, stale-if-error={STALE_SECONDS}"
    assert "authorization" not in first.headers["vary"].lower()
    assert 'rel="next"' in first.headers["link"]
    again = await gateway.client().get(
        "/v1/public/editions", headers={"If-None-Match": first.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    head = await gateway.client().head("/v1/public/editions")
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", first.headers["etag"])
    assert len(counted_service.asked) == 1
    await gateway.client().get("/v1/public/editions?country=TJ")
    assert counted_service.asked[1:] == ["/v1/editions?country=TJ&limit=50"]


async def test_what_is_old_is_asked_anew_and_shown_while_the_service_fails(
    gateway_before: OpenGateway, counted_service: Counted, clock: Clock
) -> None:
    gateway = await opened(gateway_before, counted_service)
    client = gateway.client()
    first = await client.get("/v1/public/programs")
    clock.now += FRESH_SECONDS + 1
    second = await client.get("/v1/public/programs")
    assert len(counted_service.asked) == 2
    assert second.headers["etag"] == first.headers["etag"]  # another cursor is no other list
    counted_service.title = "Changed"
    counted_service.failing = True
    clock.now += FRESH_SECONDS + 1
    stale = await client.get("/v1/public/programs")
    assert stale.status_code == 200
    assert stale.json()["items"] == [{"title": "Synthetic"}]
    assert int(stale.headers["age"]) > FRESH_SECONDS
    clock.now += STALE_SECONDS
    gone = await client.get("/v1/public/programs")
    assert (gone.status_code, gone.json()["code"]) == (503, "upstream-unavailable")
    assert int(gone.headers["retry-after"]) >= 1
    counted_service.failing = False
    clock.now += 60
    renewed = await client.get("/v1/public/programs")
    assert renewed.json()["items"] == [{"title": "Changed"}]
    assert renewed.headers["etag"] != first.headers["etag"]


async def test_what_does_not_exist_is_told_as_the_service_tells_it(
    gateway_before: OpenGateway, counted_service: Counted
) -> None:
    client = (await opened(gateway_before, counted_service)).client()
    for path in ("programs", "editions", "deliveries"):
        answer = await client.get(f"/v1/public/{path}/{UUID(int=404)}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
        assert answer.headers["cache-control"] == "no-store"
        assert (await client.get(f"/v1/public/{path}/{EDITION}")).status_code == 200
    for path in ("results", "deliveries", "countries/TJ", f"results?edition_id={EDITION}"):
        assert (await client.get(f"/v1/public/{path}")).status_code == 200, path
    for wrong in ("editions?limit=0", "editions?sort=x", "countries/XX", "programs?provenance=synthetic"):
        assert (await client.get(f"/v1/public/{wrong}")).status_code == 422, wrong


async def test_files_are_kept_too_unless_they_are_large(
    gateway_before: OpenGateway, counted_service: Counted
) -> None:
    client = (await opened(gateway_before, counted_service)).client()
    file = await client.get("/v1/public/files/activities.csv")
    assert (file.status_code, file.content) == (200, b"xxxxx")
    assert file.headers["content-type"].startswith("text/csv")
    large = await client.get("/v1/public/files/crs.csv")
    assert (large.status_code, large.headers["location"]) == (307, "/v1/publications/crs.csv")
    assert (await client.get("/v1/public/files/passwd.txt")).status_code == 404
    catalog = await client.get("/v1/public/catalog")
    assert catalog.headers["content-type"] == "application/ld+json"
    (dataset,) = catalog.json()["dataset"]
    assert dataset["distribution"]["contentUrl"].endswith("/v1/public/files/crs.csv")


class TestCache:
    @staticmethod
    def answer(size: int, at: float = 0.0, status: int = 200) -> PublicAnswer:
        return PublicAnswer(status, "text/plain", b"x" * size, '"e"', at)

    async def test_it_is_bounded_and_gives_up_what_is_used_least(self) -> None:
        cache = PublicCache(most_bytes=25, most_entries=2, clock=lambda: 0.0)
        fetched: list[str] = []

        async def get(key: str, size: int = 10) -> None:
            async def fetch() -> PublicAnswer:
                fetched.append(key)
                return self.answer(size)

            await cache.get(key, fetch)

        for key in ("a", "b", "a", "c", "a", "b"):
            await get(key)
        assert fetched == ["a", "b", "c", "b"]
        await get("large", 100)
        await get("large", 100)
        assert fetched[-2:] == ["large", "large"]

    async def test_only_what_is_found_is_kept(self) -> None:
        cache = PublicCache(clock=lambda: 0.0)
        seen = 0

        async def fetch() -> PublicAnswer:
            nonlocal seen
            seen += 1
            return self.answer(1, status=404)

        for _ in range(2):
            assert (await cache.get("key", fetch)).status == 404
        assert seen == 2

    async def test_a_failure_with_nothing_known_is_a_failure(self) -> None:
        async def fail() -> PublicAnswer:
            raise UpstreamUnavailable("Down.")

        with pytest.raises(Problem):
            await PublicCache().get("key", fail)

    async def test_who_gives_up_waiting_takes_nothing_from_the_others(self) -> None:
        cache, begun, go_on = PublicCache(clock=lambda: 0.0), asyncio.Event(), asyncio.Event()

        async def fetch() -> PublicAnswer:
            begun.set()
            await go_on.wait()
            return self.answer(1)

        impatient, patient = (asyncio.create_task(cache.get("key", fetch)) for _ in range(2))
        await begun.wait()
        impatient.cancel()
        go_on.set()
        assert (await patient).body == b"x"


async def test_nobody_is_named_who_did_not_consent(
    gateway_before: OpenGateway, programs: Door, course: dict[str, list[str]]
) -> None:
    """Every public address is crawled, over the real portfolio; who consented is found, so the crawl can see."""
    gateway = await gateway_before({"programs": programs.app})
    routes = [
        route
        for route in create_room(gateway.settings).routes
        if isinstance(route, APIRoute) and route.path.startswith("/v1/public/")
    ]
    assert len(routes) >= 10
    course["file_name"].extend(["iati-activities.xml", "iati-organisation.xml", "crs.csv", "tossd.csv"])
    read: dict[str, str] = {}
    client = gateway.client()
    for route in routes:
        names = list(route.param_convertors)
        for value in course.get(names[0], [str(UUID(int=5))]) if names else [""]:
            path = route.path.format(**dict.fromkeys(names, value))
            answer = await client.get(path)
            assert answer.status_code in {200, 404, 503}, (path, answer.status_code)
            read[path] = answer.text if answer.status_code == 200 else ""
    assert sum(bool(text) for text in read.values()) > 15
    assert [path for path, text in read.items() if SILENT in text or SILENT.split()[1] in text] == []
    assert any("A synthetic course" in text for text in read.values())
    assert WILLING
