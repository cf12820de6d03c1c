"""Keys as parameters of a route: they come from the key store, never from this room's database."""

from typing import Annotated, Final

from fastapi import Depends, Request

from services.common.keystore import KeyStore
from services.common.problems import Unavailable

PERSON: Final = "person"
ROOM_KEYS: Final = "participants"
PSEUDONYMS: Final = "pseudonyms"
PASSPORT_INDEX: Final = "passport_index"
BADGES: Final = "badges"


async def _key_store(request: Request) -> KeyStore:
    store: KeyStore | None = getattr(request.app.state, "key_store", None)
    if store is None:
        raise Unavailable("No key store is configured for this service.")
    return store


Keys = Annotated[KeyStore, Depends(_key_store)]
"""The store of keys; 503 where none is configured."""


async def _pseudonym_key(store: Keys) -> bytes:
    return await open_room_key(store, PSEUDONYMS)


async def open_room_key(store: KeyStore, subject: str) -> bytes:
    """Return one of this room's own keys, made at its first use."""
    await store.create_key(ROOM_KEYS, subject)
    return await store.open_key(ROOM_KEYS, subject)


PseudonymKey = Annotated[bytes, Depends(_pseudonym_key)]
"""The key of the pseudonyms, which nobody but this room holds."""


async def _badge_key(store: Keys) -> bytes:
    return await open_room_key(store, BADGES)


BadgeKey = Annotated[bytes, Depends(_badge_key)]
"""The key by which badges prove that we wrote them."""
