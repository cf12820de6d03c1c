"""Routes of accounts and grants."""

from uuid import UUID

from fastapi import Request, Response, status

from gateway.identity.db import accounts as questions
from gateway.identity.db.tables import Account, RoleGrant
from gateway.identity.domain.accounts import LetterPurpose
from gateway.identity.domain.problems import (
    AccountNotFound,
    CodeRefused,
    GrantExists,
    GrantNotFound,
    LoginTaken,
)
from gateway.identity.operations import accounts as operations
from gateway.identity.operations import authenticators
from gateway.identity.operations.letters import ask_for_letter
from gateway.identity.schemas.accounts import (
    AccountChange,
    AccountCreate,
    AccountItem,
    AccountRead,
    GrantCreate,
    GrantRead,
)
from services.common.http.callers import Caller
from services.common.http.paging import Paging
from services.common.http.preconditions import ExpectedVersion
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.wire import Id, Page

accounts = house_router("accounts", "/accounts")
grants = house_router("grants", "/grants")


@accounts.post(
    "", response_model=AccountRead, status_code=status.HTTP_201_CREATED, responses=problems(LoginTaken)
)
async def create_account(
    session: WriteSession, caller: Caller, body: AccountCreate, request: Request, response: Response
) -> Account:
    """Enter an account; it can do nothing until roles are granted to it.

    Without a password, its owner is sent a letter, in your language, with a link that sets one.
    """
    account = await operations.create_account(session, caller, request.app.state.reception.passwords, body)
    if body.password is None:
        language = request.headers.get("accept-language")
        await ask_for_letter(session, LetterPurpose.INVITATION, body.login, language)
    response.headers["Location"] = f"/v1/accounts/{account.id}"
    return account


@accounts.get("", response_model=Page[AccountItem])
async def list_accounts(session: ReadSession, page: Paging) -> object:
    """List accounts by login."""
    return await questions.list_accounts(session, page)


@accounts.get("/{account_id}", response_model=AccountRead, responses=problems(AccountNotFound))
async def read_account(session: ReadSession, account_id: UUID) -> Account:
    """Read one account."""
    return await questions.get_account(session, account_id)


@accounts.patch("/{account_id}", response_model=AccountRead, responses=problems(AccountNotFound))
async def change_account(
    session: WriteSession,
    caller: Caller,
    account_id: UUID,
    version: ExpectedVersion,
    body: AccountChange,
    request: Request,
) -> Account:
    """Change an account; a new password or a disabled account ends every sign-in."""
    passwords = request.app.state.reception.passwords
    return await operations.change_account(session, caller, passwords, account_id, version, body)


@accounts.post(
    "/{account_id}/authenticator-reset",
    response_model=AccountRead,
    responses=problems(AccountNotFound, CodeRefused),
)
async def reset_authenticator(session: WriteSession, caller: Caller, account_id: UUID) -> Account:
    """Let somebody in without the authenticator app that they have lost; ends every sign-in of the account.

    Be sure who asks: the password alone is enough from then on. Your own is not yours to reset.
    """
    return await authenticators.reset_authenticator(session, caller, account_id)


@grants.post(
    "",
    response_model=GrantRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(GrantExists, AccountNotFound),
)
async def create_grant(
    session: WriteSession, caller: Caller, body: GrantCreate, response: Response
) -> RoleGrant:
    """Grant a role to an account, everywhere or within one scope."""
    grant = await operations.create_grant(session, caller, body)
    response.headers["Location"] = f"/v1/grants/{grant.id}"
    return grant


@grants.get("", response_model=Page[GrantRead])
async def list_grants(session: ReadSession, page: Paging, account_id: Id | None = None) -> object:
    """List the grants that hold, in order of entry."""
    return await questions.list_grants(session, page, account_id=account_id)


@grants.get("/{grant_id}", response_model=GrantRead, responses=problems(GrantNotFound))
async def read_grant(session: ReadSession, grant_id: UUID) -> RoleGrant:
    """Read one grant."""
    return await questions.get_grant(session, grant_id)


@grants.post("/{grant_id}/withdrawal", response_model=GrantRead, responses=problems(GrantNotFound))
async def withdraw_grant(session: WriteSession, caller: Caller, grant_id: UUID) -> RoleGrant:
    """End a grant; it is of no effect within a minute."""
    return await operations.withdraw_grant(session, caller, grant_id)
