"""The console script `qoldau`: one command group per file of this folder."""

import typer

from cli.migration import migration

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Qoldau, from the operator's side.")
app.command()(migration)

if __name__ == "__main__":
    app()
