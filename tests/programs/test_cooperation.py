"""Triangular cooperation (P2): derived from its parties, flagged when it loses one; synthetic only."""

from functools import partial
from typing import Any

import httpx
import pytest

from services.programs.domain.cooperation import (
    CollaborationType,
    CooperationDoubt,
    Party,
    derive_cooperation,
)
from services.programs.domain.dac_list import AS_OF, is_recipient
from services.programs.domain.programs import CooperationForm, TriangularRole
from tests.apps import Door
from tests.programs.demonstrations import enter

D, F, R = CooperationDoubt, CooperationForm, TriangularRole
JAPAN = Party(R.FACILITATOR, "jica", "JP")
KAZAKHSTAN = Party(R.PIVOTAL, "agency", "KZ")
TAJIKISTAN = Party(R.BENEFICIARY, "university", "TJ")
BILATERAL, TRIANGULAR = CollaborationType


@pytest.mark.parametrize(
    ("stated", "parties", "recipients", "derived", "doubts"),
    [
        (None, [], ["TJ"], BILATERAL, []),
        (F.BILATERAL, [], ["TJ"], BILATERAL, []),
        (F.MULTILATERAL, [], ["TJ"], BILATERAL, [D.FORM_CONTRADICTED]),
        (F.TRILATERAL, [JAPAN, KAZAKHSTAN, TAJIKISTAN], [], TRIANGULAR, []),
        (F.TRILATERAL, [JAPAN, KAZAKHSTAN], ["TJ", "UZ"], TRIANGULAR, []),
        (None, [JAPAN, KAZAKHSTAN, TAJIKISTAN], [], TRIANGULAR, []),
        (F.BILATERAL, [JAPAN, KAZAKHSTAN, TAJIKISTAN], [], TRIANGULAR, [D.FORM_CONTRADICTED]),
        (
            F.TRILATERAL,
            [KAZAKHSTAN, TAJIKISTAN],
            [],
            BILATERAL,
            [D.FACILITATOR_MISSING, D.FORM_CONTRADICTED],
        ),
        (None, [JAPAN, TAJIKISTAN], [], BILATERAL, [D.PIVOTAL_MISSING]),
        (None, [JAPAN, KAZAKHSTAN], [], BILATERAL, [D.BENEFICIARY_MISSING]),
        (
            F.TRILATERAL,
            [],
            [],
            BILATERAL,
            [D.FACILITATOR_MISSING, D.PIVOTAL_MISSING, D.BENEFICIARY_MISSING, D.FORM_CONTRADICTED],
        ),
        # The same institution facilitates and shares: two parties only.
        (None, [Party(R.FACILITATOR, "agency", "KZ"), KAZAKHSTAN], ["TJ"], BILATERAL, [D.TOO_FEW_PARTIES]),
        # A rich country shares with a developing one: North-South.
        (None, [JAPAN, Party(R.PIVOTAL, "koica", "KR")], ["TJ"], BILATERAL, [D.NO_SOUTH_SOUTH]),
        # A country shares with itself.
        (None, [JAPAN, KAZAKHSTAN], ["KZ"], BILATERAL, [D.NO_SOUTH_SOUTH]),
        (None, [JAPAN, Party(R.PIVOTAL, "unknown", None)], ["TJ"], BILATERAL, [D.NO_SOUTH_SOUTH]),
    ],
)
def test_the_form_follows_from_the_parties(
    stated: CooperationForm | None,
    parties: list[Party],
    recipients: list[str],
    derived: CollaborationType,
    doubts: list[CooperationDoubt],
) -> None:
    found = derive_cooperation(stated, parties, recipients, partial(is_recipient, on=AS_OF))
    assert (found.collaboration_type, list(found.doubts)) == (derived, doubts)


@pytest.fixture
def manager(demonstration: Door) -> httpx.AsyncClient:
    """Somebody of the agency."""
    return demonstration.as_("manager")


async def join(client: httpx.AsyncClient, edition: dict[str, Any], code: str, **role: Any) -> dict[str, Any]:
    country = role.pop("country")
    row = {"code": f"syn-{code}", "names": {"en": f"Synthetic {code}"}, "country": country}
    organization = await enter(client, "/v1/organizations", row)
    subjects = [{"kind": "edition", "id": edition["id"]}]
    partnership = {"code": f"syn-{code}", "organization_id": organization["id"], "subjects": subjects}
    return await enter(client, "/v1/partnerships", partnership | role)


async def change(client: httpx.AsyncClient, path: str, **changes: Any) -> httpx.Response:
    version = (await client.get(path)).headers["etag"]
    return await client.patch(path, json=changes, headers={"If-Match": version})


async def test_a_triangular_edition_that_loses_its_third_party_is_flagged(
    manager: httpx.AsyncClient, program: dict[str, Any], edition: dict[str, Any]
) -> None:
    stated = await change(manager, f"/v1/programs/{program['id']}", form_as_stated="trilateral")
    assert stated.status_code == 200, stated.text
    at = f"/v1/editions/{edition['id']}/cooperation"
    before = (await manager.get(at)).json()
    assert before["doubts"] == ["facilitator_missing", "pivotal_missing", "form_contradicted"]
    facilitator = await join(
        manager,
        edition,
        "donor",
        country="JP",
        triangular_role="facilitator",
        support_kind="financial",
        period="2031",
    )
    assert facilitator["cooperation"][0]["cooperation"]["doubts"] == ["pivotal_missing", "form_contradicted"]
    pivotal = await join(manager, edition, "academy", country="KZ", triangular_role="pivotal")
    (told,) = pivotal["cooperation"]
    assert told["subject"] == {"kind": "edition", "id": edition["id"]}
    assert (told["cooperation"]["collaboration_type"], told["cooperation"]["doubts"]) == ("8", [])
    whole = (await manager.get(at)).json()
    assert [party["role"] for party in whole["parties"]] == ["pivotal", "facilitator"]
    assert (whole["stated"], whole["recipients"]) == ("trilateral", ["TJ"])

    path = f"/v1/partnerships/{facilitator['id']}"
    ending = {"ended_on": "2031-02-01", "reason": "The donor has left (synthetic)"}
    ended = (await manager.post(f"{path}/ending", json=ending)).json()
    assert (ended["ended_on"], ended["end_reason"]) == ("2031-02-01", ending["reason"])
    flagged = (await manager.get(at)).json()
    assert flagged["collaboration_type"] == "1"
    assert flagged["doubts"] == ["facilitator_missing", "form_contradicted"]
    assert flagged["stated"] == "trilateral"
    assert (await manager.post(f"{path}/ending", json=ending)).json()["code"] == "transition-refused"


async def test_each_change_is_told_with_what_it_makes_of_the_cooperation(
    manager: httpx.AsyncClient, edition: dict[str, Any]
) -> None:
    await join(manager, edition, "donor", country="JP", triangular_role="facilitator")
    pivotal = await join(manager, edition, "academy", country="KZ", triangular_role="pivotal")
    assert pivotal["cooperation"][0]["cooperation"]["collaboration_type"] == "8"
    path = f"/v1/partnerships/{pivotal['id']}"
    changed = (await change(manager, path, triangular_role=None, functional_role="host")).json()
    assert (changed["triangular_role"], changed["functional_role"]) == (None, "host")
    assert changed["cooperation"][0]["cooperation"]["doubts"] == ["pivotal_missing"]
    wrong = await change(manager, path, support_kind="financial")
    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (422, "not_a_facilitator")
    # Where the pivotal party sits is decided by its organization's record.
    await change(manager, path, triangular_role="pivotal")
    await change(manager, changed["organization"]["href"], country="KR")
    assert (await manager.get(f"/v1/editions/{edition['id']}/cooperation")).json()["doubts"] == [
        "no_south_south"
    ]


async def test_a_program_has_the_parties_of_all_its_editions_countries(
    demonstration: Door, manager: httpx.AsyncClient, program: dict[str, Any], edition: dict[str, Any]
) -> None:
    await join(manager, edition, "donor", country="JP", triangular_role="facilitator")
    read = (await demonstration.as_().get(f"/v1/programs/{program['id']}/cooperation")).json()
    # Synthetic editions count nowhere but in themselves.
    assert (read["parties"], read["recipients"], read["collaboration_type"]) == ([], [], "1")
    assert (await demonstration.as_().get(f"/v1/editions/{edition['id']}/cooperation")).status_code == 404
