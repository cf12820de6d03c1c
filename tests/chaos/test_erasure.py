"""Somebody is erased in a whole running instance: neither its files nor a fresh backup say who it was."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest
from joserfc import jws
from joserfc.jwk import KeySet

from cli.access import sign_in
from cli.cluster import wheel_folder
from cli.environment import GATEWAY
from services.common.identity import Role, TokenSigner
from tests.canaries import CONTACT, HEALTH_NOTE, PASSPORT
from tests.chaos.load import Site
from tests.instances import PATIENCE, UNLIMITED, empty_home, run_command, running_instance

pytestmark = pytest.mark.chaos

NAME: Final = "Erasablename"
SUPERVISOR: Final = "erasable-head@example.org"
PHONE: Final = "+77172123456"
AGGREGATES: Final = ("pipeline", "seats", "results", "learning")
"""Below an edition: what must be equal before and after."""


@pytest.fixture(scope="module")
async def site() -> AsyncIterator[Site]:
    with empty_home() as home, running_instance(home, UNLIMITED | {"QOLDAU_DEMO": "1"}) as instance:
        await asyncio.to_thread(instance.wait_until_ready)
        roles = (Role.MANAGER, Role.ADMINISTRATOR, Role.DATA_PROTECTION_OFFICER)
        yield Site(instance, {role: await sign_in(instance.url, role) for role in roles})


@asynccontextmanager
async def signed_in_as(site: Site, person: str) -> AsyncIterator[httpx.AsyncClient]:
    """Yield a client of the person, by a link as participants has them made."""
    home = site.instance.home
    signer = TokenSigner.read("participants", home / "keys" / "participants.json")
    headers = {"Authorization": f"Bearer {signer.sign_as_service(audience=GATEWAY)}"}
    grant = {"role": "participant", "scope": {"kind": "person", "id": person}}
    inside = httpx.AsyncHTTPTransport(uds=str(home / "run" / f"{GATEWAY}.sock"))
    async with httpx.AsyncClient(transport=inside, base_url="http://app", headers=headers) as app:
        made = await app.post("/internal/links", json={"subject": person, "grants": [grant]})
        assert made.status_code == 201, made.text
    async with site.client() as client:
        credentials = {"grant_type": "link", "token": made.json()["token"]}
        signed = await client.post("/v1/auth/token", json=credentials)
        assert signed.status_code == 200, signed.text
        client.headers["Authorization"] = f"Bearer {signed.json()['access_token']}"
        yield client


async def write_down(own: httpx.AsyncClient, person: str) -> str:
    """Let a person leave what can be left of them in participants; return their address."""
    at = f"/v1/persons/{person}"
    read = await own.get(at)
    names = [{"language": "und-Latn", "given": NAME, "family": NAME + "ova"}]
    changed = await own.patch(
        at, json={"names": names, "phone": PHONE}, headers={"If-Match": read.headers["etag"]}
    )
    assert changed.status_code == 200, changed.text
    block = {"passport_number": PASSPORT, "access_needs": HEALTH_NOTE, "emergency_contact": CONTACT}
    assert (await own.put(f"{at}/sensitive-data", json=block)).status_code == 200
    supervisor = {"name": NAME + " Head", "email": SUPERVISOR, "preferred_language": "ru"}
    work = {"organization_name": NAME + " clinic", "supervisor": supervisor}
    assert (await own.post(f"{at}/affiliations", json=work)).status_code == 201
    return str(changed.json()["email"])


async def aggregates(site: Site, edition: str) -> dict[str, Any]:
    """Return what everybody counts of an edition; what has no such address says so both times."""
    async with site.client(Role.MANAGER) as manager:
        answers = {name: await manager.get(f"/v1/editions/{edition}/{name}") for name in AGGREGATES}
        answers["certificates"] = await manager.get("/v1/certificates", params={"count": "true", "limit": 1})
    told = {name: (answer.status_code, answer.json()) for name, answer in answers.items()}
    return told | {"certificates": answers["certificates"].json()["total"]}


def readable(home: Path, archive: Path) -> dict[str, bytes]:
    """Return every file of a home but PostgreSQL's own and the keys, and a backup as it is and unpacked."""
    told = run_command("backup", str(archive), home=home)
    assert told.returncode == 0, told.stderr
    restore = wheel_folder() / "pginstall" / "bin" / "pg_restore"
    plain = subprocess.run([restore, "--file=-", archive], capture_output=True, check=True, timeout=PATIENCE)
    files = {"backup": archive.read_bytes(), "backup, unpacked": plain.stdout}
    for path in home.rglob("*"):
        parts = path.relative_to(home).parts
        if path.is_file() and parts[0] not in {"postgresql", "data", "keys"}:
            files["/".join(parts)] = path.read_bytes()
    archive.unlink()
    return files


def places(files: dict[str, bytes], *values: str) -> dict[str, list[str]]:
    """Return where each value stands, in whatever case."""
    lowered = {name: content.decode(errors="replace").lower() for name, content in files.items()}
    return {value: [name for name, text in lowered.items() if value.lower() in text] for value in values}


async def erase(site: Site, person: str) -> dict[str, Any]:
    """Let one officer ask and another approve, and wait until every app has confirmed."""
    async with site.client(Role.DATA_PROTECTION_OFFICER) as asking, site.client(Role.ADMINISTRATOR) as other:
        asked = await asking.post("/v1/erasures", json={"person_id": person})
        assert asked.status_code == 201, asked.text
        at = asked.headers["location"]
        approved = await other.post(f"{at}/approval")
        assert approved.status_code == 200, approved.text
        for _ in range(int(PATIENCE * 4)):
            erasure: dict[str, Any] = (await asking.get(at)).json()
            if erasure["state"] == "completed":
                return erasure
            await asyncio.sleep(0.25)
    raise AssertionError(f"still {erasure}")


async def test_a_fresh_backup_says_nothing_of_who_was_erased(site: Site) -> None:
    home = site.instance.home
    async with site.client(Role.MANAGER) as manager:
        (held, *_) = (await manager.get("/v1/certificates")).json()["items"]
        participation = (await manager.get(f"/v1/participations/{held['participation_id']}")).json()
    person, edition = str(participation["person_id"]), str(participation["edition_id"])
    async with signed_in_as(site, person) as own:
        address = await write_down(own, person)
        async with site.client(Role.ADMINISTRATOR) as administrator:
            account = {"login": address, "display_name": NAME, "password": f"correct horse {uuid4()}"}
            assert (await administrator.post("/v1/accounts", json=account)).status_code == 201
        told = (await own.get(f"/v1/persons/{person}/subject-data")).json()
        assert told["missing"] == []
        assert address in [account["login"] for account in told["gateway"]["accounts"]]
        assert told["evaluation"]["cohort"]
    values = (NAME, address, SUPERVISOR, PHONE, PASSPORT, HEALTH_NOTE, CONTACT)
    archive = home / "backup"
    before = await aggregates(site, edition)
    # The control: whoever looks this way finds what is in clear, and not what is encrypted.
    known = places(await asyncio.to_thread(readable, home, archive), *values)
    assert all("backup, unpacked" in known[value] for value in (NAME, address, SUPERVISOR, PHONE))
    assert known[PASSPORT] == known[HEALTH_NOTE] == known[CONTACT] == []

    erasure = await erase(site, person)
    found = places(await asyncio.to_thread(readable, home, archive), *values)
    assert found == {value: [] for value in values}
    assert await aggregates(site, edition) == before
    public = KeySet.import_key_set(json.loads((home / "keys" / "public.json").read_text()))
    receipt = json.loads(jws.deserialize_compact(erasure["receipt"], public, algorithms=["Ed25519"]).payload)
    assert receipt["person_id"] == person
    assert set(receipt["kept"]) == {"participants", "evaluation", "programs", "gateway"}
    checked = await asyncio.to_thread(run_command, "check-invariants", home=home)
    assert checked.returncode == 0, checked.stdout
