"""`qoldau migration`: drafts a revision from the declared tables, on a database made for that alone."""

import asyncio
from enum import StrEnum
from typing import Annotated

import typer

from cli.cluster import Cluster, temporary_cluster
from cli.roles import KEYSTORE, apply_roles, names_of


class App(StrEnum):
    """Who has a schema."""

    PROGRAMS = "programs"
    PARTICIPANTS = "participants"
    EVALUATION = "evaluation"
    GATEWAY = "gateway"
    KEYSTORE = KEYSTORE


def migration(
    app: Annotated[App, typer.Argument(help="Whose schema.")],
    message: Annotated[str, typer.Argument(help="What changes, in a few words.")],
) -> None:
    """Draft a revision: the difference between the newest one and the declared tables."""
    with temporary_cluster() as cluster:
        asyncio.run(_draft(cluster, app, message))


async def _draft(cluster: Cluster, app: str, message: str) -> None:
    from migrations.run import draft, upgrade  # noqa: PLC0415  dear, and no other command needs it at once

    names = names_of(app, "qoldau")
    dsn = cluster.dsn(names.database)
    await apply_roles(dsn, names, {})
    await upgrade(app, dsn, names.owner)
    await draft(app, dsn, names.owner, message)
