"""One search over everything that has words, as far as the caller may see it."""

from collections.abc import Mapping
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import Query, Response
from pydantic import BaseModel

from gateway.compositions.parts import Reading, collect
from gateway.compositions.vocabulary import SearchKind
from gateway.upstream import MissingPart
from services.common.clock import Provenance
from services.common.http.routes import house_router
from services.common.problems import NotAuthenticated, NotPermitted
from services.common.search import SearchHit, read_kinds, read_words
from services.common.wire import Answer, Line

router = house_router("search", "/search")

OWNERS: Final[Mapping[str, frozenset[SearchKind]]] = {
    "programs": frozenset(SearchKind) - {SearchKind.PERSON},
    "participants": frozenset({SearchKind.PERSON}),
}
_NOT_THEIRS: Final = frozenset({f"/problems/{problem.slug}" for problem in (NotAuthenticated, NotPermitted)})


class SeenHits(BaseModel):
    """What one service found."""

    items: list[SearchHit]
    more: bool


class SearchResults(Answer):
    """What was found, the best first; a service that could not be asked is named in `missing`."""

    items: list[SearchHit]
    more: bool
    """Whether more was found than is shown: ask for more words, or for some kinds only."""
    missing: list[MissingPart]


@router.get("", response_model=SearchResults)
async def search_everything(
    reading: Reading,
    response: Response,
    q: Annotated[Line, Query(description="Words, or their beginnings, in any script; all must be there.")],
    kinds: Annotated[str | None, Query(description="Nothing else is looked for: `program,edition`.")] = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 20,
    provenance: Provenance = Provenance.REAL,
) -> SearchResults:
    """Find programs, editions, deliveries, organizations, lecturers, documents, sources, open data and persons.

    A word in Latin letters finds its Cyrillic spelling and the other way round, with accents or without. Who may
    not see persons finds none and is not told whether there are any. Synthetic rows show only to staff who ask.
    """
    read_words(q)  # refused here, before anybody is asked
    wanted = read_kinds(kinds, SearchKind)
    asked = {
        owner: own & wanted
        for owner, own in OWNERS.items()
        if own & wanted and (owner == "programs" or reading.caller.subject is not None)
    }
    parts, missing = await collect(
        required={},
        optional_parts={
            owner: reading.read(
                owner, f"/v1/services/{owner}/search?{_query(q, own, limit, provenance)}", SeenHits
            )
            for owner, own in asked.items()
        },
    )
    missing = [part for part in missing if part.problem not in _NOT_THEIRS]
    if missing:
        response.headers["Cache-Control"] = "no-store"
    found = [part for part in parts.values() if part is not None]
    items = sorted(
        (item for part in found for item in part.items), key=lambda item: (-item.rank, item.kind, item.id)
    )
    more = len(items) > limit or any(part.more for part in found)
    return SearchResults(items=items[:limit], more=more, missing=missing)


def _query(q: str, kinds: frozenset[SearchKind], limit: int, provenance: Provenance) -> str:
    return urlencode({"q": q, "kinds": ",".join(sorted(kinds)), "limit": limit, "provenance": provenance})
