"""The console script `qoldau`: one command group per file of this folder."""

import sys
from typing import Any

import typer

from cli.access import account, token
from cli.backup import backup, backup_keys, restore, restore_keys
from cli.clock import clock
from cli.errors import CommandError
from cli.invariants import check_invariants
from cli.keys import keys
from cli.loading import load_portfolio_command
from cli.migrate import migrate, roles
from cli.migration import migration
from cli.openapi import openapi
from cli.outbox import outbox
from cli.story import story
from cli.up import up


class _Commands(typer.Typer):
    """Tells the operator what went wrong in one line, without a traceback."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        try:
            return super().__call__(*args, **options)
        except CommandError as error:
            sys.exit(f"qoldau: {error}")


app = _Commands(
    help="Qoldau, from the operator's side.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(up)
app.command("load-portfolio")(load_portfolio_command)
app.command()(story)
app.command()(clock)
app.command()(token)
app.add_typer(account, name="account")
app.command()(migrate)
app.command()(roles)
app.add_typer(keys, name="keys")
app.add_typer(outbox, name="outbox")
app.command()(backup)
app.command()(restore)
app.command("backup-keys")(backup_keys)
app.command("restore-keys")(restore_keys)
app.command("check-invariants")(check_invariants)
app.command()(migration)
app.command()(openapi)

if __name__ == "__main__":
    app()
