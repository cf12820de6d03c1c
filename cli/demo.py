"""`qoldau demo`: the whole system as a training sandbox that can be begun again."""

import asyncio
import os
import shutil
from collections.abc import Mapping
from typing import Annotated, Final

import typer

from cli.databases import administrator_named
from cli.errors import CommandError
from cli.home import Home, find_home
from cli.mode import Mode, find_mode
from cli.up import run_until_stopped

FORGOTTEN: Final = ("data", "files", "mail", "demonstration.ready")
"""What a sandbox holds of what was done in it; its keys and passwords stay, for nothing is left to open."""


def demo(
    reset: Annotated[
        bool, typer.Option("--reset", help="Forget everything that was entered, and play the story afresh.")
    ] = False,
) -> None:
    """Start everything in demonstration mode, as `make run` does."""
    home = find_home(os.environ)
    environment = os.environ | {"QOLDAU_DEMO": "1"}
    with home.held():
        if reset:
            empty_sandbox(home, environment)
        asyncio.run(run_until_stopped(home, environment))


def empty_sandbox(home: Home, environment: Mapping[str, str]) -> None:
    """Delete what was entered in a demonstration; raise `CommandError` if the home is anything else."""
    if administrator_named(environment):
        raise CommandError("only the embedded PostgreSQL can be emptied: DATABASE_URL names another one")
    if find_mode(home) is Mode.PRODUCTION:
        raise CommandError(f"{home.root} was not begun as a demonstration: it is never emptied")
    for name in FORGOTTEN:
        path = home.root / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
