"""What can be done to composites: drawn up, published, retired."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.identity import Caller
from services.evaluation.db.composite_tables import Composite
from services.evaluation.db.composites import get_composite, next_number
from services.evaluation.domain.composites import COMPOSITE_LIFE, CompositeState
from services.evaluation.domain.problems import NotAllowedNow
from services.evaluation.schemas.composites import CompositeCreate


async def create_composite(session: AsyncSession, caller: Caller, request: CompositeCreate) -> Composite:
    """Draw up the next version of a composite."""
    composite = Composite(
        **request.model_dump(),
        number=await next_number(session, request.code),
        state=COMPOSITE_LIFE.initial,
    )
    session.add(composite)
    await record_change(session, caller, "composite.created", composite)
    return composite


async def publish_composite(session: AsyncSession, caller: Caller, composite_id: UUID) -> Composite:
    """Fix the weights of a version, before they are used."""
    return await _move(session, caller, composite_id, CompositeState.PUBLISHED)


async def retire_composite(session: AsyncSession, caller: Caller, composite_id: UUID) -> Composite:
    """Take a version out of use."""
    return await _move(session, caller, composite_id, CompositeState.RETIRED)


async def _move(
    session: AsyncSession, caller: Caller, composite_id: UUID, target: CompositeState
) -> Composite:
    composite = await get_composite(session, composite_id, lock=True)
    if not COMPOSITE_LIFE.may_become(composite.state, target):
        raise NotAllowedNow(f"A composite that is {composite.state} cannot become {target}.")
    composite.state = target
    await record_change(session, caller, f"composite.{target}", composite, ["state"])
    return composite
