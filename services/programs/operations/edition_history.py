"""What an edition was before: its history, and the versions of what it promises."""

from collections.abc import Iterable
from typing import Any

from pydantic_core import to_jsonable_python
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.inspection import inspect

from services.common.identity import Caller
from services.programs.db.edition_history import find_latest_content
from services.programs.db.tables import Edition, EditionContent, EditionHistory
from services.programs.domain.editions import ContentKind, EditionState


async def remember(
    session: AsyncSession, caller: Caller, action: str, edition: Edition, fields: Iterable[str]
) -> None:
    """Keep what a change made of the edition; ask after it was flushed, so that its version stands."""
    columns = inspect(Edition).columns
    changed = set(fields)
    session.add(
        EditionHistory(
            edition_id=edition.id,
            edition_version=edition.version,
            actor=caller.principal,
            action=action,
            state=edition.state,
            changes={
                field: to_jsonable_python(getattr(edition, field)) if field in columns else None
                for field in sorted(changed)
            },
        )
    )
    if edition.state is not EditionState.DRAFT and changed & {"public_text", "state"}:
        await _keep_version(session, caller, edition, ContentKind.PUBLIC_TEXT, edition.public_text)
    if "eligibility_rules" in changed:
        rules = edition.eligibility_rules
        await _keep_version(session, caller, edition, ContentKind.ELIGIBILITY_RULES, rules)
    await session.flush()


async def _keep_version(
    session: AsyncSession, caller: Caller, edition: Edition, kind: ContentKind, content: Any
) -> None:
    """Keep what the edition promises as a new version, unless the latest says the same.

    A public text counts from the moment the edition is no draft any more (invariant P8).
    """
    latest = await find_latest_content(session, edition.id, kind)
    number = latest.number if latest else 0
    if (latest.content if latest else None) != content:
        facts = {"edition_id": edition.id, "kind": kind, "number": number + 1, "content": content}
        session.add(EditionContent(**facts, actor=caller.principal))
