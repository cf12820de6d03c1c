"""Statements over the stage of an import: what is wrong with its rows, and entering them all at once."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import TextClause, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.context import request_id
from services.participants.db.tables import MirrorEdition, MirrorTrainingSession

_TWICE: Final = text(
    """
    SELECT number FROM (
        SELECT number, row_number() OVER (
            PARTITION BY coalesce(lower(email), names::text), birth_date, nationality ORDER BY number
        ) AS place
        FROM stage
    ) AS placed WHERE place > 1
    """
)
_KNOWN: Final = text(
    """
    SELECT s.number FROM stage s JOIN person p
        ON lower(p.email) = lower(s.email) AND p.nationality = s.nationality AND p.provenance = s.provenance
    WHERE p.birth_date IS NOT DISTINCT FROM s.birth_date AND p.merged_into IS NULL AND p.erased_at IS NULL
    UNION
    SELECT s.number FROM stage s JOIN person p
        ON p.names = s.names AND p.nationality = s.nationality AND p.provenance = s.provenance
    WHERE s.email IS NULL AND p.birth_date IS NOT DISTINCT FROM s.birth_date
        AND p.merged_into IS NULL AND p.erased_at IS NULL
    """
)
_ENTER: Final = text(
    """
    INSERT INTO person (id, version, names, sex, birth_date, nationality, residence, email, preferred_language,
        provenance)
    SELECT id, 1, names, sex, birth_date, nationality, residence, email, preferred_language, provenance
    FROM stage
    """
)
_AUDIT: Final = text(
    """
    INSERT INTO audit_entry (id, actor, action, subject_kind, subject_id, subject_version, fields, request_id)
    SELECT audit_id, :actor, 'person.entered', 'person', id, 1, '[]', :request_id FROM stage
    """
)
_LOOK: Final = text("ANALYZE stage (email, nationality)")
"""So much the planner has to know for `_KNOWN`; all columns would cost as much as entering them does."""
_COUNT: Final = text("SELECT count(*) FROM stage")


async def check_staged_persons(session: AsyncSession) -> Sequence[tuple[int, str, str]]:
    """Return the staged persons who stand twice in the table, or are known already.

    The same address, or name where there is none, with the same birth date and nationality; everything less sure
    is for the search for duplicates, and a person decides.
    """
    await session.execute(_LOOK)
    twice = set(await _numbers(session, _TWICE))
    known = set(await _numbers(session, _KNOWN)) - twice
    return [
        *((number, "twice", "The same person stands above already.") for number in sorted(twice)),
        *((number, "known_already", "This person is known already.") for number in sorted(known)),
    ]


async def enter_staged_persons(session: AsyncSession, actor: str) -> int:
    """Enter every staged person with an audit entry, and return how many."""
    count: int = (await session.execute(_COUNT)).scalar_one()
    await session.execute(_ENTER)
    await session.execute(_AUDIT, {"actor": actor, "request_id": request_id.get()})
    return count


async def find_edition_ids(session: AsyncSession, codes: Sequence[str]) -> Mapping[str, UUID]:
    """Return the ids of the editions with these codes."""
    query = select(MirrorEdition.code, MirrorEdition.id).where(MirrorEdition.code.in_(codes))
    return {row.code: row.id for row in await session.execute(query)}


async def find_edition_of(session: AsyncSession, training_session_id: UUID) -> UUID | None:
    """Return the edition whose training session this is, if it is known."""
    query = select(MirrorTrainingSession.edition_id).where(MirrorTrainingSession.id == training_session_id)
    found: UUID | None = await session.scalar(query)
    return found


async def _numbers(session: AsyncSession, question: TextClause) -> Sequence[Any]:
    return (await session.execute(question)).scalars().all()
