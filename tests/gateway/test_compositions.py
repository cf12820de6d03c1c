"""Views over several services, each of which may be down.

The services are small apps of the test behind real sockets: a view is held to what it asks of an owner.
"""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.common.http.problem_responses import problem_response
from services.common.identity import Role
from services.common.problems import NotAuthenticated, NotFound, NotPermitted
from tests.gateways import OpenGateway

EDITION = "01980000-0000-7000-8000-0000000000e1"
PLAN = {"id": EDITION, "state": "completed", "title": {"en": "A synthetic course"}, "period": "2025-04"}
PIPELINE = {"countries": [{"country": "TJ", "selected": 12}]}
RESULTS = {"items": [{"phase": "end", "suppressed": False}], "next_cursor": None}


def service(**answers: Any) -> Starlette:
    """A service that answers these paths (with `__` for `/`), and everything else with 404."""

    async def answer(request: Request) -> Response:
        given = answers.get(request.url.path.removeprefix("/v1/").replace(EDITION, "ID").replace("/", "__"))
        if isinstance(given, Exception):
            return problem_response(given, language=None)  # type: ignore[arg-type]  # all are problems
        if given is None:
            return problem_response(NotFound("There is nothing at this address."), language=None)
        return JSONResponse(given)

    return Starlette(routes=[Route("/{path:path}", answer)])


PROGRAMS = service(
    editions__ID=PLAN,
    editions__ID__costs={"participants": 12},
    editions__ID__monitoring={"open_risks": 1},
    countries__TJ__deliveries={"items": [{"title": "Dostyk", "period": "2024"}]},
    programs__enumerations={"items": [{"name": "edition_state"}]},
    **{"design-tasks": {"items": [{"state": "open"}]}},
)
PARTICIPANTS = service(
    editions__ID__pipeline=PIPELINE,
    editions__ID__attendance=NotPermitted("None of your roles includes this."),
    calls={"items": [{"code": "open"}]},
    participants__enumerations={"items": [{"name": "offer_state"}]},
)
EVALUATION = service(
    results=RESULTS,
    recommendations={"items": []},
    countries__TJ__outcomes={"outputs": [{"year": 2024}], "results": []},
    evaluation__enumerations={"items": [{"name": "campaign_state"}]},
)
ALL = {"programs": PROGRAMS, "participants": PARTICIPANTS, "evaluation": EVALUATION}


def without(name: str) -> dict[str, Starlette]:
    return {service: app for service, app in ALL.items() if service != name}


async def test_an_overview_joins_the_parts_and_names_what_the_caller_may_not_see(
    gateway_before: OpenGateway,
) -> None:
    gateway = await gateway_before(ALL)
    answer = await gateway.client().get(f"/v1/overviews/editions/{EDITION}")
    assert answer.status_code == 200
    overview = answer.json()
    assert overview["edition"] == PLAN
    assert overview["pipeline"] == PIPELINE
    assert overview["results"] == RESULTS
    assert overview["design_tasks"] == {"items": [{"state": "open"}]}
    assert overview["attendance"] is None
    assert overview["costs"] == {"participants": 12}
    assert overview["monitoring"] == {"open_risks": 1}
    assert overview["missing"] == [{"part": "attendance", "problem": "/problems/not-permitted"}]


async def test_an_overview_without_evaluation_names_its_parts_as_missing(gateway_before: OpenGateway) -> None:
    gateway = await gateway_before(without("evaluation"))
    answer = await gateway.client().get(f"/v1/overviews/editions/{EDITION}")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    overview = answer.json()
    assert overview["results"] is None
    assert overview["recommendations"] is None
    problems = {entry["part"]: entry["problem"] for entry in overview["missing"]}
    assert problems["results"] == problems["recommendations"] == "/problems/upstream-unavailable"


@pytest.mark.parametrize("path", [f"/v1/overviews/editions/{EDITION}", "/v1/countries/TJ/dossier"])
async def test_a_view_without_its_required_part_is_a_problem(gateway_before: OpenGateway, path: str) -> None:
    gateway = await gateway_before(without("programs"))
    answer = await gateway.client().get(path)
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["retry-after"]) >= 1


async def test_an_edition_that_nobody_knows_is_not_found(gateway_before: OpenGateway) -> None:
    gateway = await gateway_before(ALL)
    answer = await gateway.client().get(f"/v1/overviews/editions/{uuid4()}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


async def test_an_answer_of_another_shape_is_a_failure_of_the_service(gateway_before: OpenGateway) -> None:
    gateway = await gateway_before(ALL | {"programs": service(editions__ID={"unexpected": 1})})
    answer = await gateway.client().get(f"/v1/overviews/editions/{EDITION}")
    assert (answer.status_code, answer.json()["code"]) == (502, "upstream-failed")


async def test_a_dossier_joins_what_was_delivered_and_what_came_of_it(gateway_before: OpenGateway) -> None:
    gateway = await gateway_before(ALL)
    dossier = (await gateway.client().get("/v1/countries/TJ/dossier")).json()
    assert dossier["outcomes"] == {"outputs": [{"year": 2024}], "results": []}
    assert dossier["calls"] == {"items": [{"code": "open"}]}
    assert dossier["missing"] == []


async def test_a_dossier_stands_without_outcomes(gateway_before: OpenGateway) -> None:
    gateway = await gateway_before(without("evaluation"))
    dossier = (await gateway.client().get("/v1/countries/TJ/dossier")).json()
    assert dossier["deliveries"]["items"] == [{"title": "Dostyk", "period": "2024"}]
    assert dossier["outcomes"] is None
    assert [entry["part"] for entry in dossier["missing"]] == ["outcomes"]
    assert (await gateway.client().get("/v1/countries/XX/dossier")).status_code == 422


async def test_enumerations_come_from_every_service_that_can_be_asked(gateway_before: OpenGateway) -> None:
    gateway = await gateway_before(without("participants"))
    answer = (await gateway.client().get("/v1/enumerations")).json()
    assert answer["items"][:2] == [{"name": "edition_state"}, {"name": "campaign_state"}]
    own = {item["name"]: item["values"] for item in answer["items"][2:]}
    assert own.keys() == {"search_kind", "next_step", "role", "grant_kind"}
    assert own["search_kind"][0]["label"] == {"kk": "Бағдарлама", "ru": "Программа", "en": "Program"}
    assert [entry["part"] for entry in answer["missing"]] == ["participants"]


def log_of(*ids: int, more: str | None = None) -> dict[str, Any]:
    """One service's part of the audit log; a greater number is a later entry."""
    entry = {
        "at": "2026-01-02T03:04:05Z",
        "actor": "public",
        "action": "thing.changed",
        "subject_kind": "thing",
        "subject_id": EDITION,
        "subject_version": 1,
        "fields": [],
        "request_id": None,
    }
    items = [entry | {"id": f"01980000-0000-7000-8000-{number:012}"} for number in ids]
    return {"items": items, "next_cursor": more, "total": len(ids)}


LOGS = {
    "programs": service(**{"programs__audit-entries": log_of(7, 3)}),
    "participants": service(**{"participants__audit-entries": log_of(6, 5)}),
    "evaluation": service(**{"evaluation__audit-entries": log_of()}),
}


async def test_the_logs_of_all_services_are_one(gateway_before: OpenGateway) -> None:
    gateway = await gateway_before(LOGS)
    auditor = await gateway.signed_in("auditor@synthetic.example", Role.AUDITOR)
    whole = (await auditor.get("/v1/audit-entries?count=true&subject=" + EDITION)).json()
    assert [entry["id"][-1] for entry in whole["items"]] == ["7", "6", "5", "3"]
    assert (whole["next_cursor"], whole["total"]) == (None, 4)

    part = (await auditor.get("/v1/audit-entries?limit=2&subject=" + EDITION)).json()
    assert [entry["id"][-1] for entry in part["items"]] == ["7", "6"]
    following = await auditor.get(
        "/v1/audit-entries", params={"limit": "2", "subject": EDITION, "cursor": part["next_cursor"]}
    )
    assert following.status_code == 200


async def test_a_log_with_a_part_missing_is_none(gateway_before: OpenGateway) -> None:
    gateway = await gateway_before({name: app for name, app in LOGS.items() if name != "evaluation"})
    auditor = await gateway.signed_in("auditor@synthetic.example", Role.AUDITOR)
    assert (await auditor.get("/v1/audit-entries")).status_code == 503
    assert (await gateway.client().get("/v1/audit-entries")).status_code == 401


async def test_a_program_is_shown_with_its_editions_and_deliveries(gateway_before: OpenGateway) -> None:
    programs = service(
        programs__ID={"id": EDITION, "code": "dostyk"},
        editions={"items": [{"code": "dostyk-2024"}], "next_cursor": None},
        deliveries=NotPermitted("None of your roles includes this."),
        programs__ID__costs={"editions": []},
    )
    participants = service(programs__ID__turnout={"editions": [{"edition_id": EDITION, "participants": 20}]})
    evaluation = service(programs__ID__results={"rows": [{"key": "overall"}]}, indicators={"items": []})
    gateway = await gateway_before(
        {"programs": programs, "participants": participants, "evaluation": evaluation}
    )
    answer = await gateway.client().get(f"/v1/overviews/programs/{EDITION}")
    assert answer.status_code == 200
    assert answer.json() == {
        "program": {"id": EDITION, "code": "dostyk"},
        "editions": {"items": [{"code": "dostyk-2024"}], "next_cursor": None},
        "deliveries": None,
        "turnout": {"editions": [{"edition_id": EDITION, "participants": 20}]},
        "results": {"rows": [{"key": "overall"}]},
        "costs": {"editions": []},
        "indicators": {"items": []},
        "missing": [{"part": "deliveries", "problem": "/problems/not-permitted"}],
    }
    assert answer.headers["cache-control"] == "no-store"
    assert (await gateway.client().get(f"/v1/overviews/programs/{uuid4()}")).status_code == 404


async def test_a_lecturer_is_shown_with_results_where_they_may_be_seen(gateway_before: OpenGateway) -> None:
    held = {"items": [{"state": "held"}]}
    programs = service(lecturers__ID={"id": EDITION}, **{"lecturers__ID__training-sessions": held})
    evaluation = service(lecturers__ID__results=RESULTS)
    gateway = await gateway_before({"programs": programs, "evaluation": evaluation})
    profile = (await gateway.client().get(f"/v1/lecturers/{EDITION}/profile")).json()
    assert profile == {
        "lecturer": {"id": EDITION},
        "training_sessions": {"items": [{"state": "held"}]},
        "results": RESULTS,
        "missing": [],
    }
    alone = await gateway_before({"programs": programs})
    profile = (await alone.client().get(f"/v1/lecturers/{EDITION}/profile")).json()
    assert profile["results"] is None
    assert profile["missing"] == [{"part": "results", "problem": "/problems/upstream-unavailable"}]


PORTFOLIO = {"editions": [{"state": "running", "count": 1}], "running": [{"code": "now"}]}
DASHBOARD = {
    "programs": service(
        portfolio=PORTFOLIO,
        portfolio__money=NotAuthenticated("This operation needs a signed-in caller."),
        **{"overdue-items": {"items": [], "next_cursor": None, "total": 0}},
    ),
    "participants": service(turnout={"years": [{"year": 2026, "participants": 20}]}),
    "evaluation": service(
        **{
            "response-rates": {"phases": [{"phase": "end", "percent": 80.0}]},
            "overdue-recommendations": [{"id": EDITION, "due": "2026-01"}],
        }
    ),
}


async def test_a_dashboard_shows_what_runs_and_what_is_owed(gateway_before: OpenGateway) -> None:
    gateway = await gateway_before(DASHBOARD)
    answer = await gateway.client().get("/v1/overviews/portfolio")
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "portfolio": PORTFOLIO,
        "turnout": {"years": [{"year": 2026, "participants": 20}]},
        "money": None,
        "response_rates": {"phases": [{"phase": "end", "percent": 80.0}]},
        "overdue_recommendations": [{"id": EDITION, "due": "2026-01"}],
        "overdue_items": {"items": [], "next_cursor": None, "total": 0},
        "missing": [{"part": "money", "problem": "/problems/not-authenticated"}],
    }
    assert answer.headers["cache-control"] == "no-store"
    assert (await gateway.client().get("/v1/overviews/portfolio?provenance=made-up")).status_code == 422


async def test_a_dashboard_needs_programs_and_nobody_else(gateway_before: OpenGateway) -> None:
    alone = await gateway_before({"programs": DASHBOARD["programs"]})
    shown = (await alone.client().get("/v1/overviews/portfolio")).json()
    assert shown["portfolio"] == PORTFOLIO
    unavailable = {one["part"] for one in shown["missing"] if one["problem"].endswith("unavailable")}
    assert unavailable == {"turnout", "response_rates", "overdue_recommendations"}


async def test_a_dashboard_without_programs_is_a_problem(gateway_before: OpenGateway) -> None:
    gateway = await gateway_before({name: app for name, app in DASHBOARD.items() if name != "programs"})
    answer = await gateway.client().get("/v1/overviews/portfolio")
    assert (answer.status_code, answer.json()["code"]) == (503, "upstream-unavailable")
    assert int(answer.headers["retry-after"]) >= 1


async def test_a_part_that_takes_too_long_is_missing(
    gateway_before: OpenGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dawdle(_: Request) -> Response:
        await asyncio.sleep(30)
        return JSONResponse({})

    slow = Starlette(routes=[Route("/{path:path}", dawdle)])
    gateway = await gateway_before(DASHBOARD | {"evaluation": slow})
    monkeypatch.setattr("gateway.compositions.parts.OPTIONAL_SECONDS", 0.3)
    shown = (await gateway.client().get("/v1/overviews/portfolio")).json()
    assert shown["portfolio"] == PORTFOLIO
    late = {one["part"] for one in shown["missing"] if one["problem"] == "/problems/upstream-timed-out"}
    assert late == {"response_rates", "overdue_recommendations"}


def hit(kind: str, rank: float, number: int) -> dict[str, Any]:
    id_ = f"01980000-0000-7000-8000-{number:012}"
    title = {"en": "Synthetic"}
    return {"kind": kind, "id": id_, "href": "/", "title": title, "snippet": None, "rank": rank}


def searched(*hits: dict[str, Any], more: bool = False) -> dict[str, Any]:
    return {"items": list(hits), "more": more}


class TestSearch:
    PROGRAMS = service(
        services__programs__search=searched(hit("program", 0.3, 1), hit("edition", 0.2, 2), more=True)
    )
    PARTICIPANTS = service(services__participants__search=searched(hit("person", 0.25, 3)))
    BOTH: Mapping[str, Starlette] = {"programs": PROGRAMS, "participants": PARTICIPANTS}

    async def test_hits_of_all_services_are_ranked_together(self, gateway_before: OpenGateway) -> None:
        gateway = await gateway_before(self.BOTH)
        manager = await gateway.signed_in("manager@synthetic.example", Role.MANAGER)
        answer = await manager.get("/v1/search", params={"q": "synthetic"})
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert [one["kind"] for one in found["items"]] == ["program", "person", "edition"]
        assert (found["more"], found["missing"]) == (True, [])
        assert answer.headers["cache-control"] == "no-store"
        two = (await manager.get("/v1/search", params={"q": "synthetic", "limit": 2})).json()
        assert [one["kind"] for one in two["items"]] == ["program", "person"]
        people = (await manager.get("/v1/search", params={"q": "synthetic", "kinds": "person"})).json()
        assert [one["kind"] for one in people["items"]] == ["person"]
        assert people["more"] is False

    async def test_who_may_not_see_persons_is_told_nothing_of_them(self, gateway_before: OpenGateway) -> None:
        refusing = service(services__participants__search=NotPermitted("None of your roles includes this."))
        gateway = await gateway_before({"programs": self.PROGRAMS, "participants": refusing})
        lecturer = await gateway.signed_in("lecturer@synthetic.example", Role.LECTURER)
        for client in (gateway.client(), lecturer):
            found = (await client.get("/v1/search", params={"q": "synthetic"})).json()
            assert [one["kind"] for one in found["items"]] == ["program", "edition"]
            assert found["missing"] == []
        nobody = (
            await gateway.client().get("/v1/search", params={"q": "synthetic", "kinds": "person"})
        ).json()
        assert nobody == {"items": [], "more": False, "missing": []}

    async def test_a_service_that_is_down_is_named(self, gateway_before: OpenGateway) -> None:
        gateway = await gateway_before({"participants": self.PARTICIPANTS})
        manager = await gateway.signed_in("manager@synthetic.example", Role.MANAGER)
        found = (await manager.get("/v1/search", params={"q": "synthetic"})).json()
        assert [one["kind"] for one in found["items"]] == ["person"]
        assert found["missing"] == [{"part": "programs", "problem": "/problems/upstream-unavailable"}]

    @pytest.mark.parametrize("params", [{"q": "%"}, {"q": "ab"}, {"q": "word", "kinds": "planet"}, {}])
    async def test_what_makes_no_search_is_refused_before_anybody_is_asked(
        self, gateway_before: OpenGateway, params: dict[str, str]
    ) -> None:
        gateway = await gateway_before({})
        assert (await gateway.client().get("/v1/search", params=params)).status_code == 422
