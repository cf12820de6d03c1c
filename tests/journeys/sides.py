"""Two countries in one running system: what belongs to each, and callers whose every role ends at one of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

import httpx

from services.common.identity import GrantKind, Role

ONE, OTHER = "TJ", "KG"
LIMITED: Final = (
    Role.NOMINATOR,
    Role.PARTICIPANT,
    Role.PARTNER,
    Role.LECTURER,
    Role.COUNTRY_REPORTER,
    Role.VOUCHER_PROVIDER,
)
"""Roles that end at a country, an organization, an edition, a person or a lecturer."""


@dataclass
class Side:
    """One country's part of the story."""

    country: str
    ids: dict[str, str] = field(default_factory=dict)
    """What is nobody else's, by the path parameter that names it."""
    secrets: set[str] = field(default_factory=set)
    """What the other side must never read."""
    credentials: dict[Role, str] = field(default_factory=dict)
    peer: str = ""
    """The credential of somebody who holds all the limited roles here."""


@dataclass
class Desk:
    """Somebody with every role, who knows and enters what the sides have."""

    client: httpx.AsyncClient

    async def items(self, path: str, **parameters: str) -> list[dict[str, Any]]:
        answer = await self.client.get(path, params={"limit": "200", **parameters})
        assert answer.status_code == 200, f"{path}: {answer.text}"
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    async def enter(self, path: str, body: Mapping[str, object]) -> str:
        answer = await self.client.post(path, json=body, headers={"Idempotency-Key": str(uuid4())})
        assert answer.status_code == 201, f"{path}: {answer.text}"
        return str(answer.json()["id"])

    async def credential(self, name: str, grants: list[tuple[Role, GrantKind, str]]) -> str:
        scopes = [{"role": role, "scope": {"kind": kind, "id": id_}} for role, kind, id_ in grants]
        answer = await self.client.post(
            "/v1/api-keys", json={"name": f"{name} (synthetic)", "grants": scopes}
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["secret"])


async def open_side(desk: Desk, country: str, edition_id: str, editions: list[str], lecturer_id: str) -> Side:
    """Return what `country` has in the story, with what the story leaves out, and callers who end there."""
    side = Side(country)
    people = {one["id"] for one in await desk.items("/v1/persons") if one["nationality"] == country}
    enrolled = [one for one in await desk.items("/v1/participations") if one["person_id"] in people]
    certificates = await desk.items("/v1/certificates", edition_id=edition_id)
    held = {one["participation_id"]: one["id"] for one in certificates}
    mine = next(one for one in enrolled if one["id"] in held)
    person_id = str(mine["person_id"])
    applications = [one for one in await desk.items("/v1/applications") if one["person_id"] in people]
    own = next(one["id"] for one in applications if one["person_id"] == person_id)
    (authority,) = [one for one in await desk.items("/v1/authorities") if one["country"] == country]
    offers = await desk.items("/v1/offers", edition_id=edition_id)
    messages = await desk.items("/v1/messages", person_id=person_id)
    nominations = await desk.items("/v1/nominations", edition_id=edition_id)
    consents = await desk.items(f"/v1/persons/{person_id}/consents")
    surveys = [one["id"] for one in await desk.items("/v1/needs-surveys") if one["country"] == country]
    (fund, *_) = await desk.items("/v1/funds")
    organization_id = str(authority["organization_id"])
    side.ids = {
        "person_id": person_id,
        "participation_id": mine["id"],
        "certificate_id": held[mine["id"]],
        "application_id": own,
        "authority_id": authority["id"],
        "offer_id": next(one["id"] for one in offers if one["application_id"] == own),
        "nomination_id": next(one["id"] for one in nominations if one["application_id"] == own),
        "message_id": messages[0]["id"],
        "consent_id": consents[0]["id"],
        "survey_id": surveys[0]
        if surveys
        else await desk.enter("/v1/needs-surveys", {"country": country, "year": 2026}),
        "outcome_id": await desk.enter("/v1/outcome-evidence", _outcome(country, edition_id)),
        "transaction_id": await desk.enter(f"/v1/funds/{fund['id']}/contributions", _gift(organization_id)),
        "lecturer_id": lecturer_id,
    }
    side.secrets = {*map(str, people), *(str(one["id"]) for one in (*enrolled, *applications))}
    side.secrets |= {value for name, value in side.ids.items() if name != "lecturer_id"}
    side.secrets |= {f"synthetic-{country.lower()}-{number}@" for number in range(1, 9)}
    grants = [
        (Role.NOMINATOR, GrantKind.COUNTRY, country),
        (Role.COUNTRY_REPORTER, GrantKind.COUNTRY, country),
        (Role.PARTICIPANT, GrantKind.PERSON, person_id),
        (Role.LECTURER, GrantKind.LECTURER, lecturer_id),
        (Role.VOUCHER_PROVIDER, GrantKind.ORGANIZATION, organization_id),
        (Role.PARTNER, GrantKind.ORGANIZATION, organization_id),
        *((Role.PARTNER, GrantKind.EDITION, one) for one in editions),
    ]
    for role in LIMITED:
        side.credentials[role] = await desk.credential(role, [one for one in grants if one[0] is role])
    side.peer = await desk.credential("peer", grants)
    return side


def _outcome(country: str, edition_id: str) -> dict[str, object]:
    return {
        "country": country,
        "edition_id": edition_id,
        "provenance": "synthetic",
        "change": {"en": f"Synthetic change in {country}"},
        "contribution": "The course drafted the rule (synthetic).",
        "evidence": [{"kind": "document", "note": "Order of a clinic (synthetic)"}],
        "observed": "2026-05",
    }


def _gift(organization_id: str) -> dict[str, object]:
    return {
        "organization_id": organization_id,
        "kind": "receipt",
        "money": {"amount": "100.00", "currency": "USD"},
        "dated": "2026-06-01",
        "provenance": "synthetic",
    }
