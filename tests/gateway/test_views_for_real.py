"""Every composed view before the three real services: each part is asked for as its owner wants to be asked."""

import io
from typing import Any

import docx
import httpx
import pytest
from openpyxl import load_workbook

from services.common.identity import Role
from tests.apps import Door
from tests.documents import text_of
from tests.gateways import Gateway, OpenGateway
from tests.programs.demonstrations import PLAN, enter

STAFF = (Role.MANAGER, Role.EVALUATOR, Role.FINANCE, Role.APPROVER, Role.ADMINISTRATOR, Role.AUDITOR)


@pytest.fixture
async def house(
    gateway_before: OpenGateway, programs: Door, participants: Door, evaluation: Door
) -> tuple[Gateway, httpx.AsyncClient]:
    """The gateway in front of all services, and somebody of the agency who holds every role of its staff."""
    services = {"programs": programs.app, "participants": participants.app, "evaluation": evaluation.app}
    gateway = await gateway_before(services)
    return gateway, await gateway.signed_in("staff@synthetic.example", *STAFF)


@pytest.fixture
async def known(programs: Door) -> dict[str, str]:
    """A program with an edition, a lecturer, a partner and a delivery."""
    manager = programs.as_("manager")
    title = {"en": "Avicenna", "ru": "Авиценна"}
    row = {"code": "avicenna", "title": title, "kind": "course_program", "sectors": [{"code": "12181"}]}
    program = await enter(manager, "/v1/programs", row)
    plan = PLAN | {"provenance": "real", "program_id": program["id"], "title": title}
    edition = await enter(manager, "/v1/editions", plan)
    await enter(manager, f"/v1/editions/{edition['id']}/countries", {"country": "TJ", "relation": "targeted"})
    lecturer = await enter(
        manager, "/v1/lecturers", {"names": {"en": "Synthetic"}, "consents_to_be_shown": True}
    )
    partner = await enter(manager, "/v1/organizations", {"code": "syn", "names": {"en": "Synthetic fund"}})
    given = {"code": "gift", "title": {"en": "Gift"}, "recipient_country": "TJ"}
    delivery = await enter(manager, "/v1/deliveries", given | {"details": {"kind": "equipment"}})
    return {
        "program": program["id"],
        "edition": edition["id"],
        "lecturer": lecturer["id"],
        "partner": partner["id"],
        "delivery": delivery["id"],
    }


def views(known: dict[str, str]) -> list[str]:
    return [
        "/v1/overviews/portfolio",
        f"/v1/overviews/programs/{known['program']}",
        f"/v1/overviews/editions/{known['edition']}",
        f"/v1/lecturers/{known['lecturer']}/profile",
        "/v1/countries/TJ/dossier",
        "/v1/enumerations",
        "/v1/me",
        "/v1/search?q=avicenna",
    ]


#: What no role of the staff may see, or what the edition does not have yet.
ABSENT: dict[str, set[str]] = {
    "editions": {"pipeline"},  # no event has told the other services of the edition
}


async def test_every_part_is_there_for_who_may_see_it(
    house: tuple[Gateway, httpx.AsyncClient], known: dict[str, str]
) -> None:
    _, staff = house
    for path in views(known):
        answer = await staff.get(path)
        assert answer.status_code == 200, (path, answer.text)
        absent = next((parts for name, parts in ABSENT.items() if f"/{name}/" in path), set())
        missing = {one["part"]: one["problem"] for one in answer.json()["missing"]}
        assert missing == dict.fromkeys(absent, "/problems/not-found"), path


async def test_the_public_is_shown_what_is_public_and_told_of_the_rest(
    house: tuple[Gateway, httpx.AsyncClient], known: dict[str, str]
) -> None:
    gateway, _ = house
    public = gateway.client()
    refused = {"/problems/not-authenticated", "/problems/not-permitted", "/problems/not-found"}
    for path in views(known):
        answer = await public.get(path)
        if path == "/v1/me" or "/editions/" in path:
            assert answer.status_code in {401, 404}, path  # a draft is nobody's yet
            continue
        assert answer.status_code == 200, (path, answer.text)
        assert {one["problem"] for one in answer.json()["missing"]} <= refused, path


async def test_documents_and_open_data_come_of_the_same_facts(
    house: tuple[Gateway, httpx.AsyncClient], known: dict[str, str]
) -> None:
    gateway, staff = house
    brief = await staff.get("/v1/countries/TJ/brief.docx", params={"language": "en"})
    assert brief.status_code == 200, brief.text
    opened = docx.Document(io.BytesIO(brief.content))
    cells = [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    assert "Gift" in cells
    assert "Not in this document" not in [paragraph.text for paragraph in opened.paragraphs]
    assert "Gift" in text_of((await staff.get("/v1/countries/TJ/brief.pdf?language=en")).content)
    report = await staff.get(f"/v1/partners/{known['partner']}/report.xlsx")
    assert report.status_code == 200, report.text
    assert len(load_workbook(io.BytesIO(report.content)).sheetnames) == 3
    public = gateway.client()
    seen: dict[str, Any] = {}
    for path in ("programs", f"programs/{known['program']}", "editions", "deliveries", "results", "catalog"):
        answer = await public.get(f"/v1/public/{path}")
        assert answer.status_code == 200, (path, answer.text)
        seen[path] = answer.json()
    assert [one["code"] for one in seen["programs"]["items"]] == ["avicenna"]
    assert seen["editions"]["items"] == []  # a draft
    assert (await public.get(f"/v1/public/editions/{known['edition']}")).status_code == 404
    assert (await public.get(f"/v1/public/deliveries/{known['delivery']}")).json()["code"] == "gift"
