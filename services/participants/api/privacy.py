"""Routes of privacy: the inventory, a person's own data, who read what, holds and erasures."""

from collections.abc import Sequence
from typing import Annotated, Any, Final
from uuid import UUID

import orjson
from fastapi import Depends, Query, Request, Response, status
from joserfc import jws

from services.common.actions import Step, list_actions
from services.common.clock import real_now
from services.common.http.callers import Caller
from services.common.http.paging import Paging
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.identity import Reach, TokenSigner
from services.common.wire import Code, Instant, Page
from services.participants.api.keys import PERSON, Keys
from services.participants.db import privacy as questions
from services.participants.db.people import get_own_or_any, get_person
from services.participants.db.privacy_tables import Erasure, LegalHold
from services.participants.domain.erasures import ERASURE_LIFE, ErasureState, holds
from services.participants.domain.inventory import INVENTORY
from services.participants.domain.permissions import PERMISSIONS
from services.participants.domain.problems import (
    ErasureExists,
    ErasureHeld,
    ErasureNotFound,
    LegalHoldNotFound,
    PersonNotFound,
    SecondPersonNeeded,
    StepRefused,
)
from services.participants.operations import erasures as operations
from services.participants.operations.subject_data import Elsewhere, ask_elsewhere
from services.participants.operations.subject_data import read_subject_data as read_everything
from services.participants.schemas.privacy import (
    ErasureCreate,
    ErasureItem,
    ErasureRead,
    InventoryField,
    LegalHoldCreate,
    LegalHoldRead,
    SensitiveReadItem,
    SubjectData,
)

router = house_router("privacy", "")

_STEPS: Final = (
    Step("approve_erasure", "approval", ErasureState.RUNNING),
    Step("refuse_erasure", "refusal", ErasureState.REFUSED),
)


@router.get("/data-inventory", response_model=list[InventoryField])
async def list_data_inventory() -> Sequence[InventoryField]:
    """List every personal field with its purpose, ground, period and recipients; open to everybody."""
    return [
        InventoryField(
            field=field.name,
            category=field.category.code,
            purpose=dict(field.category.purpose),
            ground=field.category.ground,
            consent=field.category.consent,
            period=dict(field.category.period),
            recipients=list(field.category.recipients),
            on_erasure=field.fate,
        )
        for field in INVENTORY
    ]


async def _ask_elsewhere(http: Request, caller: Caller, person_id: UUID) -> Elsewhere:
    """Ask the other apps before the request has a transaction of its own: none waits for them."""
    async with http.app.state.sessions.reading() as before:
        person = await get_own_or_any(before, person_id, caller=caller)
        known = await questions.find_identities(before, person.id)
    by_author = caller.reach is not Reach.ALL
    return await ask_elsewhere(http.app.state.peers, known, by_author=by_author)


ToldElsewhere = Annotated[Elsewhere, Depends(_ask_elsewhere)]


@router.get(
    "/persons/{person_id}/subject-data", response_model=SubjectData, responses=problems(PersonNotFound)
)
async def read_subject_data(
    session: WriteSession, caller: Caller, keys: Keys, elsewhere: ToldElsewhere, person_id: UUID
) -> dict[str, Any]:
    """Read everything held about a person, here and elsewhere, the sensitive block included; it is logged."""
    await get_own_or_any(session, person_id, caller=caller)
    await keys.create_key(PERSON, str(person_id))
    key = await keys.open_key(PERSON, str(person_id))
    return await read_everything(session, caller, person_id, key=key, elsewhere=elsewhere)


@router.get("/sensitive-reads", response_model=Page[SensitiveReadItem])
async def list_sensitive_reads(
    session: ReadSession,
    caller: Caller,
    page: Paging,
    person_id: UUID | None = None,
    actor: Code | None = None,
    earliest: Annotated[Instant | None, Query(alias="from")] = None,
    latest: Annotated[Instant | None, Query(alias="to")] = None,
) -> object:
    """List who read whose sensitive data and what for: your own, or all of them to report a breach."""
    return await questions.list_sensitive_reads(
        session,
        page,
        person_id=person_id,
        actor=actor,
        earliest=earliest,
        latest=latest,
        visible_to=caller,
    )


@router.post(
    "/persons/{person_id}/legal-holds",
    response_model=LegalHoldRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(PersonNotFound),
)
async def place_legal_hold(
    session: WriteSession, caller: Caller, person_id: UUID, request: LegalHoldCreate
) -> LegalHold:
    """Let a person's data be kept for now: what, why and until when; it postpones an erasure visibly."""
    return await operations.place_legal_hold(session, caller, person_id, request)


@router.get(
    "/persons/{person_id}/legal-holds", response_model=Page[LegalHoldRead], responses=problems(PersonNotFound)
)
async def list_legal_holds(session: ReadSession, caller: Caller, page: Paging, person_id: UUID) -> object:
    """List the holds on a person's data, released ones included."""
    person = await get_person(session, person_id, visible_to=caller)
    return await questions.list_legal_holds(session, page, person_id=person.id)


@router.post(
    "/legal-holds/{legal_hold_id}/release",
    response_model=LegalHoldRead,
    responses=problems(LegalHoldNotFound),
)
async def release_legal_hold(session: WriteSession, caller: Caller, legal_hold_id: UUID) -> LegalHold:
    """End a hold."""
    return await operations.release_legal_hold(session, caller, legal_hold_id)


@router.post(
    "/erasures",
    response_model=ErasureRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(PersonNotFound, ErasureExists),
)
async def request_erasure(
    session: WriteSession, caller: Caller, http: Request, request: ErasureCreate, response: Response
) -> ErasureRead:
    """Ask that a person be forgotten in every service; somebody else approves it."""
    erasure = await operations.request_erasure(session, caller, request)
    response.headers["Location"] = f"/v1/erasures/{erasure.id}"
    return await _answer(session, caller, http, erasure)


@router.get("/erasures", response_model=Page[ErasureItem])
async def list_erasures(
    session: ReadSession, caller: Caller, page: Paging, state: ErasureState | None = None
) -> object:
    """List erasures, the latest first."""
    return await questions.list_erasures(session, page, state=state, visible_to=caller)


@router.get("/erasures/{erasure_id}", response_model=ErasureRead, responses=problems(ErasureNotFound))
async def read_erasure(session: ReadSession, caller: Caller, http: Request, erasure_id: UUID) -> ErasureRead:
    """Read how far an erasure has come, with its signed receipt once every service has confirmed."""
    erasure = await questions.get_erasure(session, erasure_id, visible_to=caller)
    return await _answer(session, caller, http, erasure)


@router.post(
    "/erasures/{erasure_id}/approval",
    response_model=ErasureRead,
    responses=problems(ErasureNotFound, StepRefused, SecondPersonNeeded, ErasureHeld),
)
async def approve_erasure(
    session: WriteSession, caller: Caller, http: Request, erasure_id: UUID
) -> ErasureRead:
    """Forget the person now and for good: rows are emptied, keys destroyed, the other services told."""
    erasure = await operations.approve_erasure(session, caller, erasure_id)
    return await _answer(session, caller, http, erasure)


@router.post(
    "/erasures/{erasure_id}/refusal",
    response_model=ErasureRead,
    responses=problems(ErasureNotFound, StepRefused),
)
async def refuse_erasure(
    session: WriteSession, caller: Caller, http: Request, erasure_id: UUID
) -> ErasureRead:
    """End a request that nobody has approved."""
    erasure = await operations.refuse_erasure(session, caller, erasure_id)
    return await _answer(session, caller, http, erasure)


async def _answer(session: ReadSession, caller: Caller, http: Request, erasure: Erasure) -> ErasureRead:
    now = await real_now(session)
    found = await questions.find_legal_holds(session, [erasure.person_id])
    href = f"/v1/erasures/{erasure.id}"
    return ErasureRead.of(
        erasure,
        held=any(holds(hold.released_at, hold.until, now) for hold in found),
        receipt=_sign(http.app.state.signer, erasure) if erasure.state is ErasureState.COMPLETED else None,
        actions=list_actions(PERMISSIONS, caller, href, ERASURE_LIFE, erasure.state, _STEPS),
    )


def _sign(signer: TokenSigner, erasure: Erasure) -> str:
    """Return the receipt as a JWS; Ed25519 gives the same bytes for the same receipt."""
    header = {"alg": "Ed25519", "kid": signer.key.kid, "typ": "erasure-receipt+jws"}
    content = orjson.dumps(operations.receipt_of(erasure), option=orjson.OPT_SORT_KEYS)
    return jws.serialize_compact(header, content, signer.key, algorithms=["Ed25519"])
