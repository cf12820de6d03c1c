"""Accounts of the story's people: each has one role, limited to what is theirs."""

import secrets

from cli.acts.cohort import DOMAIN
from cli.acts.planning import CODE
from cli.acts.stage import Stage, Voice
from services.common.identity import GrantKind, Role


async def open_account(stage: Stage, name: str, role: Role, kind: GrantKind, of: str) -> Voice:
    """Return the voice of a new account with one scoped role; its password is forgotten at once."""
    administrator = await stage.voice(Role.ADMINISTRATOR)
    login, password = f"{CODE.lower()}-{name}@{DOMAIN}", secrets.token_urlsafe(24)
    account = {"login": login, "display_name": f"Synthetic: {role}", "password": password}
    made = await administrator.post("/v1/accounts", account)
    grant = {"account_id": made["id"], "role": role, "scope": {"kind": kind, "id": of}}
    await administrator.post("/v1/grants", grant)
    public = await stage.voice(Role.PUBLIC)
    credentials = {"grant_type": "password", "login": login, "password": password}
    voice = await stage.voice_with((await public.post("/v1/auth/token", credentials))["access_token"])
    voice.account_id = made["id"]
    return voice
