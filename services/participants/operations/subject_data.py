"""Everything held about one person, for that person: here, and in the other apps that know them."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.context import request_id
from services.common.identity import GATEWAY, Caller
from services.common.peers import PeerRefusedError, Peers, PeerUnreachableError
from services.common.seal import decrypt
from services.participants.db.people import get_own_or_any
from services.participants.db.personal import read_rows_about
from services.participants.db.privacy import Identities, find_records_of
from services.participants.db.privacy_tables import SensitiveRead
from services.participants.domain.events import EVALUATION
from services.participants.domain.people import ReadPurpose, context_of_sensitive_block

PATH: Final = "/internal/subject-data"
SECONDS: Final = 3.0
"""How long another app may take; the rest is told without it."""
LARGEST: Final = 8 * 1024 * 1024


@dataclass(frozen=True)
class Elsewhere:
    """What the other apps hold, and whose part is missing."""

    parts: Mapping[str, Any] = field(repr=False)
    missing: Sequence[Mapping[str, str]]


async def ask_elsewhere(peers: Peers, known: Identities, *, by_author: bool) -> Elsewhere:
    """Ask evaluation and the gateway what they hold; the words of action plans are told to their author alone."""
    questions: Mapping[str, Mapping[str, Any]] = {
        EVALUATION: {"pseudonyms": known.pseudonyms, "by_author": by_author},
        GATEWAY: {"persons": known.persons, "logins": known.addresses},
    }
    asked = [_ask(peers, app, question) for app, question in questions.items()]
    told = dict(zip(questions, await asyncio.gather(*asked), strict=True))
    missing = [{"part": app, "problem": "unreachable"} for app, part in told.items() if part is None]
    return Elsewhere(told, missing)


async def _ask(peers: Peers, app: str, question: Mapping[str, Any]) -> Any:
    try:
        answer = await replace(peers, budget=SECONDS).post(
            app, PATH, orjson.dumps(question), "application/json", largest=LARGEST
        )
    except (PeerUnreachableError, PeerRefusedError):
        return None
    return orjson.loads(answer)


async def read_subject_data(
    session: AsyncSession, caller: Caller, person_id: UUID, *, key: bytes, elsewhere: Elsewhere
) -> dict[str, Any]:
    """Return every row about the person by table, the sensitive block decrypted, and what others hold.

    Evaluation knows pseudonyms, and of anonymous surveys no answer is tied to one; programs knows nobody. The
    reading is logged.
    """
    person = await get_own_or_any(session, person_id, caller=caller)
    session.add(
        SensitiveRead(
            person_id=person.id,
            actor=caller.principal,
            purpose=ReadPurpose.SUBJECT_REQUEST,
            request_id=request_id.get(),
        )
    )
    await session.flush()
    records = [record.id for record in await find_records_of(session, person.id)]
    rows = await read_rows_about(session, records)
    block = None
    if person.sensitive is not None:
        block = json.loads(decrypt(key, person.sensitive, context_of_sensitive_block(person.id)))
    told = [
        {name: row[name] for name in ("edition_id", "pseudonym", "state", "country")}
        | {"sex": person.sex, "language": person.preferred_language}
        for row in rows.get("participation", [])
    ]
    return {
        "person_id": person.id,
        "tables": rows,
        "sensitive": block,
        "told_evaluation": told,
        **elsewhere.parts,
        "missing": elsewhere.missing,
    }
