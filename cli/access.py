"""`qoldau token` and `qoldau account`: how an operator gets in."""

import asyncio
import os
import sys
from collections.abc import Iterable, Mapping
from typing import Annotated, Final

import httpx
import typer
from pydantic import SecretStr, ValidationError

from cli.databases import AppDatabase, reachable_databases
from cli.errors import CommandError
from cli.home import find_address, find_home
from cli.sessions import open_sessions
from gateway.identity.db.accounts import find_account
from gateway.identity.operations.accounts import create_account, create_grant
from gateway.identity.operations.demonstration import PASSWORD, login_of
from gateway.identity.operations.passwords import Passwords
from gateway.identity.schemas.accounts import AccountCreate, GrantCreate
from services.common.identity import Role, acting_service
from services.common.problems import Problem

SHORTEST_PASSWORD: Final = 12
ADMINISTRATOR: Final = "QOLDAU_ADMINISTRATOR"
ADMINISTRATOR_PASSWORD: Final = "QOLDAU_ADMINISTRATOR_PASSWORD"  # noqa: S105  the name of the setting

account = typer.Typer(help="Accounts of people.", no_args_is_help=True)


def token(
    as_: Annotated[Role, typer.Option("--as", help="The role of the demonstration account to sign in with.")],
) -> None:
    """Print an access token of a demonstration account (10 minutes; demonstration mode only)."""
    print(asyncio.run(sign_in(find_address(os.environ), as_)))


async def sign_in(address: str, role: Role) -> str:
    """Return an access token of the demonstration account with `role`; raises `CommandError`."""
    credentials = {"grant_type": "password", "login": login_of(role), "password": PASSWORD}
    try:
        async with httpx.AsyncClient(base_url=address, trust_env=False) as client:
            answer = await client.post("/v1/auth/token", json=credentials)
    except httpx.ConnectError as error:
        raise CommandError(f"nobody answers at {address}: start the system with `make run`") from error
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        raise CommandError("too many attempts to sign in; wait a minute")
    if answer.status_code != httpx.codes.OK:
        raise CommandError("signing in was refused: demonstration accounts exist in demonstration mode only")
    return str(answer.json()["access_token"])


def _require_grantable(roles: list[Role]) -> list[Role]:
    if {Role.PUBLIC, Role.SERVICE} & set(roles):
        raise typer.BadParameter("neither the public nor a service has an account")
    return roles


@account.command("create")
def create(
    login: Annotated[str, typer.Argument(help="The e-mail address to sign in with.")],
    role: Annotated[
        list[Role],
        typer.Option(help="A role without limits; may be given several times.", callback=_require_grantable),
    ],
    name: Annotated[str, typer.Option(help="How the person is called.")] = "",
) -> None:
    """Create an account, the first administrator's included; the password is read from standard input."""
    if sys.stdin.isatty():
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\n")
    wanted = _read_account(login, name or login, password)
    with reachable_databases(os.environ, find_home(os.environ)) as databases:
        asyncio.run(_create(databases, wanted, role))
    print(f"created {login}")


async def create_named_administrator(
    databases: Iterable[AppDatabase], environment: Mapping[str, str]
) -> None:
    """Create the administrator that the environment names, unless there is an account under that address.

    An account that exists keeps its password and roles; there is no default password. Raises `CommandError`.
    """
    login, password = (environment.get(name, "") for name in (ADMINISTRATOR, ADMINISTRATOR_PASSWORD))
    if login or password:
        wanted = _read_account(login, login, password)
        await _create(databases, wanted, [Role.ADMINISTRATOR], only_if_new=True)


def _read_account(login: str, name: str, password: str) -> AccountCreate:
    if len(password) < SHORTEST_PASSWORD:
        raise CommandError(f"the password needs at least {SHORTEST_PASSWORD} characters")
    try:
        return AccountCreate(login=login, display_name=name, password=SecretStr(password))
    except ValidationError as error:
        raise CommandError("the login must be an e-mail address, and the name one line of text") from error


async def _create(
    databases: Iterable[AppDatabase], wanted: AccountCreate, roles: list[Role], *, only_if_new: bool = False
) -> None:
    operator = acting_service("operator")
    gateway = next(database for database in databases if database.app == "gateway")
    try:
        async with open_sessions(gateway) as sessions, sessions.transaction() as session:
            if only_if_new and await find_account(session, wanted.login) is not None:
                return
            made = await create_account(session, operator, Passwords(), wanted)
            for role in roles:
                grant = GrantCreate(account_id=made.id, role=role, scope=None)
                await create_grant(session, operator, grant)
    except Problem as problem:
        raise CommandError(problem.detail) from problem
