"""Open data: the published activities, their money and their organizations as tables and as linked data."""

from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import orjson

from services.common.codelists.iati import load_codelist
from services.common.tabular.writing import TableFormat, open_writer
from services.programs.domain.activities import Activity, ActivityKind, Party, Publisher, Texts

LANGUAGES: Final = ("kk", "ru", "en")
CONTEXT: Final = "https://schema.org"

ACTIVITY_COLUMNS: Final = (
    *("identifier", "kind", "code", *(f"title_{tag}" for tag in LANGUAGES), "description", "status"),
    *("planned_start", "actual_start", "planned_end", "actual_end", "countries", "regions", "sectors"),
    *("sdg_goals", "sdg_targets", "collaboration_type", "flow_type", "aid_type", "organizations", "parent"),
    "last_updated",
)
TRANSACTION_COLUMNS: Final = (
    *("activity", "reference", "type", "date", "amount", "currency", "provider", "receiver"),
    "provider_activity",
)
ORGANIZATION_COLUMNS: Final = (
    "identifier",
    *(f"name_{tag}" for tag in LANGUAGES),
    "type",
    "role",
    "activity",
)

Rows = Callable[[Activity], Iterable[Sequence[Any]]]


async def write_table(
    activities: AsyncIterable[Activity], columns: Sequence[str], rows: Rows, form: TableFormat
) -> AsyncIterator[bytes]:
    """Yield a table made of every activity's rows."""
    writer = open_writer(form)
    yield writer.begin(columns)
    async for activity in activities:
        yield writer.write(rows(activity))
    yield writer.end()


def activity_rows(activity: Activity) -> Iterator[Sequence[Any]]:
    """Yield the one row of an activity; several codes of a cell are parted by `|`."""
    dates = {dated.type: dated.day.isoformat() for dated in activity.dates}
    yield (
        activity.identifier,
        activity.subject.kind,
        activity.subject.code,
        *(activity.title.get(tag) for tag in LANGUAGES),
        _text(activity.description),
        _name("ActivityStatus", activity.status),
        *(dates.get(kind) for kind in ("1", "2", "3", "4")),
        [part.code for part in activity.countries],
        [part.code for part in activity.regions],
        [part.code for part in activity.sectors],
        list(activity.goals),
        list(activity.targets),
        activity.collaboration_type,
        activity.flow_type,
        activity.aid_type,
        [_text(participant.party.names) for participant in activity.participants],
        next((related.ref for related in activity.related if related.type == "1"), None),
        activity.updated_at.isoformat(),
    )


def transaction_rows(activity: Activity) -> Iterator[Sequence[Any]]:
    """Yield a row for each transaction of an activity."""
    for entry in activity.transactions:
        yield (
            activity.identifier,
            entry.ref,
            _name("TransactionType", entry.type),
            entry.day.isoformat(),
            entry.value.amount,
            entry.value.currency,
            _text(entry.provider.names) if entry.provider else None,
            _text(entry.receiver.names) if entry.receiver else None,
            entry.provider_activity,
        )


def organization_rows(activity: Activity) -> Iterator[Sequence[Any]]:
    """Yield a row for each part that an organization has in an activity."""
    for participant in activity.participants:
        party = participant.party
        yield (
            party.ref,
            *(party.names.get(tag) for tag in LANGUAGES),
            _name("OrganisationType", party.kind) if party.kind else None,
            _name("OrganisationRole", participant.role),
            activity.identifier,
        )


async def write_linked_data(
    activities: AsyncIterable[Activity], publisher: Publisher, generated: datetime
) -> AsyncIterator[bytes]:
    """Yield schema.org JSON-LD: the data set, then a project for each activity, an event for each edition."""
    head = {
        "@type": "Dataset",
        "name": f"{_text(publisher.names)}: activities",
        "dateModified": generated.isoformat(),
        "creator": _organization(publisher.party),
    }
    yield b'{"@context":' + orjson.dumps(CONTEXT) + b',"@graph":[' + orjson.dumps(head)
    async for activity in activities:
        yield b",\n" + orjson.dumps(_node(activity))
    yield b"]}\n"


def _node(activity: Activity) -> Mapping[str, Any]:
    dates = {dated.type: dated.day.isoformat() for dated in activity.dates}
    event = activity.subject.kind is ActivityKind.EDITION
    countries = [{"@type": "Country", "identifier": part.code} for part in activity.countries]
    node = {
        "@type": "EducationEvent" if event else "Project",
        "@id": f"urn:iati:{activity.identifier}",
        "identifier": activity.identifier,
        "name": _tagged(activity.title),
        "description": _tagged(activity.description),
        "startDate": dates.get("2") or dates.get("1"),
        "endDate": dates.get("4") or dates.get("3"),
        "organizer" if event else "member": [
            _organization(participant.party) for participant in activity.participants
        ],
        "location": [{"@type": "Place", "name": place} for place in activity.places],
        "audience" if event else "areaServed": [
            {"@type": "Audience", "geographicArea": country} if event else country for country in countries
        ],
        "keywords": [f"SDG {goal}" for goal in activity.goals],
    }
    return {key: value for key, value in node.items() if value}


def _organization(party: Party) -> Mapping[str, Any]:
    node = {"@type": "Organization", "name": _tagged(party.names), "identifier": party.ref}
    return {key: value for key, value in node.items() if value}


def _tagged(texts: Texts) -> list[dict[str, str]]:
    return [{"@language": tag, "@value": text} for tag, text in sorted(texts.items())]


def _text(texts: Texts) -> str:
    return texts.get("en") or next(iter(texts.values()), "")


def _name(codelist: str, code: str) -> str:
    return load_codelist(codelist).entry(code).name["en"]
