"""What can be done to survey campaigns."""

import base64
import secrets
from collections.abc import Sequence
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.identity import Caller
from services.common.keystore import KeyStore
from services.common.outbox import publish
from services.common.seal import seal
from services.evaluation.db.ballots import count_tokens, delete_seals
from services.evaluation.db.campaigns import (
    get_campaign,
    get_edition,
    get_questions,
    list_cohort,
    list_subjects,
)
from services.evaluation.db.instruments import get_version
from services.evaluation.db.tables import BallotToken, Campaign, MirrorCohort
from services.evaluation.domain.campaigns import CAMPAIGN_LIFE, CampaignState, Delivery, TokenState
from services.evaluation.domain.events import (
    CAMPAIGN_CLOSED,
    DISPATCH_REQUESTED,
    CampaignData,
    DispatchRequestData,
)
from services.evaluation.domain.instruments import InstrumentVersionState, blocks_of
from services.evaluation.domain.problems import NobodyToAsk, NotAllowedNow, SealingUnavailable
from services.evaluation.operations.ballot_box import hash_token
from services.evaluation.operations.ballot_counts import CAMPAIGN_KEY
from services.evaluation.schemas.campaigns import CampaignCreate

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: nothing in it is mistaken for something else when typed from paper."""


async def create_campaign(session: AsyncSession, caller: Caller, request: CampaignCreate) -> Campaign:
    """Plan a survey of an edition."""
    edition = await get_edition(session, request.edition_id)
    version = await get_version(session, request.instrument_id, request.version_number)
    if version.state is not InstrumentVersionState.PUBLISHED:
        raise NotAllowedNow("Only a published version of an instrument can be asked.")
    campaign = Campaign(
        **request.model_dump(exclude={"instrument_id", "version_number"}),
        instrument_version_id=version.id,
        provenance=edition.provenance,
        state=CAMPAIGN_LIFE.initial,
        subjects=[],
    )
    session.add(campaign)
    await record_change(session, caller, "campaign.created", campaign)
    return campaign


async def schedule_campaign(session: AsyncSession, caller: Caller, campaign_id: UUID) -> Campaign:
    """State that a survey is ready to be opened."""
    return await _move(session, caller, campaign_id, CampaignState.SCHEDULED)


async def cancel_campaign(session: AsyncSession, caller: Caller, campaign_id: UUID) -> Campaign:
    """Give a survey up: what was answered so far is deleted unread, its key destroyed right afterwards."""
    campaign = await _move(session, caller, campaign_id, CampaignState.CANCELLED)
    await delete_seals(session, campaign.id)
    return campaign


async def close_campaign(session: AsyncSession, caller: Caller, campaign_id: UUID) -> Campaign:
    """Accept no more answers; they are counted right afterwards."""
    campaign = await _move(session, caller, campaign_id, CampaignState.CLOSED)
    await publish(
        session,
        CAMPAIGN_CLOSED,
        CampaignData(
            aggregate_id=campaign.id,
            aggregate_version=campaign.version,
            edition_id=campaign.edition_id,
            phase=campaign.phase,
            state=campaign.state,
        ),
    )
    return campaign


async def open_campaign(
    session: AsyncSession,
    caller: Caller,
    campaign_id: UUID,
    keys: KeyStore | None,
    participants_key: bytes | None,
) -> Campaign:
    """Open a survey: fix whom it is about, make its key and, by e-mail, one token per person.

    Only hashes of tokens are stored; each travels sealed to participants, which alone knows addresses.
    Raises `SealingUnavailable` without a key store, and `NobodyToAsk` for an empty cohort.
    """
    campaign = await get_campaign(session, campaign_id, lock=True)
    _require(campaign, CampaignState.OPEN)
    if keys is None or (campaign.delivery is Delivery.EMAIL and participants_key is None):
        raise SealingUnavailable("The key store or the key of participants is not configured.")
    cohort = await _require_cohort(session, campaign)
    asked = blocks_of(await get_questions(session, campaign))
    known = await list_subjects(session, campaign.edition_id)
    campaign.subjects = [{"kind": kind, "id": id_} for kind in asked for id_ in known[kind]]
    campaign.public_key = (await keys.create_key_pair(CAMPAIGN_KEY, str(campaign.id))).public_key
    campaign.state = CampaignState.OPEN
    await record_change(session, caller, "campaign.opened", campaign, ["state", "subjects"])
    if campaign.delivery is Delivery.EMAIL:
        assert participants_key is not None  # noqa: S101  required above
        await _send_tokens(session, campaign, cohort, participants_key)
    return campaign


async def hand_out_slips(session: AsyncSession, caller: Caller, campaign_id: UUID) -> list[str]:
    """Make one code per participant of an open survey on slips and return them; only once.

    Raises `NotAllowedNow` if the survey is not open, goes by e-mail or has codes, `NobodyToAsk` for an empty
    cohort.
    """
    campaign = await get_campaign(session, campaign_id, lock=True)
    if campaign.state is not CampaignState.OPEN or campaign.delivery is not Delivery.SLIPS:
        raise NotAllowedNow("Only an open survey on slips has slips to hand out.")
    if await count_tokens(session, campaign.id):
        raise NotAllowedNow("The codes were shown once already, and are stored nowhere.")
    tokens = [new_token() for _ in await _require_cohort(session, campaign)]
    rows = [
        {
            "id": uuid4(),
            "campaign_id": campaign.id,
            "token_hash": hash_token(token),
            "state": TokenState.ISSUED,
        }
        for token in tokens
    ]
    await session.execute(insert(BallotToken), rows)
    await record_change(session, caller, "campaign.slips_handed_out", campaign)
    return tokens


def new_token() -> str:
    """Return a random token of 80 bits in four groups, short enough to be typed."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(16))
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))


def dispatch_context(dispatch_id: UUID) -> str:
    """Return what a token sealed for participants is bound to."""
    return f"dispatch:{dispatch_id}:token"


async def _require_cohort(session: AsyncSession, campaign: Campaign) -> Sequence[MirrorCohort]:
    cohort = await list_cohort(session, campaign.edition_id)
    if not cohort:
        raise NobodyToAsk("No participant of the edition is known here.")
    return cohort


async def _send_tokens(
    session: AsyncSession, campaign: Campaign, cohort: Sequence[MirrorCohort], participants_key: bytes
) -> None:
    rows = []
    for person in cohort:
        token, dispatch_id = new_token(), uuid4()
        rows.append(
            {
                "id": uuid4(),
                "campaign_id": campaign.id,
                "token_hash": hash_token(token),
                "pseudonym": person.pseudonym,
                "dispatch_id": dispatch_id,
                "state": TokenState.ISSUED,
            }
        )
        sealed = seal(participants_key, token.encode(), dispatch_context(dispatch_id))
        data = DispatchRequestData(
            aggregate_id=dispatch_id,
            aggregate_version=1,
            edition_id=campaign.edition_id,
            pseudonym=person.pseudonym,
            template="survey_invitation",
            language=person.language,
            sealed_token=base64.b64encode(sealed).decode(),
        )
        await publish(session, DISPATCH_REQUESTED, data)
    await session.execute(insert(BallotToken), rows)


async def _move(session: AsyncSession, caller: Caller, campaign_id: UUID, target: CampaignState) -> Campaign:
    campaign = await get_campaign(session, campaign_id, lock=True)
    _require(campaign, target)
    campaign.state = target
    await record_change(session, caller, f"campaign.{target}", campaign, ["state"])
    return campaign


def _require(campaign: Campaign, target: CampaignState) -> None:
    if not CAMPAIGN_LIFE.may_become(campaign.state, target):
        raise NotAllowedNow(f"A campaign that is {campaign.state} cannot become {target}.")
