"""Questions asked of certificates beyond their lists: designs, what is printed, and what does not hold any more."""

from uuid import UUID

from sqlalchemy import Text, cast, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.participants.db.attendance_tables import CertificateDesign
from services.participants.db.tables import Certificate
from services.participants.domain.certificates import CertificateKind, CertificateState


async def find_design(session: AsyncSession, edition_id: UUID) -> CertificateDesign | None:
    """Return the design of the edition's certificates, or None."""
    query = select(CertificateDesign).where(CertificateDesign.edition_id == edition_id)
    return (await session.scalars(query)).one_or_none()


async def list_printable(
    session: AsyncSession, edition_id: UUID, kind: CertificateKind, *, limit: int
) -> list[Certificate]:
    """Return the edition's standing certificates of a kind that can be printed, by number."""
    query = select(Certificate).where(
        Certificate.edition_id == edition_id,
        Certificate.kind == kind,
        Certificate.state == CertificateState.ISSUED,
        cast(Certificate.content, Text) != "{}",
    )
    return list(await session.scalars(query.order_by(Certificate.number).limit(limit)))


async def list_taken_back(session: AsyncSession) -> list[int]:
    """Return the places in the status list of certificates that do not hold any more."""
    gone = or_(Certificate.state != CertificateState.ISSUED, cast(Certificate.content, Text) == "{}")
    return list(await session.scalars(select(Certificate.status_index).where(gone)))
