"""`qoldau outbox`: events that were given up, and their second chance."""

import asyncio
import os
from typing import Annotated
from uuid import UUID

import typer

from cli.databases import AppDatabase, reachable_databases
from cli.environment import SERVICES
from cli.errors import CommandError
from cli.home import find_home
from cli.sessions import open_sessions
from services.common.outbox import list_dead, redeliver

outbox = typer.Typer(help="Events that were given up.", no_args_is_help=True)


@outbox.command("list")
def list_command() -> None:
    """List events that nobody tries to deliver any more: where from, what, to whom, why."""
    with reachable_databases(os.environ, find_home(os.environ)) as databases:
        for line in asyncio.run(_list(databases)):
            print(line)


@outbox.command("redeliver")
def redeliver_command(event_id: Annotated[UUID, typer.Argument(help="The event's id.")]) -> None:
    """Send a dead event again, with all its attempts before it."""
    with reachable_databases(os.environ, find_home(os.environ)) as databases:
        destinations = asyncio.run(_redeliver(databases, event_id))
    if not destinations:
        raise CommandError("there is no dead event with this id")
    print(f"on its way to {', '.join(destinations)}")


async def _list(databases: list[AppDatabase]) -> list[str]:
    lines = []
    for database in databases:
        if database.app in SERVICES:
            async with open_sessions(database) as sessions, sessions.reading() as session:
                dead = await list_dead(session)
            lines += [f"{row.id} {row.kind} to {row.destination}: {row.last_problem}" for row in dead]
    return lines


async def _redeliver(databases: list[AppDatabase], event_id: UUID) -> list[str]:
    destinations: list[str] = []
    for database in databases:
        if database.app in SERVICES:
            async with open_sessions(database) as sessions, sessions.transaction() as session:
                destinations += await redeliver(session, event_id)
    return destinations
