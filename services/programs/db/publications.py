"""Questions asked of publication profiles, records and files."""

from collections.abc import AsyncIterator
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.programs.db.evidence import require_subjects
from services.programs.db.publication_tables import (
    PublicationPart,
    PublicationProfile,
    PublicationRecord,
)
from services.programs.domain.activities import ActivityKind
from services.programs.domain.evidence import SubjectKind
from services.programs.domain.problems import (
    NotPublished,
    PublicationWithdrawn,
    ReferenceUnknown,
    SubjectNotFound,
)
from services.programs.domain.publications import PublicationChannel, PublicationState


async def allow_long_statements(session: AsyncSession) -> None:
    """Let statements of this transaction, which makes a whole file beside the requests, take a minute."""
    await session.execute(text("SET LOCAL statement_timeout = '1min'"))


async def find_profile(
    session: AsyncSession, kind: ActivityKind, subject_id: UUID, *, lock: bool = False
) -> PublicationProfile | None:
    """Return what publishing knows of the record, if anything, locked for update if `lock`."""
    query = select(PublicationProfile).where(
        PublicationProfile.subject_kind == kind, PublicationProfile.subject_id == subject_id
    )
    return (await session.scalars(query.with_for_update() if lock else query)).one_or_none()


async def get_profile(session: AsyncSession, kind: ActivityKind, subject_id: UUID) -> PublicationProfile:
    """Return what publishing knows of the record; raise `SubjectNotFound`."""
    profile = await find_profile(session, kind, subject_id)
    if profile is None:
        raise SubjectNotFound("There is no publication profile of such a record.")
    return profile


async def require_subject(session: AsyncSession, kind: ActivityKind, subject_id: UUID) -> None:
    """Raise `SubjectNotFound` unless the record stands in the portfolio."""
    try:
        await require_subjects(session, [(SubjectKind(kind), subject_id)])
    except ReferenceUnknown as error:
        raise SubjectNotFound(f"There is no such {kind}.") from error


async def list_profiles(
    session: AsyncSession, page: PageRequest, *, kind: ActivityKind | None, withheld: bool | None
) -> Rows:
    """Return publication profiles in the order of entry; `withheld`: only those that are, or are not."""
    query = select(PublicationProfile)
    if kind is not None:
        query = query.where(PublicationProfile.subject_kind == kind)
    if withheld is not None:
        query = query.where(PublicationProfile.withheld_reason.is_not(None) == withheld)
    return await fetch_page(session, query, page, SortKey(PublicationProfile.id))


async def get_record(session: AsyncSession, record_id: UUID, *, lock: bool = False) -> PublicationRecord:
    """Return the publication record, locked for update if `lock`; raise `SubjectNotFound`."""
    record = await session.get(PublicationRecord, record_id, with_for_update=lock or None)
    if record is None:
        raise SubjectNotFound("There is no such publication record.")
    return record


async def list_records(
    session: AsyncSession,
    page: PageRequest,
    *,
    channel: PublicationChannel | None,
    state: PublicationState | None,
) -> Rows:
    """Return publication records, the latest first."""
    query = select(PublicationRecord)
    if state is not None:
        query = query.where(PublicationRecord.state == state)
    if channel is not None:
        query = query.where(PublicationRecord.channel == channel)
    return await fetch_page(session, query, page, SortKey(PublicationRecord.id, descending=True))


async def find_published(
    session: AsyncSession, channel: PublicationChannel, *, lock: bool = False
) -> PublicationRecord | None:
    """Return what stands at the channel's address now."""
    query = select(PublicationRecord).where(
        PublicationRecord.channel == channel, PublicationRecord.state == PublicationState.PUBLISHED
    )
    return (await session.scalars(query.with_for_update() if lock else query)).one_or_none()


async def get_published(session: AsyncSession, channel: PublicationChannel) -> PublicationRecord:
    """Return what stands at the address; raise `NotPublished`, or `PublicationWithdrawn` if taken back."""
    if record := await find_published(session, channel):
        return record
    withdrawn = select(PublicationRecord.withdrawn_reason).where(
        PublicationRecord.channel == channel, PublicationRecord.state == PublicationState.WITHDRAWN
    )
    reason = await session.scalar(withdrawn.order_by(PublicationRecord.id.desc()).limit(1))
    if reason is not None:
        raise PublicationWithdrawn(reason)
    raise NotPublished("Nothing has been published here yet.")


async def read_parts(session: AsyncSession, record_id: UUID) -> AsyncIterator[bytes]:
    """Yield the file of a publication piece by piece, in its order."""
    ordinal = 0
    while True:
        query = select(PublicationPart.content).where(
            PublicationPart.publication_id == record_id, PublicationPart.ordinal == ordinal
        )
        content = await session.scalar(query)
        if content is None:
            return
        yield content
        ordinal += 1


async def forget_files(session: AsyncSession, channel: PublicationChannel, state: PublicationState) -> None:
    """Delete the files of the channel's publications in this state; their records stay, with the digests."""
    gone = select(PublicationRecord.id).where(
        PublicationRecord.channel == channel, PublicationRecord.state == state
    )
    await session.execute(delete(PublicationPart).where(PublicationPart.publication_id.in_(gone)))
