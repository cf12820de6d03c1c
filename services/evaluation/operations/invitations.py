"""Ballot tokens: made when a survey opens, sent sealed or printed on slips, reminded of while unused."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.documents import qr_code, render_pdf
from services.common.i18n import pick
from services.common.identity import Caller
from services.common.outbox import publish
from services.common.seal import seal
from services.common.worker import WorkerPool
from services.evaluation.db.ballots import count_tokens, lock_unanswered
from services.evaluation.db.campaigns import get_campaign, get_edition, list_cohort
from services.evaluation.db.tables import BallotToken, Campaign, MirrorCohort
from services.evaluation.domain.campaigns import (
    INVITATIONS,
    MOST_REMINDERS,
    PAPER,
    USUAL_INVITATION,
    CampaignState,
    Delivery,
    TokenState,
)
from services.evaluation.domain.events import DISPATCH_REQUESTED, DispatchRequestData
from services.evaluation.domain.problems import NobodyToAsk, NotAllowedNow
from services.evaluation.domain.slips import SLIP_TEXTS
from services.evaluation.operations.ballot_box import hash_token

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: nothing in it is mistaken for something else when typed from paper."""
MOST_SLIPS: Final = 400
"""More do not fit into the time that a request may take."""


@dataclass(frozen=True)
class SlipSheet:
    """What the slips of a survey are printed with."""

    worker: WorkerPool
    language: str | None
    """`Accept-Language` of who prints them."""
    survey_page: str | None
    """Where respondents enter their code; None where there is no such page yet."""


async def require_cohort(session: AsyncSession, campaign: Campaign) -> Sequence[MirrorCohort]:
    """Return whom a survey asks; raise `NobodyToAsk`."""
    cohort = await list_cohort(session, campaign.edition_id)
    if not cohort:
        raise NobodyToAsk("No participant of the edition is known here.")
    return cohort


async def send_tokens(
    session: AsyncSession, campaign: Campaign, cohort: Sequence[MirrorCohort], participants_key: bytes
) -> None:
    """Make a token for each person and have it sent; copies for reminders are sealed at once, and kept."""
    rows = []
    template, _ = INVITATIONS.get(campaign.phase, USUAL_INVITATION)
    copies = min(len(campaign.reminder_days) or 1, MOST_REMINDERS)
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
                "reminders": [_sealed_copy(token, uuid4(), participants_key) for _ in range(copies)],
            }
        )
        copy = _sealed_copy(token, dispatch_id, participants_key)
        await _request_dispatch(session, campaign, person.pseudonym, template, copy, person.language)
    await session.execute(insert(BallotToken), rows)


async def remind_respondents(session: AsyncSession, caller: Caller, campaign_id: UUID) -> Campaign:
    """Send those who have not answered the code they have already; raise `NotAllowedNow`.

    How many they are is told to nobody: it would tell how many answered.
    """
    campaign = await get_campaign(session, campaign_id, lock=True)
    if campaign.state is not CampaignState.OPEN or campaign.delivery is not Delivery.EMAIL:
        raise NotAllowedNow("Only an open survey by e-mail can remind.")
    if campaign.reminders_sent >= min(len(campaign.reminder_days) or 1, MOST_REMINDERS):
        raise NotAllowedNow("All its reminders were sent.")
    _, template = INVITATIONS.get(campaign.phase, USUAL_INVITATION)
    for token in await lock_unanswered(session, campaign.id):
        copy, *left = token.reminders or []
        token.reminders = left or None
        await _request_dispatch(session, campaign, str(token.pseudonym), template, copy, None)
    campaign.reminders_sent += 1
    await record_change(session, caller, "campaign.reminded", campaign, ["reminders_sent"])
    return campaign


async def hand_out_slips(session: AsyncSession, caller: Caller, campaign_id: UUID) -> list[str]:
    """Make one code per participant of an open survey on paper and return them; only once.

    Raises `NotAllowedNow` if the survey is not open, goes by e-mail or has codes, `NobodyToAsk` for an empty
    cohort.
    """
    campaign = await get_campaign(session, campaign_id, lock=True)
    if campaign.state is not CampaignState.OPEN or campaign.delivery not in PAPER:
        raise NotAllowedNow("Only an open survey on slips or at a kiosk has slips to hand out.")
    if await count_tokens(session, campaign.id):
        raise NotAllowedNow("The codes were shown once already, and are stored nowhere.")
    tokens = [new_token() for _ in await require_cohort(session, campaign)]
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


async def print_slips(
    session: AsyncSession, caller: Caller, campaign_id: UUID, sheet: SlipSheet, made_at: datetime
) -> bytes:
    """Make the codes as `hand_out_slips` does and return them as a sheet to be cut, with a QR code each."""
    tokens = await hand_out_slips(session, caller, campaign_id)
    if len(tokens) > MOST_SLIPS:
        raise NotAllowedNow(f"At most {MOST_SLIPS} slips are printed at once; take their codes instead.")
    campaign = await get_campaign(session, campaign_id)
    edition = await get_edition(session, campaign.edition_id)
    language, texts = pick_texts(sheet.language)
    data: dict[str, Any] = {
        "title": texts["title"],
        "course": pick(edition.title, language).text,
        "texts": dict(texts),
        "page": sheet.survey_page or "",
        "slips": [{"code": token, "qr": qr_code(_address(sheet.survey_page, token))} for token in tokens],
    }
    template = "services.evaluation:slips"
    return await render_pdf(sheet.worker, template, data, language=language, made_at=made_at)


def pick_texts(accept_language: str | None) -> tuple[str, dict[str, str]]:
    """Return the language in which slips are printed, and their texts."""
    language = pick({tag: tag for tag in SLIP_TEXTS}, accept_language).tag
    return language, dict(SLIP_TEXTS[language])


def new_token() -> str:
    """Return a random token of 80 bits in four groups, short enough to be typed."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(16))
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))


def dispatch_context(dispatch_id: UUID) -> str:
    """Return what a token sealed for participants is bound to."""
    return f"dispatch:{dispatch_id}:token"


def _address(survey_page: str | None, token: str) -> str:
    """Return what a slip's QR code says; the code stands in the fragment, which no server is sent."""
    return f"{survey_page}#{token}" if survey_page else token


def _sealed_copy(token: str, dispatch_id: UUID, participants_key: bytes) -> dict[str, str]:
    sealed = seal(participants_key, token.encode(), dispatch_context(dispatch_id))
    return {"dispatch_id": str(dispatch_id), "sealed": base64.b64encode(sealed).decode()}


async def _request_dispatch(
    session: AsyncSession,
    campaign: Campaign,
    pseudonym: str,
    template: str,
    copy: dict[str, str],
    language: str | None,
) -> None:
    data = DispatchRequestData(
        aggregate_id=UUID(copy["dispatch_id"]),
        aggregate_version=1,
        edition_id=campaign.edition_id,
        pseudonym=pseudonym,
        template=template,
        language=language,
        sealed_token=copy["sealed"],
    )
    await publish(session, DISPATCH_REQUESTED, data)
