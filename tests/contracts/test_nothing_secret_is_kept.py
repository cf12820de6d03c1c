"""Passwords, tokens, keys and links, used rightly and wrongly, stand in no log of any process and in no address."""

import re
from email import message_from_bytes
from email.policy import default
from uuid import uuid4

import httpx
import pytest

from gateway.identity.operations.demonstration import PASSWORD, login_of
from services.common.identity import Role
from tests.contracts.conftest import Portfolio
from tests.instances import wait_until

pytestmark = pytest.mark.process


def letter_to(portfolio: Portfolio, login: str) -> str:
    """Return the text of the letter to `login`, once it has been sent."""
    found: list[str] = []

    def arrived() -> bool:
        for file in (portfolio.home / "mail").glob("*.eml"):
            message = message_from_bytes(file.read_bytes(), policy=default)
            body = message.get_body()
            if login in str(message["to"]) and body is not None:
                found.append(str(body.get_content()))
        return bool(found)

    wait_until(arrived, f"a letter to {login}")
    return found[0]


def sign_in(client: httpx.Client, login: str, password: str) -> httpx.Response:
    body = {"grant_type": "password", "login": login, "password": password}
    return client.post("/v1/auth/token", json=body)


def test_no_log_keeps_what_lets_somebody_in(portfolio: Portfolio) -> None:
    public, administrator = portfolio.client(Role.PUBLIC), portfolio.client(Role.ADMINISTRATOR)
    secrets = {f"canary-wrong-{uuid4()}", f"canary-mistyped-{uuid4()}"}
    wrong, mistyped = sorted(secrets)
    assert sign_in(public, login_of(Role.MANAGER), wrong).status_code == 401
    assert sign_in(public, mistyped, wrong).status_code in {
        401,
        422,
    }  # a password typed where the login belongs

    tokens = sign_in(public, login_of(Role.EVALUATOR), PASSWORD).json()
    refreshed = public.post(
        "/v1/auth/token", json={"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    )
    assert refreshed.status_code == 200, refreshed.text
    secrets |= {one[name] for one in (tokens, refreshed.json()) for name in ("access_token", "refresh_token")}
    key = administrator.post(
        "/v1/api-keys", json={"name": "Synthetic", "grants": [{"role": "auditor"}]}
    ).json()["secret"]
    secrets |= {key, key.rpartition("_")[2], f"{key}x"}
    for credential in (key, f"{key}x", tokens["access_token"] + "x"):
        public.get("/v1/me", headers={"Authorization": f"Bearer {credential}"})
    hook = {
        "url": "https://hooks.example.org/x",
        "description": "Synthetic",
        "event_types": ["programs.edition.changed.v1"],
    }
    made = administrator.post("/v1/webhook-endpoints", json=hook)
    secrets |= {made.json()["secret"]} if made.status_code == 201 else set()

    login, chosen = f"canary-{uuid4()}@demonstration.example", f"canary-chosen-{uuid4()}"
    invited = administrator.post("/v1/accounts", json={"login": login, "display_name": "Synthetic"})
    assert invited.status_code == 201, invited.text
    letter = letter_to(portfolio, login)
    (token,) = set(re.findall(r"[A-Za-z0-9_-]{30,}", letter))
    assert not re.search(rf"[?&/=]{re.escape(token)}", letter), "the token stands behind # alone"
    assert (
        public.post("/v1/auth/passwords", json={"token": f"{token}x", "password": chosen}).status_code == 401
    )
    assert public.post("/v1/auth/passwords", json={"token": token, "password": chosen}).status_code == 204
    assert sign_in(public, login, chosen).status_code == 200
    secrets |= {token, chosen}

    # What a careless client puts where it does not belong.
    for secret in sorted(secrets):
        assert public.get("/v1/me", params={"access_token": secret}).status_code in {400, 401, 422}
        assert public.get(f"/v1/{secret[:200]}").status_code == 404
        assert (
            public.post(f"/v1/auth/token?password={secret}", json={"grant_type": secret[:50]}).status_code
            == 422
        )

    logs = list((portfolio.home / "logs").glob("*"))
    assert {file.stem for file in logs} >= {"gateway", "programs", "participants", "evaluation", "postgresql"}
    kept = {file.name: file.read_text(errors="replace") for file in logs}
    assert '"POST"' in kept["gateway.log"] or "/v1/auth/token" in kept["gateway.log"], "requests are logged"
    assert not [(name, secret) for name, text in kept.items() for secret in secrets if secret in text]
    audit = administrator.get("/v1/gateway/audit-entries?limit=200").text
    assert not [secret for secret in secrets if secret in audit]
