"""What a partner shared, gave and got, through HTTP over the ledger; worked by hand."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.common.identity import Grant, GrantKind, Role
from tests.programs.books import REAL_PLAN, Books
from tests.programs.demonstrations import enter, step
from tests.programs.test_lists import counted


async def partner_with(books: Books, donor: int, kind: str, subject: str, role: str = "funder") -> None:
    row = {
        "code": f"p-{uuid4().hex[:8]}",
        "organization_id": books.donors[donor],
        "functional_role": role,
        "certainty": "stated",
        "subjects": [{"kind": kind, "id": subject}],
    }
    await enter(books.manager, "/v1/partnerships", row)


def partner_of(books: Books, donor: int) -> httpx.AsyncClient:
    own = Grant(Role.PARTNER, GrantKind.ORGANIZATION, books.donors[donor])
    return books.door.as_("partner", grants=frozenset({own}))


@pytest.fixture
async def shared(books: Books) -> Books:
    """Donor a gave 600 and donor b 300 USD to the fund that paid 90.00 for an edition of three participants."""
    assert (await books.give("600.00")).status_code == 201
    assert (await books.give("300.00", donor=1)).status_code == 201
    assert (await books.pay("90.00", "USD")).status_code == 201
    await books.seat(TJ=2, KG=1)
    await books.rate("2025-04-01", USD="500")
    await partner_with(books, 0, "edition", books.edition)
    await partner_with(books, 0, "program", books.program, "lead")
    await step(books.manager, {"id": books.edition}, "planned")
    return books


async def account(client: httpx.AsyncClient, organization: str, **params: str) -> dict[str, Any]:
    answer = await client.get(f"/v1/partners/{organization}/account", params=params)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_a_partner_sees_what_it_gave_and_its_part_of_the_cost(shared: Books) -> None:
    """By hand: two thirds of 90.00 USD are 60.00; 90.00 over three are 30.00 each."""
    told = await account(partner_of(shared, 0), shared.donors[0], currency="USD")
    assert told["organization"]["id"] == shared.donors[0]
    assert told["contributions"] == [{"kind": "receipt", "money": {"amount": "600.00", "currency": "USD"}}]
    (edition,) = told["editions"]
    assert edition["id"] == shared.edition
    assert edition["roles"] == ["funder", "lead"]
    assert edition["participants"] == 3
    assert edition["currencies"] == [{"amount": "90.00", "currency": "USD"}]
    assert edition["reported"] == {"amount": "90.00", "currency": "USD"}
    assert edition["per_participant"] == [
        {"participants": 3, "money": {"amount": "30.00", "currency": "USD"}}
    ]
    assert edition["share"] == {"amount": "60.00", "currency": "USD"}


async def test_what_is_reported_is_converted_by_the_day(shared: Books) -> None:
    """By hand: 90 USD at 500 are 45,000 tenge, two thirds of them 30,000."""
    told = await account(shared.finance, shared.donors[0])
    assert told["editions"][0]["reported"] == {"amount": "45000.00", "currency": "KZT"}
    assert told["editions"][0]["share"] == {"amount": "30000.00", "currency": "KZT"}


async def test_where_a_rate_is_missing_nothing_is_guessed(shared: Books) -> None:
    told = await account(shared.finance, shared.donors[0], currency="EUR")
    (edition,) = told["editions"]
    assert (edition["reported"], edition["per_participant"], edition["share"]) == (None, None, None)
    assert edition["currencies"] == [{"amount": "90.00", "currency": "USD"}]


async def test_partners_see_their_own_account_only(shared: Books) -> None:
    at = f"/v1/partners/{shared.donors[0]}/account"
    assert (await partner_of(shared, 1).get(at)).status_code == 404
    assert (await shared.door.as_().get(at)).status_code == 401
    assert (await shared.door.as_("lecturer").get(at)).status_code == 403
    assert (await shared.finance.get(f"/v1/partners/{uuid4()}/account")).status_code == 404
    other = await account(partner_of(shared, 1), shared.donors[1], currency="USD")
    assert (other["editions"], other["contributions"][0]["money"]["amount"]) == ([], "300.00")


async def test_managers_see_the_editions_of_their_programs_and_no_gifts(shared: Books) -> None:
    for program, editions in ((shared.program, 1), (str(UUID(int=9)), 0)):
        own = frozenset({Grant(Role.MANAGER, GrantKind.PROGRAM, program)})
        told = await account(shared.door.as_("manager", grants=own), shared.donors[0], currency="USD")
        assert (len(told["editions"]), told["contributions"]) == (editions, [])


async def test_the_costs_of_a_program_stand_side_by_side(shared: Books) -> None:
    plan = REAL_PLAN | {"code": "REAL-2", "period": "2026-05", "program_id": shared.program}
    await enter(shared.manager, "/v1/editions", plan)
    told = await shared.read(f"programs/{shared.program}/costs", currency="USD")
    assert [(one["code"], one["reported"]["amount"], one["participants"]) for one in told["editions"]] == [
        ("REAL-1", "90.00", 3)
    ]  # a draft is nothing yet
    missing = await shared.finance.get(f"/v1/programs/{uuid4()}/costs")
    assert missing.status_code == 404


async def test_statements_do_not_grow_with_editions(shared: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []
    for number in range(3):
        with counted(shared.door, monkeypatch) as asked:
            await account(shared.finance, shared.donors[0], currency="USD")
        sizes.append(len(asked))
        plan = REAL_PLAN | {"code": f"MORE-{number}", "program_id": shared.program}
        made = await enter(shared.manager, "/v1/editions", plan)
        await partner_with(shared, 0, "edition", made["id"])
        assert (await shared.pay("1.00", "USD", edition_id=made["id"])).status_code == 201
    assert len(set(sizes)) == 1
