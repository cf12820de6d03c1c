"""Second act: five countries nominate, the agency selects, people answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cli.acts.accounts import open_account
from cli.acts.cohort import COUNTRIES, RESERVE, SEATS, people_of
from cli.acts.planning import CODE, Plan, step
from cli.acts.stage import Stage, Voice
from cli.clock import set_clock
from services.common.identity import GrantKind, Role

DECLINES: Final = "TJ"
"""The country whose first nominee declines, so that its first on the waiting list moves up."""
WITHDRAWS: Final = "UZ"
"""The country one of whose participants withdraws after having accepted; the seat stays there too."""

_CONSENT: Final = {
    "purpose": "process_application",
    "text_version": "1",
    "cross_border": True,
    "evidence": "paper_scan",
}


@dataclass(frozen=True)
class Application:
    """One nominee on the way in."""

    id: str
    person_id: str
    country: str


async def nominate_cohort(stage: Stage, plan: Plan) -> list[Application]:
    """Let an officer of each country nominate its people in rank order, the last of them as reserve."""
    found: list[Application] = []
    for country in COUNTRIES:
        authority = await _enter_authority(stage, country)
        officer = await open_account(
            stage, f"nominator-{country.lower()}", Role.NOMINATOR, GrantKind.COUNTRY, country
        )
        found += await _nominate_country(officer, plan, authority, country)
    stage.say(f"{len(found)} synthetic people nominated by {len(COUNTRIES)} authorities")
    return found


async def select_cohort(stage: Stage, plan: Plan, applications: Sequence[Application]) -> None:
    """Close the call, select within the seats of each country, put the rest on its waiting list."""
    manager = await stage.voice(Role.MANAGER)
    await set_clock(plan.calendar.selection)
    await step(manager, plan, "selection")
    await _decide(manager, plan, "eligible", applications)
    for country in COUNTRIES:
        ranked = [one for one in applications if one.country == country]
        await _decide(manager, plan, "selected", ranked[:SEATS])
        await _decide(manager, plan, "waitlisted", ranked[SEATS:])
        for chosen in ranked[:SEATS]:
            offer = {"application_id": chosen.id, "reply_by": plan.calendar.reply_by.isoformat()}
            await manager.post("/v1/offers", offer)
    await manager.post(f"{plan.path}/decision-release")
    stage.say(f"{len(COUNTRIES) * SEATS} selected and offered a seat, {len(COUNTRIES) * RESERVE} wait")


async def answer_offers(stage: Stage, plan: Plan, applications: Sequence[Application]) -> None:
    """Let everybody accept but one, and one withdraw: each seat goes to who waits first in the same country."""
    manager = await stage.voice(Role.MANAGER)
    known = {one.id: one for one in applications}
    offers = await manager.items("/v1/offers", edition_id=plan.edition_id, state="offered")
    first = next(one.id for one in applications if one.country == DECLINES)
    for offer in offers:
        answer = "decline" if offer["application_id"] == first else "acceptance"
        await _answer(stage, known[offer["application_id"]], offer, answer)
    await _replace(stage, plan, known, f"One of {DECLINES} declined")
    await _withdraw(manager, plan, next(one for one in applications if one.country == WITHDRAWS))
    await _replace(stage, plan, known, f"One of {WITHDRAWS} withdrew after having accepted")
    await step(manager, plan, "confirmed")


async def _replace(stage: Stage, plan: Plan, known: Mapping[str, Application], what: str) -> None:
    manager = await stage.voice(Role.MANAGER)
    (promoted,) = await manager.items("/v1/offers", edition_id=plan.edition_id, state="offered")
    replacement = known[promoted["application_id"]]
    await _answer(stage, replacement, promoted, "acceptance")
    stage.say(f"{what}; the first who waited in {replacement.country} took the seat")


async def _withdraw(manager: Voice, plan: Plan, application: Application) -> None:
    enrolled = await manager.items("/v1/participations", edition_id=plan.edition_id)
    theirs = next(one["id"] for one in enrolled if one["person_id"] == application.person_id)
    await manager.post(f"/v1/participations/{theirs}/state-changes", {"state": "withdrawn"})


async def _enter_authority(stage: Stage, country: str) -> str:
    manager = await stage.voice(Role.MANAGER)
    organization = {
        "code": f"{CODE.lower()}-authority-{country.lower()}",
        "names": {"en": f"Synthetic nominating authority, {country}"},
        "country": country,
        "provenance": "synthetic",
    }
    made = await manager.post("/v1/organizations", organization)
    authority = {"organization_id": made["id"], "country": country}
    return str((await manager.post("/v1/authorities", authority))["id"])


async def _nominate_country(officer: Voice, plan: Plan, authority: str, country: str) -> list[Application]:
    found, nominations = [], []
    for rank, facts in enumerate(people_of(country)):
        person = await officer.post("/v1/persons", facts | {"authority_id": authority})
        consent = _CONSENT | {"language_tag": facts["preferred_language"]}
        await officer.post(f"/v1/persons/{person['id']}/consents", consent)
        nomination = {
            "edition_id": plan.edition_id,
            "authority_id": authority,
            "person_id": person["id"],
            "place": "principal" if rank < SEATS else "reserve",
        }
        made = await officer.post("/v1/nominations", nomination)
        nominations.append(made["id"])
        found.append(Application(made["application_id"], person["id"], country))
    order = {"nomination_ids": nominations}
    await officer.put(f"/v1/authorities/{authority}/rank-orders/{plan.edition_id}", order)
    return found


async def _decide(manager: Voice, plan: Plan, decision: str, applications: Sequence[Application]) -> None:
    rows = [
        {"application_id": one.id, "decision": decision, "waiting_rank": rank}
        for rank, one in enumerate(applications)
    ]
    await manager.post(f"{plan.path}/decisions", {"decisions": rows})


async def _answer(stage: Stage, application: Application, offer: Any, answer: str) -> None:
    login = f"{application.country.lower()}-{application.person_id}"
    person = await open_account(stage, login, Role.PARTICIPANT, GrantKind.PERSON, application.person_id)
    await person.post(f"/v1/offers/{offer['id']}/{answer}")
