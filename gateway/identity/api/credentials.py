"""Routes of tokens, API keys and links."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Request, Response, status

from gateway.identity.db import credentials as questions
from gateway.identity.domain.access_tokens import ALGORITHM
from gateway.identity.domain.problems import (
    ApiKeyNotFound,
    SecondFactorRequired,
    SignInRefused,
    TooManyAttempts,
)
from gateway.identity.operations import api_keys as operations
from gateway.identity.operations import sign_ins
from gateway.identity.operations.sign_ins import Reception
from gateway.identity.schemas.credentials import (
    ApiKeyCreate,
    ApiKeyItem,
    ApiKeyRead,
    IssuerMetadata,
    LinkCreate,
    LinkIssued,
    PasswordSignIn,
    Refreshment,
    Revocation,
    SigningKeys,
    TokenAnswer,
    TokenRequest,
)
from services.common.http.callers import Caller
from services.common.http.paging import Paging
from services.common.http.problem_responses import problems
from services.common.http.routes import HouseRoute, house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.wire import Page

tokens = house_router("tokens", "/auth")
api_keys = house_router("api keys", "/api-keys")
issuer = APIRouter(prefix="/.well-known", tags=["tokens"], route_class=HouseRoute, redirect_slashes=False)
internal = APIRouter(prefix="/internal", tags=["links"], route_class=HouseRoute, redirect_slashes=False)


@tokens.post(
    "/token",
    response_model=TokenAnswer,
    responses=problems(SignInRefused, SecondFactorRequired, TooManyAttempts),
)
async def issue_token(
    body: Annotated[TokenRequest, Body(discriminator="grant_type")], request: Request, response: Response
) -> TokenAnswer:
    """Sign in with a password or a single-use link, or stay signed in with a refresh token.

    Whatever is wrong with the credentials, the answer is the same. A refresh token that comes a second time
    ends its sign-in: one of the two who used it is not its owner.
    """
    reception: Reception = request.app.state.reception
    response.headers["Cache-Control"] = "no-store"
    if isinstance(body, PasswordSignIn):
        return await sign_ins.sign_in_with_password(reception, body)
    if isinstance(body, Refreshment):
        return await sign_ins.refresh(reception, body)
    return await sign_ins.sign_in_with_link(reception, body)


@tokens.post("/revocation", status_code=status.HTTP_204_NO_CONTENT)
async def revoke_token(body: Revocation, request: Request) -> None:
    """Sign out: end the sign-in that a refresh or access token belongs to (RFC 7009).

    The answer is the same for tokens that nobody knows. Access tokens are refused within a minute.
    """
    await sign_ins.sign_out(request.app.state.reception, body.token.get_secret_value())


@issuer.get("/openid-configuration", response_model=IssuerMetadata)
async def read_issuer(request: Request) -> IssuerMetadata:
    """Read where tokens come from and how they are checked."""
    address = request.app.state.reception.access_tokens.issuer
    return IssuerMetadata(
        issuer=address,
        token_endpoint=f"{address}/v1/auth/token",
        revocation_endpoint=f"{address}/v1/auth/revocation",
        jwks_uri=f"{address}/.well-known/jwks.json",
        grant_types_supported=["password", "refresh_token"],
        response_types_supported=[],
        subject_types_supported=["public"],
        id_token_signing_alg_values_supported=[ALGORITHM],
    )


@issuer.get("/jwks.json", response_model=SigningKeys)
async def list_signing_keys(request: Request) -> object:
    """List the public keys that access tokens are signed with."""
    return SigningKeys(**request.app.state.reception.access_tokens.published())


@api_keys.post("", response_model=ApiKeyRead, status_code=status.HTTP_201_CREATED)
async def create_api_key(
    session: WriteSession, caller: Caller, body: ApiKeyCreate, response: Response
) -> ApiKeyRead:
    """Make a credential for a machine; its secret is shown this once, and not again on a repeat."""
    key = await operations.create_api_key(session, caller, body)
    response.headers["Location"] = f"/v1/api-keys/{key.id}"
    return key


@api_keys.get("", response_model=Page[ApiKeyItem])
async def list_api_keys(session: ReadSession, page: Paging) -> object:
    """List API keys by name."""
    return await questions.list_api_keys(session, page)


@api_keys.get("/{api_key_id}", response_model=ApiKeyRead, responses=problems(ApiKeyNotFound))
async def read_api_key(session: ReadSession, api_key_id: UUID) -> ApiKeyRead:
    """Read one API key, without its secret."""
    return ApiKeyRead.of(await questions.get_api_key(session, api_key_id), secret=None)


@api_keys.post("/{api_key_id}/revocation", response_model=ApiKeyRead, responses=problems(ApiKeyNotFound))
async def revoke_api_key(session: WriteSession, caller: Caller, api_key_id: UUID) -> ApiKeyRead:
    """Make an API key useless; it is refused within a minute."""
    return ApiKeyRead.of(await operations.revoke_api_key(session, caller, api_key_id), secret=None)


@internal.post("/links", response_model=LinkIssued, status_code=status.HTTP_201_CREATED)
async def mint_link(session: WriteSession, caller: Caller, body: LinkCreate) -> LinkIssued:
    """Make a single-use link for a person without an account; the other apps ask for it."""
    return await operations.mint_link(session, caller, body)
