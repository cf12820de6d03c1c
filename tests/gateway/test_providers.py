"""Signing in with the agency's own identity provider, proved against a real certified one (npm `oidc-provider`)."""

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
import shutil
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from gateway.identity.domain.provider_tokens import Provider, read_caller, read_issuer, read_key_id
from gateway.identity.operations.providers import KEYS_KEPT_SECONDS, KEYS_PAUSE_SECONDS, Providers
from services.common.identity import Grant, GrantKind, Role
from services.common.problems import NotAuthenticated, Unavailable
from tests.gateways import Gateway, OpenGateway
from tests.servers import PATIENCE, listen_on_loopback

HERE = Path(__file__).parent / "oidc"
AUDIENCE = "https://qoldau.test"
CALLBACK = "https://front.example/callback"
ISSUER = "https://id.synthetic.example"


def node() -> str:
    """Return the path of node; skip where it or the provider is not installed."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("node is not installed")
    if not (HERE / "node_modules" / "oidc-provider").is_dir():
        pytest.skip("run `make node`")
    return found


@dataclass
class Real:
    """The provider as a process."""

    issuer: str
    process: asyncio.subprocess.Process

    async def sign_in(self) -> dict[str, Any]:
        """Sign in by code with PKCE, as a frontend does; return what the token endpoint answers."""
        verifier = secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "client_id": "frontend",
            "response_type": "code",
            "redirect_uri": CALLBACK,
            "scope": "openid api",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "resource": AUDIENCE,
            "nonce": "n",
        }
        async with httpx.AsyncClient(trust_env=False) as browser:
            answer = await browser.get(f"{self.issuer}/auth", params=query)
            for _ in range(5):
                place = answer.headers["location"]
                if place.startswith(CALLBACK):
                    break
                answer = await browser.get(httpx.URL(self.issuer).join(place))
            code = parse_qs(urlsplit(place).query)["code"][0]
            form = {
                "grant_type": "authorization_code",
                "code": code,
                "client_id": "frontend",
                "redirect_uri": CALLBACK,
                "code_verifier": verifier,
                "resource": AUDIENCE,
            }
            tokens = await browser.post(f"{self.issuer}/token", data=form)
        assert tokens.status_code == 200, tokens.text
        told: dict[str, Any] = tokens.json()
        return told

    async def rotate(self) -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            assert (await client.post(f"{self.issuer}/rotate")).text == "ok"

    async def stop(self) -> None:
        if self.process.returncode is None:
            self.process.kill()
            await self.process.wait()


@pytest.fixture
async def real() -> AsyncIterator[Real]:
    with listen_on_loopback() as probe:
        port = probe.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        node(),
        str(HERE / "provider.mjs"),
        str(port),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    provider = Real(f"http://127.0.0.1:{port}", process)
    try:
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            while b"listening" not in await process.stdout.readline():
                assert process.returncode is None
        yield provider
    finally:
        await provider.stop()


def trusting(issuer: str, **changes: Any) -> dict[str, Any]:
    return {
        "oidc_issuers": [
            {
                "issuer": issuer,
                "audience": AUDIENCE,
                "roles_claim": "realm_access.roles",
                "roles": {"kaz-manager": "manager"},
                "grants_claim": "qoldau_grants",
            }
            | changes
        ]
    }


async def me(gateway: Gateway, token: str) -> httpx.Response:
    return await gateway.client(token).get("/v1/me")


class TestRealProvider:
    async def test_roles_mapped_from_claims_work(self, real: Real, gateway_before: OpenGateway) -> None:
        gateway = await gateway_before(**trusting(real.issuer))
        tokens = await real.sign_in()
        known = await me(gateway, tokens["access_token"])
        assert known.status_code == 200, known.text
        assert known.json()["roles"] == ["manager", "nominator", "public"]
        assert known.json()["grants"] == [{"role": "nominator", "kind": "country", "id": "TJ"}]
        again = (await real.sign_in())["access_token"]
        assert (await me(gateway, again)).json()["subject"] == known.json()["subject"]

    async def test_an_id_token_is_no_access_token(self, real: Real, gateway_before: OpenGateway) -> None:
        tokens = await real.sign_in()
        for changes in (
            {},
            {"audience": "frontend"},
            {"audience": "frontend", "require_access_token_type": False},
        ):
            gateway = await gateway_before(**trusting(real.issuer, **changes))
            assert (await me(gateway, tokens["id_token"])).status_code == 401

    async def test_another_audience(self, real: Real, gateway_before: OpenGateway) -> None:
        gateway = await gateway_before(**trusting(real.issuer, audience="https://other.test"))
        assert (await me(gateway, (await real.sign_in())["access_token"])).status_code == 401

    async def test_keys_can_be_rotated(
        self, real: Real, gateway_before: OpenGateway, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("gateway.identity.operations.providers.KEYS_PAUSE_SECONDS", 0)
        gateway = await gateway_before(**trusting(real.issuer))
        before = (await real.sign_in())["access_token"]
        assert (await me(gateway, before)).status_code == 200
        await real.rotate()
        after = (await real.sign_in())["access_token"]
        assert read_key_id(after) != read_key_id(before)
        assert (await me(gateway, after)).status_code == 200

    async def test_a_provider_that_is_down_costs_nobody_access_whose_key_is_known(
        self, real: Real, gateway_before: OpenGateway
    ) -> None:
        gateway, late = [await gateway_before(**trusting(real.issuer)) for _ in range(2)]
        first, second = [(await real.sign_in())["access_token"] for _ in range(2)]
        assert (await me(gateway, first)).status_code == 200
        await real.stop()
        assert (await me(gateway, second)).status_code == 200
        answer = await me(late, first)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert (await late.client().get("/health/live")).status_code == 200

    async def test_a_forged_signature(self, real: Real, gateway_before: OpenGateway) -> None:
        gateway = await gateway_before(**trusting(real.issuer))
        head, body, signature = (await real.sign_in())["access_token"].split(".")
        claims = json.loads(base64.urlsafe_b64decode(body + "=="))
        claims["realm_access"] = {"roles": ["kaz-administrator", "kaz-manager"]}
        forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
        assert (await me(gateway, f"{head}.{forged}.{signature}")).status_code == 401


KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
TRUSTED = Provider.model_validate(
    {"issuer": ISSUER, "audience": AUDIENCE, "roles": {"boss": "manager", "robot": "service"}}
)


class Desk:
    """A provider made up, whose answers a test decides on; counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.now = 0.0
        self.keys = [KEY.as_dict(private=False)]
        self.metadata = {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/jwks"}
        self.broken = False

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.broken:
            raise httpx.ConnectError("down")
        told = self.metadata if "well-known" in request.url.path else {"keys": self.keys}
        return httpx.Response(200, stream=httpx.ByteStream(json.dumps(told).encode()))

    def open(self) -> Providers:
        client = httpx.AsyncClient(transport=httpx.MockTransport(self.answer))
        return Providers([TRUSTED], client, lambda: self.now)


def token(key: RSAKey = KEY, *, header: dict[str, Any] | None = None, **claims: Any) -> str:
    told = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "synthetic",
        "exp": int(time.time()) + 300,
        "roles": ["boss", "robot", "unknown"],
    } | claims
    told = {name: value for name, value in told.items() if value is not None}
    return jwt.encode(
        {"alg": "RS256", "kid": key.kid, "typ": "at+jwt"} | (header or {}), told, key, algorithms=["RS256"]
    )


def unsigned(header: dict[str, Any], secret: bytes | None = None) -> str:
    parts = [header, {"iss": ISSUER, "aud": AUDIENCE, "sub": "x", "exp": int(time.time()) + 300}]
    text = ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts
    )
    signature = hmac.new(secret, text.encode(), hashlib.sha256).digest() if secret else b""
    return f"{text}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


class TestTokens:
    async def test_unmapped_and_reserved_roles_mean_nothing(self) -> None:
        caller = await Desk().open().verify(TRUSTED, token())
        assert caller.roles == {Role.PUBLIC, Role.MANAGER}

    async def test_limits_that_cannot_be_are_none(self) -> None:
        provider = TRUSTED.model_copy(update={"grants_claim": "limits"})
        told = [
            "nominator:country:Nowhere",
            "participant:person:me",
            "nominator:country:TJ",
            "lecturer:lecturer:",
        ]
        caller = await Desk().open().verify(provider, token(limits=told))
        assert caller.grants == {Grant(Role.NOMINATOR, GrantKind.COUNTRY, "TJ")}
        assert caller.roles == {Role.PUBLIC, Role.MANAGER, Role.NOMINATOR}

    @pytest.mark.parametrize(
        "claims",
        [
            {"exp": int(time.time()) - 300},
            {"exp": None},
            {"aud": None},
            {"aud": "https://other.test"},
            {"aud": ["https://other.test"]},
            {"sub": None},
            {"sub": ""},
            {"sub": 7},
            {"iss": "https://other.example"},
            {"iss": None},
            {"nbf": int(time.time()) + 3000},
            {"header": {"typ": "JWT"}},
            {"header": {"typ": "at+jwt", "jku": "https://evil.example/jwks"}},
            {"header": {"jwk": KEY.as_dict(private=False)}},
        ],
    )
    async def test_what_is_refused(self, claims: dict[str, Any]) -> None:
        with pytest.raises(NotAuthenticated):
            await Desk().open().verify(TRUSTED, token(**claims))

    async def test_an_audience_may_be_one_of_several(self) -> None:
        assert (await Desk().open().verify(TRUSTED, token(aud=["x", AUDIENCE]))).subject is not None

    @pytest.mark.parametrize("alg", ["none", "None", "NONE", "HS256", "HS512"])
    async def test_neither_no_signature_nor_a_shared_secret(self, alg: str) -> None:
        public = KEY.as_pem(private=False)
        for secret in (None, public):
            with pytest.raises(NotAuthenticated):
                await (
                    Desk()
                    .open()
                    .verify(TRUSTED, unsigned({"alg": alg, "kid": "one", "typ": "at+jwt"}, secret))
                )

    async def test_a_key_of_another_with_the_same_id(self) -> None:
        with pytest.raises(NotAuthenticated):
            await Desk().open().verify(TRUSTED, token(RSAKey.generate_key(2048, {"kid": "one"})))

    async def test_a_flood_of_unknown_key_ids_reaches_the_provider_once(self) -> None:
        desk = Desk()
        providers = desk.open()
        await providers.verify(TRUSTED, token())
        asked = desk.asked
        desk.now += KEYS_PAUSE_SECONDS
        for number in range(200):
            with pytest.raises(NotAuthenticated):
                await providers.verify(TRUSTED, token(header={"kid": f"k{number}"}))
        assert desk.asked == asked + 2, "the metadata and the keys, once"
        assert (await providers.verify(TRUSTED, token())).subject is not None

    async def test_many_at_once_ask_once(self) -> None:
        desk = Desk()
        providers = desk.open()
        await asyncio.gather(*(providers.verify(TRUSTED, token()) for _ in range(20)))
        assert desk.asked == 2

    async def test_a_withdrawn_key_is_refused_in_the_end(self) -> None:
        desk = Desk()
        providers = desk.open()
        await providers.verify(TRUSTED, token())
        desk.keys = []
        await providers.verify(TRUSTED, token())
        desk.now += KEYS_KEPT_SECONDS
        with pytest.raises(NotAuthenticated):
            await providers.verify(TRUSTED, token())

    async def test_a_provider_that_is_down_is_asked_again_after_a_pause(self) -> None:
        desk = Desk()
        desk.broken = True
        providers = desk.open()
        for _ in range(3):
            with pytest.raises(Unavailable):
                await providers.verify(TRUSTED, token())
        assert desk.asked == 1
        desk.broken = False
        desk.now += KEYS_PAUSE_SECONDS
        assert (await providers.verify(TRUSTED, token())).subject is not None

    @pytest.mark.parametrize(
        "metadata",
        [{"issuer": "https://other.example", "jwks_uri": f"{ISSUER}/jwks"}, {"issuer": ISSUER}, {}],
    )
    async def test_metadata_that_is_not_the_issuers(self, metadata: dict[str, str]) -> None:
        desk = Desk()
        desk.metadata = metadata
        with pytest.raises(Unavailable):
            await desk.open().verify(TRUSTED, token())

    @pytest.mark.parametrize("changes", [{"kty": "oct", "k": "c2VjcmV0"}, {"use": "enc"}, {"kid": None}])
    async def test_keys_that_do_not_sign(self, changes: dict[str, Any]) -> None:
        desk = Desk()
        desk.keys = [{**desk.keys[0], **changes}]
        with pytest.raises(NotAuthenticated):
            await desk.open().verify(TRUSTED, token())

    @pytest.mark.parametrize(
        "text", ["", "a", "a.b", "a.b.c", "....", "e30.e30.e30.e30", "W10.W10.x", "x" * 100_000]
    )
    async def test_what_is_no_token(self, text: str) -> None:
        with pytest.raises(NotAuthenticated):
            await Desk().open().verify(TRUSTED, text)

    @pytest.mark.parametrize(
        ("claims", "accepted"),
        [
            ({}, True),
            ({"nonce": "n"}, False),
            ({"at_hash": "h"}, False),
            ({"typ": "ID"}, False),
            ({"typ": "Bearer"}, True),
        ],
    )
    def test_providers_that_do_not_name_the_type(self, claims: dict[str, Any], accepted: bool) -> None:
        lenient = TRUSTED.model_copy(update={"require_access_token_type": False})
        keys = jwt_keys()
        spoken = token(header={"typ": "JWT"}, **claims)
        if accepted:
            assert read_caller(lenient, spoken, keys).subject is not None
        else:
            with pytest.raises(NotAuthenticated):
                read_caller(lenient, spoken, keys)

    @pytest.mark.parametrize(
        ("path", "claims", "roles"),
        [
            ("roles", {"roles": "boss other"}, {Role.PUBLIC, Role.MANAGER}),
            ("realm_access.roles", {"realm_access": {"roles": ["boss"]}}, {Role.PUBLIC, Role.MANAGER}),
            ("https://x.example/roles", {"https://x.example/roles": ["boss"]}, {Role.PUBLIC, Role.MANAGER}),
            ("realm_access.roles", {"realm_access": 7}, {Role.PUBLIC}),
            ("roles", {"roles": {"boss": True}}, {Role.PUBLIC}),
            ("roles", {"roles": [7, None]}, {Role.PUBLIC}),
        ],
    )
    def test_where_roles_may_stand(self, path: str, claims: dict[str, Any], roles: set[Role]) -> None:
        provider = TRUSTED.model_copy(update={"roles_claim": path})
        assert read_caller(provider, token(**claims), jwt_keys()).roles == roles

    def test_the_issuer_is_read_before_anything_is_believed(self) -> None:
        assert read_issuer(token()) == ISSUER
        assert read_issuer(token(iss=7)) is None


def jwt_keys() -> Any:
    from joserfc.jwk import KeySet

    return KeySet.import_key_set({"keys": [KEY.as_dict(private=False)]})


async def test_a_token_of_a_megabyte_is_refused_unread(gateway_before: OpenGateway) -> None:
    gateway = await gateway_before(**trusting(ISSUER))
    assert (await me(gateway, "x" * 1_000_000)).status_code == 431
    assert (await me(gateway, "x" * 20_000)).status_code == 401


async def test_an_issuer_that_nobody_trusts(gateway_before: OpenGateway) -> None:
    gateway = await gateway_before(**trusting("https://other.example"))
    assert (await me(gateway, token())).status_code == 401
