"""The portfolio as a whole: what runs and comes, and the money by what it was for."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.identity import Grant, GrantKind, Role
from services.common.money import Money
from services.programs.domain.portfolio import Weighted, read_shares, share_equally, slice_money
from tests.apps import Door
from tests.programs.books import REAL_PLAN, Books
from tests.programs.demonstrations import enter
from tests.programs.test_lists import counted

CODES = st.dictionaries(st.sampled_from("ABCDE"), st.decimals("0.01", "100", places=2), max_size=5)


def parts(slices: Sequence[Any]) -> dict[str, dict[str, str]]:
    return {one["code"]: {m["currency"]: m["amount"] for m in one["money"]} for one in slices}


class TestShares:
    @pytest.mark.parametrize(
        ("sectors", "expected"),
        [
            ([], {"": "1"}),
            ([{"code": "12181", "share": None}], {"12181": "1"}),
            ([{"code": "12181", "share": "100"}], {"12181": "1"}),
            ([{"code": "A", "share": "25"}, {"code": "B", "share": "75"}], {"A": "0.25", "B": "0.75"}),
            ([{"code": "A", "share": "20"}, {"code": "B", "share": None}], {"A": "0.5", "B": "0.5"}),
        ],
    )
    def test_stated_shares_count_and_else_equal_ones(self, sectors: Any, expected: dict[str, str]) -> None:
        assert read_shares(sectors) == {code: Decimal(share) for code, share in expected.items()}

    def test_goals_have_equal_parts(self) -> None:
        assert share_equally(["3", "4"]) == {"3": Decimal("0.5"), "4": Decimal("0.5")}
        assert share_equally([]) == {"": Decimal(1)}

    @given(st.lists(st.tuples(st.integers(1, 10**9), CODES), max_size=6))
    def test_the_parts_sum_exactly(self, rows: list[tuple[int, dict[str, Decimal]]]) -> None:
        paid = [
            Weighted(
                Decimal(cents) / 100, "USD", read_shares([{"code": c, "share": s} for c, s in row.items()])
            )
            for cents, row in rows
        ]
        total = Money(Decimal(sum(cents for cents, _ in rows)) / 100, "USD")
        slices = slice_money([total], paid)
        found = sum((money.amount for each in slices for money in each.money), Decimal(0))
        assert found == total.amount

    def test_what_was_taken_back_whole_stands_nowhere(self) -> None:
        nothing = [Weighted(Decimal(0), "USD", {"A": Decimal(1)})]
        assert slice_money([Money(Decimal(0), "USD")], nothing) == []


async def test_what_runs_and_comes_is_counted_for_everybody(programs: Door) -> None:
    manager = programs.as_("manager")
    row = {
        "code": "p",
        "title": {"en": "Program"},
        "kind": "course_program",
        "sectors": [{"code": "12181"}],
        "sdg_goals": ["3", "4"],
    }
    program = (await enter(manager, "/v1/programs", row))["id"]
    await enter(manager, "/v1/sources", {"code": "news", "kind": "news", "title": "Synthetic"})
    known = {"sources": [{"source_code": "news", "as_of": "2025-06-01"}], "program_id": program}
    stated = known | {"title": {"en": "Course"}}
    for code, period, state in (
        ("done", "2024-05", "completed"),
        ("now", "2026-11", "running"),
        ("next", "2027-05", "planned"),
    ):
        says = {"stated": {"state": state, "as_of": "2025-06-01"}}
        made = await enter(manager, "/v1/editions", stated | says | {"code": code, "period": period})
        await enter(
            manager, f"/v1/editions/{made['id']}/countries", {"country": "TJ", "relation": "took_part"}
        )
    draft = REAL_PLAN | {"code": "draft", "program_id": program}
    await enter(manager, "/v1/editions", draft)
    given = {
        "code": "grant",
        "title": {"en": "Grant"},
        "recipient_country": "TJ",
        "sectors": [{"code": "15110"}],
    }
    await enter(manager, "/v1/deliveries", given | {"details": {"kind": "technical_grant"}})

    seen = (await programs.as_().get("/v1/portfolio")).json()
    assert seen["programs"] == 1
    assert seen["editions"] == [
        {"state": "completed", "count": 1},
        {"state": "planned", "count": 1},
        {"state": "running", "count": 1},
    ]
    assert seen["deliveries"] == [{"state": "planned", "count": 1}]
    assert [(one["code"], one["href"]) for one in seen["running"]] == [
        ("now", f"/v1/editions/{seen['running'][0]['id']}")
    ]
    assert [one["code"] for one in seen["coming"]] == ["next"]
    assert seen["coming"][0]["program_title"] == {"en": "Program"}
    assert seen["countries"] == [{"code": "TJ", "editions": 3, "deliveries": 1}]
    assert seen["sectors"] == [
        {"code": "12181", "editions": 3, "deliveries": 0},
        {"code": "15110", "editions": 0, "deliveries": 1},
    ]
    assert seen["sdg_goals"] == [
        {"code": "3", "editions": 3, "deliveries": 0},
        {"code": "4", "editions": 3, "deliveries": 0},
    ]
    whole = (await manager.get("/v1/portfolio")).json()
    assert {"state": "draft", "count": 1} in whole["editions"]


async def test_synthetic_rows_count_for_staff_who_ask(demonstration: Door, edition: dict[str, Any]) -> None:
    asked = {"provenance": "synthetic"}
    staff = (await demonstration.as_("manager").get("/v1/portfolio", params=asked)).json()
    assert [one["code"] for one in staff["coming"]] == [edition["code"]]
    assert staff["countries"] == [{"code": "TJ", "editions": 1, "deliveries": 0}]
    for client, params in ((demonstration.as_("manager"), {}), (demonstration.as_(), asked)):
        hidden = (await client.get("/v1/portfolio", params=params)).json()
        assert (hidden["editions"], hidden["coming"], hidden["countries"]) == ([], [], [])
    given_up = {"state": "cancelled", "reason": "Synthetic"}
    at = f"/v1/editions/{edition['id']}/state-changes"
    assert (await demonstration.as_("manager").post(at, json=given_up)).status_code == 200
    gone = (await demonstration.as_("manager").get("/v1/portfolio", params=asked)).json()
    assert (gone["coming"], gone["countries"], gone["sectors"]) == ([], [], [])
    assert gone["editions"] == [{"state": "cancelled", "count": 1}]


class TestMoney:
    async def test_money_is_told_by_sector_goal_country_and_year(self, books: Books) -> None:
        """By hand: 100.00 USD over shares 25 and 75; over 2 and 1 participants: 66.67 and 33.33."""
        at = f"/v1/editions/{books.edition}"
        version = (await books.manager.get(at)).json()["version"]
        coded = {"sectors": [{"code": "12181", "share": "25"}, {"code": "11420", "share": "75"}]}
        changed = await books.manager.patch(at, json=coded, headers={"If-Match": f'"{version}"'})
        assert changed.status_code == 200, changed.text
        await books.seat(TJ=2, KG=1)
        assert (await books.give("500.00")).status_code == 201
        assert (await books.allocate("500.00")).status_code == 201
        assert (await books.pay("100.00", "USD")).status_code == 201
        wrong = await books.pay("50.00", "USD")
        assert (await books.reverse(wrong)).status_code == 201
        seen = await books.read("portfolio/money")
        assert seen["totals"] == [{"amount": "100.00", "currency": "USD"}]
        assert parts(seen["sectors"]) == {"11420": {"USD": "75.00"}, "12181": {"USD": "25.00"}}
        assert parts(seen["sdg_goals"]) == {"": {"USD": "100.00"}}
        assert parts(seen["countries"]) == {"KG": {"USD": "33.33"}, "TJ": {"USD": "66.67"}}
        assert seen["years"] == [{"year": 2025, "money": [{"amount": "100.00", "currency": "USD"}]}]

    async def test_without_participants_the_countries_have_equal_parts(self, books: Books) -> None:
        for country, relation in (("TJ", "took_part"), ("UZ", "targeted"), ("KG", "invited")):
            row = {"country": country, "relation": relation}
            await enter(books.manager, f"/v1/editions/{books.edition}/countries", row)
        given = {"code": "gift", "title": {"en": "Gift"}, "recipient_country": "AF"}
        equipment = {"details": {"kind": "equipment"}}
        gift = await enter(books.manager, "/v1/deliveries", given | equipment)
        assert (await books.give("100.00")).status_code == 201
        assert (await books.pay("10.01", "USD")).status_code == 201
        purpose = {"edition_id": None, "delivery_id": gift["id"]}
        assert (await books.pay("5.00", "USD", **purpose)).status_code == 201
        seen = await books.read("portfolio/money")
        assert parts(seen["countries"]) == {
            "AF": {"USD": "5.00"},
            "TJ": {"USD": "5.01"},
            "UZ": {"USD": "5.00"},
        }

    async def test_managers_and_partners_see_what_is_theirs_and_the_public_nothing(
        self, books: Books
    ) -> None:
        assert (await books.give("100.00")).status_code == 201
        assert (await books.pay("10.00", "USD")).status_code == 201
        own = frozenset({Grant(Role.MANAGER, GrantKind.PROGRAM, books.program)})
        foreign = frozenset({Grant(Role.MANAGER, GrantKind.PROGRAM, str(UUID(int=9)))})
        at = "/v1/portfolio/money"
        theirs = (await books.door.as_("manager", grants=own).get(at)).json()
        assert theirs["totals"] == [{"amount": "10.00", "currency": "USD"}]
        nothing = (await books.door.as_("manager", grants=foreign).get(at)).json()
        assert [nothing[name] for name in ("totals", "sectors", "countries", "years")] == [[], [], [], []]
        assert (await books.door.as_().get(at)).status_code == 401
        assert (await books.door.as_("lecturer").get(at)).status_code == 403


async def test_statements_do_not_grow_with_the_portfolio(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []
    for round_ in range(2):
        for number in range(1 + 4 * round_):
            code = {"code": f"REAL-{round_}-{number}", "program_id": books.program}
            made = await enter(books.manager, "/v1/editions", REAL_PLAN | code)
            row = {"country": "TJ", "relation": "targeted"}
            await enter(books.manager, f"/v1/editions/{made['id']}/countries", row)
            assert (await books.give("10.00")).status_code == 201
            assert (await books.pay("1.00", "USD", edition_id=made["id"])).status_code == 201
        with counted(books.door, monkeypatch) as asked:
            await books.read("portfolio")
            await books.read("portfolio/money")
        sizes.append(len(asked))
    assert sizes[0] == sizes[1] <= 14
