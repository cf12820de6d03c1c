"""A whole instance: an overview over three services, how soon it answers, what it needs while idle."""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path
from typing import Final

import httpx
import psutil

from benchmarks.harness import Contender, compare, report, say_goal, serve
from cli.access import sign_in
from cli.acts.planning import CODE
from cli.databases import reachable_databases
from cli.environment import GATEWAY, SERVICES
from cli.home import Home
from services.common.identity import Role
from tests.instances import UNLIMITED, Instance, empty_home, free_port, running_instance

STARTS: Final = 3
MOST_QUESTIONS: Final = 1_000
IDLE_SECONDS: Final = 5.0
MIB: Final = 1 << 20


def main() -> None:
    """Play the story in an instance of its own, measure and print."""
    environment = {"QOLDAU_DEMO": "1", **UNLIMITED}
    with empty_home() as home, tempfile.TemporaryDirectory(prefix="qoldau-bench-") as name:
        port = free_port()
        with running_instance(home, environment, port) as instance:
            instance.wait_until_ready()
            headers = {"Authorization": f"Bearer {asyncio.run(sign_in(instance.url, Role.ADMINISTRATOR))}"}
            path = _overview_path(instance, headers)
            _compare(instance, Path(name), path, headers)
            instance.stop()
        seconds, megabytes = [], []
        for _ in range(STARTS):
            begun = time.perf_counter()
            with running_instance(home, environment, port) as instance:
                _await_answer(f"{instance.url}{path}", headers)
                seconds.append(time.perf_counter() - begun)
                time.sleep(IDLE_SECONDS)
                megabytes.append(_proportional_memory(instance))
                instance.stop()
    print("\nA whole instance, its database initialized")
    say_goal("Start to the first composed answer", statistics.median(seconds), 3, unit=" s", at_most=True)
    memory = statistics.median(megabytes)
    say_goal("Memory (PSS) of the four idle processes", memory, 260, unit=" MiB", at_most=True)


def _overview_path(instance: Instance, headers: dict[str, str]) -> str:
    wanted = {"code": CODE, "provenance": "synthetic"}
    found = httpx.get(f"{instance.url}/v1/editions", params=wanted, headers=headers, trust_env=False)
    return f"/v1/overviews/editions/{found.json()['items'][0]['id']}"


def _compare(instance: Instance, folder: Path, path: str, headers: dict[str, str]) -> None:
    home = Home(instance.home, instance.port)
    with reachable_databases({}, home) as databases:
        readers = {f"BENCH_{database.app.upper()}": str(database.reader) for database in databases}
    edition = path.rpartition("/")[2]
    with serve("benchmarks.ceilings:overview", folder, readers | {"BENCH_EDITION": edition}) as (
        one,
        address,
    ):
        ceiling = Contender("one process", [one], address, "/")
        measured = Contender("gateway and three services", _ours(instance), instance.port, path, headers)
        compare([ceiling, measured])
    report("Edition overview", measured, ceiling, goal=0.50)


def _await_answer(url: str, headers: dict[str, str]) -> None:
    """Ask, and ask again, until the answer is whole; the question that it answers is timed, too."""
    seen = ""
    for _ in range(MOST_QUESTIONS):
        try:
            answer = httpx.get(url, headers=headers, trust_env=False)
            seen = answer.text
            if answer.status_code == httpx.codes.OK and not answer.json()["missing"]:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.02)
    raise RuntimeError(f"no whole answer: {seen[:500]}")


def _proportional_memory(instance: Instance) -> float:
    """Return the MiB of the four apps; what processes share is counted once."""
    return sum(process.memory_full_info().pss for process in _ours(instance)) / MIB


def _ours(instance: Instance) -> list[psutil.Process]:
    return [instance.child(app) for app in (*SERVICES, GATEWAY)]


if __name__ == "__main__":
    main()
