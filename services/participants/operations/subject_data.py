"""Everything held about one person, for that person."""

import json
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.context import request_id
from services.common.identity import Caller
from services.common.seal import decrypt
from services.participants.db.people import get_own_or_any
from services.participants.db.personal import read_rows_about
from services.participants.db.privacy import find_records_of
from services.participants.db.privacy_tables import SensitiveRead
from services.participants.domain.people import ReadPurpose, context_of_sensitive_block


async def read_subject_data(
    session: AsyncSession, caller: Caller, person_id: UUID, *, key: bytes
) -> dict[str, Any]:
    """Return every row about the person by table, the sensitive block decrypted, and what others were told.

    Evaluation was told the codes in `told_evaluation` under a pseudonym and can tie no answer to it; programs
    knows nobody. The reading is logged.
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
    return {"person_id": person.id, "tables": rows, "sensitive": block, "told_evaluation": told}
