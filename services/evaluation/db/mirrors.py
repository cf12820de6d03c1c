"""Writes what other rooms told: applied if newer than what is known, so order and repeats do not matter."""

from collections.abc import Iterable, Mapping
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.db.tables import (
    BallotToken,
    ErasedPseudonym,
    MirrorCohort,
    MirrorDelivery,
    MirrorEdition,
    MirrorTrainingSession,
    MirrorVoucherCount,
    MirrorVoucherScheme,
)
from services.evaluation.domain.campaigns import TokenState


async def keep_mirror(
    session: AsyncSession,
    mirror: type[MirrorEdition | MirrorTrainingSession | MirrorCohort | MirrorDelivery | MirrorVoucherScheme],
    row: Mapping[str, Any],
) -> None:
    """Store a mirrored row unless a version as new is known."""
    new = insert(mirror).values(**row)
    fields = {name: new.excluded[name] for name in row if name != "id"}
    await session.execute(
        new.on_conflict_do_update(
            index_elements=[mirror.id], set_=fields, where=mirror.version < new.excluded.version
        )
    )


async def keep_voucher_count(
    session: AsyncSession, scheme_id: UUID, told_on: date, version: int, redeemed: int
) -> None:
    """Store how many vouchers of a scheme were redeemed by the end of a day, unless a newer count is known."""
    new = insert(MirrorVoucherCount).values(
        scheme_id=scheme_id, told_on=told_on, version=version, redeemed=redeemed
    )
    await session.execute(
        new.on_conflict_do_update(
            index_elements=[MirrorVoucherCount.scheme_id, MirrorVoucherCount.told_on],
            set_={"version": new.excluded.version, "redeemed": new.excluded.redeemed},
            where=MirrorVoucherCount.version < new.excluded.version,
        )
    )


async def forget_pseudonyms(session: AsyncSession, pseudonyms: Iterable[str]) -> None:
    """Delete cohort rows and take the pseudonyms off ballot tokens; answers never carried them."""
    gone = list(pseudonyms)
    if gone:
        digests = [{"digest": _digest(pseudonym)} for pseudonym in gone]
        await session.execute(insert(ErasedPseudonym).values(digests).on_conflict_do_nothing())
    await session.execute(delete(MirrorCohort).where(MirrorCohort.pseudonym.in_(gone)))
    await session.execute(
        update(BallotToken)
        .where(BallotToken.pseudonym.in_(gone))
        .values(pseudonym=None, dispatch_id=None, reminders=None)
    )


async def is_erased(session: AsyncSession, pseudonym: str) -> bool:
    """Say whether this pseudonym was forgotten."""
    return await session.get(ErasedPseudonym, _digest(pseudonym)) is not None


async def find_erased(session: AsyncSession, pseudonyms: Iterable[str]) -> set[str]:
    """Return those of these pseudonyms that were forgotten."""
    digests = {_digest(pseudonym): pseudonym for pseudonym in pseudonyms}
    query = select(ErasedPseudonym.digest).where(ErasedPseudonym.digest.in_(digests))
    return {digests[digest] for digest in await session.scalars(query)}


async def mark_bounced(session: AsyncSession, dispatch_id: object) -> None:
    """Note that an invitation could not be delivered; it stays in the denominator."""
    await session.execute(
        update(BallotToken)
        .where(BallotToken.dispatch_id == dispatch_id, BallotToken.state == TokenState.ISSUED)
        .values(state=TokenState.BOUNCED)
    )


def _digest(pseudonym: str) -> bytes:
    return sha256(pseudonym.encode()).digest()
