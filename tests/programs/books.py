"""A fund of two synthetic donors, for tests of money."""

from typing import Any
from uuid import UUID, uuid4

import httpx

from services.programs.db.tables import MirrorSeats
from tests.apps import Door
from tests.programs.demonstrations import PLAN, enter

REAL_PLAN = PLAN | {"code": "REAL-1", "period": "2025-05", "provenance": "real"}


class Books:
    """A fund of two synthetic donors, and an edition to pay for."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self.finance = door.as_("finance")
        self.manager = door.as_("manager")
        self.donors: list[str] = []

    async def open(self) -> None:
        row = {"code": "fund", "names": {"en": "Synthetic fund"}, "purpose": {"en": "Tests"}}
        self.fund = (await enter(self.manager, "/v1/funds", row))["id"]
        for code in ("donor-a", "donor-b"):
            donor = await enter(self.manager, "/v1/organizations", {"code": code, "names": {"en": code}})
            self.donors.append(donor["id"])
        program = {"code": "p", "title": {"en": "Program"}, "kind": "course_program"}
        self.program = (await enter(self.manager, "/v1/programs", program))["id"]
        plan = REAL_PLAN | {"program_id": self.program}
        self.edition = (await enter(self.manager, "/v1/editions", plan))["id"]

    async def post(self, path: str, row: dict[str, Any]) -> httpx.Response:
        return await self.finance.post(f"/v1/{path}", json=row, headers={"Idempotency-Key": str(uuid4())})

    async def give(self, amount: str, currency: str = "USD", donor: int = 0, **more: Any) -> httpx.Response:
        row = entry(amount, currency) | {"kind": "receipt", "organization_id": self.donors[donor]} | more
        return await self.post(f"funds/{self.fund}/contributions", row)

    async def allocate(self, amount: str, currency: str = "USD", **more: Any) -> httpx.Response:
        row = entry(amount, currency) | {"edition_id": self.edition} | more
        return await self.post(f"funds/{self.fund}/allocations", row)

    async def pay(self, amount: str, currency: str = "KZT", **more: Any) -> httpx.Response:
        row = entry(amount, currency) | {"edition_id": self.edition, "fund_id": self.fund}
        return await self.post("transactions", row | {"kind": "expenditure"} | more)

    async def exchange(self, given: str, received: str, rate: str, /, **more: Any) -> httpx.Response:
        """`given` and `received` are amounts with their currencies: `100.00 USD`."""
        row = {"given": money(given), "received": money(received), "rate": rate, "dated": "2025-04-02"}
        return await self.post(f"funds/{self.fund}/exchanges", row | more)

    async def rate(self, day: str, **values: str) -> None:
        """Enter what one unit of each currency was worth in tenge."""
        row = {"quote": "KZT", "dated": day, "source": "Synthetic bank"}
        rates = [row | {"base": base, "rate": value} for base, value in values.items()]
        assert (await self.post("exchange-rates", {"rates": rates})).status_code == 201

    async def budget(self, amount: str, starts_on: str, ends_on: str, /, **more: Any) -> httpx.Response:
        row = {
            "subject": {"kind": "edition", "id": self.edition},
            "status": "committed",
            "starts_on": starts_on,
            "ends_on": ends_on,
            "money": money(amount),
        }
        return await self.post("budgets", row | more)

    async def seat(self, **accepted: int) -> None:
        """Let participants have told how many seats of the edition are accepted, by country."""
        lines = []
        for country, count in accepted.items():
            at = f"/v1/editions/{self.edition}"
            await enter(self.manager, f"{at}/countries", {"country": country, "relation": "targeted"})
            line = await enter(self.manager, f"{at}/seats", {"country": country, "seats": 5})
            lines.append({"seat_line_id": line["id"], "accepted": count})
        async with self.door.app.state.sessions.transaction() as session:
            session.add(MirrorSeats(edition_id=UUID(self.edition), version=1, lines=lines))

    async def read(self, path: str, **params: str) -> Any:
        """Read something as the finance officer, which must be possible."""
        answer = await self.finance.get(f"/v1/{path}", params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def reverse(self, made: httpx.Response, dated: str = "2025-05-01") -> httpx.Response:
        return await self.post(
            f"transactions/{made.json()['id']}/reversal", {"dated": dated, "note": "Wrong"}
        )

    async def statement(self, since: str = "2025-01-01", through: str = "2025-12-31") -> Any:
        params = {"since": since, "through": through}
        read = await self.finance.get(f"/v1/funds/{self.fund}/statement", params=params)
        return {line.pop("currency"): line for line in read.json()["lines"]}


def money(text: str) -> dict[str, str]:
    amount, currency = text.split()
    return {"amount": amount, "currency": currency}


def entry(amount: str, currency: str) -> dict[str, Any]:
    return {"money": {"amount": amount, "currency": currency}, "dated": "2025-04-02"}


def figures(**known: str) -> dict[str, str]:
    """A line of a statement in a currency of two decimals: nothing but what is named."""
    names = ("opening", "received", "exchanged_in", "exchanged_out", "paid", "closing")
    return dict.fromkeys((*names, "promised", "in_kind", "allocated", "available"), "0.00") | known


def code_of(answer: httpx.Response) -> tuple[int, str | None]:
    return answer.status_code, answer.json().get("code")
