"""Questions asked of letters, of the tokens in them, and of recovery codes."""

from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.identity.db.tables import Admission, RecoveryCode


async def find_admission(session: AsyncSession, digest: bytes) -> Admission | None:
    """Return the token, locked: of two uses at the same time one is the second."""
    found: Admission | None = await session.scalar(
        select(Admission).where(Admission.digest == digest).with_for_update()
    )
    return found


async def forget_admissions(session: AsyncSession, account_id: UUID) -> None:
    """Make every token useless that an account was sent earlier."""
    await session.execute(delete(Admission).where(Admission.account_id == account_id))


async def find_recovery_code(session: AsyncSession, account_id: UUID, digest: bytes) -> RecoveryCode | None:
    """Return the account's recovery code that was not used, locked."""
    unused = (
        RecoveryCode.account_id == account_id,
        RecoveryCode.digest == digest,
        RecoveryCode.used_at.is_(None),
    )
    found: RecoveryCode | None = await session.scalar(select(RecoveryCode).where(*unused).with_for_update())
    return found


async def count_recovery_codes(session: AsyncSession, account_id: UUID) -> int:
    """Return how many recovery codes of an account were not used."""
    unused = RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None)
    return await session.scalar(select(func.count()).select_from(RecoveryCode).where(*unused)) or 0


async def forget_recovery_codes(session: AsyncSession, account_id: UUID) -> None:
    """Forget every recovery code of an account."""
    await session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
