import subprocess
import sys
from collections.abc import Callable

import pytest

from cli.main import COMMANDS, app
from tests.instances import ROOT

pytestmark = pytest.mark.process

Qoldau = Callable[..., tuple[object, str]]
"""Calls the command line in this process; gives the exit status and what was printed."""


@pytest.fixture
def qoldau(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Qoldau:
    def call(*arguments: str) -> tuple[object, str]:
        monkeypatch.setattr(sys, "argv", ["qoldau", *arguments])
        with pytest.raises(SystemExit) as ended:
            app()
        return ended.value.code, capsys.readouterr().out

    return call


def test_the_help_lists_every_command() -> None:
    command = [sys.executable, "-m", "cli.main", "--help"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    listed = {line.split()[0] for line in told.splitlines() if line.startswith("  ")}
    assert set(COMMANDS) <= listed


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_under_its_name(name: str, qoldau: Qoldau) -> None:
    status, told = qoldau(name, "--help")
    assert status == 0
    assert f"qoldau {name} " in told.strip().partition("\n")[0]


def test_an_unknown_command_is_an_error(qoldau: Qoldau) -> None:
    assert qoldau("uup")[0] == 2


@pytest.mark.parametrize("role", ["public", "service"])
def test_what_nobody_can_be_is_refused_in_words(role: str, qoldau: Qoldau) -> None:
    assert qoldau("account", "create", "somebody@example.org", "--role", role)[0] == 2


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
