"""Row scopes over the whole running system: what is one country's is not the other's, whichever operation is asked.

Which operations end at what is the caller's own is read from the merged document (`x-permission`), so that none can
be forgotten. Two peers of different countries also ask for each other's, by what Schemathesis makes of it all,
in brief by the tests, at length by `make fuzz`.
"""

import json
import os
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any, Final

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings

from cli.acts.planning import NEXT_CODE
from cli.openapi import MERGED
from services.common.identity import Role
from tests.instances import ROOT
from tests.journeys.belongings import enter_score
from tests.journeys.conftest import Played, lecturers_of
from tests.journeys.desk import Desk
from tests.journeys.sides import LIMITED, ONE, OTHER, READERS, Side, open_side

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif("QOLDAU_JOURNEY" in os.environ, reason="enters rows, into a system of its own only"),
]

DOCUMENT: Final[dict[str, Any]] = json.loads((ROOT / MERGED).read_text(encoding="utf-8"))
AT_LENGTH: Final = bool(os.environ.get("QOLDAU_FUZZ"))
OWN, PLACE = "own", re.compile(r"\{(\w+)\}")

MADE_BY_THE_CALLER: Final = re.compile(r"/v1/(me|services/\w+/(files|operations)|erasures)\b")
"""What belongs to whoever made it; nobody's country decides (tests/common/http, test_own_access, test_privacy)."""


NOT_IN_THE_STORY: Final = frozenset({"read_document_content", "read_roll_up"})
"""An uploaded paper and an answer over two editions: asked in the tests of their rooms."""
QUERIES: Final = {
    "compare_results": "earlier_result_id={result_id}&later_result_id={result_id}",
    "list_partner_results": "edition_ids={edition_id}",
    "list_shared_participants": "organization_id={organization_id}",
    **dict.fromkeys(("list_results", "list_suggestions"), "edition_id={edition_id}"),
    "read_sensitive_data": "purpose=own_data",
    "search_participants": "q={given_name}",
    **dict.fromkeys(
        ("read_trend", "draw_trend", "chart_trend"),
        "program_id={program_id}&phase=end&comparable_key=overall&visibility=partner",
    ),
}
"""What has to be asked beside the address."""


OPEN_TO: Final = {Role.MANAGER: frozenset({"organization_id"})}
"""Managers read the account of any partner, as far as it is about their own editions."""


@dataclass(frozen=True)
class Ask:
    """One read that ends at what is the caller's own, in one role."""

    operation: str
    path: str
    query: str
    role: Role

    @property
    def places(self) -> list[str]:
        return PLACE.findall(self.path)

    def address(self, ids: dict[str, str]) -> str:
        return PLACE.sub(lambda place: ids[place[1]], f"{self.path}?{self.query}")


def reads() -> Iterator[Ask]:
    for path, item in DOCUMENT["paths"].items():
        operation = item.get("get", {})
        for role in READERS:
            if operation.get("x-permission", {}).get(role) == OWN and not MADE_BY_THE_CALLER.match(path):
                yield Ask(operation["operationId"], path, query_of(operation), role)


def query_of(operation: dict[str, Any]) -> str:
    """Return what is asked of the operation: of the story, which is synthetic, where that must be said."""
    told = [QUERIES[operation["operationId"]]] if operation["operationId"] in QUERIES else []
    if any(parameter.get("name") == "provenance" for parameter in operation.get("parameters", ())):
        told.append("provenance=synthetic")
    return "&".join(told)


@dataclass
class Border:
    """Two sides of one system, and what both may name."""

    url: str
    one: Side
    other: Side
    common: dict[str, str]
    session: requests.Session

    async def ask(self, credential: str, address: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {credential}"}
        async with httpx.AsyncClient(
            base_url=self.url, headers=headers, trust_env=False, timeout=30
        ) as client:
            return await client.get(address)


@pytest.fixture(scope="session")
async def border(played: Played) -> AsyncIterator[Border]:
    async with httpx.AsyncClient(base_url=played.url, trust_env=False, timeout=30) as client:
        client.headers["Authorization"] = f"Bearer {await played.sign_in(Role.ADMINISTRATOR)}"
        roles = [{"role": role} for role in sorted(set(Role) - {Role.PUBLIC, Role.SERVICE})]
        answer = await client.post("/v1/api-keys", json={"name": "desk (synthetic)", "grants": roles})
        client.headers["Authorization"] = f"Bearer {answer.json()['secret']}"
        desk = Desk(client)
        (following,) = await desk.items("/v1/editions", code=NEXT_CODE, provenance="synthetic")
        lecturers = await lecturers_of(played)
        at = played.edition_id
        edition = (await client.get(f"/v1/editions/{at}")).json()
        one, other = Side(ONE, at, lecturers[0]), Side(OTHER, following["id"], lecturers[1])
        for side in (one, other):
            await open_side(desk, side, at)
        common = {
            "edition_id": at,
            "program_id": edition["program"]["id"],
            "country_code": ONE,
            "composite_id": await enter_score(desk),
            "chart_name": "likert-1-5",
        }
        with requests.Session() as session:
            session.trust_env = False
            yield Border(played.url, one, other, common, session)


def told_of(side: Side, answered: bytes) -> set[str]:
    return {secret for secret in side.secrets if secret.encode() in answered}


async def test_no_read_crosses_the_border(border: Border) -> None:
    leaks, faults, proved = [], [], set()
    for ask in reads():
        if ask.operation in NOT_IN_THE_STORY:
            continue
        ids = border.common | border.one.ids
        own, foreign = [
            await border.ask(side.credentials[ask.role], ask.address(ids))
            for side in (border.one, border.other)
        ]
        hidden = set(ask.places) & border.one.ids.keys() - OPEN_TO.get(ask.role, frozenset())
        if told_of(border.one, foreign.content) or (hidden and foreign.is_success):
            leaks.append(
                f"{ask.role}: {ask.path}: {foreign.status_code} {told_of(border.one, foreign.content)}"
            )
        if told_of(border.other, own.content):
            leaks.append(f"{ask.role}: {ask.path}: {told_of(border.other, own.content)}")
        faults += [
            f"{ask.role}: {ask.path}: {one.status_code}" for one in (own, foreign) if one.status_code >= 500
        ]
        if own.is_success and (own.content != foreign.content):
            proved.add(ask)
    assert leaks == []
    assert faults == []
    assert len(proved) >= 120, "too much is kept from its owners as well"
    assert {ask.role for ask in proved} == set(READERS)


async def test_who_stands_on_the_wrong_side_is_found_out(border: Border) -> None:
    """Negative control."""
    listed = await border.ask(border.one.credentials[Role.NOMINATOR], "/v1/persons")
    assert told_of(border.one, listed.content)
    assert not told_of(border.other, listed.content)


described = schemathesis.openapi.from_dict(DOCUMENT)
described.config.phases.coverage.enabled = AT_LENGTH
described.config.phases.examples.enabled = AT_LENGTH  # made when tests are collected, by every worker


def ends_somewhere(context: Any) -> bool:
    """Say whether a peer may ask the operation about what is the peer's own."""
    reaches = context.operation.definition.raw["x-permission"]
    return any(reaches.get(role) == OWN for role in LIMITED)


@described.include(ends_somewhere).parametrize()
@settings(
    max_examples=100 if AT_LENGTH else 1,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_peers_find_nothing_of_each_other(case: schemathesis.Case[Any], border: Border) -> None:
    for asker, owner in ((border.one, border.other), (border.other, border.one)):
        known = border.common | owner.ids
        for given in (case.path_parameters, case.query):
            given |= {name: known[name] for name in given if name in known}
        headers = {"Authorization": f"Bearer {asker.peer}"}
        answer = case.call(base_url=border.url, session=border.session, headers=headers)
        assert not told_of(owner, answer.content), (
            f"{asker.country} reads of {owner.country}: {case.method} {case.path} {told_of(owner, answer.content)}"
        )
        hidden = [name for name in case.path_parameters if name in owner.ids]
        refused = answer.status_code >= 400 or case.method == "OPTIONS"  # what a browser asks tells nothing
        assert refused or not hidden, (
            f"{asker.country} may {case.method} {case.path}: {answer.status_code} {answer.text[:200]}"
        )
