"""The overview of an edition over three services, against the same functions called in one process."""

import asyncio
import tempfile
from pathlib import Path

import httpx
import psutil

from benchmarks.harness import Contender, compare, report, serve
from cli.access import sign_in
from cli.acts.planning import CODE
from cli.databases import reachable_databases
from cli.home import Home
from services.common.identity import Role
from tests.instances import UNLIMITED, Instance, empty_home, running_instance


def main() -> None:
    """Play the story in an instance of its own, measure and print."""
    with (
        empty_home() as home,
        running_instance(home, {"QOLDAU_DEMO": "1", **UNLIMITED}) as instance,
        tempfile.TemporaryDirectory(prefix="qoldau-bench-") as name,
    ):
        instance.wait_until_ready()
        _compare(instance, Path(name))


def _compare(instance: Instance, folder: Path) -> None:
    token = asyncio.run(sign_in(instance.url, Role.MANAGER))
    headers = {"Authorization": f"Bearer {token}"}
    wanted = {"code": CODE, "provenance": "synthetic"}
    found = httpx.get(f"{instance.url}/v1/editions", params=wanted, headers=headers, trust_env=False)
    edition = found.json()["items"][0]["id"]
    home = Home(instance.home, instance.port)
    with reachable_databases({}, home) as databases:
        readers = {f"BENCH_{database.app.upper()}": str(database.reader) for database in databases}
    with serve("benchmarks.ceilings:overview", folder, readers | {"BENCH_EDITION": edition}) as (
        one,
        address,
    ):
        ceiling = Contender("one process", [one], address, "/")
        measured = Contender(
            "gateway and three services",
            [process for process in instance.processes() if _is_ours(process)],
            instance.port,
            f"/v1/overviews/editions/{edition}",
            headers,
        )
        compare([ceiling, measured])
    report("Edition overview", measured, ceiling, goal=0.50)


def _is_ours(process: psutil.Process) -> bool:
    return "cli.serve" in process.cmdline()


if __name__ == "__main__":
    main()
