"""What can be done to the agency's record, programs, components, partnerships, funds and lecturers."""

from typing import Final, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.identity import Caller
from services.common.outbox import publish
from services.common.preconditions import read_if_match, require_version
from services.common.wire import Request
from services.programs.db.programs import (
    find_agency,
    get_component,
    get_lecturer,
    get_program,
    read_fund,
)
from services.programs.db.tables import (
    Agency,
    Component,
    Fund,
    Lecturer,
    Program,
)
from services.programs.domain.events import LECTURER_CHANGED, LecturerData
from services.programs.domain.evidence import SubjectKind
from services.programs.domain.problems import SourceRequired
from services.programs.domain.programs import ProgramStatus
from services.programs.operations.evidence import cite
from services.programs.schemas.programs import (
    AgencyWrite,
    ComponentChange,
    ComponentCreate,
    FundChange,
    FundCreate,
    LecturerChange,
    LecturerCreate,
    ProgramChange,
    ProgramCreate,
)

_STATED: Final = frozenset({ProgramStatus.ANNUAL, ProgramStatus.SUSPENDED, ProgramStatus.CLOSED})
"""What a program becomes by a change of its status, unless a source says so."""


async def put_agency(
    session: AsyncSession, caller: Caller, request: AgencyWrite, if_match: str | None
) -> Agency:
    """Enter the agency's record, or replace it; every time but the first names the version in `If-Match`."""
    agency = await find_agency(session, lock=True)
    fields = request.model_dump(exclude={"sources"})
    if agency is None:
        agency = Agency(**fields)
        session.add(agency)
    else:
        require_version(agency, read_if_match(if_match))
        for field, value in fields.items():
            setattr(agency, field, value)
    await record_change(session, caller, "agency.put", agency, fields)
    await cite(session, SubjectKind.AGENCY, agency.id, request.sources)
    return agency


async def create_program(session: AsyncSession, caller: Caller, request: ProgramCreate) -> Program:
    """Enter a program; raises `SourceRequired` for a status that only a source can state."""
    if request.status in _STATED and not request.sources:
        raise SourceRequired("Name the source that states where the program stands.")
    program = Program(**_with_plain_sectors(request.model_dump(exclude={"sources"})))
    session.add(program)
    await record_change(session, caller, "program.created", program)
    await cite(session, SubjectKind.PROGRAM, program.id, request.sources)
    return program


async def change_program(
    session: AsyncSession, caller: Caller, program_id: UUID, expected_version: int, request: ProgramChange
) -> Program:
    """Change what the record says of the program."""
    program = await get_program(session, program_id, lock=True)
    require_version(program, expected_version)
    changes = _with_plain_sectors(request.changes())
    for field, value in changes.items():
        setattr(program, field, value)
    await record_change(session, caller, "program.changed", program, changes)
    return program


async def create_component(
    session: AsyncSession, caller: Caller, program_id: UUID, request: ComponentCreate
) -> Component:
    """Enter a part of a program."""
    await get_program(session, program_id)
    component = Component(program_id=program_id, **request.model_dump(exclude={"sources"}))
    session.add(component)
    await record_change(session, caller, "component.created", component)
    await cite(session, SubjectKind.COMPONENT, component.id, request.sources)
    return component


async def change_component(
    session: AsyncSession,
    caller: Caller,
    program_id: UUID,
    component_id: UUID,
    expected_version: int,
    request: ComponentChange,
) -> Component:
    """Change what the record says of the component; raises `PortfolioItemExists` for an ordinal that is taken."""
    component = await get_component(session, component_id, program_id, lock=True)
    return await _rewrite(session, caller, component, expected_version, request)


async def change_fund(
    session: AsyncSession, caller: Caller, fund_id: UUID, expected_version: int, request: FundChange
) -> Fund:
    """Change what the record says of the fund."""
    fund = await read_fund(session, fund_id, lock=True)
    return await _rewrite(session, caller, fund, expected_version, request)


Recorded = TypeVar("Recorded", Component, Fund)


async def _rewrite(
    session: AsyncSession, caller: Caller, row: Recorded, expected_version: int, request: Request
) -> Recorded:
    require_version(row, expected_version)
    changes = request.model_dump()
    for field, value in changes.items():
        setattr(row, field, value)
    await record_change(session, caller, f"{row.__tablename__}.changed", row, changes)
    return row


async def create_fund(session: AsyncSession, caller: Caller, request: FundCreate) -> Fund:
    """Enter a fund."""
    fund = Fund(**request.model_dump(exclude={"sources"}))
    session.add(fund)
    await record_change(session, caller, "fund.created", fund)
    await cite(session, SubjectKind.FUND, fund.id, request.sources)
    return fund


async def create_lecturer(session: AsyncSession, caller: Caller, request: LecturerCreate) -> Lecturer:
    """Enter somebody who teaches."""
    lecturer = Lecturer(**request.model_dump())
    session.add(lecturer)
    await record_change(session, caller, "lecturer.created", lecturer)
    await _tell(session, lecturer)
    return lecturer


async def change_lecturer(
    session: AsyncSession, caller: Caller, lecturer_id: UUID, expected_version: int, request: LecturerChange
) -> Lecturer:
    """Change what is known of a lecturer, consent included."""
    lecturer = await get_lecturer(session, lecturer_id, visible_to=caller, lock=True)
    require_version(lecturer, expected_version)
    changes = request.model_dump(exclude_unset=True)
    for field, value in changes.items():
        setattr(lecturer, field, value)
    await record_change(session, caller, "lecturer.changed", lecturer, changes)
    await _tell(session, lecturer)
    return lecturer


async def _tell(session: AsyncSession, lecturer: Lecturer) -> None:
    await publish(session, LECTURER_CHANGED, lecturer_data(lecturer))


def lecturer_data(lecturer: Lecturer) -> LecturerData:
    """Return what others may know of the lecturer: no name."""
    return LecturerData(
        aggregate_id=lecturer.id,
        aggregate_version=lecturer.version,
        organization_id=lecturer.organization_id,
        consents_to_be_shown=lecturer.consents_to_be_shown,
    )


def _with_plain_sectors(fields: dict[str, object]) -> dict[str, object]:
    sectors = fields.get("sectors")
    return fields | {"sectors": plain_sectors(sectors)} if isinstance(sectors, list) else fields


def plain_sectors(sectors: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return sectors as JSON keeps them: shares are decimals in strings."""
    return [
        {"code": sector["code"], "share": None if sector["share"] is None else str(sector["share"])}
        for sector in sectors
    ]
