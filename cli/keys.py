"""`qoldau keys`: what apps sign their tokens with, the keystore's master key, the pair that seals survey codes."""

import json
import os
import secrets
from pathlib import Path
from typing import Any

import typer
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from joserfc.jwk import OKPKey

from cli.home import Home, find_home, write_secret
from cli.roles import APPS
from services.common.identity import CURRENT_KEYS

_SIGNS_BADGES = "participants"  # whose public keys are all kept: badges outlive the key that signed them

keys = typer.Typer(no_args_is_help=True, help="Signing keys of the apps.")


@keys.command()
def init() -> None:
    """Make the keys that are missing; keys that exist are left alone."""
    make_keys(find_home(os.environ))


@keys.command()
def rotate() -> None:
    """Give every app a new signing key; tokens signed with the previous one stay valid, badges with any.

    Processes read keys when they start. Restart the services first and the gateway last.
    """
    home = find_home(os.environ)
    for app in APPS:
        _make_signing_key(home, app)
    print(f"New keys are in {home.keys}: restart the services, then the gateway.")


def make_keys(home: Home) -> None:
    """Make the keys that are missing."""
    home.make()
    for app in APPS:
        if not home.signing_key(app).exists():
            _make_signing_key(home, app)
    if not home.master_key.exists():
        write_secret(home.master_key, secrets.token_hex(32))
    if not home.unsealing_key.exists():
        write_secret(home.unsealing_key, X25519PrivateKey.generate().private_bytes_raw().hex())
    if not home.sealing_key.exists():
        private = X25519PrivateKey.from_private_bytes(bytes.fromhex(home.unsealing_key.read_text()))
        write_secret(home.sealing_key, private.public_key().public_bytes_raw().hex())


def _make_signing_key(home: Home, app: str) -> None:
    # The issuer is read off the key's id, so that no app can sign for another.
    key = OKPKey.generate_key(
        "Ed25519", {"kid": f"{app}.{secrets.token_hex(4)}", "use": "sig", "alg": "Ed25519"}
    )
    published = _published(home.public_keys)
    own = [other for other in published if other["kid"].startswith(f"{app}.")]
    superseded = [] if app == _SIGNS_BADGES else own[: max(0, len(own) + 1 - CURRENT_KEYS)]
    retired = [other["kid"] for other in superseded]
    published = [other for other in published if other["kid"] not in retired]
    # The public half first: whoever starts in between must know both.
    write_secret(home.public_keys, json.dumps({"keys": [*published, key.as_dict(private=False)]}, indent=1))
    write_secret(home.signing_key(app), json.dumps(key.as_dict(private=True), indent=1))


def _published(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    published: list[dict[str, Any]] = json.loads(path.read_text())["keys"]
    return published
