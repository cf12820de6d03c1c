"""Awards in instalments: the rules as tables, and through HTTP over PostgreSQL."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from services.common.identity import Grant, GrantKind, Role
from services.programs.domain.awards import InstalmentFacts, InstalmentState, unmet_to_approve, unmet_to_pay
from tests.programs.books import Books, code_of, money
from tests.programs.demonstrations import enter

TODAY = datetime.now(UTC).date()
S = InstalmentState


def facts(state: InstalmentState, **more: Any) -> InstalmentFacts:
    known: dict[str, Any] = {"has_condition": False, "condition_met_on": None, "approved_by": None}
    return InstalmentFacts(state, **known | more)


@pytest.mark.parametrize(
    ("instalment", "expected"),
    [
        (facts(S.PLANNED), []),
        (facts(S.APPROVED), ["no_such_step"]),
        (facts(S.PAID), ["no_such_step"]),
        (facts(S.CANCELLED), ["no_such_step"]),
        (facts(S.PLANNED, has_condition=True), ["condition_unmet"]),
        (facts(S.PLANNED, has_condition=True, condition_met_on=TODAY), []),
        (facts(S.PLANNED, has_condition=True, condition_met_on=TODAY + timedelta(1)), ["in_future"]),
    ],
)
def test_what_stands_in_the_way_of_approving(instalment: InstalmentFacts, expected: list[str]) -> None:
    assert [fault.code for fault in unmet_to_approve(instalment, TODAY)] == expected


@pytest.mark.parametrize(
    ("instalment", "expected"),
    [
        (facts(S.APPROVED, approved_by="one"), []),
        (facts(S.APPROVED, approved_by="two"), ["same_person"]),
        (facts(S.PLANNED), ["no_such_step"]),
        (facts(S.PAID, approved_by="one"), ["no_such_step"]),
        (facts(S.CANCELLED), ["no_such_step"]),
    ],
)
def test_what_stands_in_the_way_of_paying(instalment: InstalmentFacts, expected: list[str]) -> None:
    assert [fault.code for fault in unmet_to_pay(instalment, "two")] == expected


class Award:
    """A scholarship of three instalments, one of which has a condition."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.approver = books.door.as_("approver")

    async def open(self, **more: Any) -> None:
        await self.books.give("1000.00", "USD")
        row = {
            "code": "scholarship",
            "kind": "scholarship",
            "title": {"en": "Synthetic scholarship"},
            "fund_id": self.books.fund,
            "edition_id": self.books.edition,
            "person_id": str(uuid4()),
            "instalments": [
                {"money": money("300.00 USD"), "due_on": "2025-04-01"},
                {
                    "money": money("200.50 USD"),
                    "due_on": TODAY.isoformat(),
                    "condition": {"en": "First term passed"},
                },
                {"money": money("100.00 USD"), "due_on": (TODAY + timedelta(30)).isoformat()},
            ],
        }
        made = await enter(self.books.finance, "/v1/awards", row | more)
        self.id, self.parts = made["id"], [part["id"] for part in made["instalments"]]

    async def step(self, who: httpx.AsyncClient, part: int, step: str, **row: Any) -> httpx.Response:
        at = f"/v1/awards/{self.id}/instalments/{self.parts[part]}/{step}"
        return await who.post(at, json=row, headers={"Idempotency-Key": str(uuid4())})

    async def approve(self, part: int, **row: Any) -> httpx.Response:
        return await self.step(self.approver, part, "approval", **row)

    async def pay(self, part: int, dated: str = "2025-04-03") -> httpx.Response:
        return await self.step(self.books.finance, part, "payment", dated=dated, note="Synthetic transfer")

    async def read(self) -> Any:
        return await self.books.read(f"awards/{self.id}")


@pytest.fixture
async def award(books: Books) -> Award:
    """A scholarship that is awarded."""
    opened = Award(books)
    await opened.open()
    return opened


def faults(answer: httpx.Response) -> tuple[int, list[str]]:
    return answer.status_code, [error["code"] for error in answer.json().get("errors", [])]


class TestPayment:
    async def test_one_approves_another_pays_and_the_payment_is_in_the_ledger(self, award: Award) -> None:
        assert faults(await award.pay(0)) == (409, ["no_such_step"])
        approved = (await award.approve(0)).json()
        assert (approved["state"], approved["overdue"]) == ("approved", True)
        paid = (await award.pay(0)).json()
        assert (paid["state"], paid["overdue"]) == ("paid", False)
        entry = await award.books.read(f"transactions/{paid['transaction_id']}")
        assert (entry["kind"], entry["iati_type"], entry["money"]) == (
            "disbursement",
            "3",
            {"amount": "300.00", "currency": "USD"},
        )
        assert entry["edition_id"] == award.books.edition
        read = await award.read()
        assert (read["open"]["amount"], read["paid"]["amount"]) == ("300.50", "300.00")
        assert faults(await award.pay(0)) == (409, ["no_such_step"])
        assert (await award.books.statement())["USD"]["paid"] == "300.00"

    async def test_whoever_approved_does_not_pay(self, award: Award) -> None:
        both = award.books.door.as_("administrator")
        made = (await award.step(both, 0, "approval")).json()
        blocked = {one["name"]: [why["code"] for why in one["blocked_by"]] for one in made["actions"]}
        assert blocked == {
            "approval": ["no_such_step"],
            "payment": ["same_person"],
            "return": [],
            "cancellation": [],
        }
        assert faults(await award.step(both, 0, "payment", dated="2025-04-03")) == (409, ["same_person"])
        assert (await award.pay(0)).status_code == 200

    async def test_the_database_refuses_it_too(self, award: Award) -> None:
        await award.approve(0)
        await award.pay(0)
        connection = await asyncpg.connect(award.books.door.database.admin)
        try:
            with pytest.raises(asyncpg.CheckViolationError):
                await connection.execute(
                    "UPDATE programs.instalment SET paid_by = approved_by WHERE state = 'paid'"
                )
        finally:
            await connection.close()

    async def test_of_many_payments_at_once_one_is_booked(self, award: Award) -> None:
        await award.approve(0)
        answers = await asyncio.gather(*(award.pay(0) for _ in range(4)))
        assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
        assert (await award.books.statement())["USD"]["paid"] == "300.00"

    async def test_a_condition_is_met_before_it_is_approved(self, award: Award) -> None:
        assert faults(await award.approve(1)) == (409, ["condition_unmet"])
        assert faults(await award.approve(1, condition_met_on="9999-01-01")) == (409, ["in_future"])
        assert (await award.approve(1, condition_met_on="2025-03-31")).json()[
            "condition_met_on"
        ] == "2025-03-31"

    async def test_a_payment_obeys_the_ledger(self, award: Award) -> None:
        await award.approve(0)
        assert code_of(await award.pay(0, "9999-01-01")) == (422, "actual-in-future")
        await award.books.post("fiscal-closures", {"through": "2025-04-30"})
        assert code_of(await award.pay(0)) == (409, "period-closed")
        read = await award.read()
        assert read["instalments"][0]["state"] == "approved"

    async def test_a_reversed_payment_can_be_made_again(self, award: Award) -> None:
        await award.approve(0)
        first = (await award.pay(0)).json()
        undo = {"dated": "2025-05-01", "note": "Wrong account"}
        at = f"transactions/{first['transaction_id']}/reversal"
        assert (await award.books.post(at, undo)).status_code == 201
        read = (await award.read())["instalments"][0]
        assert (read["state"], read["transaction_id"], read["paid_by"]) == ("approved", None, None)
        assert (await award.pay(0, "2025-05-02")).status_code == 200
        assert (await award.books.statement())["USD"]["paid"] == "300.00"


class TestGivingUp:
    async def test_an_approval_is_taken_back(self, award: Award) -> None:
        await award.approve(0)
        back = await award.step(award.approver, 0, "return", reason="Not enrolled")
        assert (back.json()["state"], back.json()["approved_by"]) == ("planned", None)
        again = await award.step(award.approver, 0, "return", reason="Not enrolled")
        assert code_of(again) == (409, "transition-refused")
        assert (await award.approve(0)).status_code == 200

    async def test_what_is_paid_stays_when_the_rest_is_given_up(self, award: Award) -> None:
        await award.approve(0)
        await award.pay(0)
        gone = await award.step(award.books.manager, 1, "cancellation", reason="Left")
        assert gone.json()["state"] == "cancelled"
        for expected in (200, 409):
            at = f"awards/{award.id}/cancellation"
            assert (await award.books.post(at, {"reason": "Left"})).status_code == expected
        read = await award.read()
        assert [part["state"] for part in read["instalments"]] == ["paid", "cancelled", "cancelled"]
        assert (read["open"]["amount"], read["paid"]["amount"]) == ("0.00", "300.00")
        late = await award.step(award.books.manager, 0, "cancellation", reason="Left")
        assert code_of(late) == (409, "transition-refused")


class TestLists:
    async def test_overdue_is_what_should_be_paid_by_now(self, award: Award) -> None:
        async def overdue() -> list[str]:
            listed = await award.books.read("award-instalments", overdue="true")
            return [item["id"] for item in listed["items"]]

        assert await overdue() == [award.parts[0]]
        await award.approve(0)
        assert await overdue() == [award.parts[0]]
        listed = (await award.books.read("award-instalments", state="approved"))["items"]
        assert [item["award"]["label"] for item in listed] == ["scholarship"]
        await award.pay(0)
        assert await overdue() == []

    async def test_managers_see_the_awards_of_their_own(self, award: Award) -> None:
        for grants, expected in (
            ({Grant(Role.MANAGER, GrantKind.PROGRAM, award.books.program)}, 200),
            ({Grant(Role.MANAGER, GrantKind.EDITION, str(uuid4()))}, 404),
        ):
            client = award.books.door.as_("manager", grants=frozenset(grants))
            assert (await client.get(f"/v1/awards/{award.id}")).status_code == expected
            for path in ("awards", "award-instalments"):
                assert bool((await client.get(f"/v1/{path}")).json()["items"]) is (expected == 200)
        for params, found in (({"fund_id": award.books.fund}, 1), ({"edition_id": str(uuid4())}, 0)):
            assert len((await award.books.read("awards", **params))["items"]) == found

    @pytest.mark.parametrize(
        ("wrong", "expected"),
        [
            ({"instalments": []}, 422),
            ({"organization_id": str(uuid4())}, 422),
            ({"organization_id": str(uuid4()), "person_id": None}, 404),
            ({"edition_id": None}, 422),
            ({"fund_id": str(uuid4())}, 404),
            ({"provenance": "synthetic"}, 403),
            (
                {
                    "instalments": [
                        {"money": money(text), "due_on": "2025-04-01"} for text in ("1.00 USD", "1 JPY")
                    ]
                },
                422,
            ),
        ],
    )
    async def test_what_makes_no_sense_is_refused(
        self, award: Award, wrong: dict[str, Any], expected: int
    ) -> None:
        row = {
            "code": "other",
            "kind": "grant",
            "title": {"en": "Other"},
            "fund_id": award.books.fund,
            "edition_id": award.books.edition,
            "person_id": str(uuid4()),
            "instalments": [{"money": money("1.00 USD"), "due_on": TODAY.isoformat()}],
        }
        assert (await award.books.post("awards", row | wrong)).status_code == expected
        assert (await award.books.post("awards", row | {"code": "scholarship"})).status_code == 409
        assert len((await award.books.read("awards"))["items"]) == 1

    async def test_an_unknown_instalment_is_not_there(self, award: Award) -> None:
        award.parts[0] = str(uuid4())
        assert (await award.approve(0)).status_code == 404
        award.id = str(uuid4())
        assert (await award.pay(1)).status_code == 404
