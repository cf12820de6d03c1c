"""The route that finds things by words."""

from typing import Annotated, Final

from fastapi import Query

from services.common.clock import Provenance
from services.common.http.callers import Caller
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession
from services.common.search import SearchHits, read_kinds, read_words, show_hits
from services.common.wire import Line
from services.programs.db.search import find_by_words, find_publications
from services.programs.domain.publication_enumerations import PUBLICATION_ENUMERATIONS
from services.programs.domain.search import FindableKind

router = house_router("search", "/services/programs/search")
_CHANNELS: Final = next(one for one in PUBLICATION_ENUMERATIONS if one.name == "publication_channel").labels


@router.get("", response_model=SearchHits)
async def search_programs(
    session: ReadSession,
    caller: Caller,
    q: Annotated[Line, Query(description="Words, or their beginnings, in any script; all must be there.")],
    kinds: Annotated[str | None, Query(description="Nothing else is looked for: `program,edition`.")] = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 20,
    provenance: Provenance = Provenance.REAL,
) -> SearchHits:
    """Find programs, editions, deliveries, organizations, lecturers, documents, sources and publications by words.

    The best come first. Synthetic rows show only to staff who ask for them by `provenance`.
    """
    words = read_words(q)
    wanted = read_kinds(kinds, FindableKind)
    found = await find_by_words(session, words, wanted, limit, provenance, visible_to=caller)
    if FindableKind.PUBLICATION in wanted:
        found += await find_publications(session, words, _CHANNELS)
    return show_hits(found, words, limit)
