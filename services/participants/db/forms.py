"""Questions asked of application forms and of the papers of applications."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.identity import Caller, Reach
from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.participants.db.form_tables import ApplicationDocument, Form
from services.participants.domain.forms import FormState
from services.participants.domain.selection_problems import DocumentNotFound, FormNotFound


async def get_form(session: AsyncSession, form_id: UUID, *, visible_to: Caller, lock: bool = False) -> Form:
    """Return a version of a form, drafts to staff only; raise `FormNotFound`."""
    query = select(Form).where(Form.id == form_id)
    if visible_to.reach is not Reach.ALL:
        query = query.where(Form.state != FormState.DRAFT)
    found = (await session.scalars(query.with_for_update() if lock else query)).one_or_none()
    if found is None:
        raise FormNotFound("There is no such form.")
    return found


async def find_form(session: AsyncSession, form_id: UUID | None) -> Form | None:
    """Return the published (or retired) version with this id, or None."""
    if form_id is None:
        return None
    query = select(Form).where(Form.id == form_id, Form.state != FormState.DRAFT)
    return (await session.scalars(query)).one_or_none()


async def list_forms(
    session: AsyncSession, page: PageRequest, *, code: str | None, visible_to: Caller
) -> Rows:
    """Return versions of forms by code and number, drafts to staff only."""
    query = select(Form)
    if visible_to.reach is not Reach.ALL:
        query = query.where(Form.state != FormState.DRAFT)
    if code is not None:
        query = query.where(Form.code == code)
    return await fetch_page(session, query, page, SortKey(Form.code), SortKey(Form.number))


async def next_number(session: AsyncSession, code: str) -> int:
    """Return the number of the next version with this code."""
    query = select(func.coalesce(func.max(Form.number), 0) + 1).where(Form.code == code)
    return (await session.execute(query)).scalar_one()


async def find_documents(session: AsyncSession, application_ids: Sequence[UUID]) -> list[ApplicationDocument]:
    """Return the papers of these applications, by code, in one statement."""
    query = select(ApplicationDocument).where(ApplicationDocument.application_id.in_(application_ids))
    return list(
        await session.scalars(query.order_by(ApplicationDocument.application_id, ApplicationDocument.code))
    )


async def find_document(
    session: AsyncSession, application_id: UUID, code: str, *, lock: bool = True
) -> ApplicationDocument | None:
    """Return one paper of an application, or None."""
    query = select(ApplicationDocument).where(
        ApplicationDocument.application_id == application_id, ApplicationDocument.code == code
    )
    return (await session.scalars(query.with_for_update() if lock else query)).one_or_none()


async def get_document(
    session: AsyncSession, application_id: UUID, code: str, *, lock: bool = True
) -> ApplicationDocument:
    """Return one paper of an application; raise `DocumentNotFound`."""
    found = await find_document(session, application_id, code, lock=lock)
    if found is None:
        raise DocumentNotFound("The application has no such document.")
    return found
