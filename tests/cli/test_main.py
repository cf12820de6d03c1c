import subprocess
import sys

import pytest

from cli.main import COMMANDS
from tests.instances import ROOT

pytestmark = pytest.mark.process


def qoldau(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_the_help_lists_every_command() -> None:
    listed = {line.split()[0] for line in qoldau("--help").stdout.splitlines() if line.startswith("  ")}
    assert set(COMMANDS) <= listed


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_under_its_name(name: str) -> None:
    explained = qoldau(name, "--help")
    assert explained.returncode == 0, explained.stderr
    assert explained.stdout.strip().startswith(f"Usage: python -m cli.main {name} ")


def test_an_unknown_command_is_an_error() -> None:
    assert qoldau("uup").returncode == 2


def test_what_starts_the_system_does_not_load_its_apps() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, cli.up; print(*sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    heavy = {"fastapi", "sqlalchemy", "alembic", "gateway.app", "services.programs.app"}
    assert not heavy & set(loaded.stdout.split())
