"""Two officers of different countries: every operation of the room, asked by the one about what is the other's."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import httpx

from tests.participants.courses import Course
from tests.participants.test_letters import hand_in

OPEN: Final = {"edition_id", "form_id", "training_session_id"}
"""Path parameters that name public things."""
ELSEWHERE: Final = {"document": "diploma", "code": "diploma", "rule_id": "age", "kind": "arrivals"}


SUPERVISOR: Final = {
    "name": "Canary Head",
    "email": "canary-head@example.org",
    "preferred_language": "tg",
}


@dataclass(frozen=True)
class Theirs:
    """What belongs to the other country: ids by the parameter that names them, and values that must not leak."""

    ids: dict[str, str]
    secrets: frozenset[str]


async def fill(course: Course) -> Theirs:
    """Bring somebody of Tajikistan all the way to a seat, with everything that hangs on it."""
    await course.form()
    person, application = await course.nominee("TJ")
    invited, draft = await course.invite("TJ", "canary-tj@example.org")
    await course.decide("eligible", application)
    await course.decide("selected", application)
    offer = (await course.offer(application)).json()["id"]
    await course.holder(person).post(f"/v1/offers/{offer}/acceptance")
    (participation,) = (await course.manager.get("/v1/participations")).json()["items"]
    nominations = (await course.manager.get("/v1/nominations")).json()["items"]
    letter = await hand_in(course.officer("TJ"), nominations[0]["id"], b"%PDF-1.7\n%canary letter\n%%EOF\n")
    assert letter.status_code == 200, letter.text
    work = {"organization_name": "Canary ministry", "supervisor": SUPERVISOR}
    affiliation = await course.holder(person).post(f"/v1/persons/{person}/affiliations", json=work)
    assert affiliation.status_code == 201, affiliation.text
    consents = (await course.manager.get(f"/v1/persons/{person}/consents")).json()["items"]
    messages = (await course.manager.get("/v1/messages")).json()["items"]
    ids = {
        "person_id": person,
        "application_id": application,
        "nomination_id": nominations[0]["id"],
        "offer_id": offer,
        "participation_id": participation["id"],
        "authority_id": course.authorities["TJ"]["id"],
        "consent_id": consents[0]["id"],
        "affiliation_id": affiliation.json()["id"],
        "message_id": messages[0]["id"],
        "edition_id": course.id,
    }
    hidden = {value for name, value in ids.items() if name not in OPEN} | {invited, draft}
    values = {"canary letter", letter.json()["letter_file_id"]} | {
        "canary-tj@example.org",
        "Намунаева",
        "Canary ministry",
        SUPERVISOR["email"],
    }
    return Theirs(ids, frozenset(hidden | values))


def operations(course: Course) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield method, path and description of every operation of the room."""
    for path, methods in course.door.app.openapi()["paths"].items():
        for method, operation in methods.items():
            if method in {"get", "post", "put", "patch", "delete"}:
                yield method, path, operation


def address(path: str, ids: dict[str, str]) -> str:
    for part in [piece[1:-1] for piece in path.split("/") if piece.startswith("{")]:
        path = path.replace(f"{{{part}}}", ids.get(part) or ELSEWHERE.get(part) or str(uuid4()))
    return path


def told(answer: httpx.Response) -> tuple[int, str | None, str | None]:
    """What an answer says apart from whose request it was."""
    if not answer.headers.get("content-type", "").endswith("problem+json"):
        return answer.status_code, None, None
    problem = answer.json()
    return answer.status_code, problem["code"], problem["detail"]


async def test_no_answer_tells_one_country_what_is_the_others(course: Course) -> None:
    theirs = await fill(course)
    await course.authority("UZ")
    stranger = course.officer("UZ")
    leaks, faults, asked = [], [], 0
    for method, path, operation in operations(course):
        query = {
            one["name"]: theirs.ids.get(one["name"], "Намунаева")
            for one in operation.get("parameters", [])
            if one["in"] == "query" and (one["name"] in theirs.ids or one["name"] in {"q", "name"})
        }
        for parameters in ({}, query) if query else ({},):
            answer = await stranger.request(
                method,
                address(path, theirs.ids),
                params=parameters,
                headers={"If-Match": '"1"'},
                content=b"{}" if method != "get" else None,
            )
            asked += 1
            if any(secret in answer.text for secret in theirs.secrets):
                leaks.append(f"{method} {path}")
            if answer.status_code >= 500 and answer.status_code != 503:
                faults.append(f"{method} {path}: {answer.status_code}")
    assert leaks == []
    assert faults == []
    assert asked > 100


BODIES: Final[dict[str, Any]] = {
    "change_nomination": {"place": "reserve", "slot": "ordinary", "justification": None},
    "keep_nomination_letter": {"file_id": str(uuid4())},
    "return_application": {"note": "x"},
    "keep_delegation": {"number": "1", "dated_on": "2026-01-01"},
    "change_affiliation": {"organization_name": "x"},
    "record_supervisor_consent": {"text_version": "1", "evidence": "paper_scan"},
    "record_consent": {
        "purpose": "process_application",
        "text_version": "1",
        "language_tag": "ru",
        "cross_border": True,
        "evidence": "paper_scan",
    },
}


async def test_what_is_anothers_looks_like_what_is_nobodys(course: Course) -> None:
    """Unique keys are no oracle: the answer is the same for an id that exists elsewhere and one that does not."""
    theirs = await fill(course)
    await course.authority("UZ")
    stranger = course.officer("UZ")
    differing = []
    for method, path, operation in operations(course):
        hidden = [name for name in theirs.ids if f"{{{name}}}" in path and name not in OPEN]
        if not hidden:
            continue
        body = BODIES.get(operation["operationId"], {})
        nobodys = theirs.ids | {name: str(uuid4()) for name in hidden}
        answers = [
            told(
                await stranger.request(
                    method,
                    address(path, ids),
                    headers={"If-Match": '"1"', "Content-Type": "application/json"},
                    content=json.dumps(body) if method != "get" else None,
                )
            )
            for ids in (theirs.ids, nobodys)
        ]
        if answers[0] != answers[1] or answers[0][0] < 400:
            differing.append((method, path, *answers))
    assert differing == []


async def test_naming_anothers_person_or_authority_is_like_naming_nobodys(course: Course) -> None:
    theirs = await fill(course)
    own = (await course.authority("UZ"))["id"]
    stranger = course.officer("UZ")
    for person, authority in ((theirs.ids["person_id"], own), (str(uuid4()), theirs.ids["authority_id"])):
        known = {"edition_id": course.id, "authority_id": authority, "person_id": person}
        unknown = known | {
            "person_id": str(uuid4()),
            "authority_id": own if authority == own else str(uuid4()),
        }
        answers = [told(await stranger.post("/v1/nominations", json=body)) for body in (known, unknown)]
        assert answers[0] == answers[1]
        assert answers[0][0] == 404
    order = {"nomination_ids": [theirs.ids["nomination_id"]]}
    ranked = await stranger.put(f"/v1/authorities/{own}/rank-orders/{course.id}", json=order)
    assert ranked.json()["code"] == "rank-order-invalid"


async def test_the_net_catches_a_leak(course: Course) -> None:
    """The negative control: what staff see does hold what must not leak."""
    theirs = await fill(course)
    found = (await course.manager.get("/v1/applications")).text
    assert any(secret in found for secret in theirs.secrets)
