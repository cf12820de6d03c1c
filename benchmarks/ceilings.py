"""Ceilings: the same work by the least code that can do it, without any of the house's promises."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg
import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from fastapi import FastAPI
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.common.database import open_engine
from services.common.identity import Caller, Reach, Role, TokenVerifier
from services.common.pagination import Cursors, PageRequest
from services.common.problems import Problem
from services.common.seal import new_key_pair, seal
from services.common.sessions import Sessions
from services.common.wire import Page, parse_json
from services.evaluation.api.recommendations import list_recommendations
from services.evaluation.api.results import list_results
from services.evaluation.app import create_app as create_evaluation
from services.evaluation.domain.answers import settle_answers
from services.evaluation.domain.ballot_sealing import SMALLEST_SEAL
from services.evaluation.domain.wordings import Wording
from services.evaluation.operations import ballot_box
from services.evaluation.operations.ballot_box import Ballot, BallotBox, Paper
from services.evaluation.schemas.recommendations import RecommendationRead
from services.evaluation.schemas.responses import ResponseSubmit
from services.evaluation.schemas.results import ResultRead
from services.participants.api.calls import read_pipeline
from services.participants.api.participations import list_attendance
from services.participants.schemas.participations import AttendanceRead, PipelineRead
from services.programs.api.costs import read_edition_costs
from services.programs.api.deliveries import list_design_tasks
from services.programs.api.editions import read_edition, read_monitoring
from services.programs.schemas.costs import EditionCosts
from services.programs.schemas.deliveries import DesignTaskRead
from services.programs.schemas.edition_states import MonitoringRead
from services.programs.schemas.editions import EditionRead

HOT_LISTS = {
    "/v1/organizations": (
        "PROGRAMS_READ_DATABASE_URL",
        (
            "SELECT id, version, code, names, acronym, verbatim_name, kind, country, identifiers, "
            "status, provenance "
            "FROM organization WHERE provenance = 'real' ORDER BY code LIMIT 51"
        ),
    ),
    "/v1/editions": (
        "PROGRAMS_READ_DATABASE_URL",
        (
            "SELECT e.id, e.version, e.code, json_build_object('id', p.id, 'label', p.title->>'en', 'href', "
            "'/v1/programs/' || p.id) AS program, component_id, predecessor_id, ordinal, e.title, topic, period, "
            "earliest, latest, state, pilot, historic, provenance FROM edition e "
            "JOIN program p ON p.id = program_id "
            "WHERE provenance = 'real' AND state <> 'draft' ORDER BY earliest, e.id LIMIT 51"
        ),
    ),
}
_JSON = ("names", "identifiers", "program", "title", "topic")


def hot_list() -> Starlette:
    """Return Starlette + asyncpg + orjson answering lists of 50."""

    @asynccontextmanager
    async def live(app: Starlette) -> AsyncIterator[None]:
        variables = {variable for variable, _ in HOT_LISTS.values() if variable in os.environ}
        app.state.pools = {
            variable: await asyncpg.create_pool(os.environ[variable], min_size=8, max_size=8)
            for variable in variables
        }
        yield
        for pool in app.state.pools.values():
            await pool.close()

    def route(path: str, variable: str, query: str) -> Route:
        async def answer(request: Request) -> Response:
            rows = await request.app.state.pools[variable].fetch(query)
            items = [
                dict(row) | {name: orjson.Fragment(row[name]) for name in _JSON if row.get(name) is not None}
                for row in rows[:50]
            ]
            page = {"items": items, "next_cursor": "x" * 80, "total": None}
            return Response(orjson.dumps(page, default=str), media_type="application/json")

        return Route(path, answer)

    routes = [route(path, variable, query) for path, (variable, query) in HOT_LISTS.items()]
    return Starlette(routes=routes, lifespan=live)


BODY = orjson.dumps(
    {"items": [{"id": f"{n:032}", "label": "x" * 60} for n in range(10)], "next_cursor": None}
)
"""About 1.2 KB, as a resource of this interface."""


def small_json() -> Starlette:
    """Return a service that answers every path with the same small JSON."""

    async def answer(_: Request) -> Response:
        return Response(BODY, media_type="application/json")

    return Starlette(routes=[Route("/{path:path}", answer)])


def overview() -> Starlette:
    """Return the edition overview made by the services' own functions, called in one process."""
    caller = Caller(subject=uuid4(), roles=frozenset({Role.PUBLIC, Role.MANAGER}), reach=Reach.ALL)
    page = PageRequest(limit=50, cursor=None, count=False, binding=b"", cursors=Cursors(AESGCM(bytes(32))))
    edition_id = UUID(os.environ["BENCH_EDITION"])
    readers = {
        room: os.environ[f"BENCH_{room.upper()}"] for room in ("programs", "participants", "evaluation")
    }

    @asynccontextmanager
    async def live(app: Starlette) -> AsyncIterator[None]:
        app.state.rooms = {
            room: Sessions(open_engine(dsn, connections=1), open_engine(dsn, connections=32, reads_only=True))
            for room, dsn in readers.items()
        }
        yield
        for sessions in app.state.rooms.values():
            await sessions.close()

    async def answer(request: Request) -> Response:
        rooms = request.app.state.rooms

        async def read(room: str, ask: Callable[[AsyncSession], Awaitable[Any]], model: Any) -> Any:
            async with rooms[room].reading() as session:
                return TypeAdapter(model).validate_python(await ask(session), from_attributes=True)

        parts = await asyncio.gather(
            read("programs", lambda s: read_edition(s, caller, edition_id), EditionRead),
            read("participants", lambda s: read_pipeline(s, caller, edition_id), PipelineRead),
            read(
                "participants", lambda s: list_attendance(s, caller, page, edition_id), Page[AttendanceRead]
            ),
            read("programs", lambda s: read_edition_costs(s, caller, edition_id), EditionCosts),
            read("programs", lambda s: read_monitoring(s, edition_id), MonitoringRead),
            read("evaluation", lambda s: list_results(s, caller, page, edition_id), Page[ResultRead]),
            read("evaluation", lambda s: list_recommendations(s, page, edition_id), Page[RecommendationRead]),
            read(
                "programs",
                lambda s: list_design_tasks(s, page, evidence_edition_id=edition_id),
                Page[DesignTaskRead],
            ),
        )
        return Response(b"[%s]" % b",".join(part.model_dump_json().encode() for part in parts))

    return Starlette(routes=[Route("/{path:path}", answer)], lifespan=live)


SURVEY: Final[list[dict[str, Any]]] = [
    {"code": f"q{n}", "kind": "scale", "text": {"en": "?"}, "scale": {}, "required": True} for n in range(10)
]
"""The questions of the surveys that are measured."""


def submissions() -> Starlette:
    """Return a server that reads, checks and seals a survey's submission as the service does, and keeps nothing."""
    wording, today = Wording.read(SURVEY), datetime.now(UTC).date()
    _, public = new_key_pair()

    async def answer(request: Request) -> Response:
        asked = ResponseSubmit.model_validate(parse_json(await request.body()))
        blocks = []
        for block in asked.blocks:
            settled, faults = settle_answers(wording, block.answers, today, "")
            assert not faults
            blocks.append({"subject": block.subject.model_dump(mode="json"), "answers": settled.answers})
        content = orjson.dumps({"blocks": blocks, "dropped": 0})
        seal(public, content, "campaign", smallest=SMALLEST_SEAL)
        return Response(status_code=204)

    return Starlette(routes=[Route("/v1/responses", answer, methods=["POST"])])


PLAIN_ANSWERS: Final = """
CREATE SCHEMA bench;
CREATE TABLE bench.answer (
    survey uuid, response uuid, question text, answer int, PRIMARY KEY (response, question)
);
GRANT USAGE ON SCHEMA bench TO PUBLIC;
GRANT INSERT ON bench.answer TO PUBLIC;
"""


async def insert_answers(pool: asyncpg.Pool, survey: UUID, answers: Mapping[str, Any]) -> None:
    """Insert a row for each answer of one respondent, in a transaction of their own."""
    response = uuid4()
    rows = [(survey, response, question, answer) for question, answer in answers.items()]
    async with pool.acquire() as connection, connection.transaction():
        await connection.executemany("INSERT INTO bench.answer VALUES ($1, $2, $3, $4)", rows)


def plain_answers() -> Starlette:
    """Return a server that reads the body and inserts the answers in plain: it checks, seals and guards nothing."""
    survey = uuid4()

    @asynccontextmanager
    async def live(app: Starlette) -> AsyncIterator[None]:
        async with asyncpg.create_pool(
            os.environ["EVALUATION_DATABASE_URL"], min_size=8, max_size=8
        ) as app.state.pool:
            yield

    async def answer(request: Request) -> Response:
        asked = orjson.loads(await request.body())
        for block in asked["blocks"]:
            await insert_answers(request.app.state.pool, survey, block["answers"])
        return Response(status_code=204)

    return Starlette(routes=[Route("/v1/responses", answer, methods=["POST"])], lifespan=live)


SEAT_COUNTER: Final = """
CREATE SCHEMA bench;
CREATE TABLE bench.line (id int PRIMARY KEY, taken int NOT NULL, seats int NOT NULL);
CREATE TABLE bench.seat (line int NOT NULL, holder int NOT NULL, PRIMARY KEY (line, holder));
GRANT USAGE ON SCHEMA bench TO PUBLIC;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA bench TO PUBLIC;
"""


async def take_counted_seat(pool: asyncpg.Pool, line: int, holder: int) -> bool:
    """Take a seat by a guarded counter and nothing else; False where none is left."""
    async with pool.acquire() as connection, connection.transaction():
        taken = await connection.fetchval(
            "UPDATE bench.line SET taken = taken + 1 WHERE id = $1 AND taken < seats RETURNING taken", line
        )
        if taken is not None:
            await connection.execute("INSERT INTO bench.seat VALUES ($1, $2)", line, holder)
        return taken is not None


def counted_seats() -> Starlette:
    """Return a server that verifies who calls, reads the body and asks the guarded counter: not one rule more."""

    @asynccontextmanager
    async def live(app: Starlette) -> AsyncIterator[None]:
        app.state.tokens = TokenVerifier.read("participants", Path(os.environ["QOLDAU_PUBLIC_KEYS"]))
        async with asyncpg.create_pool(
            os.environ["PARTICIPANTS_DATABASE_URL"], min_size=8, max_size=8
        ) as app.state.pool:
            yield

    async def answer(request: Request) -> Response:
        request.app.state.tokens.verify(request.headers["authorization"].removeprefix("Bearer "))
        asked = orjson.loads(await request.body())
        seated = await take_counted_seat(request.app.state.pool, asked["line"], asked["holder"])
        return Response(b"{}", status_code=201 if seated else 409, media_type="application/json")

    return Starlette(routes=[Route("/v1/offers", answer, methods=["POST"])], lifespan=live)


class _Forgetting(BallotBox):
    """A ballot box that has looked up one token, knows no other, and keeps nothing."""

    def __init__(self) -> None:
        super().__init__()
        self._known: Sequence[Paper | Problem] = ()

    async def _look_up(self, sessions: Sessions, group: Sequence[bytes]) -> Sequence[Paper | Problem]:
        self._known = self._known or await super()._look_up(sessions, group[:1])
        return [*self._known] * len(group)


async def _keep_nothing(sessions: Sessions, group: Sequence[Ballot]) -> Sequence[Problem | None]:  # noqa: ARG001  as `store_ballots`
    return [None] * len(group)


def evaluation_without_database() -> FastAPI:
    """Return the evaluation service as it is, whose answers to a survey go to no database."""
    app = create_evaluation()
    app.state.ballot_box = _Forgetting()
    ballot_box.store_ballots = _keep_nothing
    return app
