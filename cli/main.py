"""The console script `qoldau`: one command group per file of this folder."""

import importlib
import sys
from typing import Any, Final

import typer

from cli.errors import CommandError

COMMANDS: Final = {
    "up": "cli.up:up",
    "demo": "cli.demo:demo",
    "load-portfolio": "cli.loading:load_portfolio_command",
    "load-questionnaires": "cli.loading:load_questionnaires_command",
    "story": "cli.story:story",
    "clock": "cli.clock:clock",
    "token": "cli.access:token",
    "account": "cli.access:account",
    "codelists": "cli.codelists:codelists",
    "migrate": "cli.migrate:migrate",
    "roles": "cli.migrate:roles",
    "keys": "cli.keys:keys",
    "outbox": "cli.outbox:outbox",
    "backup": "cli.backup:backup",
    "restore": "cli.backup:restore",
    "backup-keys": "cli.backup:backup_keys",
    "restore-keys": "cli.backup:restore_keys",
    "check-invariants": "cli.invariants:check_invariants",
    "migration": "cli.migration:migration",
    "openapi": "cli.openapi:openapi",
}
"""Each command, or group of commands, and where it is.

Only the one that is called gets imported: some bring every app of the house with them, which would double the
time of `qoldau up` and stay in its memory for as long as it runs.
"""


def app() -> None:
    """Run the command that the arguments name, or list the commands."""
    called = [name for name in sys.argv[1:2] if name in COMMANDS]
    try:
        commands_of(called or list(COMMANDS))()
    except CommandError as error:
        sys.exit(f"qoldau: {error}")


def commands_of(names: list[str]) -> typer.Typer:
    """Return the commands of these names; imports what each needs."""
    commands = typer.Typer(
        help="Qoldau, from the operator's side.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    commands.callback()(_stay_a_group)
    for name in names:
        module, _, attribute = COMMANDS[name].partition(":")
        found: Any = getattr(importlib.import_module(module), attribute)
        if isinstance(found, typer.Typer):
            commands.add_typer(found, name=name)
        else:
            commands.command(name)(found)
    return commands


def _stay_a_group() -> None:
    """Keep the command's name: typer drops it where there is but one."""


if __name__ == "__main__":
    app()
