"""Ceilings: the same work by the least code that can do it, without any of the house's promises."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

HOT_LIST = """
SELECT id, version, code, names, acronym, verbatim_name, kind, country, identifiers, status, provenance
FROM organization WHERE provenance = 'real' ORDER BY code LIMIT 51
"""


def hot_list() -> Starlette:
    """Return Starlette + asyncpg + orjson answering one list of 50."""

    @asynccontextmanager
    async def live(app: Starlette) -> AsyncIterator[None]:
        async with asyncpg.create_pool(
            os.environ["PROGRAMS_READ_DATABASE_URL"], min_size=8, max_size=8
        ) as pool:
            app.state.pool = pool
            yield

    async def answer(request: Request) -> Response:
        rows = await request.app.state.pool.fetch(HOT_LIST)
        items = [
            dict(row)
            | {"names": orjson.Fragment(row["names"]), "identifiers": orjson.Fragment(row["identifiers"])}
            for row in rows[:50]
        ]
        page = {"items": items, "next_cursor": "x" * 80, "total": None}
        return Response(orjson.dumps(page, default=str), media_type="application/json")

    return Starlette(routes=[Route("/v1/organizations", answer)], lifespan=live)
