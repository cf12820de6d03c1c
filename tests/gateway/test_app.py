"""The gateway in front of a real service: who a request is passed on for, and what is nobody's business."""

import json

import pytest

from gateway.app import ASKED_BY_BROWSERS, ROUTES
from gateway.proxy import REQUEST_HEADERS
from gateway.routing import load_routes
from services.common.identity import Role
from tests.apps import Door
from tests.gateways import Gateway, OpenGateway

JICA = {"code": "jica", "names": {"en": "Japan International Cooperation Agency"}, "country": "JP"}


async def test_a_request_reaches_its_service_with_the_rights_of_the_caller(
    programs: Door, gateway_before: OpenGateway
) -> None:
    gateway = await gateway_before({"programs": programs.app})
    manager = await gateway.signed_in("manager@example.org", Role.MANAGER)
    created = await manager.post("/v1/organizations", json=JICA)
    assert created.status_code == 201
    finance = await gateway.signed_in("finance@example.org", Role.FINANCE)
    assert (await finance.post("/v1/organizations", json=JICA)).status_code == 403
    anonymous = gateway.client()
    assert (await anonymous.post("/v1/organizations", json=JICA)).status_code == 401
    listed = await anonymous.get("/v1/organizations")
    assert [row["code"] for row in listed.json()["items"]] == ["jica"]
    assert listed.headers["cache-control"].startswith("public")
    invalid = await gateway.client("nonsense").get("/v1/organizations")
    assert invalid.status_code == 401


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/internal/links", 404),
        ("/metrics", 404),
        ("/v1/nothing", 404),
        ("/v1/%2e%2e/internal/links", 400),
        ("/v1//me", 400),
        ("/docs/..%2fopenapi.json", 400),
    ],
)
async def test_what_is_not_on_the_list_is_not_there(
    gateway_before: OpenGateway, path: str, status: int
) -> None:
    gateway = await gateway_before()
    answer = await gateway.client().get(f"http://gateway.test{path}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-request-id"]


async def test_readiness_names_each_service(programs: Door, gateway_before: OpenGateway) -> None:
    gateway = await gateway_before({"programs": programs.app})
    answer = await gateway.client().get("/health/ready")
    assert answer.json()["upstreams"] == {
        "programs": "ready",
        "participants": "unreachable",
        "evaluation": "unreachable",
    }
    alone = await gateway_before()
    assert (await alone.client().get("/health/ready")).status_code == 503
    assert (await alone.client().get("/health/live")).status_code == 200


async def test_browsers_of_other_origins_are_let_in_by_list_only(gateway_before: OpenGateway) -> None:
    app = "https://app.example.org"
    asked = {"Origin": app, "Access-Control-Request-Method": "GET"}
    closed = await (await gateway_before()).client().options("/v1/me", headers=asked)
    assert "access-control-allow-origin" not in closed.headers
    listed = await gateway_before(cors_origins=frozenset({app}))
    opened = await listed.client().options("/v1/me", headers=asked)
    assert opened.headers["access-control-allow-origin"] == app


def test_headers_that_operations_read_pass_the_door_and_may_come_from_browsers() -> None:
    document = json.loads((ROUTES.parents[1] / "docs" / "openapi" / "merged.json").read_text())
    shared = document["components"]["parameters"]
    read = {
        whole["name"].lower()
        for item in document["paths"].values()
        for operation in item.values()
        for one in operation.get("parameters", ())
        for whole in [shared[one["$ref"].rpartition("/")[2]] if "$ref" in one else one]
        if whole["in"] == "header"
    }
    assert {"ballot-token", "action-plan-code"} < read <= {name.decode() for name in REQUEST_HEADERS}
    # The Fetch standard lets browsers send this one anyway.
    assert read - {"accept-language"} <= {name.lower() for name in ASKED_BY_BROWSERS}


async def test_without_a_credential_nothing_of_a_closed_operation_is_read(gateway: Gateway) -> None:
    closed = [route for route in load_routes(ROUTES).all if Role.PUBLIC not in route.permission]
    assert {route.service for route in closed} == {"programs", "participants", "evaluation", "gateway"}
    for route in closed:
        path = "/".join("garbage" if part.startswith("{") else part for part in route.path.split("/"))
        answer = await gateway.client().request(
            route.method, f"{path}?limit=garbage", content=b"{", headers={"Content-Type": "no/type"}
        )
        assert answer.status_code == 401, (route.method, route.path, answer.text)
