"""Route of what one country received."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from fastapi import Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.common.codelists.iso import country_name
from services.common.edtf import parse_edtf, render_edtf
from services.common.http.callers import Caller
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession
from services.common.i18n import InterfaceLanguage
from services.common.wire_codes import CountryCode
from services.programs.db.activities import list_programs_of
from services.programs.db.deliveries import (
    list_country_courses,
    list_country_doubts,
    list_partners,
    list_received,
)
from services.programs.db.evidence import list_citations, list_notes
from services.programs.db.tables import Organization, Program
from services.programs.schemas.deliveries import CountryDeliveries

router = house_router("country deliveries", "/countries/{country_code}/deliveries")

_PERIODS_KEPT = 4096
Entry = dict[str, Any]
"""A `DossierEntry` as it leaves: hundreds are in one answer, so none is built as a model first."""


@router.get("", response_model=CountryDeliveries)
async def read_country_deliveries(
    session: ReadSession,
    caller: Caller,
    country_code: CountryCode,
    provenance: Provenance = Provenance.REAL,
) -> Response:
    """Read every course and delivery of one country by year, with dates, partners, sources and doubts."""
    courses = await list_country_courses(session, country_code, provenance, visible_to=caller)
    received = await list_received(session, country_code, provenance, visible_to=caller)
    links: dict[UUID, list[Any]] = defaultdict(list)
    for row in courses:
        links[row.id].append(row)
    about = await _gather(session, links, received)
    entries = [_course_entry(linked, about) for linked in links.values()]
    entries += [_delivery_entry(delivery, about) for delivery in received]
    doubts = await list_country_doubts(session, country_code)
    dossier = {
        "country": country_code,
        "label": {language.value: country_name(country_code, language) for language in InterfaceLanguage},
        "years": _by_year(entries),
        "notes": [_note(doubt) for doubt in doubts],
    }
    # The driver's UUIDs are of a class of its own, which orjson does not know.
    return Response(orjson.dumps(dossier, default=str), media_type="application/json")


class _About:
    """What stands in other tables about the entries, by row."""

    def __init__(self) -> None:
        self.programs: dict[UUID | None, Entry] = {}
        self.partners: dict[UUID, list[Entry]] = defaultdict(list)
        self.notes: dict[UUID, list[Entry]] = defaultdict(list)
        self.sources: dict[UUID, list[Entry]] = {}

    def notes_of(self, row: Any) -> list[Entry]:
        """Return the notes on the row and on its program, each once."""
        notes = [*self.notes.get(row.id, ()), *self.notes.get(row.program_id, ())]
        return list({note["code"]: note for note in notes}.values())


async def _gather(
    session: AsyncSession, links: Mapping[UUID, Sequence[Any]], received: Sequence[Any]
) -> _About:
    """Ask each table once for all entries: the number of statements does not grow with the rows."""
    about = _About()
    rows = [*(linked[0] for linked in links.values()), *received]
    ids = [row.id for row in rows]
    programs = await list_programs_of(session, {row.program_id for row in rows if row.program_id})
    about.programs = {id_: _reference(program) for id_, program in programs.items()}
    for subject_id, partnership, organization in await list_partners(session, ids):
        about.partners[subject_id].append(
            {
                "organization": _reference(organization),
                "functional_role": partnership.functional_role,
                "certainty": partnership.certainty,
            }
        )
    for note in await list_notes(session, [*ids, *programs]):
        about.notes[note.subject_id].append(_note(note))
    cited = await list_citations(
        session, [*ids, *(row.link_id for linked in links.values() for row in linked)]
    )
    about.sources = {subject: [_source(row) for row in rows] for subject, rows in cited.items()}
    return about


def _course_entry(linked: Sequence[Any], about: _About) -> Entry:
    """Return the entry of one course from its rows: one for each thing that it has to do with the country."""
    course = linked[0]
    sources = [*about.sources[course.id], *(one for row in linked for one in about.sources[row.link_id])]
    return _entry(course, f"/v1/editions/{course.id}", about) | {
        "kind": "course",
        "relations": [row.relation for row in linked],
        "topic": course.topic,
        "quantity": None,
        "unit": None,
        "host_places": course.host_places,
        "sources": sources,
    }


def _delivery_entry(delivery: Any, about: _About) -> Entry:
    place = {"name": delivery.place, "venue": None, "country": None}
    return _entry(delivery, f"/v1/deliveries/{delivery.id}", about) | {
        "kind": delivery.kind,
        "relations": ["received"],
        "topic": None,
        "quantity": delivery.quantity,
        "unit": delivery.unit,
        "host_places": [place] if delivery.place else [],
        "sources": about.sources[delivery.id],
    }


def _entry(row: Any, href: str, about: _About) -> Entry:
    return {
        "id": row.id,
        "href": href,
        "code": row.code,
        "title": row.title,
        "program": about.programs.get(row.program_id),
        "period": row.period,
        "earliest": row.earliest,
        "latest": row.latest,
        "date_text": _date_text(row.period) if row.period is not None else None,
        "state": row.state,
        "partners": about.partners.get(row.id, []),
        "notes": about.notes_of(row),
    }


def _reference(row: Program | Organization) -> Entry:
    return {"id": row.id, "label": row.label, "href": row.href}


def _note(row: Any) -> Entry:
    return {"code": row.code, "kind": row.kind, "text": row.text}


def _source(row: Any) -> Entry:
    return {
        "source_id": row.source_id,
        "code": row.code,
        "title": row.title,
        "url": row.url,
        "locator": row.locator,
        "note": row.note,
        "confidence": row.confidence,
        "as_of": row.as_of,
    }


@lru_cache(maxsize=_PERIODS_KEPT)
def _date_text(period: str) -> Mapping[str, str]:
    """Return the period in words; the same few days are read again and again, and CLDR's patterns are dear."""
    edtf = parse_edtf(period)
    return {language.value: render_edtf(edtf, language) for language in InterfaceLanguage}


def _by_year(entries: Collection[Entry]) -> list[Entry]:
    years: dict[int | None, list[Entry]] = defaultdict(list)
    for entry in entries:
        years[entry["earliest"].year if entry["earliest"] else None].append(entry)
    return [
        {"year": year, "entries": sorted(years[year], key=_by_date)}
        for year in sorted(years, key=lambda year: (year is None, year or 0))
    ]


def _by_date(entry: Entry) -> tuple[str, str, str]:
    return str(entry["earliest"]), str(entry["latest"]), entry["code"]
