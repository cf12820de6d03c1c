"""Forgetting what has been kept long enough, by the periods of the data inventory."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.participants.db.affiliations import find_lapsed_supervisors
from services.participants.db.matching import forget_keys
from services.participants.db.privacy import (
    find_final_merges,
    find_lapsed_blocks,
    find_unused,
    forget_old_reads,
)
from services.participants.db.tables import Person
from services.participants.operations.affiliations import forget_supervisor
from services.participants.operations.erasures import erase_unused
from services.participants.operations.matching import index_persons
from services.participants.operations.seats import ROOM

_BATCH: Final = 100
_MOST_NAMES: Final = 10


async def retain_persons(session: AsyncSession) -> bool:
    """Forget blocks, supervisors, unused records, final merges and old log entries; say whether more is left."""
    lapsed = await find_lapsed_blocks(session, _BATCH)
    for person in lapsed:
        person.sensitive = person.passport_index = None
        await index_persons(session, [person])
        await record_change(session, ROOM, "person.sensitive_data_lapsed", person, ["sensitive"])
    supervised = await find_lapsed_supervisors(session, _BATCH)
    for affiliation in supervised:
        await forget_supervisor(session, ROOM, affiliation)
    final = await find_final_merges(session, _BATCH)
    for duplicate, survivor in final:
        await _close_merge(session, duplicate, survivor)
    unused = await find_unused(session, _BATCH)
    for person in unused:
        await erase_unused(session, person)
    await forget_old_reads(session)
    return _BATCH in {len(lapsed), len(supervised), len(final), len(unused)}


async def _close_merge(session: AsyncSession, duplicate: Person, survivor: Person) -> None:
    """Let the survivor have the duplicate's spellings for good, and empty the duplicate's record."""
    more = [name for name in duplicate.names if name not in survivor.names]
    if more and survivor.erased_at is None:
        survivor.names = [*survivor.names, *more][:_MOST_NAMES]
    duplicate.names, duplicate.spellings = [], []
    duplicate.birth_date = duplicate.email = duplicate.phone = duplicate.residence = None
    duplicate.languages = {}
    duplicate.sensitive = duplicate.passport_index = None
    await forget_keys(session, duplicate.id)
    await record_change(session, ROOM, "person.emptied", duplicate, ["names"])
    if survivor.erased_at is None:
        await index_persons(session, [survivor])
        await record_change(session, ROOM, "person.took_over", survivor, ["names", "spellings"])
