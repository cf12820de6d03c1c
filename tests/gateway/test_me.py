"""What somebody can do and must do next; the services are small apps of the test, every person is synthetic."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gateway.identity.operations.demonstration import PASSWORD as DEMONSTRATION_PASSWORD
from gateway.identity.operations.demonstration import login_of
from services.common.http.problem_responses import problem_response
from services.common.identity import GrantKind, Role, TokenSigner, TokenVerifier
from services.common.problems import NotPermitted
from tests.apps import Door
from tests.gateways import Gateway, OpenGateway

PERSON = str(uuid4())
LECTURER = str(uuid4())
OFFER, CALL, TASK, PROGRAM, PROPOSED, SURVEY, APPROVAL = (str(uuid4()) for _ in range(7))
PARTICIPANTS_PARTS = {"applications", "offers", "certificates"}
MANAGERS_PARTS = {"design_tasks", "recommendations", "overdue_items"}
NOMINATORS_PARTS = {"calls", "nominations", "needs_surveys"}
PARTS = {*PARTICIPANTS_PARTS, *MANAGERS_PARTS, *NOMINATORS_PARTS, "approvals", "selection_rounds"}

LISTS: dict[str, dict[str, Any]] = {
    "programs": {
        "/v1/design-tasks?provenance=real&state=open": [
            {"id": TASK, "program_id": PROGRAM, "due": "2030-06", "state": "open"}
        ],
        "/v1/design-tasks?provenance=synthetic&state=open": [],
        "/v1/needs-surveys?provenance=real&state=open": [{"id": SURVEY, "country": "TJ"}],
        "/v1/needs-surveys?provenance=synthetic&state=open": [],
        "/v1/approvals?state=pending": [{"id": APPROVAL}],
        "/v1/overdue-items?provenance=real": [{"href": "/v1/milestones/1", "due": "2020-01-01"}],
        "/v1/overdue-items?provenance=synthetic": [],
    },
    "participants": {
        "/v1/applications": [{"id": str(uuid4()), "state": "selected"}],
        "/v1/offers?state=offered": [{"id": OFFER, "reply_by": "2030-01-02T03:04:05Z", "state": "offered"}],
        "/v1/certificates": [],
        "/v1/calls?provenance=real&limit=200": [
            {
                "id": CALL,
                "state": "open",
                "closes_at": "2030-02-01T00:00:00Z",
                "seat_lines": [{"country": "TJ", "left": 5}],
                "code": "REAL",
            },
            {"id": str(uuid4()), "state": "closed", "closes_at": "2020-01-01T00:00:00Z", "seat_lines": []},
        ],
        "/v1/calls?provenance=synthetic&limit=200": [],
        "/v1/nominations": [{"id": str(uuid4()), "rank": 1}],
        "/v1/selection-rounds": [{"id": str(uuid4())}],
    },
    "evaluation": {
        "/v1/recommendations?provenance=synthetic&limit=200": [],
        "/v1/recommendations?provenance=real&limit=200": [
            {"id": PROPOSED, "state": "proposed", "due": None},
            {"id": str(uuid4()), "state": "verified", "due": None},
        ],
    },
}
SPOKEN_AS = {
    "applications": {Role.PARTICIPANT},
    "offers": {Role.PARTICIPANT},
    "certificates": {Role.PARTICIPANT},
    "calls": {Role.NOMINATOR},
    "nominations": {Role.NOMINATOR},
    "needs-surveys": {Role.NOMINATOR},
    "selection-rounds": {Role.REVIEWER},
    "approvals": {Role.APPROVER},
    "overdue-items": {Role.MANAGER},
    "design-tasks": {Role.MANAGER, Role.EVALUATOR},
    "recommendations": {Role.MANAGER, Role.EVALUATOR, Role.APPROVER},
}


@pytest.fixture
def services(keys: Path) -> dict[str, Starlette]:
    """The services, which refuse whoever comes with more roles than a part needs."""

    def service(name: str) -> Starlette:
        tokens = TokenVerifier.read(name, keys / "public.json")

        async def answer(request: Request) -> Response:
            caller = tokens.verify(request.headers["authorization"].removeprefix("Bearer "))
            path = request.url.path.removeprefix("/v1/")
            held = caller.roles - {Role.PUBLIC}
            if not held or not held <= SPOKEN_AS[path] or {grant.role for grant in caller.grants} - held:
                return problem_response(NotPermitted("Too many roles."), language=None)
            query = f"?{request.url.query}" if request.url.query else ""
            items = LISTS[name][request.url.path + query]
            return JSONResponse({"items": items, "next_cursor": "more" if path == "nominations" else None})

        return Starlette(routes=[Route("/{path:path}", answer)])

    return {name: service(name) for name in LISTS}


ByLink = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
def by_link(internal: Door, keys: Path) -> ByLink:
    """Returns a client of a person who came by a link with these grants."""

    async def enter(gateway: Gateway, *grants: dict[str, Any]) -> httpx.AsyncClient:
        service = TokenSigner.read("participants", keys / "participants.json")
        headers = {"Authorization": f"Bearer {service.sign_as_service(audience='gateway')}"}
        wanted = {"subject": PERSON, "grants": grants}
        minted = await internal.as_().post("/internal/links", json=wanted, headers=headers)
        body = {"grant_type": "link", "token": minted.json()["token"]}
        entered = await gateway.client().post("/v1/auth/token", json=body)
        return gateway.client(entered.json()["access_token"])

    return enter


def held(role: Role, kind: GrantKind, of: str) -> dict[str, Any]:
    return {"role": role, "scope": {"kind": kind, "id": of}}


OWN_PERSON = held(Role.PARTICIPANT, GrantKind.PERSON, PERSON)


async def read_me(client: httpx.AsyncClient) -> dict[str, Any]:
    answer = await client.get("/v1/me")
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    me: dict[str, Any] = answer.json()
    return me


def present(me: dict[str, Any]) -> set[str]:
    return {part for part in PARTS if me[part] is not None}


def steps(me: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    return [(step["code"], step["href"], step["due"]) for step in me["next"]]


async def test_a_participant_who_came_by_a_link_has_an_offer_to_answer(
    gateway_before: OpenGateway, services: dict[str, Starlette], by_link: ByLink
) -> None:
    me = await read_me(await by_link(await gateway_before(services), OWN_PERSON))
    assert (me["subject"], me["login"], me["display_name"]) == (PERSON, None, None)
    assert me["grants"] == [{"role": "participant", "kind": "person", "id": PERSON}]
    assert present(me) == PARTICIPANTS_PARTS
    assert me["offers"]["items"] == LISTS["participants"]["/v1/offers?state=offered"]
    assert me["offers"]["href"] == "/v1/offers?state=offered"
    assert steps(me) == [("answer_offer", f"/v1/offers/{OFFER}", "2030-01-02T03:04:05Z")]
    assert (me["missing"], me["own_results"]) == ([], None)


async def test_a_nominator_sees_the_calls_that_are_open_and_their_nominations(
    gateway_before: OpenGateway, services: dict[str, Starlette]
) -> None:
    gateway = await gateway_before(services)
    me = await read_me(await gateway.signed_in("n@synthetic.example", Role.NOMINATOR, country="TJ"))
    assert (me["login"], me["display_name"]) == ("n@synthetic.example", "Synthetic")
    assert present(me) == NOMINATORS_PARTS
    assert [call["code"] for call in me["calls"]["items"]] == ["REAL"]
    assert (me["calls"]["more"], me["nominations"]["more"]) == (False, True)
    survey = ("fill_needs_survey", f"/v1/needs-surveys/{SURVEY}", None)
    assert steps(me) == [("nominate", f"/v1/calls/{CALL}", "2030-02-01T00:00:00Z"), survey]

    elsewhere = await read_me(await gateway.signed_in("k@synthetic.example", Role.NOMINATOR, country="KG"))
    assert (elsewhere["calls"]["items"], steps(elsewhere)) == ([], [survey])


async def test_a_demonstration_account_sees_what_concerns_synthetic_editions(
    gateway_before: OpenGateway, services: dict[str, Starlette]
) -> None:
    gateway = await gateway_before(services, demonstration=True, public_url="http://127.0.0.1:8000")
    signed_in = await gateway.sign_in(login_of(Role.NOMINATOR), DEMONSTRATION_PASSWORD)
    me = await read_me(gateway.client(signed_in.json()["access_token"]))
    assert me["calls"]["href"] == "/v1/calls?provenance=synthetic&limit=200"
    assert (me["calls"]["items"], me["missing"]) == ([], [])
    signed_in = await gateway.sign_in(login_of(Role.MANAGER), DEMONSTRATION_PASSWORD)
    me = await read_me(gateway.client(signed_in.json()["access_token"]))
    assert {me[part]["href"] for part in ("design_tasks", "recommendations")} == {
        "/v1/design-tasks?provenance=synthetic&state=open",
        "/v1/recommendations?provenance=synthetic&limit=200",
    }
    assert me["missing"] == []


async def test_a_manager_has_tasks_and_recommendations_to_answer(
    gateway_before: OpenGateway, services: dict[str, Starlette]
) -> None:
    gateway = await gateway_before(services)
    me = await read_me(await gateway.signed_in("m@synthetic.example", Role.MANAGER))
    assert present(me) == MANAGERS_PARTS
    assert [one["id"] for one in me["recommendations"]["items"]] == [PROPOSED]
    assert steps(me) == [
        ("catch_up", "/v1/milestones/1", "2020-01-01"),
        ("finish_design_task", f"/v1/design-tasks?program_id={PROGRAM}&state=open", "2030-06"),
        ("respond_to_recommendation", f"/v1/recommendations/{PROPOSED}", None),
    ]


async def test_an_evaluator_sees_them_and_has_nothing_to_answer(
    gateway_before: OpenGateway, services: dict[str, Starlette]
) -> None:
    gateway = await gateway_before(services)
    me = await read_me(await gateway.signed_in("e@synthetic.example", Role.EVALUATOR))
    assert present(me) == {"design_tasks", "recommendations"}
    assert me["next"] == []


async def test_a_lecturer_is_told_where_their_results_are(
    gateway_before: OpenGateway, by_link: ByLink
) -> None:
    gateway = await gateway_before()
    me = await read_me(await by_link(gateway, held(Role.LECTURER, GrantKind.LECTURER, LECTURER)))
    assert me["own_results"] == [f"/v1/lecturers/{LECTURER}/results"]
    assert (present(me), me["missing"]) == (set(), [])


async def test_each_part_is_read_in_the_role_it_belongs_to(
    gateway_before: OpenGateway, services: dict[str, Starlette], by_link: ByLink
) -> None:
    """Or a manager who takes part in a course would find everybody's applications among their own."""
    me = await read_me(await by_link(await gateway_before(services), OWN_PERSON, {"role": "manager"}))
    assert present(me) == {*PARTICIPANTS_PARTS, *MANAGERS_PARTS}
    assert me["missing"] == []
    assert [code for code, *_ in steps(me)] == [
        "catch_up",
        "answer_offer",
        "finish_design_task",
        "respond_to_recommendation",
    ]


async def test_without_a_service_the_rest_stands_and_what_is_missing_is_named(
    gateway_before: OpenGateway, services: dict[str, Starlette]
) -> None:
    del services["evaluation"]
    gateway = await gateway_before(services)
    me = await read_me(await gateway.signed_in("m@synthetic.example", Role.MANAGER))
    assert present(me) == MANAGERS_PARTS - {"recommendations"}
    assert me["missing"] == [{"part": "recommendations", "problem": "/problems/upstream-unavailable"}]
    assert [code for code, *_ in steps(me)] == ["catch_up", "finish_design_task"]


async def test_who_is_nobody_is_not_told_anything(gateway: Gateway) -> None:
    assert (await gateway.client().get("/v1/me")).status_code == 401


async def test_approvers_reviewers_and_partners_find_their_work(
    gateway_before: OpenGateway, services: dict[str, Starlette], by_link: ByLink
) -> None:
    gateway = await gateway_before(services)
    me = await read_me(await gateway.signed_in("a@synthetic.example", Role.APPROVER))
    assert present(me) == {"approvals", "recommendations"}
    assert ("sign_approval", f"/v1/approvals/{APPROVAL}", None) in steps(me)
    me = await read_me(await gateway.signed_in("r@synthetic.example", Role.REVIEWER))
    assert (present(me), me["next"]) == ({"selection_rounds"}, [])
    me = await read_me(await by_link(gateway, held(Role.PARTNER, GrantKind.ORGANIZATION, PROGRAM)))
    assert me["own_accounts"] == [f"/v1/partners/{PROGRAM}/account"]
    assert (present(me), me["own_results"], me["missing"]) == (set(), None, [])
