"""`qoldau outbox`: events that were given up, and their second chance; facts that are told again."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from typing import Annotated, Final
from uuid import UUID

import typer

from cli.databases import AppDatabase, reachable_databases
from cli.environment import SERVICES
from cli.errors import CommandError
from cli.home import find_home
from cli.sessions import open_sessions
from services.common.events import EventRegistry
from services.common.outbox import list_dead, redeliver
from services.common.replays import Replayers, replay
from services.evaluation.domain.events import EVENTS as OF_EVALUATION
from services.evaluation.operations.replays import REPLAYERS as BY_EVALUATION
from services.programs.domain.events import EVENTS as OF_PROGRAMS
from services.programs.operations.replays import REPLAYERS as BY_PROGRAMS

outbox = typer.Typer(help="Events that were given up, or are to be told again.", no_args_is_help=True)
REPLAYS: Final[Mapping[str, tuple[EventRegistry, Replayers]]] = {
    "programs": (OF_PROGRAMS, BY_PROGRAMS),
    "evaluation": (OF_EVALUATION, BY_EVALUATION),
}
"""What each app can tell again of its own."""


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


@outbox.command("replay")
def replay_command(
    kinds: Annotated[list[str], typer.Argument(help="Kinds of events, such as programs.edition.changed.v1.")],
    to: Annotated[str | None, typer.Option(help="The app that is to be told; else all that listen.")] = None,
) -> None:
    """Tell other apps again how everything of these kinds stands, as after a release that keeps more of it."""
    with reachable_databases(os.environ, find_home(os.environ)) as databases:
        count = asyncio.run(tell_again(databases, kinds, to))
    print(f"{count} events are on their way")


async def tell_again(databases: Sequence[AppDatabase], kinds: Sequence[str], to: str | None) -> int:
    """Publish the state of all aggregates of `kinds`, each by its owner; raise `CommandError` for unknown ones."""
    owned: dict[str, list[str]] = {}
    for kind in kinds:
        owned.setdefault(kind.partition(".")[0], []).append(kind)
    known = sorted(kind for _, replayers in REPLAYS.values() for kind in replayers)
    if not set(kinds) <= set(known):
        raise CommandError(f"these can be told again: {', '.join(known)}")
    count = 0
    for database in databases:
        if database.app in owned:
            registry, replayers = REPLAYS[database.app]
            async with open_sessions(database) as sessions, sessions.transaction() as session:
                count += await replay(session, registry, replayers, owned[database.app], to=to)
    return count


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
