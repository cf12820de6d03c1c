"""Questions asked of tokens, seals, responses and counters."""

from collections import Counter as Tally
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any, Final, cast
from uuid import UUID, uuid4

import orjson
from sqlalchemy import (
    ARRAY,
    LargeBinary,
    Row,
    Select,
    Table,
    Uuid,
    any_,
    bindparam,
    case,
    column,
    delete,
    func,
    insert,
    null,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance, demonstration_clock
from services.common.sessions import copy_in
from services.evaluation.db.tables import (
    BallotToken,
    Campaign,
    Counter,
    InstrumentVersion,
    MirrorEdition,
    SealedBallot,
)
from services.evaluation.domain.campaigns import CampaignState, TokenState
from services.evaluation.domain.wordings import Wording

_TOKENS: Final = cast("Table", BallotToken.__table__)
"""The bare table: the ORM's own bulk update goes by primary keys, which nobody has here."""

_SEALS: Final = cast("Table", SealedBallot.__table__)

_RESPONSE_COLUMNS: Final = ("id", "campaign_id", "subject_kind", "subject_id", "answers")

CounterKey = tuple[str, UUID, str, str, str, str]
"""Subject kind and id, dimension, group, question, answer."""


_HASHES: Final = bindparam("hashes", type_=ARRAY(LargeBinary))
_CAMPAIGNS: Final = bindparam("campaigns", type_=ARRAY(Uuid))


def _select_papers() -> Select[Any]:
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
            Campaign.phase,
            Campaign.state,
            Campaign.instrument_version_id,
            (func.clock_timestamp() + func.coalesce(moved, func.make_interval())).label("now"),
            BallotToken.token_hash,
            BallotToken.state.label("token_state"),
            BallotToken.submission,
            BallotToken.pseudonym,
            Campaign.paired,
            MirrorEdition.title,
        )
        .join(Campaign, Campaign.id == BallotToken.campaign_id)
        .join(MirrorEdition, MirrorEdition.id == Campaign.edition_id)
        .where(BallotToken.token_hash == any_(_HASHES))
    )


_PAPERS: Final = _select_papers()
"""Built once, as the other statements of submissions are: building them anew costs more than asking them."""

_OPEN: Final = (
    select(Campaign.id)
    .where(Campaign.id == any_(_CAMPAIGNS), Campaign.state == CampaignState.OPEN)
    .order_by(Campaign.id)
    .with_for_update(read=True)
)
_LOCKED: Final = (
    select(BallotToken.token_hash, BallotToken.state, BallotToken.submission)
    .where(BallotToken.token_hash == any_(_HASHES), BallotToken.campaign_id == any_(_CAMPAIGNS))
    .order_by(BallotToken.token_hash)
    .with_for_update()
)
_USED: Final = (
    func.unnest(_HASHES, bindparam("submissions", type_=ARRAY(LargeBinary)))
    .table_valued(column("hash", LargeBinary), column("submission", LargeBinary), name="used")
    .render_derived()
)
_USE: Final = (
    update(_TOKENS)
    .where(_TOKENS.c.token_hash == _USED.c.hash)
    .values(state=TokenState.USED, submission=_USED.c.submission, reminders=null())
)
_STORE: Final = insert(_SEALS).from_select(
    ["id", "campaign_id", "sealed"],
    select(
        func.unnest(bindparam("ids", type_=ARRAY(Uuid))),
        func.unnest(_CAMPAIGNS),
        func.unnest(bindparam("seals", type_=ARRAY(LargeBinary))),
    ),
    include_defaults=False,
)


async def find_papers(session: AsyncSession, hashes: Iterable[bytes]) -> dict[bytes, Row[Any]]:
    """Return campaign, token state and domain time of each token that there is; one statement."""
    rows: Sequence[Any] = (await session.execute(_PAPERS, {"hashes": list(hashes)})).all()
    return {row.token_hash: row for row in rows}


async def get_wording(session: AsyncSession, version_id: UUID) -> Wording:
    """Return what a version asks."""
    return (await session.get_one(InstrumentVersion, version_id)).wording


async def lock_open_campaigns(session: AsyncSession, ids: Iterable[UUID]) -> Sequence[UUID]:
    """Return those of these campaigns that are open; they cannot close before the transaction ends."""
    return (await session.scalars(_OPEN, {"campaigns": list(ids)})).all()


async def lock_tokens(
    session: AsyncSession, hashes: Iterable[bytes], campaigns: Sequence[UUID]
) -> dict[bytes, Row[Any]]:
    """Return the tokens of these campaigns, locked in one order."""
    wanted = {"hashes": list(hashes), "campaigns": campaigns}
    rows: Sequence[Any] = (await session.execute(_LOCKED, wanted)).all()
    return {row.token_hash: row for row in rows}


async def keep_ballots(
    session: AsyncSession, used: Mapping[bytes, bytes], sealed: Sequence[tuple[UUID, UUID, bytes]]
) -> None:
    """Mark tokens (hash -> submission) as used and store as many seals (id, campaign, bytes); two statements."""
    await session.execute(_USE, {"hashes": list(used), "submissions": list(used.values())})
    ids, campaigns, seals = zip(*sealed, strict=True)
    await session.execute(_STORE, {"ids": ids, "campaigns": campaigns, "seals": seals})


async def stream_seals(
    session: AsyncSession, campaign_id: UUID, *, at_once: int
) -> AsyncIterator[Sequence[bytes]]:
    """Yield the seals of a campaign by their random ids, in parts; sorted once, however many there are."""
    query = select(SealedBallot.sealed).where(SealedBallot.campaign_id == campaign_id)
    seals = await session.stream_scalars(
        query.order_by(SealedBallot.id), execution_options={"yield_per": at_once}
    )
    async for part in seals.partitions():
        yield part


async def keep_count(
    session: AsyncSession,
    campaign_id: UUID,
    responses: Iterable[tuple[str, str, Mapping[str, Any]]],
    counters: Tally[CounterKey],
) -> None:
    """Store opened responses (subject kind and id, answers) under random ids, and their counters."""
    lines = "".join(
        f"{uuid4()}\t{campaign_id}\t{kind}\t{subject_id}\t{_escape(answers)}\n"
        for kind, subject_id, answers in responses
    )
    await copy_in(session, "response", _RESPONSE_COLUMNS, lines.encode())
    names = ("subject_kind", "subject_id", "dimension", "group_code", "question_code", "answer")
    rows = [
        dict(zip(names, key, strict=True)) | {"campaign_id": campaign_id, "n": n}
        for key, n in sorted(counters.items())
    ]
    if rows:
        await session.execute(insert(Counter), rows)


def _escape(answers: Mapping[str, Any]) -> str:
    """Return answers as JSON in COPY's text format; JSON itself has no bare tab or line feed."""
    return orjson.dumps(answers).decode().replace("\\", "\\\\")


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
