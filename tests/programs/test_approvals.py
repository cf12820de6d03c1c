"""Sign-off: a change of state waits for the people whom a policy names; synthetic only."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.common.identity import Role
from services.programs.domain.approvals import (
    Signature,
    Stage,
    applying_stages,
    current_stage,
    signing_faults,
)
from tests.apps import Door
from tests.programs.demonstrations import enter

ONE, TWO = Stage(Role.APPROVER, 1), Stage(Role.FINANCE, 2, frozenset({"deputy"}))
DEAR = Stage(Role.ADMINISTRATOR, 1, from_amount=Decimal(1000), currency="KZT")


@pytest.mark.parametrize(
    ("allocated", "stages"),
    [
        ({}, [ONE]),
        ({"KZT": Decimal("999.99")}, [ONE]),
        ({"USD": Decimal(5000)}, [ONE]),
        ({"KZT": Decimal(1000)}, [ONE, DEAR]),
    ],
)
def test_rounds_depend_on_what_is_allocated(allocated: dict[str, Decimal], stages: list[Stage]) -> None:
    assert applying_stages([ONE, DEAR], allocated) == stages


def test_rounds_follow_one_another() -> None:
    stages = [ONE, TWO]
    assert current_stage(stages, []) == 0
    assert current_stage(stages, [Signature(0, "a")]) == 1
    assert current_stage(stages, [Signature(0, "a"), Signature(1, "b")]) == 1
    assert current_stage(stages, [Signature(0, "a"), Signature(1, "b"), Signature(1, "c")]) == 2


@pytest.mark.parametrize(
    ("signer", "role", "codes"),
    [
        ("b", Role.FINANCE, []),
        ("deputy", Role.MANAGER, []),
        ("b", Role.APPROVER, ["not_asked"]),
        ("asker", Role.FINANCE, ["own_request"]),
        ("a", Role.FINANCE, ["signed_already"]),
    ],
)
def test_four_eyes_one_signature_each_and_the_role(signer: str, role: Role, codes: list[str]) -> None:
    faults = signing_faults(TWO, [Signature(0, "a")], "asker", signer, frozenset({role}))
    assert [fault.code for fault in faults] == codes


@pytest.fixture
def at(edition: dict[str, Any]) -> str:
    """Where the planned edition is read."""
    return f"/v1/editions/{edition['id']}"


@pytest.fixture
def manager(demonstration: Door) -> httpx.AsyncClient:
    """Who asks."""
    return demonstration.as_("manager")


async def require(door: Door, *stages: dict[str, Any], **policy: Any) -> dict[str, Any]:
    body = {"target": "announced", "stages": list(stages)} | policy
    return await enter(door.as_("administrator"), "/v1/approval-policies", body)


async def ask(client: httpx.AsyncClient, edition: dict[str, Any], **request: Any) -> httpx.Response:
    return await client.post(
        "/v1/approvals", json={"edition_id": edition["id"], "state": "announced"} | request
    )


async def sign(client: httpx.AsyncClient, approval: dict[str, Any]) -> httpx.Response:
    return await client.post(f"/v1/approvals/{approval['id']}/signature", json={"comment": "Synthetic"})


async def state_of(client: httpx.AsyncClient, path: str) -> str:
    return str((await client.get(path)).json()["state"])


async def test_a_change_waits_for_every_round_in_order(
    demonstration: Door, manager: httpx.AsyncClient, edition: dict[str, Any], at: str
) -> None:
    deputy = uuid4()
    await require(
        demonstration,
        {"role": "approver"},
        {"role": "finance", "number": 2, "deputies": [str(deputy)]},
    )
    refused = await manager.post(f"{at}/state-changes", json={"state": "announced"})
    assert [error["code"] for error in refused.json()["errors"]] == ["approval_required"]
    tried = await manager.post(f"{at}/state-changes?dry_run=true", json={"state": "announced"})
    assert [unmet["code"] for unmet in tried.json()["unmet"]] == ["approval_required"]
    asked = await ask(manager, edition)
    assert (asked.status_code, asked.json()["state"]) == (201, "pending")
    approval = asked.json()
    assert (await ask(manager, edition)).json()["code"] == "portfolio-item-exists"

    first, second = demonstration.as_("finance"), demonstration.as_("finance")
    early = await sign(first, approval)
    assert (early.status_code, early.json()["code"]) == (403, "signature-refused")
    assert [error["code"] for error in early.json()["errors"]] == ["not_asked"]
    own = await sign(manager, approval)
    assert [error["code"] for error in own.json()["errors"]] == ["own_request", "not_asked"]
    assert (await sign(demonstration.as_("approver"), approval)).json()["state"] == "pending"
    assert (await sign(first, approval)).json()["state"] == "pending"
    again = await sign(first, approval)
    assert [error["code"] for error in again.json()["errors"]] == ["signed_already"]
    assert await state_of(manager, at) == "planned"
    signed = await sign(demonstration.as_("manager", subject=deputy), approval)
    assert (signed.status_code, signed.json()["state"]) == (200, "approved")
    assert [row["stage"] for row in signed.json()["signatures"]] == [0, 1, 1]
    assert await state_of(manager, at) == "announced"
    assert (await sign(second, approval)).json()["code"] == "transition-refused"


async def test_the_guards_are_asked_again_with_the_last_signature(
    demonstration: Door, manager: httpx.AsyncClient, edition: dict[str, Any], at: str
) -> None:
    await require(demonstration, {"role": "approver"})
    approval = (await ask(manager, edition)).json()
    version = (await manager.get(at)).headers["etag"]
    await manager.patch(at, json={"public_text": {"en": "Only one"}}, headers={"If-Match": version})
    approver = demonstration.as_("approver")
    told = (await approver.get(f"/v1/approvals/{approval['id']}")).json()["actions"]
    assert [(action["name"], action["allowed"]) for action in told] == [("sign", False), ("return", True)]
    refused = await sign(approver, approval)
    assert [error["code"] for error in refused.json()["errors"]] == ["public_text_missing"]
    assert (await manager.get(f"/v1/approvals/{approval['id']}")).json()["signatures"] == []
    assert (await ask(manager, edition)).json()["code"] == "guards-unmet"


async def test_a_request_is_returned_with_words_or_withdrawn(
    demonstration: Door, manager: httpx.AsyncClient, edition: dict[str, Any], at: str
) -> None:
    await require(demonstration, {"role": "approver"})
    first = (await ask(manager, edition)).json()
    back = f"/v1/approvals/{first['id']}/return"
    words = {"comment": "Name a second partner (synthetic)"}
    assert (await demonstration.as_("finance").post(back, json=words)).json()["code"] == "signature-refused"
    returned = await demonstration.as_("approver").post(back, json=words)
    assert (returned.json()["state"], returned.json()["comment"]) == ("returned", words["comment"])
    second = (await ask(manager, edition)).json()
    path = f"/v1/approvals/{second['id']}/withdrawal"
    assert (await demonstration.as_("manager").post(path)).json()["code"] == "signature-refused"
    assert (await manager.post(path)).json()["state"] == "withdrawn"
    assert await state_of(manager, at) == "planned"
    pending = (await manager.get("/v1/approvals?state=pending")).json()["items"]
    assert pending == []


async def test_a_programs_own_policy_goes_before_the_one_for_all(
    demonstration: Door, manager: httpx.AsyncClient, edition: dict[str, Any], program: dict[str, Any], at: str
) -> None:
    everybody = await require(demonstration, {"role": "administrator"})
    own = await require(demonstration, {"role": "approver"}, program_id=program["id"])
    assert [stage["role"] for stage in (await ask(manager, edition)).json()["stages"]] == ["approver"]
    administrator = demonstration.as_("administrator")
    for policy in (own, everybody):
        retired = await administrator.patch(
            f"/v1/approval-policies/{policy['id']}",
            json={"active": False},
            headers={"If-Match": f'"{policy["version"]}"'},
        )
        assert retired.json()["active"] is False
    # A request that was made keeps its rounds, and nobody need ask any more.
    assert (await manager.post(f"{at}/state-changes", json={"state": "announced"})).status_code == 200


async def test_a_round_for_dear_editions_is_not_held_for_others(
    demonstration: Door, manager: httpx.AsyncClient, edition: dict[str, Any], at: str
) -> None:
    limit = {"amount": "1000000.00", "currency": "KZT"}
    await require(demonstration, {"role": "finance", "from_amount": limit})
    assert [e["code"] for e in (await ask(manager, edition)).json()["errors"]] == ["no_approval_needed"]
    assert (await manager.post(f"{at}/state-changes", json={"state": "announced"})).status_code == 200


async def test_an_approved_budget_is_what_a_decision_disposes_of(
    demonstration: Door, manager: httpx.AsyncClient, edition: dict[str, Any]
) -> None:
    limit = {"amount": "1000000.00", "currency": "KZT"}
    await require(demonstration, {"role": "finance", "from_amount": limit})
    budget = {
        "subject": {"kind": "edition", "id": edition["id"]},
        "status": "indicative",
        "starts_on": "2031-01-01",
        "ends_on": "2031-12-31",
        "money": limit,
    }
    key = {"Idempotency-Key": str(uuid4())}
    entered = await demonstration.as_("finance").post("/v1/budgets", json=budget, headers=key)
    assert entered.status_code == 201, entered.text
    asked = await ask(manager, edition)
    assert [stage["role"] for stage in asked.json()["stages"]] == ["finance"]


async def test_the_clock_waits_for_nobody_and_a_policy_for_it_is_refused(demonstration: Door) -> None:
    body = {"target": "call_open", "stages": [{"role": "approver"}]}
    refused = await demonstration.as_("administrator").post("/v1/approval-policies", json=body)
    assert refused.json()["code"] == "request-invalid"
    unfit = {"target": "announced", "stages": [{"role": "lecturer"}]}
    refused = await demonstration.as_("administrator").post("/v1/approval-policies", json=unfit)
    assert refused.json()["code"] == "request-invalid"
