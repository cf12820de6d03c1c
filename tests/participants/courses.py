"""The participants app with a key store, and an edition with synthetic people on their way into it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from pydantic import SecretStr

from services.common.identity import Grant, GrantKind, Role
from services.participants.app import create_app
from services.participants.inbox.consumers import CONSUMERS
from services.participants.settings import Settings
from services.programs.domain.events import EditionData
from tests.apps import Door, facts_of, open_door
from tests.cluster import TestDatabase
from tests.events import arriving

SYNTHETIC_NAMES = [
    {"language": "tg-Cyrl", "given": "Синтетика", "family": "Намунаева"},
    {"language": "fa", "given": "ساختگی", "family": "نمونه"},
    {"language": "und-Latn", "given": "Synthetic", "family": "Sample"},
]


FORM = {
    "code": "syn-form",
    "title": {"en": "Application", "ru": "Заявка"},
    "fields": [
        {"code": "motivation", "kind": "long_text", "label": {"en": "Why?"}, "required": True, "minimum": 5},
        {
            "code": "speaks",
            "kind": "languages",
            "label": {"en": "Languages"},
            "variable": "language_levels",
        },
        {
            "code": "abroad",
            "kind": "choice",
            "label": {"en": "Have you studied abroad?"},
            "required": True,
            "choices": [{"code": "yes", "label": {"en": "Yes"}}, {"code": "no", "label": {"en": "No"}}],
        },
        {
            "code": "where",
            "kind": "country",
            "label": {"en": "Where?"},
            "required": True,
            "relevant": "${abroad} = 'yes'",
        },
        {
            "code": "years",
            "kind": "integer",
            "label": {"en": "Years of experience"},
            "constraint": ". <= 60",
            "variable": "experience_years",
        },
    ],
    "documents": [
        {"code": "diploma", "label": {"en": "Diploma"}},
        {"code": "letter", "label": {"en": "Letter"}, "required": False},
    ],
}


def app_of(database: TestDatabase, keys: Path) -> Any:
    (keys / "master").write_text("5" * 64)
    facts = facts_of("participants", database.participants, keys)
    return create_app(
        Settings(**facts, keystore_url=SecretStr(database.keystore), master_key=keys / "master")
    )


@pytest.fixture(scope="session")
async def _keyed(database: TestDatabase, keys: Path) -> AsyncIterator[Door]:
    async with open_door("participants", app_of(database, keys), keys) as door:
        yield door


@pytest.fixture
def participants(_keyed: Door, clean: TestDatabase) -> Door:
    return _keyed.over(clean)


def edition_facts(**changes: Any) -> dict[str, Any]:
    """Return an edition as programs tells it, checked against programs' own contract."""
    now = datetime.now(UTC)
    facts: dict[str, Any] = {
        "aggregate_id": uuid4(),
        "aggregate_version": 1,
        "program_id": uuid4(),
        "component_id": None,
        "predecessor_id": None,
        "code": "syn-1",
        "title": {"en": "Synthetic course"},
        "state": "announced",
        "provenance": "synthetic",
        "audience": None,
        "period": "2026-12",
        "starts_on": None,
        "ends_on": None,
        "zone": "Asia/Almaty",
        "languages": ["ru"],
        "capacity_min": None,
        "capacity_max": None,
        "call": {
            "opens_at": now - timedelta(days=1),
            "closes_at": now + timedelta(days=1),
            "zone": "Asia/Almaty",
            "form_version_id": None,
        },
        "replacement_until": now + timedelta(days=20),
        "seat_lines": [],
        "countries": ["TJ"],
        "eligibility_rules": [],
        "certificate_policy": {"attendance_percent": 80, "pass_mark_percent": None},
    }
    return EditionData.model_validate(facts | changes).model_dump(mode="json")


def line_facts(country: str, seats: int, reserve: int = 0) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "owner": "country",
        "country": country,
        "organization_id": None,
        "seats": seats,
        "reserve": reserve,
        "discretionary": 0,
        "minimum_women": 0,
        "minimum_women_is_hard": False,
        "reallocation_on": None,
    }


async def tell(door: Door, kind: str, data: dict[str, Any]) -> None:
    """Hand the room an event, as its inbox does."""
    async with door.app.state.sessions.transaction() as session:
        await CONSUMERS[kind](session, arriving(kind, data))


@dataclass
class Course:
    """An edition with one authority per country, and everything it takes to bring people into it."""

    door: Door
    facts: dict[str, Any]
    manager: httpx.AsyncClient
    authorities: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return str(self.facts["aggregate_id"])

    async def change(self, kind: str = "changed", **changes: Any) -> None:
        version = self.facts["aggregate_version"] + 1
        self.facts = self.facts | changes | {"aggregate_version": version}
        await tell(self.door, f"programs.edition.{kind}.v1", self.facts)

    def officer(self, country: str) -> httpx.AsyncClient:
        return self.door.as_(
            "nominator", grants=frozenset({Grant(Role.NOMINATOR, GrantKind.COUNTRY, country)})
        )

    def holder(self, person_id: str) -> httpx.AsyncClient:
        own = Grant(Role.PARTICIPANT, GrantKind.PERSON, person_id)
        return self.door.as_("participant", grants=frozenset({own}))

    async def authority(self, country: str) -> dict[str, Any]:
        if country not in self.authorities:
            request = {"organization_id": str(uuid4()), "country": country}
            made = await self.manager.post("/v1/authorities", json=request)
            assert made.status_code == 201, made.text
            self.authorities[country] = made.json()
        return self.authorities[country]

    async def person(self, country: str, *, consent: bool = True) -> str:
        authority = await self.authority(country)
        officer = self.officer(country)
        request = {
            "names": SYNTHETIC_NAMES,
            "sex": "female",
            "nationality": country,
            "email": "synthetic@example.org",
            "preferred_language": "ru",
            "provenance": "synthetic",
            "authority_id": authority["id"],
        }
        made = await officer.post("/v1/persons", json=request)
        assert made.status_code == 201, made.text
        if consent:
            given = await officer.post(
                f"{made.headers['location']}/consents",
                json={
                    "purpose": "process_application",
                    "text_version": "1",
                    "language_tag": "ru",
                    "cross_border": True,
                    "evidence": "paper_scan",
                },
            )
            assert given.status_code == 201, given.text
        return str(made.json()["id"])

    async def form(self) -> dict[str, Any]:
        """Publish a form and let the edition's applications answer it."""
        made = await self.manager.post("/v1/forms", json=FORM)
        assert made.status_code == 201, made.text
        published = await self.manager.post(f"{made.headers['location']}/publication")
        assert published.status_code == 200, published.text
        await self.change(call=self.facts["call"] | {"form_version_id": made.json()["id"]})
        form: dict[str, Any] = published.json()
        return form

    async def invite(
        self, country: str, email: str = "nominee@example.org", **changes: Any
    ) -> tuple[str, str]:
        """Invite a nominee; return their person and application."""
        request = {
            "edition_id": self.id,
            "authority_id": (await self.authority(country))["id"],
            "name": SYNTHETIC_NAMES[2],
            "email": email,
            "preferred_language": "ru",
        }
        made = await self.officer(country).post("/v1/nominations/invitations", json=request | changes)
        assert made.status_code == 201, made.text
        application_id = str(made.json()["application_id"])
        application = (await self.manager.get(f"/v1/applications/{application_id}")).json()
        return str(application["person_id"]), application_id

    async def nominate(self, country: str, person_id: str, **changes: Any) -> httpx.Response:
        request = {
            "edition_id": self.id,
            "authority_id": (await self.authority(country))["id"],
            "person_id": person_id,
        }
        return await self.officer(country).post("/v1/nominations", json=request | changes)

    async def nominee(self, country: str, **changes: Any) -> tuple[str, str]:
        """Return a new nominee's person and application."""
        person_id = await self.person(country)
        made = await self.nominate(country, person_id, **changes)
        assert made.status_code == 201, made.text
        return person_id, str(made.json()["application_id"])

    async def decide(self, decision: str, *application_ids: str, **facts: Any) -> list[dict[str, Any]]:
        rows = [
            {"application_id": id_, "decision": decision, "waiting_rank": n} | facts
            for n, id_ in enumerate(application_ids)
        ]
        done = await self.manager.post(f"/v1/editions/{self.id}/decisions", json={"decisions": rows})
        assert done.status_code == 200, done.text
        results: list[dict[str, Any]] = done.json()["results"]
        return results

    async def offer(self, application_id: str) -> httpx.Response:
        reply_by = (datetime.now(UTC) + timedelta(days=3)).isoformat()
        return await self.manager.post(
            "/v1/offers", json={"application_id": application_id, "reply_by": reply_by}
        )


@pytest.fixture
async def course(participants: Door) -> Course:
    lines = [line_facts("TJ", 3, reserve=3), line_facts("UZ", 2)]
    made = Course(participants, edition_facts(seat_lines=lines), participants.as_("manager"))
    await tell(participants, "programs.edition.announced.v1", made.facts)
    return made


def as_id(text: str) -> UUID:
    return UUID(text)
