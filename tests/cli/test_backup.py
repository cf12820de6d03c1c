import asyncio
import stat
from pathlib import Path

import asyncpg
import pytest

from cli.cluster import running_cluster
from tests.instances import empty_home, run_command

pytestmark = pytest.mark.process


FAR_ENTRY = (
    "INSERT INTO audit_entry (id, actor, action, subject_kind, subject_id, subject_version, fields, changed_in)"
    " VALUES (gen_random_uuid(), 'synthetic', 'x.y', 'x', gen_random_uuid(), 1, '[]', 4000000000)"
)
"""Written by a transaction of a cluster that counts much further."""
TOLD = "SELECT bool_and(changed_in < pg_snapshot_xmin(pg_current_snapshot())::text::bigint) FROM audit_entry"


def execute(home: Path, statement: str, database: str = "qoldau") -> object:
    async def run(dsn: str) -> object:
        connection = await asyncpg.connect(dsn)
        try:
            await connection.execute("SET search_path = programs, keystore, public")
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    with running_cluster(home) as cluster:
        return asyncio.run(run(cluster.dsn(database)))


def succeed(*arguments: str, home: Path) -> None:
    done = run_command(*arguments, home=home)
    assert done.returncode == 0, done.stderr


def test_a_backup_fills_a_new_home_and_holds_no_keys(tmp_path: Path) -> None:
    file, keys = tmp_path / "backup", tmp_path / "keys"
    with empty_home() as home:
        succeed("migrate", home=home)
        execute(home, "CREATE TABLE programs.kept AS SELECT 'kept (synthetic)' AS text")
        execute(home, "CREATE TABLE keystore.secret AS SELECT 'key (synthetic)' AS text", "qoldau_keystore")
        execute(home, FAR_ENTRY)
        succeed("backup", str(file), home=home)
        succeed("backup-keys", str(keys), home=home)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with empty_home() as home:
        succeed("restore", str(file), home=home)
        assert execute(home, "SELECT text FROM kept") == "kept (synthetic)"
        assert execute(home, TOLD) is True
        assert execute(home, "SELECT to_regclass('keystore.secret')::text", "qoldau_keystore") is None
        assert execute(home, "SELECT to_regclass('keystore.secret')::text") is None
        succeed("restore-keys", str(keys), home=home)
        assert execute(home, "SELECT text FROM secret", "qoldau_keystore") == "key (synthetic)"
        audited = "SELECT has_table_privilege('qoldau_programs', 'programs.audit_entry', '{}')"
        assert execute(home, audited.format("INSERT")) is True
        assert execute(home, audited.format("DELETE")) is False


def test_data_are_replaced_only_if_asked_and_only_as_a_whole(tmp_path: Path) -> None:
    file = tmp_path / "backup"
    with empty_home() as home:
        succeed("migrate", home=home)
        succeed("backup", str(file), home=home)
        execute(home, "CREATE TABLE programs.later AS SELECT 1 AS one")
        refused = run_command("restore", str(file), home=home)
        assert refused.returncode == 1
        assert "--replace" in refused.stderr
        broken = tmp_path / "broken"
        broken.write_bytes(file.read_bytes()[:-2000])
        assert run_command("restore", "--replace", str(broken), home=home).returncode == 1
        assert execute(home, "SELECT one FROM later") == 1
        succeed("restore", "--replace", str(file), home=home)
        assert execute(home, "SELECT to_regclass('programs.later')::text") is None
