"""`qoldau migrate` and `qoldau roles`: databases, roles, schemas and tables, brought up to date."""

import asyncio
import os
from typing import Annotated

import typer

from cli.access import create_named_administrator
from cli.databases import AppDatabase, apply_all_roles, migrate_all, reachable_databases
from cli.home import DATABASE, find_home
from cli.roles import print_sql


def migrate() -> None:
    """Bring roles, schemas and tables of every app to their newest state; make the administrator that is named."""
    with reachable_databases(os.environ, find_home(os.environ)) as databases:
        asyncio.run(_migrate(databases))


async def _migrate(databases: list[AppDatabase]) -> None:
    await migrate_all(databases)
    await create_named_administrator(databases, os.environ)


def roles(
    database: Annotated[str, typer.Option(help="Name of the main database in the SQL.")] = DATABASE,
    sql: Annotated[bool, typer.Option("--print-sql", help="Print what an administrator has to run.")] = False,
) -> None:
    """Make databases, roles and schemas, or print how an administrator makes them."""
    if sql:
        print(print_sql(database), end="")
        return
    with reachable_databases(os.environ, find_home(os.environ)) as databases:
        asyncio.run(apply_all_roles(databases))
