"""`qoldau check-invariants`: what must always hold, asked of every room's database."""

import asyncio
import os
import sys
from collections.abc import Mapping
from typing import Final

import asyncpg

from cli.databases import AppDatabase, reachable_databases
from cli.home import find_home
from services.evaluation.db.invariants import INVARIANTS as EVALUATION
from services.participants.db.invariants import INVARIANTS as PARTICIPANTS

ROOMS: Final = {"participants": PARTICIPANTS, "evaluation": EVALUATION}


def check_invariants() -> None:
    """Say which invariants are broken, and by how many rows; the exit status is 1 if any is."""
    with reachable_databases(os.environ, find_home(os.environ)) as databases:
        broken = asyncio.run(_check_all(databases))
    for name, rows in broken.items():
        print(f"broken: {name} ({rows} rows)")
    if broken:
        sys.exit(1)
    print("all invariants hold")


async def _check_all(databases: list[AppDatabase]) -> dict[str, int]:
    broken: dict[str, int] = {}
    for database in databases:
        if database.app in ROOMS and database.reader is not None:
            broken |= await _check(database.app, database.reader, dict(ROOMS[database.app]))
    return broken


async def _check(app: str, dsn: str, invariants: Mapping[str, str]) -> dict[str, int]:
    connection = await asyncpg.connect(dsn)
    try:
        found = {name: len(await connection.fetch(query)) for name, query in invariants.items()}
    finally:
        await connection.close()
    return {f"{app}: {name}": rows for name, rows in found.items() if rows}
