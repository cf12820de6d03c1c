"""`qoldau load-portfolio` and `load-questionnaires`: what comes with the system, over the public API."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Annotated

import httpx
import typer

from cli.access import sign_in
from cli.errors import CommandError
from cli.home import find_address
from cli.portfolio.loader import load_portfolio
from cli.questionnaires.loader import load_questionnaires
from services.common.identity import Role


def load_portfolio_command(
    token: Annotated[
        str | None,
        typer.Option(envvar="QOLDAU_TOKEN", help="A token of role importer; else a demonstration account's."),
    ] = None,
) -> None:
    """Enter what is missing of the reference portfolio; a second run changes nothing."""
    print(f"{asyncio.run(load_into(find_address(os.environ), token))} rows entered")


def load_questionnaires_command(
    token: Annotated[
        str | None,
        typer.Option(
            envvar="QOLDAU_TOKEN", help="A token of role evaluator; else a demonstration account's."
        ),
    ] = None,
) -> None:
    """Enter and publish the ready questionnaires that are missing, and let every edition be asked by them."""
    entered = asyncio.run(load_library(find_address(os.environ), token))
    print(f"{entered} questionnaires entered")


async def load_into(address: str, token: str | None = None) -> int:
    """Load the reference portfolio into the system at `address`; return how many rows were entered."""
    return await _load(address, token or await sign_in(address, Role.IMPORTER), load_portfolio)


async def load_library(address: str, token: str | None = None) -> int:
    """Load the ready questionnaires into the system at `address`; return how many were entered."""
    return await _load(address, token or await sign_in(address, Role.EVALUATOR), load_questionnaires)


async def _load(address: str, token: str, load: Callable[[httpx.AsyncClient], Awaitable[int]]) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    try:
        async with httpx.AsyncClient(
            base_url=address, headers=headers, trust_env=False, timeout=15
        ) as client:
            return await load(client)
    except httpx.HTTPStatusError as error:
        raise CommandError(f"a row was refused with status {error.response.status_code}") from error
