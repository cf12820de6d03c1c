"""Questions asked of people by their names."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.common.identity import Caller
from services.common.search import CANDIDATES, Found, asked_for, rank_of
from services.participants.db.scopes import in_reach
from services.participants.db.tables import Person
from services.participants.domain.people import FindableKind


async def find_by_words(
    session: AsyncSession, words: Sequence[str], limit: int, provenance: Provenance, *, visible_to: Caller
) -> list[Found]:
    """Return the persons in the caller's reach one of whose names hold all words, one more than `limit`.

    Records that were merged or erased are nobody's.
    """
    query = asked_for(words)
    candidates = (
        select(Person.id, Person.names, rank_of(Person.search, query).label("rank"))
        .where(
            Person.search.bool_op("@@")(query),
            in_reach(visible_to, Person.entered_by, Person.id),
            Person.provenance == provenance,
            Person.merged_into.is_(None),
            Person.erased_at.is_(None),
        )
        .order_by(Person.id)
        .limit(CANDIDATES)
        .subquery()
    )
    best = select(candidates).order_by(candidates.c.rank.desc(), candidates.c.id).limit(limit + 1)
    return [
        Found(FindableKind.PERSON, row.id, f"/v1/persons/{row.id}", _title(row.names), [], row.rank)
        for row in await session.execute(best)
    ]


def _title(names: Sequence[dict[str, str]]) -> dict[str, str]:
    """Return the whole name by the language and script of each document."""
    return {
        name["language"]: " ".join(part for part in (name.get("given"), name.get("family")) if part)
        for name in names
    }
