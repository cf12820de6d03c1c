"""Questions asked of what an organization shares with the agency."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from services.common.clock import Provenance
from services.common.identity import Caller, Reach, Role
from services.programs.db.money_scopes import own_editions, own_organizations
from services.programs.db.organizations import get_organization
from services.programs.db.tables import (
    Edition,
    LedgerEntry,
    Organization,
    Partnership,
    PartnershipSubject,
)
from services.programs.domain.editions import EditionState
from services.programs.domain.money import GIVEN, EntryKind
from services.programs.domain.problems import OrganizationNotFound
from services.programs.domain.programs import FunctionalRole

_CONTRIBUTED: Final = frozenset({EntryKind.PLEDGE, EntryKind.COMMITMENT, *GIVEN})


async def get_partner(session: AsyncSession, organization_id: UUID, *, visible_to: Caller) -> Organization:
    """Return the organization; raise `OrganizationNotFound`, to a partner also for every other organization."""
    partner_only = visible_to.reach is not Reach.ALL and Role.MANAGER not in visible_to.roles
    if partner_only and organization_id not in own_organizations(visible_to):
        raise OrganizationNotFound("There is no such organization.")
    return await get_organization(session, organization_id)


async def sum_contributions(
    session: AsyncSession, organization_id: UUID, provenance: Provenance, *, visible_to: Caller
) -> Sequence[tuple[EntryKind, str, Decimal]]:
    """Return what the organization pledged, committed and gave, by kind and currency; to managers nothing.

    A gift to a fund is for no program in particular, so nobody sees it who sees some programs only.
    """
    if visible_to.reach is not Reach.ALL and organization_id not in own_organizations(visible_to):
        return []
    query = (
        select(LedgerEntry.kind, LedgerEntry.currency, func.sum(LedgerEntry.amount))
        .where(
            LedgerEntry.organization_id == organization_id,
            LedgerEntry.kind.in_(_CONTRIBUTED),
            LedgerEntry.provenance == provenance,
        )
        .group_by(LedgerEntry.kind, LedgerEntry.currency)
        .order_by(LedgerEntry.kind, LedgerEntry.currency)
    )
    return [(kind, currency, amount) for kind, currency, amount in await session.execute(query)]


async def list_shared_editions(
    session: AsyncSession, organization_id: UUID, provenance: Provenance, *, visible_to: Caller
) -> tuple[list[Edition], Mapping[UUID, list[FunctionalRole]]]:
    """Return the editions that the organization has a part in, or in whose program, and its roles by edition."""
    roles: dict[UUID, set[FunctionalRole]] = defaultdict(set)
    query = (
        select(PartnershipSubject.subject_id, Partnership.functional_role)
        .join(Partnership, Partnership.id == PartnershipSubject.partnership_id)
        .where(Partnership.organization_id == organization_id)
    )
    for subject_id, role in await session.execute(query):
        roles[subject_id].add(role)
    concerned = or_(Edition.id.in_(list(roles)), Edition.program_id.in_(list(roles)))
    editions = await _list_editions(session, concerned, provenance, visible_to=visible_to)
    by_edition = {
        edition.id: sorted(roles.get(edition.id, set()) | roles.get(edition.program_id, set()))
        for edition in editions
    }
    return editions, by_edition


async def list_program_editions(
    session: AsyncSession, program_id: UUID, provenance: Provenance, *, visible_to: Caller
) -> list[Edition]:
    """Return the editions of a program whose money the caller may see, by date, each with its program."""
    return await _list_editions(session, Edition.program_id == program_id, provenance, visible_to=visible_to)


async def _list_editions(
    session: AsyncSession, concerned: ColumnElement[bool], provenance: Provenance, *, visible_to: Caller
) -> list[Edition]:
    own: list[Any] = [] if visible_to.reach is Reach.ALL else [Edition.id.in_(own_editions(visible_to))]
    query = (
        select(Edition)
        .options(joinedload(Edition.program))
        .where(concerned, Edition.provenance == provenance, Edition.state != EditionState.DRAFT, *own)
        .order_by(Edition.earliest, Edition.code)
    )
    return list(await session.scalars(query))
