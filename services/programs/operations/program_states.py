"""Changes of a program's status."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.actions import blocked_by
from services.common.audit import record_change
from services.common.identity import Caller
from services.programs.db.programs import count_completed_editions, get_program, has_settled_results
from services.programs.domain.evidence import SubjectKind
from services.programs.domain.problems import GuardsUnmet
from services.programs.domain.program_life import ProgramFacts, StatusStep, unmet_program_guards
from services.programs.operations.evidence import cite
from services.programs.schemas.programs import ProgramStatusChange, ProgramStatusChangeResult


async def change_program_status(
    session: AsyncSession, caller: Caller, program_id: UUID, request: ProgramStatusChange, *, dry_run: bool
) -> ProgramStatusChangeResult:
    """Change the program's status, or say what stands in the way.

    Raises `GuardsUnmet` unless the change is a dry run, whose answer lists the same.
    """
    program = await get_program(session, program_id, lock=True)
    facts = ProgramFacts(
        status=program.status,
        completed_editions=await count_completed_editions(session, program.id),
        evaluated=await has_settled_results(session, program.id),
    )
    step = StatusStep(
        target=request.status,
        reason=request.reason,
        evaluation_reference=request.evaluation_reference,
        historic=request.historic,
        has_source=bool(request.sources),
    )
    faults = unmet_program_guards(facts, step)
    if faults and not dry_run:
        raise GuardsUnmet(f"The program cannot become {request.status} yet.", errors=faults)
    came_from = program.status
    if not dry_run:
        program.status, program.status_reason = request.status, request.reason
        fields = ["status", "status_reason"]
        if request.evaluation_reference is not None:
            program.evaluation_reference = request.evaluation_reference
            fields.append("evaluation_reference")
        await record_change(session, caller, f"program.{request.status}", program, fields)
        await cite(session, SubjectKind.PROGRAM, program.id, request.sources)
    return ProgramStatusChangeResult(
        program_id=program.id,
        from_status=came_from,
        to_status=request.status,
        applied=not dry_run,
        unmet=blocked_by(faults),
    )
