"""Signing in, staying signed in, being refused: through HTTP, as clients do."""

import base64
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey
from limits import RateLimitItemPerHour

from gateway.app import ROUTES
from gateway.identity.domain.access_tokens import AccessTokens
from gateway.identity.operations import attempts
from gateway.identity.operations.attempts import GUESSABLE
from services.common.identity import Role, TokenSigner
from tests.apps import Door
from tests.cluster import TestDatabase
from tests.gateways import PASSWORD, Gateway, OpenGateway

LOGIN = "synthetic.person@example.org"


async def test_a_signed_in_person_is_known_and_can_stay_signed_in(gateway: Gateway) -> None:
    account = await gateway.enter(LOGIN, Role.NOMINATOR, country="TJ")
    signed_in = await gateway.sign_in(LOGIN.upper())
    assert signed_in.status_code == 200
    assert signed_in.headers["cache-control"] == "no-store"
    tokens = signed_in.json()
    me = (await gateway.client(tokens["access_token"]).get("/v1/me")).json()
    assert me["subject"] == str(account)
    assert me["login"] == LOGIN
    assert me["roles"] == ["nominator", "public"]
    assert me["grants"] == [{"role": "nominator", "kind": "country", "id": "TJ"}]

    renewed = await refresh(gateway, tokens["refresh_token"])
    assert renewed.status_code == 200
    assert renewed.json()["refresh_token"] != tokens["refresh_token"]
    assert (await gateway.client(renewed.json()["access_token"]).get("/v1/me")).status_code == 200


async def refresh(gateway: Gateway, token: str) -> httpx.Response:
    body = {"grant_type": "refresh_token", "refresh_token": token}
    return await gateway.client().post("/v1/auth/token", json=body)


async def test_a_refresh_token_used_twice_ends_the_whole_sign_in(gateway: Gateway) -> None:
    await gateway.enter(LOGIN, Role.MANAGER)
    first = (await gateway.sign_in(LOGIN)).json()
    second = (await refresh(gateway, first["refresh_token"])).json()
    assert (await refresh(gateway, first["refresh_token"])).status_code == 401
    assert (await refresh(gateway, second["refresh_token"])).status_code == 401
    assert (await gateway.client(second["access_token"]).get("/v1/me")).status_code == 401


async def test_nothing_tells_which_logins_exist(gateway: Gateway) -> None:
    await gateway.enter(LOGIN, Role.MANAGER)
    wrong = await gateway.sign_in(LOGIN, "a wrong password")
    unknown = await gateway.sign_in("nobody@example.org", "a wrong password")
    assert wrong.status_code == unknown.status_code == 401
    assert without_instance(wrong) == without_instance(unknown)
    assert wrong.headers["www-authenticate"] == unknown.headers["www-authenticate"]


def without_instance(answer: httpx.Response) -> dict[str, Any]:
    return {name: value for name, value in answer.json().items() if name != "instance"}


@pytest.mark.parametrize("login", [LOGIN, "nobody@example.org"])
async def test_attempts_are_limited_for_logins_that_exist_and_those_that_do_not(
    gateway: Gateway, login: str
) -> None:
    await gateway.enter(LOGIN, Role.MANAGER)
    # A minute may turn between two attempts, so more than twice the limit are made.
    answers = [await gateway.sign_in(login, "a wrong password") for _ in range(11)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert {answer.status_code for answer in answers} == {401, 429}
    assert all(1 <= int(answer.headers["retry-after"]) <= 60 for answer in refused)


@pytest.mark.parametrize("path", ["/v1/auth/token", "/v1/auth/passwords", "/v1/auth/password-resets"])
async def test_an_address_that_tries_too_often_is_refused_before_its_body_is_read(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(attempts, "PER_ADDRESS", RateLimitItemPerHour(2, namespace="address"))
    client = gateway.client()
    headers = {"Content-Type": "application/json"}
    answers = [await client.post(path, content=b"{", headers=headers) for _ in range(3)]
    assert [answer.json()["code"] for answer in answers] == ["body-unreadable"] * 2 + ["too-many-attempts"]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 3600
    assert (await client.get("/v1/agency")).status_code == 503, "other operations are not concerned"


def test_wherever_attempts_are_limited_they_are_counted_at_the_door() -> None:
    document = json.loads((ROUTES.parents[1] / "docs" / "openapi" / "gateway.json").read_text())
    limited = {
        path
        for path, item in document["paths"].items()
        for operation in item.values()
        if "too-many-attempts" in str(operation["responses"].get("429"))
    }
    assert limited == GUESSABLE


async def test_signing_out_ends_the_sign_in_and_is_silent_about_strangers(gateway: Gateway) -> None:
    await gateway.enter(LOGIN, Role.MANAGER)
    tokens = (await gateway.sign_in(LOGIN)).json()
    for token in (tokens["access_token"], "qr_unknown", "nonsense"):
        answer = await gateway.client().post("/v1/auth/revocation", json={"token": token})
        assert answer.status_code == 204
    assert (await gateway.client(tokens["access_token"]).get("/v1/me")).status_code == 401
    assert (await refresh(gateway, tokens["refresh_token"])).status_code == 401


Forge = Callable[[dict[str, Any], OKPKey, dict[str, Any]], str]


def in_parts(*parts: dict[str, Any]) -> str:
    return ".".join(text_of(json.dumps(part).encode()) for part in parts)


def text_of(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def unsigned(claims: dict[str, Any], _: OKPKey, header: dict[str, Any]) -> str:
    return in_parts({**header, "alg": "none"}, claims) + "."


def keyed_with_the_public_key(claims: dict[str, Any], key: OKPKey, header: dict[str, Any]) -> str:
    signed = in_parts({**header, "alg": "HS256"}, claims)
    shared = base64.urlsafe_b64decode(str(key.as_dict(private=False)["x"]) + "=")
    return f"{signed}.{text_of(hmac.digest(shared, signed.encode(), 'sha256'))}"


def signed_by_a_stranger(claims: dict[str, Any], _: OKPKey, header: dict[str, Any]) -> str:
    stranger = OKPKey.generate_key("Ed25519")
    return jwt.encode(
        {**header, "jwk": stranger.as_dict(private=False)}, claims, stranger, algorithms=["Ed25519"]
    )


def with_claims(**changes: Any) -> Forge:
    def forge(claims: dict[str, Any], key: OKPKey, header: dict[str, Any]) -> str:
        altered = {name: value for name, value in (claims | changes).items() if value is not None}
        return jwt.encode(header, altered, key, algorithms=["Ed25519"])

    return forge


def of_another_type(claims: dict[str, Any], key: OKPKey, header: dict[str, Any]) -> str:
    return jwt.encode({**header, "typ": "JWT"}, claims, key, algorithms=["Ed25519"])


PAST = int((datetime.now(UTC) - timedelta(hours=1)).timestamp())


@pytest.mark.parametrize(
    "forge",
    [
        unsigned,
        keyed_with_the_public_key,
        signed_by_a_stranger,
        of_another_type,
        with_claims(aud="programs"),
        with_claims(iss="gateway"),
        with_claims(exp=PAST),
        with_claims(exp=None),
        with_claims(sid="not-a-uuid"),
        with_claims(sid=str(uuid4())),
    ],
)
async def test_forged_tokens_are_refused(gateway: Gateway, keys: Path, forge: Forge) -> None:
    await gateway.enter(LOGIN, Role.ADMINISTRATOR)
    token = (await gateway.sign_in(LOGIN)).json()["access_token"]
    key = OKPKey.import_key(json.loads((keys / "gateway.json").read_text()))
    decoded = jwt.decode(token, key, algorithms=["Ed25519"])
    header = {"alg": "Ed25519", "typ": "at+jwt", "kid": key.kid}
    assert (await gateway.client(with_claims()(decoded.claims, key, header)).get("/v1/me")).status_code == 200
    assert (await gateway.client(forge(decoded.claims, key, header)).get("/v1/me")).status_code == 401


@pytest.mark.parametrize("credential", ["x" * 5000, "a.b.c", "qk_0_0", "é", " "])
async def test_what_is_no_token_is_refused(gateway: Gateway, credential: str) -> None:
    header = b"Bearer " + credential.encode("latin-1")
    answer = await gateway.client().get("/v1/me", headers=[(b"authorization", header)])
    assert answer.status_code == 401


async def test_a_token_of_a_megabyte_is_refused_before_it_is_read(gateway: Gateway) -> None:
    assert (await gateway.client("x" * 2**20).get("/v1/me")).status_code == 431


async def test_an_internal_token_opens_nothing_from_outside(gateway: Gateway, keys: Path) -> None:
    for app in ("gateway", "participants"):
        token = TokenSigner.read(app, keys / f"{app}.json").sign_as_service(audience="gateway")
        assert (await gateway.client(token).get("/v1/me")).status_code == 401


async def test_access_tokens_can_be_checked_with_the_published_keys(gateway: Gateway) -> None:
    await gateway.enter(LOGIN, Role.MANAGER)
    token = (await gateway.sign_in(LOGIN)).json()["access_token"]
    issuer = (await gateway.client().get("/.well-known/openid-configuration")).json()
    assert issuer["jwks_uri"] == f"{issuer['issuer']}/.well-known/jwks.json"
    published = (await gateway.client().get("/.well-known/jwks.json")).json()
    assert all(key["kid"].startswith("gateway.") and "d" not in key for key in published["keys"])
    claims = jwt.decode(token, KeySet.import_key_set(published), algorithms=["Ed25519"]).claims
    assert claims["iss"] == claims["aud"] == issuer["issuer"]


async def test_an_api_key_is_shown_once_and_works_until_it_is_revoked(
    gateway_before: OpenGateway, clean: TestDatabase
) -> None:
    gateway = await gateway_before()
    administrator = await gateway.signed_in(LOGIN, Role.ADMINISTRATOR)
    wanted = {"name": "Synthetic integration", "grants": [{"role": "auditor"}]}
    headers = {"Idempotency-Key": str(uuid4())}
    made = await administrator.post("/v1/api-keys", json=wanted, headers=headers)
    assert made.status_code == 201
    secret = made.json()["secret"]
    again = await administrator.post("/v1/api-keys", json=wanted, headers=headers)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json()["id"] == made.json()["id"]
    assert again.json()["secret"] is None

    assert (await gateway.client(secret).get("/v1/accounts")).status_code == 200
    assert (await gateway.client(secret).post("/v1/api-keys", json=wanted)).status_code == 403
    assert (await gateway.client(secret[:-1] + "_").get("/v1/accounts")).status_code == 401
    await administrator.post(f"/v1/api-keys/{made.json()['id']}/revocation")
    # Another process, which has not seen the key before, knows at once.
    fresh = await gateway_before()
    assert (await fresh.client(secret).get("/v1/accounts")).status_code == 401

    connection = await asyncpg.connect(clean.admin)
    try:
        kept = await connection.fetch("SELECT row_to_json(k)::text FROM gateway.api_key AS k")
    finally:
        await connection.close()
    assert all(secret not in row[0] for row in kept)


async def test_a_link_works_once(gateway: Gateway, internal: Door, keys: Path) -> None:
    person = uuid4()
    wanted = {
        "subject": str(person),
        "grants": [{"role": "participant", "scope": {"kind": "person", "id": str(person)}}],
    }
    service = TokenSigner.read("participants", keys / "participants.json").sign_as_service(audience="gateway")
    minted = await internal.as_().post(
        "/internal/links", json=wanted, headers={"Authorization": f"Bearer {service}"}
    )
    assert minted.status_code == 201
    assert (await internal.as_("administrator").post("/internal/links", json=wanted)).status_code == 403
    assert (await internal.as_().post("/internal/links", json=wanted)).status_code == 401

    body = {"grant_type": "link", "token": minted.json()["token"]}
    entered = await gateway.client().post("/v1/auth/token", json=body)
    assert entered.status_code == 200
    me = (await gateway.client(entered.json()["access_token"]).get("/v1/me")).json()
    assert (me["subject"], me["login"], me["roles"]) == (str(person), None, ["participant", "public"])
    assert (await gateway.client().post("/v1/auth/token", json=body)).status_code == 401
    assert (await refresh(gateway, entered.json()["refresh_token"])).status_code == 200


async def test_links_cannot_be_minted_from_outside(gateway: Gateway) -> None:
    administrator = await gateway.signed_in(LOGIN, Role.ADMINISTRATOR)
    assert (await administrator.post("/internal/links", json={})).status_code == 404


async def test_a_disabled_account_and_its_tokens_are_refused(gateway: Gateway) -> None:
    administrator = await gateway.signed_in(LOGIN, Role.ADMINISTRATOR)
    account = await gateway.enter("second.synthetic@example.org", Role.MANAGER)
    tokens = (await gateway.sign_in("second.synthetic@example.org")).json()
    current = await administrator.get(f"/v1/accounts/{account}")
    changed = await administrator.patch(
        f"/v1/accounts/{account}", json={"status": "disabled"}, headers={"If-Match": current.headers["etag"]}
    )
    assert changed.status_code == 200
    assert "password" not in changed.text
    assert (await gateway.sign_in("second.synthetic@example.org")).status_code == 401
    assert (await gateway.client(tokens["access_token"]).get("/v1/me")).status_code == 401


async def test_grants_are_given_once_and_withdrawn(gateway: Gateway) -> None:
    administrator = await gateway.signed_in(LOGIN, Role.ADMINISTRATOR)
    account = await gateway.enter("second.synthetic@example.org")
    wanted = {"account_id": str(account), "role": "nominator", "scope": {"kind": "country", "id": "KG"}}
    given = await administrator.post("/v1/grants", json=wanted)
    assert given.status_code == 201
    twice = await administrator.post("/v1/grants", json=wanted)
    assert (twice.status_code, twice.json()["code"]) == (409, "grant-exists")
    assert (await administrator.post("/v1/grants", json=wanted | {"role": "service"})).status_code == 422
    withdrawn = await administrator.post(f"/v1/grants/{given.json()['id']}/withdrawal")
    assert withdrawn.json()["withdrawn_at"]
    listed = (await administrator.get("/v1/grants", params={"account_id": str(account)})).json()
    assert listed["items"] == []
    assert (await administrator.post("/v1/grants", json=wanted)).status_code == 201


@pytest.mark.parametrize(
    "grant",
    [
        {"role": "service"},
        {"role": "public"},
        {"role": "nominator", "scope": {"kind": "country", "id": "tj"}},
        {"role": "nominator", "scope": {"kind": "country", "id": "Tajikistan"}},
        {"role": "participant", "scope": {"kind": "person", "id": "me"}},
        {"role": "partner", "scope": {"kind": "organization", "id": str(uuid4()).upper()}},
        {"role": "lecturer", "scope": {"kind": "lecturer", "id": uuid4().hex}},
    ],
)
async def test_what_cannot_be_granted(gateway: Gateway, grant: dict[str, Any]) -> None:
    """A limit that is the id of nothing would be an error wherever it is applied."""
    administrator = await gateway.signed_in(LOGIN, Role.ADMINISTRATOR)
    account = await gateway.enter("second.synthetic@example.org")
    refused = await administrator.post("/v1/grants", json={"account_id": str(account)} | grant)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, f"/{[*grant][-1]}")
    key = {"name": "Synthetic", "grants": [{"role": "auditor"}, grant]}
    refused = await administrator.post("/v1/api-keys", json=key)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, f"/grants/1/{[*grant][-1]}")


async def test_only_administrators_enter_accounts(gateway: Gateway) -> None:
    body = {"login": "third@example.org", "display_name": "Synthetic", "password": PASSWORD}
    assert (await gateway.client().post("/v1/accounts", json=body)).status_code == 401
    manager = await gateway.signed_in("manager@example.org", Role.MANAGER)
    assert (await manager.post("/v1/accounts", json=body)).status_code == 403
    administrator = await gateway.signed_in(LOGIN, Role.ADMINISTRATOR)
    assert (await administrator.post("/v1/accounts", json=body)).status_code == 201
    twice = await administrator.post("/v1/accounts", json=body | {"login": "Third@example.org"})
    assert (twice.status_code, twice.json()["code"]) == (409, "login-taken")
    short = await administrator.post(
        "/v1/accounts", json=body | {"login": "a@example.org", "password": "short"}
    )
    assert short.status_code == 422
    assert short.json()["errors"][0]["detail"] == "Expected at least 12 characters."


async def test_demonstration_accounts_exist_in_demonstration_mode_on_loopback_only(
    gateway_before: OpenGateway,
) -> None:
    login, password = "manager@demonstration.example", "qoldau-demonstration"
    demonstration = await gateway_before(demonstration=True)
    assert (await demonstration.sign_in(login, password)).status_code == 200
    assert (await (await gateway_before()).sign_in(login, password)).status_code == 401
    public = await gateway_before(demonstration=True, public_url="https://api.example.org")
    assert (await public.sign_in(login, password)).status_code == 401


def test_the_issuer_is_the_public_address(keys: Path) -> None:
    tokens = AccessTokens.read("https://api.example.org", keys / "gateway.json", keys / "public.json")
    signed = tokens.sign(subject=uuid4(), sign_in=(sign_in := uuid4()), now=datetime.now(UTC))
    assert tokens.verify(signed) == sign_in
