"""Questions asked of vouchers, the people behind awards, and alumni."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.common.identity import Caller, GrantKind, Reach, Role
from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.participants.db.privacy_tables import Consent
from services.participants.db.scopes import about, authority_in_reach
from services.participants.db.tables import Authority
from services.participants.db.voucher_tables import (
    AlumniEngagement,
    AlumniProfile,
    AwardRecipient,
    MirrorVoucherScheme,
    Voucher,
)
from services.participants.domain.people import ConsentPurpose
from services.participants.domain.voucher_problems import (
    AlumniProfileNotFound,
    RecipientNotFound,
    VoucherCodeUnknown,
    VoucherNotFound,
    VoucherSchemeNotFound,
)
from services.participants.domain.vouchers import OPEN, SOON, VoucherState


async def put_scheme(session: AsyncSession, columns: Mapping[str, Any]) -> None:
    """Keep a scheme unless as new a one is held."""
    row = insert(MirrorVoucherScheme).values(**columns)
    await session.execute(
        row.on_conflict_do_update(
            index_elements=[MirrorVoucherScheme.id],
            set_={name: row.excluded[name] for name in columns if name != "id"},
            where=MirrorVoucherScheme.aggregate_version <= row.excluded.aggregate_version,
        )
    )


async def get_scheme(session: AsyncSession, scheme_id: UUID, *, lock: bool = False) -> MirrorVoucherScheme:
    """Return a scheme; raise `VoucherSchemeNotFound`."""
    query = select(MirrorVoucherScheme).where(MirrorVoucherScheme.id == scheme_id)
    query = query.execution_options(populate_existing=True)
    found = (await session.scalars(query.with_for_update() if lock else query)).one_or_none()
    if found is None:
        raise VoucherSchemeNotFound("There is no such voucher scheme.")
    return found


async def list_schemes(session: AsyncSession, page: PageRequest) -> Rows:
    """Return the schemes by code."""
    return await fetch_page(
        session,
        select(MirrorVoucherScheme),
        page,
        SortKey(MirrorVoucherScheme.code),
        SortKey(MirrorVoucherScheme.id),
    )


async def next_vouchers_version(session: AsyncSession, scheme_id: UUID) -> int:
    """Count one more report of the scheme's vouchers."""
    counted = (
        update(MirrorVoucherScheme)
        .where(MirrorVoucherScheme.id == scheme_id)
        .values(vouchers_version=MirrorVoucherScheme.vouchers_version + 1)
        .returning(MirrorVoucherScheme.vouchers_version)
        .execution_options(synchronize_session=False)
    )
    return (await session.execute(counted)).scalar_one()


async def get_voucher(
    session: AsyncSession, voucher_id: UUID, *, visible_to: Caller, lock: bool = False
) -> Voucher:
    """Return a voucher in the caller's reach; raise `VoucherNotFound`."""
    query = select(Voucher).where(Voucher.id == voucher_id, _in_reach(visible_to))
    found = (await session.scalars(query.with_for_update() if lock else query)).one_or_none()
    if found is None:
        raise VoucherNotFound("There is no such voucher.")
    return found


async def get_voucher_by_code(session: AsyncSession, code: str, *, visible_to: Caller) -> Voucher:
    """Return the voucher with this code that the caller may redeem, locked; raise `VoucherCodeUnknown`."""
    query = select(Voucher).where(Voucher.code == code, _in_reach(visible_to))
    found = (await session.scalars(query.with_for_update())).one_or_none()
    if found is None:
        raise VoucherCodeUnknown("No voucher that can be redeemed with you has this code.")
    return found


async def list_vouchers(
    session: AsyncSession,
    page: PageRequest,
    *,
    scheme_id: UUID | None,
    state: VoucherState | None,
    expiring: bool,
    visible_to: Caller,
) -> Rows:
    """Return vouchers in the caller's reach by code; `expiring` ones end within thirty days."""
    query = select(Voucher).where(_in_reach(visible_to))
    if scheme_id is not None:
        query = query.where(Voucher.scheme_id == scheme_id)
    if state is not None:
        query = query.where(Voucher.state == state)
    if expiring:
        soon = func.current_date() + SOON
        query = query.where(Voucher.state.in_(OPEN), Voucher.valid_until <= func.date(soon))
    return await fetch_page(session, query, page, SortKey(Voucher.code))


async def find_due(session: AsyncSession, today: date, provenance: Provenance, limit: int) -> list[Voucher]:
    """Return vouchers of a provenance whose last day lies before its `today`, locked."""
    query = select(Voucher).where(
        Voucher.state.in_(OPEN), Voucher.valid_until < today, Voucher.provenance == provenance
    )
    query = query.order_by(Voucher.id).limit(limit)
    return list(await session.scalars(query.with_for_update(skip_locked=True)))


async def find_assigned(session: AsyncSession, persons: Sequence[UUID]) -> list[Voucher]:
    """Return the vouchers that these persons hold and did not redeem, locked."""
    query = select(Voucher).where(Voucher.person_id.in_(persons), Voucher.state == VoucherState.ASSIGNED)
    return list(await session.scalars(query.order_by(Voucher.id).with_for_update()))


class VoucherCount(NamedTuple):
    """How many vouchers of a country's authorities are in a state."""

    country: str | None
    state: VoucherState
    vouchers: int


async def count_vouchers(session: AsyncSession, scheme_id: UUID) -> list[VoucherCount]:
    """Return how many vouchers of a scheme are in each state, by the country of who holds them."""
    query = (
        select(Authority.country, Voucher.state, func.count())
        .select_from(Voucher)
        .outerjoin(Authority, Authority.id == Voucher.authority_id)
        .where(Voucher.scheme_id == scheme_id)
        .group_by(Authority.country, Voucher.state)
        .order_by(Authority.country, Voucher.state)
    )
    return [VoucherCount(*row) for row in await session.execute(query)]


def _in_reach(caller: Caller) -> ColumnElement[bool]:
    """Return the condition for vouchers of one's authorities, of oneself, or redeemed at one's organization."""
    if caller.reach is Reach.ALL:
        return Voucher.id.is_not(None)
    authorities = select(Authority.id).where(authority_in_reach(caller))
    provided = [UUID(id_) for id_ in caller.granted(GrantKind.ORGANIZATION, Role.VOUCHER_PROVIDER)]
    schemes = select(MirrorVoucherScheme.id).where(MirrorVoucherScheme.provider_id.in_(provided))
    return or_(
        Voucher.authority_id.in_(authorities),
        about(caller, Voucher.person_id),
        Voucher.scheme_id.in_(schemes),
    )


async def find_recipient(
    session: AsyncSession, award_id: UUID, *, lock: bool = False
) -> AwardRecipient | None:
    """Return the recipient of an award, or None."""
    query = select(AwardRecipient).where(AwardRecipient.award_id == award_id)
    return (await session.scalars(query.with_for_update() if lock else query)).one_or_none()


async def find_awards_of(session: AsyncSession, persons: Sequence[UUID]) -> Sequence[AwardRecipient]:
    """Return the awards of these persons, locked in a steady order."""
    query = select(AwardRecipient).where(AwardRecipient.person_id.in_(persons))
    return (await session.scalars(query.order_by(AwardRecipient.id).with_for_update())).all()


async def get_recipient(session: AsyncSession, award_id: UUID, *, visible_to: Caller) -> AwardRecipient:
    """Return the recipient of an award in the caller's reach; raise `RecipientNotFound`."""
    query = select(AwardRecipient).where(
        AwardRecipient.award_id == award_id, AwardRecipient.person_id.is_not(None)
    )
    if visible_to.reach is not Reach.ALL:
        query = query.where(about(visible_to, AwardRecipient.person_id))
    found = (await session.scalars(query)).one_or_none()
    if found is None:
        raise RecipientNotFound("Nobody is recorded as the recipient.")
    return found


async def find_profile(session: AsyncSession, person_id: UUID) -> AlumniProfile | None:
    """Return the person's profile, locked, or None."""
    query = select(AlumniProfile).where(AlumniProfile.person_id == person_id)
    return (await session.scalars(query.with_for_update())).one_or_none()


async def get_profile(session: AsyncSession, person_id: UUID, *, visible_to: Caller) -> AlumniProfile:
    """Return a profile that the caller may see; raise `AlumniProfileNotFound`."""
    query = select(AlumniProfile).where(AlumniProfile.person_id == person_id, _shown_to(visible_to))
    found = (await session.scalars(query)).one_or_none()
    if found is None:
        raise AlumniProfileNotFound("There is no such profile that you may see.")
    return found


async def list_profiles(
    session: AsyncSession, page: PageRequest, *, country: str | None, visible_to: Caller
) -> Rows:
    """Return the profiles that the caller may see, by name."""
    query = select(AlumniProfile).where(_shown_to(visible_to))
    if country is not None:
        query = query.where(AlumniProfile.country == country)
    return await fetch_page(
        session, query, page, SortKey(AlumniProfile.shown_name), SortKey(AlumniProfile.id)
    )


def _shown_to(caller: Caller) -> ColumnElement[bool]:
    """Return the condition for profiles under a consent in force: all for staff, listed ones among alumni."""
    consents = select(Consent.person_id).where(
        Consent.purpose == ConsentPurpose.ALUMNI_CONTACT,
        Consent.withdrawn_at.is_(None),
        Consent.granted_at <= func.clock_timestamp(),
        or_(Consent.valid_until.is_(None), Consent.valid_until > func.clock_timestamp()),
    )
    # Who left, or is forgotten, has left an empty profile.
    agreed = AlumniProfile.person_id.in_(consents) & (AlumniProfile.shown_name != "")
    if caller.reach is Reach.ALL:
        return agreed
    own = [UUID(id_) for id_ in caller.granted(GrantKind.PERSON, Role.PARTICIPANT)]
    # Who wants to see others is seen: an alias, since the profile asked about is another row.
    mine = AlumniProfile.__table__.alias("mine")
    seen = select(mine.c.id).where(mine.c.person_id.in_(own), mine.c.listed)
    return or_(AlumniProfile.person_id.in_(own), agreed & AlumniProfile.listed & seen.exists())


async def list_engagements(session: AsyncSession, page: PageRequest, person_id: UUID) -> Rows:
    """Return how the agency met a former participant again, the latest first."""
    query = select(AlumniEngagement).where(AlumniEngagement.person_id == person_id)
    return await fetch_page(
        session,
        query,
        page,
        SortKey(AlumniEngagement.happened_on, descending=True),
        SortKey(AlumniEngagement.id),
    )
