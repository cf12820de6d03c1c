"""Whose money a caller may see: managers that of their programs, partners that of their partnerships."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from services.common.identity import Caller, GrantKind, Reach, Role
from services.programs.db.tables import Delivery, Edition, Partnership, PartnershipSubject, Program
from services.programs.domain.evidence import SubjectKind
from services.programs.domain.problems import SubjectNotFound


def own_organizations(caller: Caller) -> list[UUID]:
    """Return the organizations that the caller speaks for as a partner."""
    return _granted(caller, GrantKind.ORGANIZATION, Role.PARTNER)


def own_programs(caller: Caller) -> Select[UUID]:
    """Return the programs whose money is the caller's to see."""
    return select(Program.id).where(
        or_(
            Program.id.in_(_granted(caller, GrantKind.PROGRAM, Role.MANAGER)),
            Program.id.in_(_partnered(own_organizations(caller), SubjectKind.PROGRAM)),
        )
    )


def own_editions(caller: Caller) -> Select[UUID]:
    """Return the editions whose money is the caller's to see."""
    return select(Edition.id).where(
        or_(
            Edition.id.in_(_granted(caller, GrantKind.EDITION, Role.MANAGER)),
            Edition.program_id.in_(own_programs(caller)),
            Edition.id.in_(_partnered(own_organizations(caller), SubjectKind.EDITION)),
        )
    )


def own_deliveries(caller: Caller) -> Select[UUID]:
    """Return the deliveries whose money is the caller's to see."""
    return select(Delivery.id).where(
        or_(
            Delivery.program_id.in_(own_programs(caller)),
            Delivery.id.in_(_partnered(own_organizations(caller), SubjectKind.DELIVERY)),
        )
    )


_OWN: Final[Mapping[SubjectKind, tuple[Any, Any]]] = {
    SubjectKind.PROGRAM: (Program, own_programs),
    SubjectKind.EDITION: (Edition, own_editions),
    SubjectKind.DELIVERY: (Delivery, own_deliveries),
}


def of_own_subjects(
    caller: Caller,
    kind: InstrumentedAttribute[SubjectKind],
    subject_id: InstrumentedAttribute[UUID],
) -> list[ColumnElement[bool]]:
    """Return what narrows rows about subjects to those whose money is the caller's to see."""
    if caller.reach is Reach.ALL:
        return []
    return [or_(*((kind == known) & subject_id.in_(own(caller)) for known, (_, own) in _OWN.items()))]


async def require_within_reach(
    session: AsyncSession, kind: SubjectKind, subject_id: UUID, caller: Caller
) -> None:
    """Raise `SubjectNotFound` unless there is such a subject and its money is the caller's to see."""
    table, own = _OWN[kind]
    query = select(table.id).where(table.id == subject_id)
    if caller.reach is not Reach.ALL:
        query = query.where(table.id.in_(own(caller)))
    if await session.scalar(query) is None:
        raise SubjectNotFound(f"There is no such {kind}.")


def _granted(caller: Caller, kind: GrantKind, role: Role) -> list[UUID]:
    return [UUID(one) for one in caller.granted(kind, role)]


def _partnered(organizations: Sequence[UUID], kind: SubjectKind) -> Select[UUID]:
    return (
        select(PartnershipSubject.subject_id)
        .join(Partnership, Partnership.id == PartnershipSubject.partnership_id)
        .where(PartnershipSubject.subject_kind == kind, Partnership.organization_id.in_(organizations))
    )
