"""Joining two records of one organization."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.identity import Caller
from services.common.outbox import publish
from services.programs.db.editions import get_edition
from services.programs.db.organization_merges import list_editions_with_seats_of, repoint
from services.programs.db.organizations import get_organization
from services.programs.db.tables import Organization
from services.programs.domain.events import ORGANIZATION_CHANGED, ORGANIZATION_MERGED
from services.programs.domain.organizations import ORGANIZATION_LIFE, OrganizationStatus
from services.programs.domain.problems import ReferenceUnknown, TransitionRefused
from services.programs.operations.edition_parts import count_change
from services.programs.operations.organizations import organization_data


async def merge_organization(
    session: AsyncSession, caller: Caller, organization_id: UUID, into_id: UUID
) -> Organization:
    """Let another record take the place of this one in everything but the ledger, which never changes.

    Raises `TransitionRefused` where either is merged already, `PortfolioItemExists` where both own seats of one
    edition. Returns the record that is merged and points to the other from now on.
    """
    if organization_id == into_id:
        raise ReferenceUnknown("An organization is not merged into itself.")
    # Locked in the order of their ids, so that two merges cannot wait for each other.
    first, second = sorted((organization_id, into_id))
    locked = {one: await get_organization(session, one, lock=True) for one in (first, second)}
    merged, kept = locked[organization_id], locked[into_id]
    if not ORGANIZATION_LIFE.may_become(merged.status, OrganizationStatus.MERGED):
        raise TransitionRefused(f"An organization that is {merged.status} cannot be merged.")
    if kept.status is OrganizationStatus.MERGED:
        raise TransitionRefused("The other organization is merged itself.")
    if merged.provenance is not kept.provenance:
        raise ReferenceUnknown("A real organization and a synthetic one are never the same.")
    editions = await list_editions_with_seats_of(session, merged.id)
    await repoint(session, merged.id, kept.id)
    merged.status, merged.merged_into_id = OrganizationStatus.MERGED, kept.id
    await record_change(session, caller, "organization.merged", merged, ["status", "merged_into_id"])
    for kind in (ORGANIZATION_CHANGED, ORGANIZATION_MERGED):
        await publish(session, kind, organization_data(merged))
    for edition_id in editions:
        edition = await get_edition(session, edition_id, lock=True)
        await count_change(session, caller, edition, "edition.seats_changed", "seat_lines")
    return merged
