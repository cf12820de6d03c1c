"""Route of what one country received."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.common.codelists.iso import country_name
from services.common.edtf import parse_edtf, render_edtf
from services.common.http.callers import Caller
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession
from services.common.i18n import InterfaceLanguage
from services.common.wire_codes import CountryCode
from services.programs.db.deliveries import (
    list_country_doubts,
    list_country_editions,
    list_partners,
    list_received,
)
from services.programs.db.evidence import list_citations, list_notes
from services.programs.db.tables import Delivery, Edition, EditionCountry
from services.programs.schemas.deliveries import (
    CountryDeliveries,
    DossierEntry,
    DossierNote,
    DossierPartner,
    DossierYear,
)

router = house_router("country deliveries", "/countries/{country_code}/deliveries")


@router.get("", response_model=CountryDeliveries)
async def read_country_deliveries(
    session: ReadSession,
    caller: Caller,
    country_code: CountryCode,
    provenance: Provenance = Provenance.REAL,
) -> CountryDeliveries:
    """Read every course and delivery of one country by year, with dates, partners, sources and doubts."""
    editions = await list_country_editions(session, country_code, provenance, visible_to=caller)
    received = await list_received(session, country_code, provenance, visible_to=caller)
    by_edition: dict[UUID, list[EditionCountry]] = defaultdict(list)
    courses: dict[UUID, Edition] = {}
    for edition, relation in editions:
        by_edition[edition.id].append(relation)
        courses[edition.id] = edition
    about = await _gather(session, courses, by_edition, received)
    entries = [_course_entry(course, by_edition[course.id], about) for course in courses.values()]
    entries += [_delivery_entry(delivery, about) for delivery in received]
    doubts = await list_country_doubts(session, country_code)
    return CountryDeliveries(
        country=country_code,
        label={language: country_name(country_code, language) for language in InterfaceLanguage},
        years=_by_year(entries),
        notes=[DossierNote.model_validate(doubt) for doubt in doubts],
    )


class _About:
    """What stands in other tables about the entries, by row."""

    def __init__(self) -> None:
        self.partners: dict[UUID, list[DossierPartner]] = defaultdict(list)
        self.notes: dict[UUID, list[DossierNote]] = defaultdict(list)
        self.sources: Mapping[UUID, Sequence[Any]] = {}


async def _gather(
    session: AsyncSession,
    courses: Mapping[UUID, Edition],
    relations: Mapping[UUID, Sequence[EditionCountry]],
    received: Sequence[Delivery],
) -> _About:
    """Ask each table once for all entries: the number of statements does not grow with the rows."""
    about = _About()
    rows = [*courses, *(delivery.id for delivery in received)]
    programs: set[UUID | None] = {row.program_id for row in courses.values()}
    programs |= {delivery.program_id for delivery in received}
    for subject_id, partnership, organization in await list_partners(session, rows):
        about.partners[subject_id].append(
            DossierPartner.model_validate(
                {
                    "organization": organization,
                    "functional_role": partnership.functional_role,
                    "certainty": partnership.certainty,
                }
            )
        )
    for note in await list_notes(session, [*rows, *(program for program in programs if program)]):
        about.notes[note.subject_id].append(DossierNote.model_validate(note))
    links = [relation.id for linked in relations.values() for relation in linked]
    about.sources = await list_citations(session, [*rows, *links])
    return about


def _course_entry(edition: Edition, relations: Sequence[EditionCountry], about: _About) -> DossierEntry:
    cited = [*about.sources[edition.id], *(c for relation in relations for c in about.sources[relation.id])]
    return _entry(
        edition,
        about,
        kind="course",
        relations=[relation.relation for relation in relations],
        topic=edition.topic,
        quantity=None,
        unit=None,
        host_places=edition.host_places,
        sources=cited,
    )


def _delivery_entry(delivery: Delivery, about: _About) -> DossierEntry:
    place = {"name": delivery.place, "venue": None, "country": None}
    return _entry(
        delivery,
        about,
        kind=delivery.kind,
        relations=["received"],
        topic=None,
        quantity=delivery.quantity,
        unit=delivery.unit,
        host_places=[place] if delivery.place else [],
        sources=about.sources[delivery.id],
    )


def _entry(row: Edition | Delivery, about: _About, **parts: Any) -> DossierEntry:
    notes = [*about.notes[row.id], *(about.notes[row.program_id] if row.program_id else ())]
    fields = ("id", "href", "code", "title", "program", "period", "earliest", "latest", "state")
    return DossierEntry.model_validate(
        {field: getattr(row, field) for field in fields}
        | parts
        | {"date_text": _date_text(row.period), "partners": about.partners[row.id]}
        | {"notes": list({note.code: note for note in notes}.values())}
    )


def _date_text(period: str | None) -> dict[str, str] | None:
    if period is None:
        return None
    edtf = parse_edtf(period)
    return {language: render_edtf(edtf, language) for language in InterfaceLanguage}


def _by_year(entries: Sequence[DossierEntry]) -> list[DossierYear]:
    years: dict[int | None, list[DossierEntry]] = defaultdict(list)
    for entry in entries:
        years[entry.earliest.year if entry.earliest else None].append(entry)
    return [
        DossierYear(year=year, entries=sorted(years[year], key=_by_date))
        for year in sorted(years, key=lambda year: (year is None, year or 0))
    ]


def _by_date(entry: DossierEntry) -> tuple[str, str, str]:
    return str(entry.earliest), str(entry.latest), entry.code
