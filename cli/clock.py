"""`qoldau clock`: lets synthetic editions live at another time than real ones."""

import asyncio
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

import typer

from cli.databases import AppDatabase, reachable_databases
from cli.environment import SERVICES
from cli.errors import CommandError
from cli.home import find_home
from cli.sessions import open_sessions
from services.common.clock import move_demonstration_clock

REAL: Final = "real"


def clock(
    at: Annotated[
        str, typer.Argument(help="The moment it is now (2027-03-10 or 2027-03-10T09:00), or `real`.")
    ],
) -> None:
    """Move the clock by which synthetic editions live; real ones never notice."""
    asyncio.run(set_clock(None if at == REAL else _read_moment(at)))
    print(f"synthetic editions live at {at}")


async def set_clock(moment: datetime | None) -> None:
    """Let it be `moment` (aware) now for synthetic subjects in every service; None: real time again."""
    offset = timedelta(0) if moment is None else moment - datetime.now(UTC)
    with reachable_databases(os.environ, find_home(os.environ)) as databases:
        await _move(databases, offset)


async def _move(databases: Sequence[AppDatabase], offset: timedelta) -> None:
    for database in databases:
        if database.app not in SERVICES:
            continue
        async with open_sessions(database) as sessions, sessions.transaction() as session:
            await move_demonstration_clock(session, offset)


def _read_moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"{text} is neither a moment nor `{REAL}`") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
