"""Two countries in one running system: what belongs to each, and callers whose every role ends at one of them."""

from dataclasses import dataclass, field
from typing import Any, Final

from services.common.identity import GrantKind, Role
from tests.journeys.belongings import (
    enter_journey,
    enter_money,
    enter_outcomes,
    enter_post_and_profile,
    enter_results,
    enter_vouchers,
)
from tests.journeys.desk import Desk, Grants

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
READERS: Final = (*LIMITED, Role.MANAGER)
"""Those, and managers: of what is not everybody's, they read what is of their editions."""
KNOWN_TO_ALL: Final = frozenset({"lecturer_id", "organization_id", "delivery_id"})
"""What everybody may be told exists; what hangs on it is not everybody's."""


@dataclass
class Side:
    """One country's part of the story."""

    country: str
    edition_id: str
    """The edition whose partner the side's organization is."""
    lecturer_id: str
    ids: dict[str, str] = field(default_factory=dict)
    """What is nobody else's, by the parameter that names it."""
    secrets: set[str] = field(default_factory=set)
    """What the other side must never read."""
    credentials: dict[Role, str] = field(default_factory=dict)
    peer: str = ""
    """The credential of somebody who holds all the limited roles here."""


async def open_side(desk: Desk, side: Side, taught_id: str) -> None:
    """Find what the side has in the story (whose edition is `taught_id`), enter what is missing, let people in."""
    country = side.country
    people = {one["id"] for one in await desk.items("/v1/persons") if one["nationality"] == country}
    enrolled = [one for one in await desk.items("/v1/participations") if one["person_id"] in people]
    applications = [one for one in await desk.items("/v1/applications") if one["person_id"] in people]
    side.ids = await _find(desk, country, taught_id, enrolled, applications)
    side.ids["lecturer_id"] = side.lecturer_id
    person_id, organization_id = side.ids["person_id"], side.ids["organization_id"]
    program_id = (await desk.read(f"/v1/editions/{taught_id}"))["program"]["id"]
    side.ids |= await enter_money(desk, organization_id, person_id, side.edition_id)
    side.ids |= await enter_vouchers(desk, country, side.ids["authority_id"], organization_id, person_id)
    passport = f"SYNTHETIC{country}1"
    await enter_journey(desk, person_id, side.ids["participation_id"], passport)
    side.ids |= await enter_post_and_profile(desk, country, person_id)
    side.ids |= await enter_outcomes(desk, country, program_id, taught_id)
    if side.edition_id == taught_id:  # the other side's edition has been asked nothing
        side.ids |= await enter_results(desk, taught_id)
    side.secrets = {*map(str, people), *(str(one["id"]) for one in (*enrolled, *applications))}
    side.secrets |= {value for name, value in side.ids.items() if name not in KNOWN_TO_ALL}
    side.secrets |= {passport} | {f"synthetic-{country.lower()}-{number}@" for number in range(1, 9)}
    await _let_in(desk, side, program_id if side.edition_id == taught_id else None)


async def _find(
    desk: Desk,
    country: str,
    edition_id: str,
    enrolled: list[dict[str, Any]],
    applications: list[dict[str, Any]],
) -> dict[str, str]:
    """Return what somebody who was certified, and the authority that nominated them, have in the story."""
    certificates = await desk.items("/v1/certificates", edition_id=edition_id)
    held = {one["participation_id"]: one["id"] for one in certificates}
    mine = next(one for one in enrolled if one["id"] in held)
    person_id = str(mine["person_id"])
    own = next(one["id"] for one in applications if one["person_id"] == person_id)
    (authority,) = [one for one in await desk.items("/v1/authorities") if one["country"] == country]
    offers = await desk.items("/v1/offers", edition_id=edition_id)
    messages = await desk.items("/v1/messages", person_id=person_id)
    nominations = await desk.items("/v1/nominations", edition_id=edition_id)
    consents = await desk.items(f"/v1/persons/{person_id}/consents")
    attendance = await desk.items(f"/v1/editions/{edition_id}/attendance")
    person = await desk.read(f"/v1/persons/{person_id}")
    survey = {"country": country, "year": 2026, "provenance": "synthetic"}
    return {
        "person_id": person_id,
        "participation_id": mine["id"],
        "certificate_id": held[mine["id"]],
        "application_id": own,
        "authority_id": authority["id"],
        "organization_id": authority["organization_id"],
        "offer_id": next(one["id"] for one in offers if one["application_id"] == own),
        "nomination_id": next(one["id"] for one in nominations if one["application_id"] == own),
        "message_id": messages[0]["id"],
        "consent_id": consents[0]["id"],
        "attendance_id": next(one["id"] for one in attendance if one["participation_id"] == mine["id"]),
        "survey_id": await desk.enter("/v1/needs-surveys", survey),
        "given_name": person["names"][0]["given"],
    }


async def _let_in(desk: Desk, side: Side, program_id: str | None) -> None:
    """Make a credential for each limited role, and one for somebody who holds them all."""
    country, organization_id = side.country, side.ids["organization_id"]
    grants: Grants = [
        (Role.NOMINATOR, GrantKind.COUNTRY, country),
        (Role.COUNTRY_REPORTER, GrantKind.COUNTRY, country),
        (Role.PARTICIPANT, GrantKind.PERSON, side.ids["person_id"]),
        (Role.LECTURER, GrantKind.LECTURER, side.lecturer_id),
        (Role.VOUCHER_PROVIDER, GrantKind.ORGANIZATION, organization_id),
        (Role.PARTNER, GrantKind.ORGANIZATION, organization_id),
        (Role.PARTNER, GrantKind.EDITION, side.edition_id),
        *([(Role.PARTNER, GrantKind.PROGRAM, program_id)] if program_id else []),
    ]
    for role in LIMITED:
        side.credentials[role] = await desk.credential(role, [one for one in grants if one[0] is role])
    manager = (Role.MANAGER, GrantKind.EDITION, side.edition_id)
    side.credentials[Role.MANAGER] = await desk.credential(Role.MANAGER, [manager])
    side.peer = await desk.credential("peer", grants)
