"""What can be done to instruments."""

from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.identity import Caller
from services.common.preconditions import require_version
from services.common.problems import RequestInvalid
from services.evaluation.db.instruments import get_instrument, get_version, next_number
from services.evaluation.db.tables import Instrument, InstrumentVersion
from services.evaluation.domain.instruments import VERSION_LIFE, InstrumentVersionState
from services.evaluation.domain.problems import NotAllowedNow, TranslationMissing, VersionPublished
from services.evaluation.domain.wordings import (
    TranslationState,
    Wording,
    check_wording,
    texts_of,
    translations_of,
)
from services.evaluation.schemas.instruments import InstrumentCreate, InstrumentVersionCreate

_MOST_FAULTS: Final = 200
_FIXED: Final = frozenset({InstrumentVersionState.PUBLISHED, InstrumentVersionState.RETIRED})


async def create_instrument(session: AsyncSession, caller: Caller, request: InstrumentCreate) -> Instrument:
    """Enter a questionnaire."""
    instrument = Instrument(**request.model_dump())
    session.add(instrument)
    await record_change(session, caller, "instrument.created", instrument)
    return instrument


async def create_instrument_version(
    session: AsyncSession, caller: Caller, instrument_id: UUID, request: InstrumentVersionCreate
) -> InstrumentVersion:
    """Draw up the next version of a questionnaire; raise `RequestInvalid` for one that makes no sense."""
    require_sense(request)
    instrument = await get_instrument(session, instrument_id, lock=True)
    version = InstrumentVersion(
        instrument_id=instrument.id,
        number=await next_number(session, instrument.id),
        state=VERSION_LIFE.initial,
        reviewed_languages=[],
        **request.model_dump(mode="json"),
    )
    session.add(version)
    await record_change(session, caller, "instrument_version.created", version)
    return version


async def replace_instrument_version(
    session: AsyncSession,
    caller: Caller,
    instrument_id: UUID,
    version_number: int,
    expected: int,
    request: InstrumentVersionCreate,
) -> InstrumentVersion:
    """Write a draft anew; languages whose texts changed are no longer reviewed."""
    version = await get_version(session, instrument_id, version_number, lock=True)
    _require_draft(version)
    require_version(version, expected)
    wording = require_sense(request)
    before = version.wording
    version.reviewed_languages = [
        tag for tag in version.reviewed_languages if _texts(before, tag) == _texts(wording, tag)
    ]
    written = request.model_dump(mode="json")
    version.questions, version.sections = written["questions"], written["sections"]
    await record_change(session, caller, "instrument_version.replaced", version, ["questions", "sections"])
    return version


async def review_translation(
    session: AsyncSession, caller: Caller, instrument_id: UUID, version_number: int, language: str
) -> InstrumentVersion:
    """State that a complete translation has been read and found right; raise `TranslationMissing`."""
    version = await get_version(session, instrument_id, version_number, lock=True)
    if version.state in _FIXED:
        raise NotAllowedNow(f"The version is {version.state}.")
    found = translations_of(version.wording, version.reviewed_languages).get(language)
    if found is None or found.state is TranslationState.PARTIAL:
        raise TranslationMissing("Texts are missing in this language.")
    if language not in version.reviewed_languages:
        version.reviewed_languages = [*version.reviewed_languages, language]
        await record_change(
            session, caller, "instrument_version.translation_reviewed", version, ["reviewed_languages"]
        )
    return version


async def submit_instrument_version(
    session: AsyncSession, caller: Caller, instrument_id: UUID, version_number: int
) -> InstrumentVersion:
    """Hand a draft in to be reviewed."""
    return await _move(session, caller, instrument_id, version_number, InstrumentVersionState.IN_REVIEW)


async def return_instrument_version(
    session: AsyncSession, caller: Caller, instrument_id: UUID, version_number: int
) -> InstrumentVersion:
    """Give a reviewed version back to be changed."""
    return await _move(session, caller, instrument_id, version_number, InstrumentVersionState.DRAFT)


async def publish_instrument_version(
    session: AsyncSession, caller: Caller, instrument_id: UUID, version_number: int
) -> InstrumentVersion:
    """Publish a version; from now on it never changes."""
    version = await get_version(session, instrument_id, version_number, lock=True)
    if not VERSION_LIFE.may_become(version.state, InstrumentVersionState.PUBLISHED):
        raise VersionPublished(f"The version is {version.state}.")
    states = {translation.state for translation in translations_of(version.wording).values()}
    if TranslationState.COMPLETE not in states:
        raise TranslationMissing("At least one language must have every text.")
    version.state = InstrumentVersionState.PUBLISHED
    await record_change(session, caller, "instrument_version.published", version, ["state"])
    return version


async def retire_instrument_version(
    session: AsyncSession, caller: Caller, instrument_id: UUID, version_number: int
) -> InstrumentVersion:
    """Retire a published version: no new survey asks it, and those planned or answered keep it."""
    return await _move(session, caller, instrument_id, version_number, InstrumentVersionState.RETIRED)


def require_sense(request: InstrumentVersionCreate) -> Wording:
    """Return the wording; raise `RequestInvalid` with what is wrong with it, place by place."""
    wording = Wording(request.questions, request.sections)
    faults = check_wording(wording)
    if faults:
        raise RequestInvalid("The questionnaire is not consistent.", errors=faults[:_MOST_FAULTS])
    return wording


def _texts(wording: Wording, tag: str) -> list[str | None]:
    return [text.get(tag) for text in texts_of(wording)]


def _require_draft(version: InstrumentVersion) -> None:
    if version.state in _FIXED:
        raise VersionPublished(f"The version is {version.state}; draw up the next one.")
    if version.state is not InstrumentVersionState.DRAFT:
        raise NotAllowedNow(f"The version is {version.state}; return it first.")


async def _move(
    session: AsyncSession,
    caller: Caller,
    instrument_id: UUID,
    version_number: int,
    target: InstrumentVersionState,
) -> InstrumentVersion:
    version = await get_version(session, instrument_id, version_number, lock=True)
    if not VERSION_LIFE.may_become(version.state, target):
        raise NotAllowedNow(f"A version that is {version.state} cannot become {target}.")
    version.state = target
    await record_change(session, caller, f"instrument_version.{target}", version, ["state"])
    return version
