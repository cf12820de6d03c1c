"""`qoldau load-portfolio`: the reference portfolio, over the public API."""

import asyncio
import os
from typing import Annotated

import httpx
import typer

from cli.access import sign_in
from cli.errors import CommandError
from cli.home import find_address
from cli.portfolio.loader import load_portfolio
from services.common.identity import Role


def load_portfolio_command(
    token: Annotated[
        str | None,
        typer.Option(envvar="QOLDAU_TOKEN", help="A token of role importer; else a demonstration account's."),
    ] = None,
) -> None:
    """Enter what is missing of the reference portfolio; a second run changes nothing."""
    print(f"{asyncio.run(load_into(find_address(os.environ), token))} rows entered")


async def load_into(address: str, token: str | None = None) -> int:
    """Load the reference portfolio into the system at `address`; return how many rows were entered."""
    token = token or await sign_in(address, Role.IMPORTER)
    headers = {"Authorization": f"Bearer {token}"}
    try:
        async with httpx.AsyncClient(
            base_url=address, headers=headers, trust_env=False, timeout=15
        ) as client:
            return await load_portfolio(client)
    except httpx.HTTPStatusError as error:
        raise CommandError(f"a row was refused with status {error.response.status_code}") from error
