"""Questions asked of tokens, seals, responses and counters."""

from collections import Counter as Tally
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import Row, Select, Table, bindparam, case, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance, demonstration_clock
from services.evaluation.db.tables import (
    BallotToken,
    Campaign,
    Counter,
    InstrumentVersion,
    MirrorEdition,
    Response,
    SealedBallot,
)
from services.evaluation.domain.campaigns import CampaignState, TokenState
from services.evaluation.domain.wordings import Wording

_TOKENS: Final = cast("Table", BallotToken.__table__)
"""The bare table: the ORM's own bulk update goes by primary keys, which nobody has here."""

_RESPONSES: Final = cast("Table", Response.__table__)
"""The bare table, which takes many rows faster than the ORM does."""

CounterKey = tuple[str, UUID, str, str, str, str]
"""Subject kind and id, dimension, group, question, answer."""


def _select_paper() -> Select[Any]:
    offset = select(demonstration_clock.c.offset).scalar_subquery()
    moved = case((Campaign.provenance == Provenance.SYNTHETIC, offset))
    return (
        select(
            Campaign.id,
            Campaign.subjects,
            Campaign.public_key,
            Campaign.thresholds,
            Campaign.closes_at,
            Campaign.delivery,
            Campaign.anonymity,
            Campaign.state,
            Campaign.instrument_version_id,
            (func.clock_timestamp() + func.coalesce(moved, func.make_interval())).label("now"),
            BallotToken.state.label("token_state"),
            BallotToken.submission,
            BallotToken.pseudonym,
            Campaign.paired,
            MirrorEdition.title,
        )
        .join(Campaign, Campaign.id == BallotToken.campaign_id)
        .join(MirrorEdition, MirrorEdition.id == Campaign.edition_id)
        .where(BallotToken.token_hash == bindparam("wanted_hash"))
    )


_PAPER: Final = _select_paper()
"""Built once: building it anew for every respondent would cost more than asking it."""


async def find_paper(session: AsyncSession, token_hash: bytes) -> Row[Any] | None:
    """Return campaign, token state and domain time for a token; one statement."""
    found: Row[Any] | None = (await session.execute(_PAPER, {"wanted_hash": token_hash})).one_or_none()
    return found


async def get_wording(session: AsyncSession, version_id: UUID) -> Wording:
    """Return what a version asks."""
    return (await session.get_one(InstrumentVersion, version_id)).wording


async def lock_tokens(session: AsyncSession, hashes: Iterable[bytes]) -> dict[bytes, Row[Any]]:
    """Return the tokens of open campaigns, locked in one order; the campaigns cannot close meanwhile."""
    query = (
        select(BallotToken.token_hash, BallotToken.campaign_id, BallotToken.state, BallotToken.submission)
        .join(Campaign, Campaign.id == BallotToken.campaign_id)
        .where(BallotToken.token_hash.in_(list(hashes)), Campaign.state == CampaignState.OPEN)
        .order_by(BallotToken.token_hash)
    )
    await session.execute(query.with_for_update(read=True, of=Campaign))
    # A statement of its own: what another process did to a token while this one waited must be seen.
    rows: Sequence[Any] = (await session.execute(query.with_for_update(of=BallotToken))).all()
    return {row.token_hash: row for row in rows}


async def keep_ballots(
    session: AsyncSession, used: Sequence[Mapping[str, Any]], sealed: Sequence[Mapping[str, Any]]
) -> None:
    """Mark tokens as used and store as many sealed ballots."""
    statement = (
        update(_TOKENS)
        .where(_TOKENS.c.token_hash == bindparam("used_hash"))
        .values(state=TokenState.USED, submission=bindparam("by_submission"), reminders=None)
    )
    await session.execute(statement, list(used))
    await session.execute(insert(SealedBallot), list(sealed))


async def list_seals(
    session: AsyncSession, campaign_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[Row[UUID, bytes]]:
    """Return the next sealed ballots of a campaign, by their random ids."""
    query = select(SealedBallot.id, SealedBallot.sealed).where(SealedBallot.campaign_id == campaign_id)
    if after is not None:
        query = query.where(SealedBallot.id > after)
    return (await session.execute(query.order_by(SealedBallot.id).limit(limit))).all()


async def keep_count(
    session: AsyncSession,
    campaign_id: UUID,
    responses: Sequence[Mapping[str, Any]],
    counters: Tally[CounterKey],
) -> None:
    """Store opened responses and their counters."""
    if responses:
        await session.execute(insert(_RESPONSES), list(responses))
    names = ("subject_kind", "subject_id", "dimension", "group_code", "question_code", "answer")
    rows = [
        dict(zip(names, key, strict=True)) | {"campaign_id": campaign_id, "n": n}
        for key, n in sorted(counters.items())
    ]
    if rows:
        await session.execute(insert(Counter), rows)


async def delete_seals(session: AsyncSession, campaign_id: UUID) -> None:
    """Delete every sealed ballot of a campaign."""
    await session.execute(delete(SealedBallot).where(SealedBallot.campaign_id == campaign_id))


async def lock_unanswered(session: AsyncSession, campaign_id: UUID) -> Sequence[BallotToken]:
    """Return the tokens that may be reminded of: not used, delivered, with a sealed copy left; locked."""
    query = select(BallotToken).where(
        BallotToken.campaign_id == campaign_id,
        BallotToken.state == TokenState.ISSUED,
        BallotToken.pseudonym.is_not(None),
        BallotToken.reminders.is_not(None),
    )
    return (await session.scalars(query.with_for_update())).all()


async def forget_reminders(session: AsyncSession, campaign_id: UUID) -> None:
    """Delete the sealed copies of tokens that reminders would have carried."""
    await session.execute(
        update(BallotToken)
        .where(BallotToken.campaign_id == campaign_id, BallotToken.reminders.is_not(None))
        .values(reminders=None)
    )


async def count_tokens(session: AsyncSession, campaign_id: UUID) -> dict[TokenState, int]:
    """Return how many tokens of a campaign are in each state."""
    query = (
        select(BallotToken.state, func.count())
        .where(BallotToken.campaign_id == campaign_id)
        .group_by(BallotToken.state)
    )
    return {row[0]: row[1] for row in await session.execute(query)}


async def read_counters(
    session: AsyncSession, campaign_id: UUID, subject_kind: str, subject_id: UUID
) -> dict[tuple[str, str, str], dict[str, int]]:
    """Return (dimension, group, question) -> answer -> n of one subject."""
    query = select(
        Counter.dimension, Counter.group_code, Counter.question_code, Counter.answer, Counter.n
    ).where(
        Counter.campaign_id == campaign_id,
        Counter.subject_kind == subject_kind,
        Counter.subject_id == subject_id,
    )
    found: dict[tuple[str, str, str], dict[str, int]] = {}
    for dimension, group, question, answer, n in await session.execute(query):
        found.setdefault((dimension, group, question), {})[answer] = n
    return found
