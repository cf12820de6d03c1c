"""What can be done to partnerships, and what they make of the cooperation."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.identity import Caller
from services.common.preconditions import require_version
from services.common.problems import Fault, RequestInvalid
from services.common.wire import Reference
from services.programs.db.editions import get_edition
from services.programs.db.evidence import list_subjects, require_subjects
from services.programs.db.organizations import get_organization
from services.programs.db.partnerships import (
    get_partnership,
    list_recipient_countries,
    list_triangular_parties,
)
from services.programs.db.programs import get_program
from services.programs.db.tables import Edition, Organization, Partnership, PartnershipSubject, Program
from services.programs.domain.cooperation import Cooperation, Party, derive_cooperation
from services.programs.domain.dac_list import AS_OF, is_recipient
from services.programs.domain.evidence import SubjectKind
from services.programs.domain.problems import TransitionRefused
from services.programs.domain.programs import CooperationForm, TriangularRole
from services.programs.operations.evidence import cite
from services.programs.schemas.evidence import SubjectRead
from services.programs.schemas.partnerships import (
    CooperationPartyRead,
    CooperationRead,
    PartnershipChange,
    PartnershipCreate,
    PartnershipEnding,
    SubjectCooperation,
)


async def create_partnership(
    session: AsyncSession, caller: Caller, request: PartnershipCreate
) -> Partnership:
    """Enter what an organization does; raises `ReferenceUnknown` for a subject not in the portfolio."""
    organization = await get_organization(session, request.organization_id)
    await require_subjects(session, [(subject.kind, subject.id) for subject in request.subjects])
    fields = request.model_dump(exclude={"subjects", "sources"})
    partnership = Partnership(**fields, organization=organization)
    session.add(partnership)
    await record_change(session, caller, "partnership.created", partnership)
    for subject in request.subjects:
        session.add(
            PartnershipSubject(
                partnership_id=partnership.id, subject_kind=subject.kind, subject_id=subject.id
            )
        )
    await cite(session, SubjectKind.PARTNERSHIP, partnership.id, request.sources)
    return partnership


async def change_partnership(
    session: AsyncSession,
    caller: Caller,
    partnership_id: UUID,
    expected_version: int,
    request: PartnershipChange,
) -> Partnership:
    """Change what the organization does; raises `RequestInvalid` where it supports without facilitating."""
    partnership = await get_partnership(session, partnership_id, lock=True)
    require_version(partnership, expected_version)
    changes = request.changes()
    for field, value in changes.items():
        setattr(partnership, field, value)
    if partnership.support_kind is not None and partnership.triangular_role is not TriangularRole.FACILITATOR:
        fault = Fault("/support_kind", "not_a_facilitator", "Only a facilitator supports the others.")
        raise RequestInvalid("The change does not go with what stands already.", errors=[fault])
    await record_change(session, caller, "partnership.changed", partnership, changes)
    return partnership


async def end_partnership(
    session: AsyncSession, caller: Caller, partnership_id: UUID, request: PartnershipEnding
) -> Partnership:
    """Let an organization be part of it no longer; what it did before stays in the record."""
    partnership = await get_partnership(session, partnership_id, lock=True)
    if partnership.ended_on is not None:
        raise TransitionRefused("The partnership has ended already.")
    partnership.ended_on, partnership.end_reason = request.ended_on, request.reason
    await record_change(session, caller, "partnership.ended", partnership, ["ended_on", "end_reason"])
    return partnership


def cooperation_of(
    stated: CooperationForm | None,
    partnerships: Iterable[tuple[Partnership, Organization]],
    recipients: Iterable[str],
    on: date,
) -> Cooperation:
    """Return what these partnerships make of it, those that have ended left out, by the DAC list of the day."""
    parties = [
        Party(partnership.triangular_role, str(organization.id), organization.country)
        for partnership, organization in partnerships
        if partnership.triangular_role is not None and partnership.ended_on is None
    ]
    return derive_cooperation(stated, parties, recipients, partial(is_recipient, on=on))


async def describe_cooperation(
    session: AsyncSession, program: Program, edition: Edition | None = None
) -> CooperationRead:
    """Return the form of cooperation as stated and as the parties make it at this moment (invariant P2).

    An edition has the parties of its program and its component, too.
    """
    line = [program.id] if edition is None else [program.id, edition.component_id, edition.id]
    rows = await list_triangular_parties(session, [one for one in line if one])
    column, subject_id = (Edition.program_id, program.id) if edition is None else (Edition.id, edition.id)
    recipients = (await list_recipient_countries(session, column, {subject_id})).get(subject_id, ())
    parties = [
        CooperationPartyRead(
            role=partnership.triangular_role,
            partnership_id=partnership.id,
            organization=Reference.of(organization),
            country=organization.country,
        )
        for partnership, organization in rows
        if partnership.triangular_role is not None
    ]
    day = AS_OF if edition is None else edition.earliest
    found = cooperation_of(program.form_as_stated, rows, recipients, day)
    return CooperationRead(
        stated=program.form_as_stated,
        collaboration_type=found.collaboration_type,
        doubts=list(found.doubts),
        parties=parties,
        recipients=list(recipients),
    )


async def describe_consequences(session: AsyncSession, partnership: Partnership) -> list[SubjectCooperation]:
    """Return what the cooperation is now in each edition and program of the partnership."""
    subjects: Sequence[dict[str, object]] = (
        await list_subjects(session, PartnershipSubject, [partnership.id])
    )[partnership.id]
    told = []
    for subject in subjects:
        read = SubjectRead.model_validate(subject)
        if read.kind is SubjectKind.EDITION:
            edition = await get_edition(session, read.id)
            cooperation = await describe_cooperation(session, edition.program, edition)
        elif read.kind is SubjectKind.PROGRAM:
            cooperation = await describe_cooperation(session, await get_program(session, read.id))
        else:
            continue
        told.append(SubjectCooperation(subject=read, cooperation=cooperation))
    return told
