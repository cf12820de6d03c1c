"""Questions asked of everything in this room that has words."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Text, cast, func, literal, select, union_all
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.common.identity import Caller, Reach
from services.common.search import CANDIDATES, Found, asked_for, fold, rank_of
from services.programs.db.editions import PUBLISHED
from services.programs.db.publication_tables import PublicationRecord
from services.programs.db.tables import (
    Delivery,
    DeliveryDocument,
    Edition,
    Lecturer,
    Organization,
    Program,
    Source,
)
from services.programs.domain.organizations import OrganizationStatus
from services.programs.domain.programs import ProgramStatus
from services.programs.domain.publications import PATHS, PublicationState
from services.programs.domain.search import FindableKind

Conditions = Sequence[Any]
_NO_TEXTS: Final = cast(literal("{}"), JSONB)


async def find_by_words(
    session: AsyncSession,
    words: Sequence[str],
    kinds: Collection[FindableKind],
    limit: int,
    provenance: Provenance,
    *,
    visible_to: Caller,
) -> list[Found]:
    """Return the best of each kind that the caller may see, one more than `limit` of each; one statement."""
    asked = [kind for kind in _KINDS if kind in kinds]
    if not asked:
        return []
    query = asked_for(words)
    parts = [_best(kind, query, limit, _shown(kind, provenance, visible_to)) for kind in asked]
    rows = await session.execute(union_all(*parts))
    return [
        Found(row.kind, row.id, row.href, row.title, [str(text) for text in row.texts.values()], row.rank)
        for row in rows
    ]


async def find_publications(
    session: AsyncSession, words: Sequence[str], labels: Mapping[str, Mapping[str, str]]
) -> list[Found]:
    """Return the files that stand published and whose name, in any language, holds all of the words."""
    query = select(PublicationRecord).where(PublicationRecord.state == PublicationState.PUBLISHED)
    return [
        Found(FindableKind.PUBLICATION, record.id, PATHS[record.channel], labels[record.channel], [], 0.05)
        for record in await session.scalars(query.order_by(PublicationRecord.channel))
        if _names(words, labels[record.channel].values())
    ]


def _names(words: Sequence[str], names: Collection[str]) -> bool:
    known = fold(" ".join(names)).split()
    return all(any(name.startswith(word) for name in known) for word in words)


def _undetermined(column: Any) -> ColumnElement[Any]:
    return func.jsonb_build_object(literal("und", Text), column)


def _at(path: str, id_: Any, more: str = "") -> ColumnElement[str]:
    return literal(path, Text).op("||")(cast(id_, Text)).op("||")(literal(more, Text))


_KINDS: Final[Mapping[FindableKind, tuple[Any, ColumnElement[str], Any, ColumnElement[Any]]]] = {
    FindableKind.PROGRAM: (Program, _at("/v1/programs/", Program.id), Program.title, _NO_TEXTS),
    FindableKind.EDITION: (
        Edition,
        _at("/v1/editions/", Edition.id),
        Edition.title,
        func.coalesce(Edition.topic, _NO_TEXTS).op("||")(func.jsonb_build_object("code", Edition.code)),
    ),
    FindableKind.DELIVERY: (Delivery, _at("/v1/deliveries/", Delivery.id), Delivery.title, _NO_TEXTS),
    FindableKind.ORGANIZATION: (
        Organization,
        _at("/v1/organizations/", Organization.id),
        Organization.names,
        func.jsonb_strip_nulls(
            func.jsonb_build_object("acronym", Organization.acronym, "verbatim", Organization.verbatim_name)
        ),
    ),
    FindableKind.LECTURER: (Lecturer, _at("/v1/lecturers/", Lecturer.id), Lecturer.names, _NO_TEXTS),
    FindableKind.DOCUMENT: (
        DeliveryDocument,
        _at("/v1/deliveries/", DeliveryDocument.delivery_id, "/documents"),
        _undetermined(DeliveryDocument.title),
        _NO_TEXTS,
    ),
    FindableKind.SOURCE: (
        Source,
        func.coalesce(Source.url, _at("/v1/sources?code=", Source.code)),
        _undetermined(Source.title),
        _NO_TEXTS,
    ),
}
"""Table, address, title and further texts to quote from."""


def _best(
    kind: FindableKind, query: ColumnElement[Any], limit: int, shown: Conditions
) -> Select[*tuple[Any, ...]]:
    table, href, title, texts = _KINDS[kind]
    candidates = (
        select(
            literal(kind.value, Text).label("kind"),
            table.id,
            href.label("href"),
            title.label("title"),
            texts.label("texts"),
            rank_of(table.search, query).label("rank"),
        )
        .where(table.search.bool_op("@@")(query), *shown)
        .order_by(table.id)
        .limit(CANDIDATES)
        .subquery()
    )
    best = select(candidates).order_by(candidates.c.rank.desc(), candidates.c.id).limit(limit + 1)
    return select(best.subquery())


def _shown(kind: FindableKind, provenance: Provenance, visible_to: Caller) -> Conditions:
    """Return what narrows a kind to the rows that the caller may see, of one provenance (invariant P11)."""
    public = visible_to.reach is Reach.PUBLISHED
    return _SHOWN[kind](provenance, public)


def _real_for(column: Any, provenance: Provenance, *, public: bool) -> Conditions:
    return [column == provenance, *([column == Provenance.REAL] if public else [])]


def _shown_documents(provenance: Provenance, public: bool) -> Conditions:  # noqa: FBT001  one of a table
    about = select(Delivery.id).where(*_real_for(Delivery.provenance, provenance, public=public))
    open_ones = [DeliveryDocument.public, DeliveryDocument.withdrawn_reason.is_(None)] if public else []
    return [DeliveryDocument.delivery_id.in_(about), *open_ones]


_SHOWN: Final[Mapping[FindableKind, Callable[[Provenance, bool], Conditions]]] = {
    FindableKind.PROGRAM: lambda _, public: (
        [Program.status.is_distinct_from(ProgramStatus.IDEA)] if public else []
    ),
    FindableKind.EDITION: lambda provenance, public: [
        Edition.provenance == provenance,
        *(PUBLISHED if public else ()),
    ],
    FindableKind.DELIVERY: lambda provenance, public: _real_for(
        Delivery.provenance, provenance, public=public
    ),
    FindableKind.ORGANIZATION: lambda provenance, public: [
        *_real_for(Organization.provenance, provenance, public=public),
        Organization.status != OrganizationStatus.MERGED,
    ],
    FindableKind.LECTURER: lambda _, public: [Lecturer.consents_to_be_shown] if public else [],
    FindableKind.DOCUMENT: _shown_documents,
    FindableKind.SOURCE: lambda _provenance, _public: [],
}
