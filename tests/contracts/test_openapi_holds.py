"""The running system against the merged document: no fault, nothing undocumented, nothing invalid accepted.

Every operation is asked by somebody who holds every role, so that permissions hide nothing. `make fuzz` asks much
longer.
"""

import asyncio
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.core.failures import FailureGroup

from cli.access import sign_in
from cli.loading import load_into
from services.common.identity import Role
from tests.instances import ROOT, UNLIMITED, empty_home, running_instance

pytestmark = pytest.mark.process

AT_LENGTH: Final = bool(os.environ.get("QOLDAU_FUZZ"))
MERGED: Final = ROOT / "docs" / "openapi" / "merged.json"


def whole_answers() -> dict[str, Any]:
    """The document without the choice of fields: an answer that has some of them is no whole one."""
    document: dict[str, Any] = json.loads(MERGED.read_text())
    for item in document["paths"].values():
        for operation in item.values():
            kept = [
                p
                for p in operation.get("parameters", [])
                if not p.get("name", p.get("$ref", "")).endswith("fields")
            ]
            operation["parameters"] = kept
    return document


schema = schemathesis.openapi.from_dict(whole_answers())
schema.config.phases.coverage.enabled = AT_LENGTH


@dataclass
class Everybody:
    """A caller with every role, in no hurry."""

    url: str
    session: requests.Session


async def enter_everybody(url: str) -> str:
    """Return an API key with every role; `url` is in demonstration mode, and the portfolio is loaded."""
    await load_into(url)
    headers = {"Authorization": f"Bearer {await sign_in(url, Role.ADMINISTRATOR)}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False) as administrator:
        roles = sorted(set(Role) - {Role.PUBLIC, Role.SERVICE})
        wanted = {"name": "everybody (synthetic)", "grants": [{"role": role} for role in roles]}
        issued = await administrator.post("/v1/api-keys", json=wanted)
        assert issued.status_code == 201, issued.text
        return str(issued.json()["secret"])


@pytest.fixture(scope="module")
def everybody() -> Iterator[Everybody]:
    with empty_home() as home:
        (home / "demonstration.ready").touch()  # the portfolio is enough, the story takes longer
        with (
            running_instance(home, UNLIMITED | {"QOLDAU_DEMO": "1"}) as instance,
            requests.Session() as session,
        ):
            session.trust_env = False
            session.headers["Authorization"] = f"Bearer {asyncio.run(enter_everybody(instance.url))}"
            yield Everybody(instance.url, session)


@schema.parametrize()
@settings(
    max_examples=200 if AT_LENGTH else 5,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_what_is_answered_is_what_is_written(case: schemathesis.Case[Any], everybody: Everybody) -> None:
    case.call_and_validate(base_url=everybody.url, session=everybody.session)


def test_what_is_not_written_is_found(everybody: Everybody) -> None:
    document = json.loads(MERGED.read_text())
    document["paths"] = {"/v1/agency": document["paths"]["/v1/agency"]}
    del document["paths"]["/v1/agency"]["get"]["responses"]["200"]
    case = schemathesis.openapi.from_dict(document)["/v1/agency"]["GET"].Case()
    with pytest.raises(FailureGroup):
        case.call_and_validate(base_url=everybody.url, session=everybody.session)
