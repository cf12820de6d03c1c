"""Publishing as a manager does it, for tests."""

from typing import Any

import httpx

from services.common.jobs import run_due_jobs
from services.programs.operations.publications import PUBLISH, publish_due
from tests.apps import Door

REPORTER = "KZ-BIN-000000000000"
"""Not a number that the register has given to anybody."""


async def name_reporter(door: Door, names: dict[str, str] | None = None) -> None:
    """Enter the agency's reporting identifier, and the agency where there is none."""
    administrator = door.as_("administrator")
    known = await administrator.get("/v1/agency")
    agency: dict[str, Any] = {"names": names or {"en": "A synthetic agency"}, "country": "KZ"}
    headers = {}
    if known.status_code == httpx.codes.OK:
        kept = known.json()
        agency = {key: value for key, value in kept.items() if key not in ("id", "version", "sources")}
        headers["If-Match"] = known.headers["etag"]
    agency["reporting_identifier"] = REPORTER
    answer = await administrator.put("/v1/agency", json=agency, headers=headers)
    assert answer.status_code == httpx.codes.OK, answer.text


async def profile(door: Door, kind: str, row: dict[str, Any], **fields: Any) -> None:
    """Say what publishing needs to know of a row."""
    answer = await door.as_("manager").put(f"/v1/publication-profiles/{kind}/{row['id']}", json=fields)
    assert answer.status_code == httpx.codes.OK, answer.text


async def publish(door: Door, channel: str) -> dict[str, Any]:
    """Publish a file, and return the operation when it has ended."""
    manager = door.as_("administrator")
    accepted = await manager.post("/v1/publication-records", json={"channel": channel})
    assert accepted.status_code == httpx.codes.ACCEPTED, accepted.text
    await run_due_jobs(door.app.state.sessions, {PUBLISH: publish_due})
    operation: dict[str, Any] = (await manager.get(accepted.headers["location"])).json()
    return operation
