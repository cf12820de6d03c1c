"""Clients generated from the merged document compile, and play part of the story against a running system."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.contracts.conftest import Portfolio
from tests.instances import ROOT

pytestmark = pytest.mark.process
CLIENTS = ROOT / "clients"


def run(*command: str, **environment: str) -> str:
    """Return what the command says; fails with its words if it fails."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    ended = subprocess.run(
        command, check=False, cwd=ROOT, env=ours | environment, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-3000:]
    return ended.stdout + ended.stderr


@pytest.fixture(scope="session")
def node() -> str:
    """Where node is, once the clients were generated and their types checked.

    Of the scope of `portfolio`, so that no system is started where there is no node.
    """
    found = shutil.which("node")
    if found is None:
        pytest.skip("node is not installed")
    if not (CLIENTS / "node_modules" / ".installed").exists():
        pytest.skip("run `make node`")
    run("make", "clients")  # warnings are errors; what was made of the same document stands
    return found


def test_a_typescript_client_plays_its_part(node: str, portfolio: Portfolio) -> None:
    assert "played: " in run(node, str(CLIENTS / "generated" / "js" / "story.js"), portfolio.url)


@pytest.mark.usefixtures("node")
def test_a_python_client_plays_its_part(portfolio: Portfolio) -> None:
    path = str(CLIENTS / "generated")
    assert "played: " in run(sys.executable, str(CLIENTS / "story.py"), portfolio.url, PYTHONPATH=path)


def test_what_the_interface_does_not_have_does_not_compile(node: str) -> None:
    """Negative control."""
    wrong = CLIENTS / "generated" / "wrong.ts"
    text = (CLIENTS / "story.ts").read_text().replace("./generated/", "./")
    wrong.write_text(text.replace("capacity_max: capacity", "capacity_max: String(capacity)"))
    options = (
        "--strict",
        "--noEmit",
        "--skipLibCheck",
        "--module",
        "nodenext",
        "--target",
        "es2022",
        "--lib",
        "es2022,dom",
    )
    command = [node, str(CLIENTS / "node_modules" / "typescript" / "bin" / "tsc"), *options, str(wrong)]
    ended = subprocess.run(command, check=False, cwd=CLIENTS, capture_output=True, text=True)
    assert "Type 'string' is not assignable to type 'number'" in ended.stdout
