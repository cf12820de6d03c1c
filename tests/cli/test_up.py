import asyncio
import os
import secrets
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
import psutil
import pytest

from cli.cluster import prepare_cluster
from cli.environment import GATEWAY, SERVICES
from cli.roles import KEYSTORE, dsn_for, names_of
from services.common.identity import TokenSigner
from tests.instances import (
    Instance,
    empty_home,
    free_port,
    is_alive,
    run_command,
    running_instance,
    says_ready,
    start_command,
    wait_until,
)

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def instance() -> Iterator[Instance]:
    with empty_home() as home, running_instance(home, measured=True) as running:
        yield running


def test_one_line_says_where_the_portal_is_and_how_to_get_a_token(instance: Instance) -> None:
    assert instance.ready_line.startswith(f"Qoldau is ready: {instance.url}/docs ")
    assert "token" in instance.ready_line
    assert says_ready(instance)


@pytest.mark.parametrize("app", [*SERVICES, GATEWAY])
def test_a_killed_app_is_back(instance: Instance, app: str) -> None:
    instance.kill(app)
    wait_until(lambda: says_ready(instance), f"{app} serves again")


def test_the_other_apps_alone_can_have_links_made(instance: Instance) -> None:
    signer = TokenSigner.read("participants", instance.home / "keys" / "participants.json")
    headers = {"Authorization": f"Bearer {signer.sign_as_service(audience=GATEWAY)}"}
    wanted = {"subject": str(uuid4()), "grants": [{"role": "participant"}]}
    inside = httpx.HTTPTransport(uds=str(instance.home / "run" / f"{GATEWAY}.sock"))
    with httpx.Client(transport=inside, base_url="http://app", headers=headers) as app:
        made = app.post("/internal/links", json=wanted)
        assert made.status_code == 201, made.text
        assert app.get("/health/ready").status_code == 200
        assert app.get("/v1/me").status_code == 404
    with httpx.Client(base_url=instance.url, trust_env=False) as client:
        assert client.post("/internal/links", json=wanted, headers=headers).status_code == 404
        body = {"grant_type": "link", "token": made.json()["token"]}
        assert client.post("/v1/auth/token", json=body).status_code == 200


def test_a_killed_database_is_back_with_its_data(instance: Instance) -> None:
    dsn = prepare_cluster(instance.home).dsn("qoldau")

    async def execute(statement: str) -> object:
        connection = await asyncpg.connect(dsn)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    asyncio.run(execute("CREATE TABLE kept AS SELECT 1 AS one"))
    instance.kill("postgresql")
    wait_until(lambda: says_ready(instance), "all serve again")
    assert asyncio.run(execute("SELECT one FROM kept")) == 1


def test_a_second_start_on_the_same_home_is_refused(instance: Instance) -> None:
    refused = run_command("up", home=instance.home)
    assert refused.returncode == 1
    assert f"in use by process {instance.process.pid}" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_port_that_is_taken_is_named(instance: Instance) -> None:
    with empty_home() as home:
        refused = run_command("up", home=home, environment={"QOLDAU_PORT": str(instance.port)})
    assert refused.returncode == 1
    assert f"port {instance.port}" in refused.stderr
    assert "QOLDAU_PORT" in refused.stderr


def test_commands_use_the_running_database(instance: Instance) -> None:
    assert run_command("migrate", home=instance.home).returncode == 0


def test_the_environment_names_the_first_administrator_and_changes_nobody(instance: Instance) -> None:
    def migrate(password: str) -> int:
        told = {"QOLDAU_ADMINISTRATOR": "First@agency.example", "QOLDAU_ADMINISTRATOR_PASSWORD": password}
        return run_command("migrate", home=instance.home, environment=told).returncode

    def sign_in(password: str) -> int:
        told = {"grant_type": "password", "login": "first@agency.example", "password": password}
        return httpx.post(f"{instance.url}/v1/auth/token", json=told).status_code

    assert migrate("short") == 1
    assert migrate("synthetic-password-1") == 0
    assert migrate("synthetic-password-2") == 0
    assert (sign_in("synthetic-password-1"), sign_in("synthetic-password-2")) == (200, 401)


def test_secrets_and_sockets_are_closed_to_others(instance: Instance) -> None:
    secrets = [instance.home / "passwords.json", *(instance.home / "keys").iterdir()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in secrets} == {0o600}
    assert (instance.home / "run").stat().st_mode & stat.S_IRWXO == 0


def test_however_it_ends_it_leaves_no_process_and_starts_again(instance: Instance) -> None:
    """Beside another instance: ended by Ctrl-C, by the death of its supervisor, and when asked to."""
    with empty_home() as home:
        with running_instance(home) as first:
            assert says_ready(first)
            assert says_ready(instance)
            running = first.processes()
            assert len(running) > len([*SERVICES, GATEWAY, "postgresql"])
            assert first.stop(signal.SIGINT) == 0
            assert not any(map(is_alive, running))
        with running_instance(home) as second:
            running = second.processes()
            second.stop(signal.SIGKILL)
            with running_instance(home) as third:
                assert says_ready(third)
                wait_until(lambda: not any(map(is_alive, running)), "all of the killed start have ended")
                running = third.processes()
                assert third.stop(signal.SIGTERM) == 0
                assert not any(map(is_alive, running))
    assert says_ready(instance)


def test_a_stop_during_the_start_leaves_no_process() -> None:
    with empty_home() as home:
        process = start_command("up", home=home, port=free_port())
        wait_until((home / "data" / "postmaster.pid").exists, "PostgreSQL is being started")
        running = psutil.Process(process.pid).children(recursive=True)
        process.terminate()
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
        assert not any(map(is_alive, running))


async def test_a_database_that_is_named_is_used_instead_of_the_embedded_one(cluster_dsn: str) -> None:
    name = f"up_{secrets.token_hex(4)}"
    dsn = dsn_for(cluster_dsn, name)
    try:
        with empty_home() as home:
            with running_instance(home, {"DATABASE_URL": dsn}) as instance:
                assert says_ready(instance)
                with pytest.raises(LookupError):
                    instance.child("postgresql")
            assert not (home / "data").exists()
    finally:
        connection = await asyncpg.connect(cluster_dsn)
        for app in ("programs", KEYSTORE):
            await connection.execute(f'DROP DATABASE IF EXISTS "{names_of(app, name).database}" WITH (FORCE)')
        await connection.close()


def test_an_ordinary_user_can_run_it() -> None:
    if os.geteuid() != 0:
        pytest.skip("the other tests of this file have shown it: they are not run by root")
    python = next((path for path in (sys.executable, "/usr/bin/python3") if usable_by_nobody(path)), None)
    if python is None:
        pytest.skip("no interpreter of this version is within reach of an ordinary user")
    with empty_home() as home:
        os.chown(home, 65534, 65534)
        port = free_port()
        libraries = next(path for path in sys.path if path.endswith("site-packages"))
        process = subprocess.Popen(
            [python, "-m", "cli.main", "up"],
            cwd=Path(__file__).parents[2],
            env={
                "PATH": os.defpath,
                "PYTHONPATH": libraries,
                "QOLDAU_HOME": str(home),
                "QOLDAU_PORT": str(port),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            user=65534,
            group=65534,
            extra_groups=[],
        )
        assert process.stdout is not None
        instance = Instance(home, port, process, process.stdout.readline())
        running = instance.processes() if process.poll() is None else []
        process.terminate()
        _, errors = process.communicate(timeout=60)
        assert "Qoldau is ready" in instance.ready_line, errors
        assert {found.uids().real for found in running if found.is_running()} <= {65534}
        assert process.returncode == 0
        assert not any(map(is_alive, running))


def usable_by_nobody(python: str) -> bool:
    """Whether an ordinary user can run this interpreter, the code and the libraries of its patch version."""
    libraries = next(path for path in sys.path if path.endswith("site-packages"))
    try:
        answer = subprocess.run(
            [python, "-c", "import sys, asyncpg.protocol, cli.main; print(sys.version_info[:3])"],
            cwd=Path(__file__).parents[2],
            env={"PATH": os.defpath, "PYTHONPATH": libraries},
            capture_output=True,
            text=True,
            check=False,
            user=65534,
            group=65534,
            extra_groups=[],
        )
    except PermissionError:
        return False
    return answer.stdout.strip() == str(sys.version_info[:3])
