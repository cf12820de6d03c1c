"""The accounts of demonstration mode: one for each role, with a password that everybody knows."""

from typing import Final

from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.identity.db.accounts import find_account
from gateway.identity.operations.accounts import create_account, create_grant
from gateway.identity.operations.passwords import Passwords
from gateway.identity.schemas.accounts import AccountCreate, GrantCreate, Scope
from services.common.identity import GATEWAY, GrantKind, Role, acting_service

PASSWORD: Final = "qoldau-demonstration"  # noqa: S105  known to everybody, and refused outside demonstration mode
DOMAIN: Final = "demonstration.example"
SCOPES: Final = {Role.NOMINATOR: Scope(kind=GrantKind.COUNTRY, id="TJ")}
NOT_PEOPLE: Final = frozenset({Role.PUBLIC, Role.SERVICE})


def login_of(role: Role) -> str:
    """Return the login of the demonstration account with `role`."""
    return f"{role.value.replace('_', '-')}@{DOMAIN}"


async def enter_demonstration_accounts(session: AsyncSession, passwords: Passwords) -> None:
    """Enter an account for each role that has none yet; the nominator is Tajikistan's."""
    ourselves = acting_service(GATEWAY)
    for role in Role:
        if role in NOT_PEOPLE or await find_account(session, login_of(role)) is not None:
            continue
        request = AccountCreate(
            login=login_of(role),
            display_name=f"Demonstration: {role.value.replace('_', ' ')}",
            password=SecretStr(PASSWORD),
        )
        account = await create_account(session, ourselves, passwords, request, demonstration=True)
        await create_grant(
            session, ourselves, GrantCreate(account_id=account.id, role=role, scope=SCOPES.get(role))
        )
