"""Second act: five countries nominate, the agency selects, people answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cli.acts.accounts import open_account
from cli.acts.cohort import COUNTRIES, SEATS, people_of
from cli.acts.planning import CODE, Plan, step
from cli.acts.stage import Stage, Voice
from cli.clock import set_clock
from services.common.identity import GrantKind, Role

DECLINES: Final = "TJ"
"""The country whose first nominee declines, so that its first on the waiting list moves up."""
WITHDRAWS: Final = "UZ"
"""The country one of whose participants withdraws after having accepted; the seat stays there too."""
BY_LINK: Final = "KG"
"""The country whose officer names its nominees only, who then complete their files themselves."""

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
    voice: Voice | None = None
    """Who has signed in already, by the link of their invitation."""


async def nominate_cohort(stage: Stage, plan: Plan) -> list[Application]:
    """Let an officer of each country nominate its people in rank order, the last of them as reserve."""
    found: list[Application] = []
    for country in COUNTRIES:
        authority = await _enter_authority(stage, country)
        officer = await open_account(
            stage, f"nominator-{country.lower()}", Role.NOMINATOR, GrantKind.COUNTRY, country
        )
        if country == BY_LINK:
            found += await _invite_country(stage, officer, plan, authority, country)
        else:
            found += await _nominate_country(officer, plan, authority, country)
    stage.say(f"{len(found)} synthetic people nominated by {len(COUNTRIES)} authorities")
    stage.say(f"Those of {BY_LINK} completed their files themselves, and their authority certified its list")
    return found


async def select_cohort(stage: Stage, plan: Plan, applications: Sequence[Application]) -> None:
    """Close the call, let a reviewer score blind, allocate the seats of each country; the rest wait in its line."""
    manager = await stage.voice(Role.MANAGER)
    await set_clock(plan.calendar.selection)
    await step(manager, plan, "selection")
    eligible = [{"application_id": one.id, "decision": "eligible"} for one in applications]
    await manager.post(f"{plan.path}/decisions", {"decisions": eligible})
    round_id = await _score_blind(stage, plan)
    allocation = await manager.post(f"{plan.path}/seat-allocations", {"round_id": round_id})
    await manager.post(f"/v1/seat-allocations/{allocation['id']}/confirmation")
    chosen = [one["application_id"] for one in allocation["placements"] if one["outcome"] == "selected"]
    offers = {"application_ids": chosen, "reply_by": plan.calendar.reply_by.isoformat()}
    await manager.post(f"{plan.path}/offers", offers | {"benefits": ["tuition", "accommodation"]})
    await manager.post(f"{plan.path}/decision-release")
    waiting = len(applications) - len(chosen)
    stage.say(f"{len(chosen)} selected and offered a seat, {waiting} wait; minutes tell each reason")


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


async def _score_blind(stage: Stage, plan: Plan) -> str:
    """Hold a round in which one reviewer scores every file without its name; return the locked round."""
    manager = await stage.voice(Role.MANAGER)
    reviewer = await open_account(stage, "reviewer", Role.REVIEWER, GrantKind.EDITION, plan.edition_id)
    criteria = [
        {"code": "motivation", "label": {"en": "Motivation"}, "weight": 2, "maximum": 10},
        {"code": "profile", "label": {"en": "Fits the course"}, "weight": 1, "maximum": 5},
    ]
    round_ = {
        "edition_id": plan.edition_id,
        "title": {"en": "First review", "ru": "Первая оценка", "kk": "Бірінші бағалау"},
        "criteria": criteria,
        "is_blind": True,
        "reviewers": [reviewer.account_id],
    }
    made = await manager.post("/v1/selection-rounds", round_)
    at = f"/v1/selection-rounds/{made['id']}"
    for place, file in enumerate((await reviewer.get(f"{at}/files"))["files"]):
        points = {"motivation": 4 + place % 7, "profile": 2 + place % 4}
        await reviewer.put(f"{at}/scores/{file['application_id']}", {"points": points})
    await reviewer.post(f"{at}/completion")
    await manager.post(f"{at}/lock")
    return str(made["id"])


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


async def _invite_country(
    stage: Stage, officer: Voice, plan: Plan, authority: str, country: str
) -> list[Application]:
    """Let the officer name people, each of them complete their own file, and the authority stand by its list."""
    found = []
    for rank, facts in enumerate(people_of(country)):
        invitation = {
            "edition_id": plan.edition_id,
            "authority_id": authority,
            "name": facts["names"][0],
            "email": facts["email"],
            "preferred_language": facts["preferred_language"],
            "place": "principal" if rank < SEATS else "reserve",
        }
        made = await officer.post("/v1/nominations/invitations", invitation)
        application = await officer.get(f"/v1/applications/{made['application_id']}")
        person_id = application["person_id"]
        nominee = await _open_nominee(stage, country, person_id)
        await _complete_file(nominee, application["id"], person_id, facts)
        found.append(Application(application["id"], person_id, country, nominee))
    await officer.post(f"/v1/authorities/{authority}/certifications/{plan.edition_id}")
    return found


async def _complete_file(nominee: Voice, application_id: str, person_id: str, facts: dict[str, Any]) -> None:
    own, file = f"/v1/persons/{person_id}", f"/v1/applications/{application_id}"
    await nominee.change(own, sex=facts["sex"], birth_date="1990-05-01")
    consent = _CONSENT | {"language_tag": facts["preferred_language"], "evidence": "electronic"}
    await nominee.post(f"{own}/consents", consent)
    answers = {"motivation": "Synthetic: to bring home what I learn.", "years": 6}
    version = (await nominee.get(f"{file}/file"))["version"]
    await nominee.put(f"{file}/answers", {"answers": answers}, version=version)
    await nominee.post(f"{file}/submission")


async def _answer(stage: Stage, application: Application, offer: Any, answer: str) -> None:
    person = application.voice or await _open_nominee(stage, application.country, application.person_id)
    await person.post(f"/v1/offers/{offer['id']}/{answer}")


async def _open_nominee(stage: Stage, country: str, person_id: str) -> Voice:
    name = f"{country.lower()}-{person_id}"
    return await open_account(stage, name, Role.PARTICIPANT, GrantKind.PERSON, person_id)
