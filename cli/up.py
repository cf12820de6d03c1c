"""`qoldau up`: the whole system as processes of one instance, until Ctrl-C or SIGTERM."""

import asyncio
import fcntl
import os
import signal
import socket
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import IO

from cli.cluster import Cluster, prepare_cluster
from cli.copies import can_copy
from cli.databases import (
    AppDatabase,
    administrator_named,
    apply_all_roles,
    find_databases,
    upgrade_all,
)
from cli.environment import GATEWAY, SERVE, SERVICES, app_command, socket_of
from cli.errors import CommandError
from cli.home import DATABASE, Home, find_home
from cli.keys import make_keys
from cli.mode import Mode, settle_mode, wanted_mode
from cli.processes import Command
from cli.sockets import make_socket_folder
from cli.supervisor import Child, Supervisor

_SECONDS_FOR_LEFTOVERS = 30


def up() -> None:
    """Start everything and keep it running: PostgreSQL, the services, the gateway."""
    home = find_home(os.environ)
    with home.held():
        asyncio.run(run_until_stopped(home, os.environ))


async def run_until_stopped(home: Home, environment: Mapping[str, str]) -> None:
    """Run everything in `home`, which the caller holds, until this process is told to stop."""
    serving = asyncio.create_task(_serve(home, environment))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, _cancel_once, serving)
    try:
        await serving
    except asyncio.CancelledError:
        return


def _cancel_once(serving: asyncio.Task[None]) -> None:
    if not serving.cancelling():  # an impatient second Ctrl-C must not interrupt the stopping
        serving.cancel()


async def _serve(home: Home, environment: Mapping[str, str]) -> None:
    with (home.root / "children").open("ab") as inherited:
        await _wait_for_leftovers(inherited)
        _check_port(home.port)
        settle_mode(home, wanted_mode(environment))
        make_keys(home)
        make_socket_folder(home.root)
        home.files.mkdir(mode=0o700, exist_ok=True)
        async with Supervisor(home.logs) as supervisor:
            serve, databases = await asyncio.gather(
                asyncio.to_thread(_serving), _open_databases(environment, home, supervisor)
            )
            await upgrade_all(databases)  # imports what it needs itself, and two must not import at once
            await _create_administrator_if_named(databases, environment)
            await supervisor.start(
                *(
                    _app_child(app, app_command(app, environment, home, databases), home, inherited, serve)
                    for app in (*SERVICES, GATEWAY)
                )
            )
            await _set_the_scene_once(home, environment)
            print(_ready_line(home, environment), flush=True)
            await asyncio.Event().wait()


async def _create_administrator_if_named(
    databases: list[AppDatabase], environment: Mapping[str, str]
) -> None:
    if environment.get("QOLDAU_ADMINISTRATOR"):
        from cli.access import create_named_administrator  # noqa: PLC0415  brings the gateway, is needed once

        await create_named_administrator(databases, environment)


async def _open_databases(
    environment: Mapping[str, str], home: Home, supervisor: Supervisor
) -> list[AppDatabase]:
    databases = find_databases(environment, home, await _open_database(environment, home, supervisor))
    await apply_all_roles(databases)
    return databases


async def _open_database(environment: Mapping[str, str], home: Home, supervisor: Supervisor) -> str:
    if administrator_named(environment):
        return environment["DATABASE_URL"]
    cluster = prepare_cluster(home.root, tcp_port=home.database_port)
    await supervisor.start(_database_child(cluster))
    return cluster.dsn(DATABASE)


def _database_child(cluster: Cluster) -> Child:
    async def is_ready(pid: int) -> bool:
        return cluster.is_ready(pid)

    async def end_survivors() -> None:
        await asyncio.to_thread(cluster.end_survivors)

    return Child(
        "postgresql",
        cluster.server(),
        is_ready,
        before_start=end_survivors,
        stop_signal=signal.SIGINT,
        seconds_to_stop=60,
    )


def _serving() -> Callable[[Sequence[str]], None] | None:
    """Return what serves an app in a copy of this process, which has then imported them all.

    The copies share the memory of everything that is imported here, and begin at once. None where the system does
    not tell when a copy has ended.
    """
    if not can_copy():
        return None
    from cli.serve import FACTORIES, LATE, PROTOCOL, PROTOCOLS, import_for_good, main  # noqa: PLC0415  heavy

    import_for_good([*FACTORIES.values(), PROTOCOL, *PROTOCOLS.values(), *LATE])
    return main


def _app_child(
    app: str,
    command: Command,
    home: Home,
    inherited: IO[bytes],
    serve: Callable[[Sequence[str]], None] | None,
) -> Child:
    connect = (
        partial(asyncio.open_connection, "127.0.0.1", home.port)
        if app == GATEWAY
        else partial(asyncio.open_unix_connection, socket_of(home, app))
    )
    return Child(
        app,
        command,
        lambda _: _says_ready(connect),
        run=partial(serve, command.arguments[len(SERVE) :]) if serve else None,
        inherited=(inherited.fileno(),),
    )


async def _says_ready(
    connect: Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]],
) -> bool:
    try:
        async with asyncio.timeout(2):
            reader, writer = await connect()
            try:
                writer.write(b"GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                return (await reader.readline()).startswith(b"HTTP/1.1 200 ")
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False


async def _wait_for_leftovers(lock: IO[bytes]) -> None:
    """Wait for the apps of a predecessor that was killed: each has inherited this lock, and is ending."""
    deadline = time.monotonic() + _SECONDS_FOR_LEFTOVERS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                raise CommandError(
                    f"processes of an earlier start still run; see who holds {lock.name}"
                ) from error
            await asyncio.sleep(0.1)
        else:
            return


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CommandError(
                f"port {port} of 127.0.0.1 cannot be used ({error.strerror}): set QOLDAU_PORT to another"
            ) from error


async def _set_the_scene_once(home: Home, environment: Mapping[str, str]) -> None:
    """Load the reference portfolio and play the story at the first start in demonstration mode."""
    done = home.root / "demonstration.ready"
    if wanted_mode(environment) is not Mode.DEMONSTRATION or done.exists():
        return
    from cli.demonstration import set_the_scene  # noqa: PLC0415  brings every app with it, and is needed once

    try:
        await set_the_scene(f"http://127.0.0.1:{home.port}", partial(print, flush=True))
    except CommandError as error:  # the system itself stands, and is worth more than its demonstration
        print(f"The demonstration is incomplete: {error}", flush=True)
    else:
        done.touch()


def _ready_line(home: Home, environment: Mapping[str, str]) -> str:
    command = sys.argv[0] if Path(sys.argv[0]).name == "qoldau" else "qoldau"  # as it was called
    way = "token --as manager" if wanted_mode(environment) is Mode.DEMONSTRATION else "account create"
    return f"Qoldau is ready: http://127.0.0.1:{home.port}/docs (for a token: {command} {way})"
