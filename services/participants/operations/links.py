"""Links that sign a person in: made by the gateway, which alone knows accounts and tokens."""

from uuid import UUID

import orjson

from services.common.identity import GATEWAY, GrantKind, Role
from services.common.peers import Peers


async def mint_link(gateway: Peers, person_id: UUID) -> str:
    """Return a single-use token that signs the person in, with a session of 30 days on that device.

    Raises `PeerUnreachableError` or `PeerRefusedError`.
    """
    wanted = {
        "subject": str(person_id),
        "grants": [
            {"role": Role.PARTICIPANT, "scope": {"kind": GrantKind.PERSON, "id": str(person_id)}},
        ],
    }
    answer = await gateway.post(GATEWAY, "/internal/links", orjson.dumps(wanted), "application/json")
    return str(orjson.loads(answer)["token"])
