"""Routes by which people tend their own access."""

from uuid import UUID

from fastapi import Request, Response, status

from gateway.identity.db.credentials import list_sign_ins
from gateway.identity.db.tables import RoleGrant
from gateway.identity.domain.accounts import LetterPurpose
from gateway.identity.domain.problems import (
    AccountNotFound,
    AuthenticatorKnown,
    CodeRefused,
    GrantExists,
    SignInNotFound,
    SignInRefused,
    TooManyAttempts,
)
from gateway.identity.operations import authenticators, letters, own_sign_ins
from gateway.identity.operations.sign_ins import Reception
from gateway.identity.schemas.accounts import GrantRead
from gateway.identity.schemas.self_service import (
    AuthenticatorCode,
    AuthenticatorRead,
    AuthenticatorStarted,
    GlassBreaking,
    PasswordResetRequest,
    PasswordSet,
    RecoveryCodes,
    SignInItem,
    SignIns,
)
from services.common.http.callers import Caller
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession

passwords = house_router("tokens", "/auth")
own = house_router("own access", "/me")
glass = house_router("grants", "/glass-breakings")


@passwords.post("/password-resets", status_code=status.HTTP_202_ACCEPTED, responses=problems(TooManyAttempts))
async def request_password_reset(
    session: WriteSession, body: PasswordResetRequest, request: Request, response: Response
) -> None:
    """Ask for a letter with a link that sets a new password; the answer is the same if nobody has that login."""
    reception: Reception = request.app.state.reception
    await reception.attempts.count_login(body.login)
    language = request.headers.get("accept-language")
    await letters.ask_for_letter(session, LetterPurpose.RESET, body.login, language)
    response.headers["Cache-Control"] = "no-store"


@passwords.post(
    "/passwords", status_code=status.HTTP_204_NO_CONTENT, responses=problems(SignInRefused, TooManyAttempts)
)
async def set_password(body: PasswordSet, request: Request) -> None:
    """Set a password with the token of a letter, which works once; ends every sign-in of the account."""
    await letters.set_password(request.app.state.reception, body.token, body.password)


@own.get("/sign-ins", response_model=SignIns)
async def list_own_sign_ins(session: ReadSession, caller: Caller) -> SignIns:
    """List where you are signed in."""
    found = await list_sign_ins(session, own_sign_ins.own_subject(caller))
    return SignIns(items=[SignInItem.model_validate(sign_in) for sign_in in found])


@own.post(
    "/sign-ins/{sign_in_id}/revocation",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(SignInNotFound),
)
async def revoke_own_sign_in(session: WriteSession, caller: Caller, sign_in_id: UUID) -> None:
    """Sign out on one device; its access token is refused within a minute."""
    await own_sign_ins.revoke_sign_in(session, caller, sign_in_id)


@own.post("/sign-outs", status_code=status.HTTP_204_NO_CONTENT)
async def sign_out_everywhere(session: WriteSession, caller: Caller) -> None:
    """Sign out on every device, this one too."""
    await own_sign_ins.sign_out_everywhere(session, caller)


@own.post(
    "/authenticator",
    response_model=AuthenticatorStarted,
    status_code=status.HTTP_201_CREATED,
    responses=problems(AuthenticatorKnown, AccountNotFound),
)
async def start_authenticator(
    session: WriteSession, caller: Caller, request: Request
) -> AuthenticatorStarted:
    """Begin to use an authenticator app: put the secret into it, then confirm with a code."""
    return await authenticators.start_authenticator(session, caller, request.app.state.vault)


@own.get("/authenticator", response_model=AuthenticatorRead, responses=problems(AccountNotFound))
async def read_authenticator(session: ReadSession, caller: Caller) -> AuthenticatorRead:
    """Read whether your sign-in needs a code of an authenticator app, and how many recovery codes are left."""
    return await authenticators.read_authenticator(session, caller)


@own.post(
    "/authenticator/confirmation",
    response_model=RecoveryCodes,
    responses=problems(AuthenticatorKnown, CodeRefused, AccountNotFound, TooManyAttempts),
)
async def confirm_authenticator(
    session: WriteSession, caller: Caller, body: AuthenticatorCode, request: Request
) -> RecoveryCodes:
    """Have the app asked for from now on; keep the recovery codes, they are shown this once."""
    await _count(request, caller)
    code = body.code.get_secret_value()
    return await authenticators.confirm_authenticator(session, caller, request.app.state.vault, code)


@own.post(
    "/authenticator/removal",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(CodeRefused, AccountNotFound, TooManyAttempts),
)
async def remove_authenticator(
    session: WriteSession, caller: Caller, body: AuthenticatorCode, request: Request
) -> None:
    """Use no authenticator app any more; needs one of its codes, or a recovery code."""
    await _count(request, caller)
    code = body.code.get_secret_value()
    await authenticators.remove_authenticator(session, caller, request.app.state.vault, code)


@glass.post(
    "",
    response_model=GrantRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(GrantExists, AccountNotFound),
)
async def break_glass(session: WriteSession, caller: Caller, body: GlassBreaking) -> RoleGrant:
    """Take a role for some hours in an emergency; log and audit tell who did it, and why."""
    return await own_sign_ins.break_glass(session, caller, body)


async def _count(request: Request, caller: Caller) -> None:
    """Six digits can be guessed: as often as a password may be tried, and no more."""
    reception: Reception = request.app.state.reception
    await reception.attempts.count_login(f"code of {caller.principal}")
