import asyncio
import os
import signal
import stat
from pathlib import Path

import asyncpg
import psutil
import pytest

from cli.cluster import FORGETFUL, Cluster, ClusterError, prepare_cluster, running_cluster, temporary_cluster
from cli.processes import start
from cli.sockets import make_socket_folder, socket_folder
from tests.instances import empty_home, free_port, is_alive, wait_until

pytestmark = pytest.mark.process


async def fetch(dsn: str, query: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_two_clusters_run_side_by_side_and_end_with_their_blocks() -> None:
    with temporary_cluster() as one, temporary_cluster() as two:
        assert one.data != two.data
        for cluster in (one, two):
            assert await fetch(cluster.dsn(), "SELECT lower('ҚАЗАҚ')") == "қазақ"
        pids = [int((cluster.data / "postmaster.pid").read_text().split()[0]) for cluster in (one, two)]
    assert not any(map(psutil.pid_exists, pids))
    assert not one.data.exists()


async def test_a_cautious_umask_does_not_lock_its_system_user_out() -> None:
    with empty_home() as home:
        before = os.umask(0o077)
        try:
            with running_cluster(home, settings=FORGETFUL, durable=False) as cluster:
                assert await fetch(cluster.dsn(), "SELECT 1") == 1
        finally:
            os.umask(before)


async def test_it_listens_on_loopback_only_if_asked() -> None:
    port = free_port()
    with empty_home() as home:
        for asked, addresses in ((None, ""), (port, "127.0.0.1")):
            with running_cluster(home, tcp_port=asked, settings=FORGETFUL, durable=False) as cluster:
                assert await fetch(cluster.dsn(), "SHOW listen_addresses") == addresses


async def test_errors_in_its_log_quote_no_values() -> None:
    with empty_home() as home, running_cluster(home, settings=FORGETFUL, durable=False) as cluster:
        with pytest.raises(asyncpg.InvalidTextRepresentationError):
            await fetch(cluster.dsn(), "SELECT 'N01234567 (synthetic)'::int")
        assert "N01234567" not in (home / "logs" / "postgresql.log").read_text()


async def test_what_a_killed_server_leaves_behind_is_ended_and_nothing_is_lost() -> None:
    with empty_home() as home, (home / "log").open("ab") as log:
        cluster = prepare_cluster(home, durable=False)
        server = start(cluster.server(), signal.SIGINT, log)
        wait_until(lambda: cluster.is_ready(server.pid), "PostgreSQL is ready")
        await fetch(cluster.dsn(), "CREATE TABLE kept AS SELECT 1 AS one")
        # Computing, it does not notice that its server is gone.
        busy = asyncio.create_task(fetch(cluster.dsn(), "SELECT count(*) FROM generate_series(1, 1e12)"))
        await asyncio.to_thread(wait_until, lambda: len(backends(cluster)) > 0, "a backend is busy")
        survivors = backends(cluster)
        server.kill()
        server.wait()
        assert all(map(is_alive, survivors))
        with running_cluster(home, durable=False) as again:
            assert await fetch(again.dsn(), "SELECT one FROM kept") == 1
        assert not any(map(is_alive, survivors))
        with pytest.raises((asyncpg.PostgresError, OSError)):
            await busy


def backends(cluster: Cluster) -> list[psutil.Process]:
    """The processes that run a query."""
    pid = int((cluster.data / "postmaster.pid").read_text().split()[0])
    return [child for child in psutil.Process(pid).children() if "SELECT" in " ".join(child.cmdline())]


def test_another_version_of_the_data_is_refused_with_the_way_out() -> None:
    with empty_home() as home:
        (home / "data").mkdir()
        (home / "data" / "PG_VERSION").write_text("14\n")
        with pytest.raises(ClusterError, match=r"made by PostgreSQL 14.*back up"):
            prepare_cluster(home)


def test_a_deep_home_has_its_sockets_in_a_short_folder() -> None:
    home = Path("/") / "/".join(["d" * 40] * 3)
    assert socket_folder(Path("/short")) == Path("/short/run")
    assert len(str(socket_folder(home) / "postgresql/.s.PGSQL.5432")) < 107
    assert socket_folder(home) != socket_folder(home / "other")


async def test_a_cluster_in_a_deep_home_works() -> None:
    with empty_home() as shallow:
        home = shallow / ("d" * 60) / ("e" * 60)
        home.mkdir(parents=True)
        sockets = socket_folder(home)
        try:
            with running_cluster(home, settings=FORGETFUL, durable=False) as cluster:
                assert await fetch(cluster.dsn(), "SELECT 1") == 1
                assert stat.S_IMODE(sockets.stat().st_mode) & stat.S_IRWXO == 0
        finally:
            (sockets / "postgresql").rmdir()
            sockets.rmdir()


def test_a_socket_folder_of_somebody_else_is_refused() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can make a folder of another user")
    with empty_home() as home:
        (home / "run").mkdir()
        os.chown(home / "run", 65534, 65534)
        with pytest.raises(Exception, match="belongs to somebody else"):
            make_socket_folder(home)


def test_a_home_that_the_unprivileged_user_cannot_enter_is_named() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root gives PostgreSQL another user")
    with empty_home() as home:
        closed = home / "closed"
        (closed / "home").mkdir(parents=True)
        closed.chmod(0o700)
        with pytest.raises(ClusterError, match=f"cannot enter {closed}"):
            prepare_cluster(closed / "home")
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
