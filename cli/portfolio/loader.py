"""Loads the reference portfolio over the public API; what is there already is left as it is."""

from collections.abc import Mapping
from typing import Any

import httpx

from cli.portfolio.organizations import ORGANIZATIONS
from cli.portfolio.programs import (
    AGENCY,
    COMPONENTS,
    DELIVERIES,
    EDITIONS,
    FUND,
    PARTNERSHIPS,
    PROGRAMS,
)
from cli.portfolio.sources import SOURCES, from_interview
from cli.portfolio.statements import STATEMENTS

Subjects = dict[str, dict[str, str]]
"""Code of a row -> its kind and id."""


async def load_portfolio(client: httpx.AsyncClient) -> int:
    """Enter what is missing, with the rights of role `importer`; return how many rows were entered.

    Rows are recognized by their natural keys, so a second run changes nothing. Raises `httpx.HTTPStatusError`
    if the API refuses a row.
    """
    loading = _Loading(client)
    for source in SOURCES:
        await loading.enter("/v1/sources", source)
    await loading.enter_agency()
    for organization in ORGANIZATIONS:
        await loading.enter("/v1/organizations", _sourced(organization), kind="organization")
    for program in PROGRAMS:
        await loading.enter("/v1/programs", _sourced(program), kind="program")
    await loading.enter("/v1/funds", _sourced(FUND), kind="fund")
    for program_code, component in COMPONENTS:
        await loading.enter_component(program_code, component)
    for edition in EDITIONS:
        await loading.enter_edition(edition)
    for delivery in DELIVERIES:
        await loading.enter_delivery(delivery)
    for partnership in PARTNERSHIPS:
        await loading.enter_partnership(*partnership)
    for statement in STATEMENTS:
        subjects = [loading.rows[code] for code in statement["subjects"]]
        await loading.enter("/v1/statements", statement | {"subjects": subjects})
    return loading.entered


def _sourced(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"sources": from_interview()} | dict(row)


class _Loading:
    """One run: the connection, and the ids of what stands already."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.rows: Subjects = {}
        self.components: dict[tuple[str, int], str] = {}
        self.entered = 0

    async def enter(self, path: str, row: dict[str, Any], *, kind: str = "") -> str:
        """Enter a row that has a code, unless it is there; return its id."""
        row_id = await self._find(path, row["code"])
        if row_id is None:
            row_id = str((await self._post(path, row))["id"])
        self.rows[row["code"]] = {"kind": kind, "id": row_id}
        return row_id

    async def enter_agency(self) -> None:
        """Enter the agency's record the first time."""
        answer = await self.client.get("/v1/agency")
        if answer.status_code == httpx.codes.NOT_FOUND:
            answer = await self.client.put("/v1/agency", json=_sourced(AGENCY))
            self.entered += 1
        answer.raise_for_status()
        self.rows["agency"] = {"kind": "agency", "id": answer.json()["id"]}

    async def enter_component(self, program: str, component: dict[str, Any]) -> None:
        """Enter a component, recognized by its place in its program."""
        path = f"/v1/programs/{self.rows[program]['id']}/components"
        known = (await self._get(path))["items"]
        found = next((row for row in known if row["ordinal"] == component["ordinal"]), None)
        found = found or await self._post(path, _sourced(component))
        self.components[program, component["ordinal"]] = found["id"]

    async def enter_edition(self, edition: dict[str, Any]) -> None:
        """Enter an edition, and what it has to do with which country."""
        row = {
            key: value
            for key, value in edition.items()
            if key not in ("program", "component", "predecessor", "countries")
        }
        row["program_id"] = self.rows[edition["program"]]["id"]
        if "component" in edition:
            row["component_id"] = self.components[edition["program"], edition["component"]]
        if "predecessor" in edition:
            row["predecessor_id"] = self.rows[edition["predecessor"]]["id"]
        path = f"/v1/editions/{await self.enter('/v1/editions', row, kind='edition')}/countries"
        places = ("country", "region", "area", "relation")
        known = {tuple(place[key] for key in places) for place in await self._get(path)}
        for place in edition["countries"]:
            if tuple(place.get(key) for key in places) not in known:
                await self._post(path, _sourced(place))

    async def enter_delivery(self, delivery: dict[str, Any]) -> None:
        """Enter a delivery."""
        named = {"recipient": "recipient_organization_id", "predecessor": "predecessor_id"}
        row = {key: value for key, value in delivery.items() if key not in named}
        row |= {column: self.rows[delivery[key]]["id"] for key, column in named.items() if key in delivery}
        await self.enter("/v1/deliveries", row, kind="delivery")

    async def enter_partnership(
        self, code: str, organization: str, role: str, certainty: str, subjects: list[str]
    ) -> None:
        """Enter what an organization does in one or several undertakings."""
        row = {
            "code": code,
            "organization_id": self.rows[organization]["id"],
            "functional_role": role,
            "certainty": certainty,
            "subjects": [self.rows[subject] for subject in subjects],
            "sources": from_interview(certainty),
        }
        await self.enter("/v1/partnerships", row)

    async def _find(self, path: str, code: str) -> str | None:
        parameters = {"q": code} if path == "/v1/organizations" else {"code": code}
        items = (await self._get(path, **parameters))["items"]
        return next((str(row["id"]) for row in items if row["code"] == code), None)

    async def _get(self, path: str, **parameters: str) -> Any:
        answer = await self.client.get(path, params=parameters)
        return answer.raise_for_status().json()

    async def _post(self, path: str, row: dict[str, Any]) -> Any:
        answer = await self.client.post(path, json=row)
        self.entered += 1
        return answer.raise_for_status().json()
