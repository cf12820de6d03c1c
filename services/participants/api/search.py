"""The route that finds people by their names."""

from typing import Annotated

from fastapi import Query

from services.common.clock import Provenance
from services.common.http.callers import Caller
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession
from services.common.search import SearchHits, read_kinds, read_words, show_hits
from services.common.wire import Line
from services.participants.db.search import find_by_words
from services.participants.domain.people import FindableKind

router = house_router("search", "/services/participants/search")


@router.get("", response_model=SearchHits)
async def search_participants(
    session: ReadSession,
    caller: Caller,
    q: Annotated[Line, Query(description="Words of a name, or their beginnings, in any script.")],
    kinds: Annotated[str | None, Query(description="There is one kind: `person`.")] = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 20,
    provenance: Provenance = Provenance.REAL,
) -> SearchHits:
    """Find people whom you may see by their names, as each document writes them."""
    words = read_words(q)
    read_kinds(kinds, FindableKind)
    found = await find_by_words(session, words, limit, provenance, visible_to=caller)
    return show_hits(found, words, limit)
