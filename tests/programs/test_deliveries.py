"""Deliveries of every kind, through HTTP over PostgreSQL; synthetic, all of them."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import jsonschema
import pytest
from sqlalchemy import select

from services.common.outbox import outbox_event
from tests.apps import Door
from tests.programs.demonstrations import enter, voucher_scheme

TODAY = datetime.now(UTC).date()
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63f8cfc0f01f0005"
    "00010001da3b1c9d0000000049454e44ae426082"
)
"""A picture of one pixel."""
Row = dict[str, Any]


@pytest.fixture
def manager(demonstration: Door) -> httpx.AsyncClient:
    """Somebody of the agency."""
    return demonstration.as_("manager")


def row(code: str, **details: Any) -> Row:
    return {
        "code": code,
        "title": {"en": code},
        "recipient_country": "TJ",
        "quantity": 3,
        "unit": "unit",
        "sectors": [{"code": "11120", "share": "100"}],
        "details": details,
        "provenance": "synthetic",
    }


async def university(manager: httpx.AsyncClient, code: str) -> str:
    entered = await enter(manager, "/v1/organizations", {"code": code, "names": {"en": code}})
    return str(entered["id"])


async def change(client: httpx.AsyncClient, made: Row, state: str, **more: Any) -> tuple[int, list[str]]:
    answer = await client.post(f"/v1/deliveries/{made['id']}/state-changes", json={"state": state} | more)
    return answer.status_code, [error["code"] for error in answer.json().get("errors", [])]


async def patch(client: httpx.AsyncClient, made: Row, **fields: Any) -> httpx.Response:
    read = (await client.get(f"/v1/deliveries/{made['id']}")).json()
    headers = {"If-Match": f'"{read["version"]}"'}
    return await client.patch(f"/v1/deliveries/{made['id']}", json=fields, headers=headers)


async def attach(client: httpx.AsyncClient, made: Row, kind: str, **more: Any) -> Row:
    paper = {"kind": kind, "title": kind, "dated": TODAY.isoformat(), "url": "https://example.org/paper"}
    return await enter(client, f"/v1/deliveries/{made['id']}/documents", paper | more)


async def told(door: Door, kind: str) -> list[Row]:
    """Return what was told, once for all who are told it."""
    events = outbox_event.c
    query = select(events.id, events.data).where(events.kind == kind).order_by(events.id)
    async with door.app.state.sessions.reading() as session:
        rows = (await session.execute(query)).all()
    return list({row.id: row.data for row in rows}.values())


class TestKinds:
    async def test_each_kind_tells_its_schema_and_what_it_reads_back_fits(
        self, manager: httpx.AsyncClient, demonstration: Door
    ) -> None:
        listed = (await demonstration.as_().get("/v1/delivery-kinds")).json()
        assert len(listed) == 8
        home, host = await university(manager, "home"), await university(manager, "host")
        lecturer = {"names": {"en": "Synthetic"}, "consents_to_be_shown": False}
        supervisor = await enter(manager, "/v1/lecturers", lecturer)
        full: dict[str, Row] = {
            "technical_grant": {"product": "eGOV"},
            "software_transfer": {"product": "Register", "release": "2.1", "license": "EUPL-1.2"},
            "equipment": {"items": [{"name": "Microscope", "quantity": 4}]},
            "voucher_scheme": {"provider_id": home, "training": "Data", "valid_until": "2031-12-31"},
            "consulting": {"days": 20, "deliverable": "A plan of the register"},
            "construction": {"object": "School", "contractor_id": host, "progress_percent": 35},
            "expert_mission": {"experts": 2, "days": 14, "field": "Customs"},
            "mobility": {
                "home_university_id": home,
                "host_university_id": host,
                "credits": 30,
                "agreement_number": "LA-7",
                "supervisor_id": supervisor["id"],
            },
        }
        for kind in listed:
            name = kind["kind"]
            jsonschema.Draft202012Validator.check_schema(kind["details_schema"])
            for details in ({"kind": name} | full[name], _smallest(kind["details_schema"], name)):
                made = await enter(manager, "/v1/deliveries", row(f"{name}-{len(details)}", **details))
                jsonschema.validate(details, kind["details_schema"])
                assert {key: made["details"][key] for key in details} == details
                assert made["details"].keys() == kind["details_schema"]["properties"].keys()

    @pytest.mark.parametrize(
        "details",
        [
            {"kind": "consulting", "product": "Of another kind"},
            {"kind": "gift"},
            {"kind": "construction"},
            {"kind": "construction", "object": "School", "progress_percent": 101},
            {"kind": "equipment", "items": [{"name": "None", "quantity": 0}]},
            {"kind": "voucher_scheme", "provider_id": str(uuid4())},
            {"kind": "mobility", "home_university_id": str(uuid4())},
            {"kind": "mobility", "supervisor_id": str(uuid4())},
        ],
    )
    async def test_details_that_make_no_sense_are_refused(
        self, manager: httpx.AsyncClient, details: Row
    ) -> None:
        refused = await manager.post("/v1/deliveries", json=row("wrong", **details))
        assert refused.status_code in {404, 422}
        listed = await manager.get("/v1/deliveries", params={"provenance": "synthetic"})
        assert listed.json()["items"] == []


def _smallest(schema: Row, kind: str) -> Row:
    return {"kind": kind} | {name: "School" for name in schema["required"] if name != "kind"}


class TestSteps:
    async def test_a_school_is_agreed_built_and_accepted_on_paper(
        self, manager: httpx.AsyncClient, demonstration: Door
    ) -> None:
        school = await enter(manager, "/v1/deliveries", row("school", kind="construction", object="School"))
        assert {a["name"]: [b["code"] for b in a["blocked_by"]] for a in school["actions"]} == {
            "agreed": ["agreement_missing"],
            "cancelled": ["reason_missing"],
        }
        assert await change(manager, school, "agreed") == (409, ["agreement_missing"])
        await attach(manager, school, "agreement")
        for state in ("agreed", "in_delivery"):
            assert (await change(manager, school, state))[0] == 200
        milestone = {
            "subject": {"kind": "delivery", "id": school["id"]},
            "title": {"en": "Roof"},
            "due": TODAY.isoformat(),
        }
        roof = await enter(manager, "/v1/milestones", milestone)
        unmet = ["milestones_open", "not_complete", "photo_missing"]
        assert await change(manager, school, "handed_over") == (409, unmet)
        day = {"achieved_on": TODAY.isoformat()}
        assert (await manager.post(f"/v1/milestones/{roof['id']}/achievement", json=day)).status_code == 200
        built = {"kind": "construction", "object": "School", "progress_percent": 100}
        assert (await patch(manager, school, details=built)).json()["details"]["progress_percent"] == 100
        await attach(manager, school, "photo", public=True)
        assert (await change(manager, school, "handed_over"))[0] == 200
        wrong = await attach(manager, school, "acceptance")
        at = f"/v1/deliveries/{school['id']}/documents/{wrong['id']}/withdrawal"
        for expected in (200, 409):
            assert (await manager.post(at, json={"reason": "Not signed"})).status_code == expected
        assert await change(manager, school, "accepted") == (409, ["acceptance_missing"])
        await attach(manager, school, "acceptance")
        assert (await change(manager, school, "accepted"))[0] == 200
        read = (await manager.get(f"/v1/deliveries/{school['id']}")).json()
        days = [read[name] for name in ("began_on", "handed_over_on", "accepted_on")]
        assert days == [TODAY.isoformat()] * 3
        (output,) = await told(demonstration, "programs.delivery.accepted.v1")
        assert (output["kind"], output["accepted_on"], output["quantity"]) == (
            "construction",
            TODAY.isoformat(),
            3,
        )

    async def test_a_dry_run_says_what_is_missing_and_changes_nothing(
        self, manager: httpx.AsyncClient
    ) -> None:
        made = await enter(manager, "/v1/deliveries", row("advice", kind="consulting"))
        at = f"/v1/deliveries/{made['id']}/state-changes"
        asked = await manager.post(at, json={"state": "agreed"}, params={"dry_run": "true"})
        assert asked.json()["applied"] is False
        assert [one["pointer"] for one in asked.json()["unmet"]] == ["/details/days", "/details/deliverable"]
        assert (await manager.get(f"/v1/deliveries/{made['id']}")).json()["state"] == "planned"

    async def test_steps_have_days_in_their_order_and_never_in_the_future(
        self, manager: httpx.AsyncClient
    ) -> None:
        details = {"kind": "expert_mission", "experts": 1, "days": 3}
        made = await enter(manager, "/v1/deliveries", row("mission", **details))
        assert (await change(manager, made, "agreed"))[0] == 200
        tomorrow, yesterday = TODAY + timedelta(1), TODAY - timedelta(1)
        assert await change(manager, made, "in_delivery", on=tomorrow.isoformat()) == (409, ["in_future"])
        assert (await change(manager, made, "in_delivery", on=yesterday.isoformat()))[0] == 200
        before = (yesterday - timedelta(1)).isoformat()
        assert await change(manager, made, "handed_over", on=before) == (409, ["before_last_step"])
        assert (await change(manager, made, "handed_over", on=yesterday.isoformat()))[0] == 200

    async def test_vouchers_are_told_from_their_agreement_to_their_end(
        self, manager: httpx.AsyncClient, demonstration: Door
    ) -> None:
        provider = await university(manager, "hub")
        scheme = await enter(manager, "/v1/deliveries", voucher_scheme(provider))
        await patch(manager, scheme, quantity=120)
        assert await told(demonstration, "programs.voucher_scheme.agreed.v1") == []
        assert (await change(manager, scheme, "agreed"))[0] == 200
        await patch(manager, scheme, quantity=80)
        assert (await change(manager, scheme, "cancelled", reason="No money"))[0] == 200
        heard = await told(demonstration, "programs.voucher_scheme.agreed.v1")
        assert [(one["state"], one["quantity"]) for one in heard] == [
            ("agreed", 120),
            ("agreed", 80),
            ("cancelled", 80),
        ]
        assert {(one["provider_id"], one["valid_until"]) for one in heard} == {(provider, "2031-12-31")}
        assert (await patch(manager, scheme, quantity=1)).json()["code"] == "transition-refused"


class TestChains:
    async def test_training_then_transfer_then_consulting(
        self, manager: httpx.AsyncClient, demonstration: Door, edition: Row
    ) -> None:
        course = {"predecessor_edition_id": edition["id"]}
        transfer = await enter(manager, "/v1/deliveries", row("transfer", kind="software_transfer") | course)
        following = {"predecessor_id": transfer["id"]}
        advice = await enter(manager, "/v1/deliveries", row("advice", kind="consulting") | following)
        for asked, first in ((transfer, -1), (advice, -2)):
            chain = (await manager.get(f"/v1/deliveries/{asked['id']}/chain")).json()["links"]
            assert [link["place"] for link in chain] == [first, first + 1, first + 2]
            assert [link["kind"] for link in chain] == ["course", "software_transfer", "consulting"]
        hidden = await demonstration.as_().get(f"/v1/deliveries/{advice['id']}/chain")
        assert hidden.status_code == 404
        moved = await patch(manager, advice, predecessor_edition_id=edition["id"])
        assert (moved.json()["predecessor_id"], moved.status_code) == (None, 200)

    async def test_nothing_follows_itself(self, manager: httpx.AsyncClient) -> None:
        one, two, three = [
            await enter(manager, "/v1/deliveries", row(code, kind="consulting")) for code in "abc"
        ]
        assert (await patch(manager, two, predecessor_id=one["id"])).status_code == 200
        assert (await patch(manager, three, predecessor_id=two["id"])).status_code == 200
        for last in (one, two, three):
            circular = await patch(manager, one, predecessor_id=last["id"])
            assert circular.json()["code"] == "delivery-chain-circular"

    async def test_two_who_link_at_once_make_no_circle(self, manager: httpx.AsyncClient) -> None:
        one, two = [await enter(manager, "/v1/deliveries", row(code, kind="consulting")) for code in "ab"]
        answers = await asyncio.gather(
            patch(manager, one, predecessor_id=two["id"]), patch(manager, two, predecessor_id=one["id"])
        )
        assert sorted(answer.status_code for answer in answers) == [200, 422]

    async def test_without_the_lock_they_would(self, manager: httpx.AsyncClient, demonstration: Door) -> None:
        """The negative control: two who both look before either has linked."""
        one, two = [await enter(manager, "/v1/deliveries", row(code, kind="consulting")) for code in "ab"]
        writers = [await asyncpg.connect(demonstration.database.admin) for _ in range(2)]
        try:
            turns = [writer.transaction() for writer in writers]
            for turn, writer, (follower, followed) in zip(
                turns, writers, [(one, two), (two, one)], strict=True
            ):
                await turn.start()
                before = "SELECT predecessor_id FROM programs.delivery WHERE id = $1"
                assert await writer.fetchval(before, followed["id"]) is None
                link = "UPDATE programs.delivery SET predecessor_id = $2 WHERE id = $1"
                await writer.execute(link, follower["id"], followed["id"])
            for turn in turns:
                await turn.commit()
            circle = "SELECT count(*) FROM programs.delivery WHERE predecessor_id IS NOT NULL"
            assert await writers[0].fetchval(circle) == 2
        finally:
            for writer in writers:
                await writer.close()

    @pytest.mark.parametrize("both", [True, False])
    async def test_it_follows_one_thing_that_is_as_real_as_itself(
        self,
        manager: httpx.AsyncClient,
        edition: Row,
        both: bool,
    ) -> None:
        synthetic = await enter(manager, "/v1/deliveries", row("synthetic", kind="consulting"))
        links = {"predecessor_id": synthetic["id"]}
        if both:
            links["predecessor_edition_id"] = edition["id"]
        real = {} if both else {"provenance": "real"}
        refused = await manager.post("/v1/deliveries", json=row("real", kind="consulting") | links | real)
        assert refused.status_code == 422


class TestRecord:
    async def test_the_value_has_the_decimals_of_its_currency_and_may_be_taken_back(
        self, manager: httpx.AsyncClient
    ) -> None:
        value = {"amount": "1200.5", "currency": "KZT"}
        made = await enter(manager, "/v1/deliveries", row("grant", kind="technical_grant") | {"value": value})
        assert made["value"] == {"amount": "1200.50", "currency": "KZT"}
        assert (await patch(manager, made, place="Dushanbe")).json()["value"] == made["value"]
        assert (await patch(manager, made, value=None)).json()["value"] is None
        odd = {"amount": "1.5", "currency": "JPY"}
        assert (await patch(manager, made, value=odd)).status_code == 422

    async def test_a_change_names_its_version_and_keeps_the_kind(self, manager: httpx.AsyncClient) -> None:
        made = await enter(manager, "/v1/deliveries", row("grant", kind="technical_grant"))
        at = f"/v1/deliveries/{made['id']}"
        assert (await manager.patch(at, json={"unit": "set"})).status_code == 428
        stale = await manager.patch(at, json={"unit": "set"}, headers={"If-Match": '"9"'})
        assert stale.status_code == 412
        other = await patch(manager, made, details={"kind": "consulting"})
        assert other.json()["errors"][0]["code"] == "kind_changed"
        changed = await patch(manager, made, period="2031-05", sectors=[{"code": "22040", "share": "100"}])
        assert (changed.json()["earliest"], changed.json()["latest"]) == ("2031-05-01", "2031-05-31")

    async def test_lists_are_narrowed_by_state_kind_and_program(
        self, manager: httpx.AsyncClient, program: Row
    ) -> None:
        await enter(
            manager, "/v1/deliveries", row("of-program", kind="consulting") | {"program_id": program["id"]}
        )
        await enter(manager, "/v1/deliveries", row("alone", kind="equipment"))

        async def codes(**params: str) -> list[str]:
            listed = await manager.get("/v1/deliveries", params={"provenance": "synthetic"} | params)
            return [item["code"] for item in listed.json()["items"]]

        assert await codes(state="planned") == ["alone", "of-program"]
        assert await codes(state="agreed") == []
        assert await codes(kind="equipment") == ["alone"]
        assert await codes(program_id=program["id"]) == ["of-program"]

    async def test_the_public_sees_public_documents_of_real_deliveries(
        self, manager: httpx.AsyncClient, demonstration: Door
    ) -> None:
        made = await enter(
            manager, "/v1/deliveries", row("real", kind="construction", object="A") | {"provenance": "real"}
        )
        shown = await attach(manager, made, "photo", public=True)
        await attach(manager, made, "agreement")
        withdrawn = await attach(manager, made, "photo", public=True)
        at = f"/v1/deliveries/{made['id']}/documents"
        await manager.post(f"{at}/{withdrawn['id']}/withdrawal", json={"reason": "Faces"})
        assert [one["id"] for one in (await demonstration.as_().get(at)).json()["items"]] == [shown["id"]]
        assert len((await manager.get(at)).json()["items"]) == 3
        assert len((await manager.get(at, params={"kind": "photo"})).json()["items"]) == 2
        tomorrow = {"kind": "photo", "title": "A", "url": "https://example.org", "dated": "9999-01-01"}
        assert (await manager.post(at, json=tomorrow)).json()["code"] == "actual-in-future"
        elsewhere = f"/v1/deliveries/{uuid4()}/documents/{shown['id']}/withdrawal"
        assert (await manager.post(elsewhere, json={"reason": "Mine"})).status_code == 404


class TestFiles:
    """Photos and papers that are kept here; tests/common knows the rest of files."""

    async def upload(self, client: httpx.AsyncClient, purpose: str, visibility: str) -> str:
        form = {"purpose": purpose, "visibility": visibility}
        picture = {"file": ("roof.png", PNG, "image/png")}
        made = await client.post("/v1/services/programs/files", data=form, files=picture)
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    async def test_a_photo_is_shown_until_it_is_withdrawn(
        self, manager: httpx.AsyncClient, demonstration: Door
    ) -> None:
        made = await enter(
            manager, "/v1/deliveries", row("real", kind="construction", object="A") | {"provenance": "real"}
        )
        photo = await self.upload(manager, "photo", "public")
        shown = await attach(manager, made, "photo", url=None, file_id=photo, public=True)
        assert shown["file_id"] == photo
        content = f"/v1/services/programs/files/{photo}/content"
        assert (await demonstration.as_().get(content)).content == PNG
        at = f"/v1/deliveries/{made['id']}/documents/{shown['id']}/withdrawal"
        assert (await manager.post(at, json={"reason": "Faces"})).status_code == 200
        assert (await demonstration.as_().get(content)).status_code == 404

    async def test_a_file_is_for_its_purpose_as_public_as_said_and_attached_once(
        self, manager: httpx.AsyncClient
    ) -> None:
        made = await enter(manager, "/v1/deliveries", row("real", kind="construction", object="A"))
        at = f"/v1/deliveries/{made['id']}/documents"
        paper = {"title": "Paper", "dated": TODAY.isoformat()}
        photo = {"file_id": await self.upload(manager, "photo", "internal")}
        refused = await manager.post(at, json=paper | photo | {"kind": "acceptance"})
        assert refused.json()["code"] == "file-not-attachable"
        wrong = await manager.post(at, json=paper | photo | {"kind": "photo", "public": True})
        assert wrong.json()["errors"][0]["code"] == "visibility"
        assert (await manager.get(at)).json()["items"] == []
        assert (await manager.post(at, json=paper | photo | {"kind": "photo"})).status_code == 201
        again = await manager.post(at, json=paper | photo | {"kind": "photo"})
        assert again.json()["code"] == "file-not-attachable"
        for places in ({}, photo | {"url": "https://example.org"}):
            nowhere = await manager.post(at, json=paper | places | {"kind": "photo"})
            assert nowhere.status_code == 422
