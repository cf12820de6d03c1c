"""Certificates: printed in scripts of their holders, shown as badges, verified by anybody, two people take back."""

import asyncio
import base64
import gzip
import json
import struct
import warnings
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from joserfc import jws, jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import OKPKey
from pydantic import SecretStr

from services.participants.app import create_app
from services.participants.domain.certificates import (
    encode_status_list,
    hash_of_content,
    is_drawable,
    is_printable,
)
from services.participants.settings import Settings
from tests.apps import Door, facts_of, open_door
from tests.cluster import TestDatabase
from tests.participants.courses import Course

PUBLIC = "https://qoldau.example.org"
NAMES = [
    {"language": "kk", "given": "Әлия", "family": "Қыдырбекқызы", "patronymic": "Ғұңүөһі"},
    {"language": "und-Latn", "given": "Aliya #strong[x]", "family": "Kydyrbek"},
]


def settings_of(database: TestDatabase, keys: Path) -> Settings:
    (keys / "master").write_text("5" * 64)
    return Settings(
        **facts_of("participants", database.participants, keys),
        keystore_url=SecretStr(database.keystore),
        master_key=keys / "master",
        public_url=PUBLIC,
        agency="Synthetic agency",
    )


@pytest.fixture
async def participants(clean: TestDatabase, keys: Path) -> AsyncIterator[Door]:
    async with open_door("participants", create_app(settings_of(clean, keys)), keys) as door:
        yield door.over(clean)


@pytest.fixture
async def admin(clean: TestDatabase) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(clean.admin)
    await connection.execute("SET search_path TO participants")
    yield connection
    await connection.close()


async def certified(
    course: Course, admin: asyncpg.Connection, names: list[dict[str, str]] = NAMES, country: str = "TJ"
) -> dict[str, Any]:
    """Return the certificate of a new person with these names."""
    person, application = await course.nominee(country)
    await admin.execute("UPDATE person SET names = $2 WHERE id = $1", UUID(person), json.dumps(names))
    await course.decide("eligible", application)
    await course.decide("selected", application)
    at = (await course.offer(application)).headers["location"]
    assert (await course.holder(person).post(f"{at}/acceptance")).status_code == 200
    await admin.execute("UPDATE participation SET state = 'completed' WHERE state = 'enrolled'")
    (one,) = (await course.manager.get("/v1/participations", params={"state": "completed"})).json()["items"]
    path = f"/v1/editions/{course.id}/certificates"
    issued = await course.manager.post(path, json={"participation_ids": [one["id"]]})
    assert issued.json()["results"][0]["done"], issued.text
    found = (await course.manager.get("/v1/certificates", params={"edition_id": course.id})).json()["items"]
    return dict(found[-1]) | {"person_id": person}


async def test_a_certificate_is_printed_in_three_languages_and_the_holders_script(
    course: Course, admin: asyncpg.Connection
) -> None:
    design = {
        "issuer": {"en": "Synthetic agency", "ru": "Условное агентство"},
        "wording": {"en": "Within #emph[the] program"},
        "signatories": [{"name": "Synthetic Director", "post": "Director"}],
    }
    path = f"/v1/editions/{course.id}/certificate-design"
    assert (await course.manager.get(path)).status_code == 404
    assert (await course.manager.put(path, json=design)).status_code == 200
    assert (await course.manager.get(path)).json()["signatories"] == design["signatories"]
    certificate = await certified(course, admin)
    for language in ("kk", "ru", "en"):
        printed = await course.holder(certificate["person_id"]).get(
            f"/v1/certificates/{certificate['id']}/document", params={"language": language}
        )
        assert printed.status_code == 200, printed.text
        assert printed.content.startswith(b"%PDF-")
        again = await course.manager.get(
            f"/v1/certificates/{certificate['id']}/document", params={"language": language}
        )
        assert again.content == printed.content
    await certified(course, admin, [{"language": "fa-AF", "given": "زهرا", "family": "نمونه"}], "UZ")
    everybody = await course.manager.get(f"/v1/editions/{course.id}/certificates-document")
    assert everybody.status_code == 200
    assert len(everybody.content) > len(printed.content)
    none = await course.manager.get(
        f"/v1/editions/{course.id}/certificates-document", params={"kind": "attendance"}
    )
    assert none.json()["code"] == "certificate-unprintable"
    content = json.loads(await admin.fetchval("SELECT content FROM certificate LIMIT 1"))
    assert content["holder"] == "Aliya #strong[x] Kydyrbek"
    assert content["holder_own"]["name"] == "Әлия Ғұңүөһі Қыдырбекқызы"
    assert hash_of_content(content) == certificate["content_hash"]


def png(width: int, height: int) -> bytes:
    """Return a picture of one color, written by hand."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    rows = b"".join(b"\0" + b"\x0b\x5c\x6b" * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


async def upload_logo(client: httpx.AsyncClient, content: bytes) -> httpx.Response:
    return await client.post(
        "/v1/services/participants/files",
        files={"file": ("logo.png", content)},
        data={"purpose": "certificate_logo"},
    )


async def test_logos_of_partners_stand_on_certificates(course: Course, admin: asyncpg.Connection) -> None:
    manager = course.door.as_("manager", subject=uuid4())
    path = f"/v1/editions/{course.id}/certificate-design"
    design: dict[str, Any] = {"issuer": {"en": "Synthetic agency"}, "signatories": []}
    assert (await upload_logo(manager, b"<svg onload='alert(1)'/>")).json()["code"] == "file-type-refused"
    assert (await upload_logo(manager, png(2, 2) + bytes(600_000))).status_code == 413
    huge = (await upload_logo(manager, png(2_001, 1))).json()["id"]
    refused = await manager.put(path, json=design | {"logos": [huge]})
    assert (refused.status_code, refused.json()["code"]) == (422, "logo-unusable")
    foreign = await manager.put(path, json=design | {"logos": [str(uuid4())]})
    assert foreign.json()["code"] == "file-not-attachable"
    assert (await manager.get(path)).status_code == 404
    certificate = await certified(course, admin)
    document = f"/v1/certificates/{certificate['id']}/document"
    bare = (await manager.get(document)).content
    assert b"/Subtype/Image" not in bare.replace(b" ", b"")
    logos = [(await upload_logo(manager, png(240, 80))).json()["id"] for _ in range(2)]
    assert (await manager.put(path, json=design | {"logos": logos})).json()["logos"] == logos
    shown = (await manager.get(document)).content
    assert b"/Subtype/Image" in shown.replace(b" ", b"")
    kept = await manager.put(path, json=design | {"logos": logos[1:]})
    assert kept.json()["logos"] == logos[1:]
    assert (await manager.get(f"/v1/services/participants/files/{logos[0]}")).status_code == 404
    assert (await manager.get(document)).status_code == 200


@pytest.mark.parametrize(
    ("head", "drawable"),
    [
        (png(2_000, 1), True),
        (png(1, 2_001), False),
        (png(0, 5), False),
        (b"\x89PNG\r\n\x1a\n", False),
        (png(2, 2).replace(b"IHDR", b"IHDX"), False),
    ],
)
def test_a_logo_is_judged_by_the_size_that_it_states(head: bytes, drawable: bool) -> None:
    assert is_drawable(head) is drawable


async def test_anybody_verifies_as_json_or_on_a_page_in_their_language(
    course: Course, admin: asyncpg.Connection
) -> None:
    certificate = await certified(course, admin)
    public = course.door.as_()
    at = f"/v1/certificates/{certificate['verify_token']}"
    page = await public.get(f"{at}/page", headers={"Accept-Language": "kk"})
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "Сертификат түпнұсқа" in page.text
    assert "Aliya #strong[x] Kydyrbek" in page.text
    await admin.execute(
        """UPDATE certificate SET content = jsonb_set(content, '{holder}', '"<script>alert(1)</script>"')"""
    )
    attacked = await public.get(f"{at}/page")
    assert "<script>" not in attacked.text
    unknown = await public.get("/v1/certificates/nothing/page", headers={"Accept-Language": "en"})
    assert "No such certificate" in unknown.text
    assert (await public.get("/v1/certificates/nothing/verification")).json()["verdict"] == "unknown"


async def test_two_people_take_a_certificate_back_and_everybody_learns_it(
    course: Course, admin: asyncpg.Connection
) -> None:
    certificate = await certified(course, admin)
    at, public = f"/v1/certificates/{certificate['id']}", course.door.as_()
    other = course.door.as_("manager", subject=uuid4())
    assert (await other.post(f"{at}/revocation")).json()["code"] == "second-person-needed"
    asked = await course.manager.post(f"{at}/revocation-request", json={"reason": "Issued by mistake"})
    assert (asked.json()["state"], asked.json()["revocation_reason"]) == ("issued", "Issued by mistake")
    assert (await course.manager.post(f"{at}/revocation")).json()["code"] == "second-person-needed"
    assert bits_of(await status_list(course)) == set()
    assert (await other.post(f"{at}/revocation")).json()["state"] == "revoked"
    verified = await public.get(f"/v1/certificates/{certificate['verify_token']}/verification")
    assert verified.json()["verdict"] == "revoked"
    index = await admin.fetchval("SELECT status_index FROM certificate")
    assert bits_of(await status_list(course)) == {index}
    assert (await course.manager.get(f"{at}/document")).json()["code"] == "certificate-unprintable"
    assert (await course.manager.post(f"{at}/reissue")).json()["code"] == "step-refused"


async def test_a_certificate_is_issued_anew_with_the_names_of_now(
    course: Course, admin: asyncpg.Connection
) -> None:
    old = await certified(course, admin)
    changed = [{"language": "und-Latn", "given": "Aliya", "family": "Corrected"}]
    await admin.execute("UPDATE person SET names = $1", json.dumps(changed))
    made = await course.manager.post(f"/v1/certificates/{old['id']}/reissue")
    assert made.status_code == 201, made.text
    public, new = course.door.as_(), made.json()
    before = await public.get(f"/v1/certificates/{old['verify_token']}/verification")
    after = await public.get(f"/v1/certificates/{new['verify_token']}/verification")
    assert (before.json()["verdict"], before.json()["holder"]) == ("superseded", "Aliya #strong[x] Kydyrbek")
    assert (after.json()["verdict"], after.json()["holder"]) == ("genuine", "Aliya Corrected")
    assert (await course.manager.get(f"/v1/certificates/{old['id']}")).json()["replaced_by"] == new["id"]
    assert new["number"] != old["number"]


async def test_a_badge_is_signed_by_the_key_of_the_profile_and_names_nobody(
    course: Course, admin: asyncpg.Connection
) -> None:
    certificate = await certified(course, admin)
    public = course.door.as_()
    profile = (await public.get("/v1/certificates/issuer")).json()
    key = OKPKey.import_key(profile["verificationMethod"][0]["publicKeyJwk"])
    badge = await public.get(f"/v1/certificates/{certificate['verify_token']}/credential")
    assert badge.headers["content-type"].startswith("application/vc+jwt")
    claims = decoded(badge.text, key)
    assert claims["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert claims["issuer"]["id"] == profile["id"] == f"{PUBLIC}/v1/certificates/issuer"
    assert claims["credentialSubject"]["achievement"]["name"] == "Synthetic course"
    assert claims["credentialStatus"]["type"] == "BitstringStatusListEntry"
    assert "Kydyrbek" not in json.dumps(claims)
    listed = decoded(await status_list(course), key)
    assert listed["credentialSubject"]["encodedList"].startswith("u")
    await admin.execute("UPDATE certificate SET content = '{}'")
    gone = await public.get(f"/v1/certificates/{certificate['verify_token']}/credential")
    assert gone.status_code == 404


async def test_an_independent_verifier_takes_a_badge_until_it_is_taken_back(
    course: Course, admin: asyncpg.Connection
) -> None:
    """`openbadgeslib` knows nothing of us but the badge, the key that it names, and the status list."""
    verifiers = pytest.importorskip("openbadgeslib.ob3.verifier")
    certificate = await certified(course, admin)
    public = course.door.as_()
    badge = (await public.get(f"/v1/certificates/{certificate['verify_token']}/credential")).text
    named = jws.extract_compact(badge.encode()).headers()["kid"]
    key = await public.get(named.removeprefix(PUBLIC))
    assert (await public.get("/v1/certificate-keys/other")).json()["code"] == "badge-key-not-found"
    verifier = verifiers.OB3Verifier(OKPKey.import_key(key.json()).as_pem(private=False))
    lists = [await status_list(course)]

    def read(address: str) -> bytes:
        assert address == f"{PUBLIC}/v1/certificates/status-list"
        return lists[-1].encode()

    taken = await asyncio.to_thread(verifier.verify, badge, check_status=True, download=read)
    assert taken.issuer.id == f"{PUBLIC}/v1/certificates/issuer"
    head, body, signature = badge.split(".")
    forged = ".".join([head, body[:-4] + ("AAAA" if body[-4:] != "AAAA" else "BBBB"), signature])
    with pytest.raises(verifiers.OB3VerificationError):
        verifier.verify(forged)
    at = f"/v1/certificates/{certificate['id']}"
    await course.manager.post(f"{at}/revocation-request", json={"reason": "Issued by mistake"})
    await course.door.as_("manager", subject=uuid4()).post(f"{at}/revocation")
    lists.append(await status_list(course))
    with pytest.raises(verifiers.OB3VerificationError, match="revocation"):
        verifier.verify(badge, check_status=True, download=read)


async def test_a_badge_that_was_kept_is_proved_after_its_key_was_replaced(
    course: Course, admin: asyncpg.Connection, clean: TestDatabase, keys: Path, tmp_path: Path
) -> None:
    certificate = await certified(course, admin)
    at = f"/v1/certificates/{certificate['verify_token']}/credential"
    kept = (await course.door.as_().get(at)).text

    replace_key(keys, tmp_path)
    app = create_app(settings_of(clean, tmp_path))
    async with open_door("participants", app, tmp_path) as door:
        anybody = door.as_()
        fresh = (await anybody.get(at)).text
        for badge, key_id in ((kept, "participants.1"), (fresh, "participants.2")):
            named = jws.extract_compact(badge.encode()).headers()["kid"]
            assert named == f"{PUBLIC}/v1/certificate-keys/{key_id}"
            key = (await anybody.get(named.removeprefix(PUBLIC))).json()
            assert (key["kid"], "d" in key, "alg" in key) == (key_id, False, False)
            claims = decoded(badge, OKPKey.import_key(key))
            assert claims["id"].endswith(f"{certificate['verify_token']}/credential")
        profile = (await anybody.get("/v1/certificates/issuer")).json()
        methods = [method["publicKeyJwk"]["kid"] for method in profile["verificationMethod"]]
        assert methods == ["participants.2", "participants.1"]
        others = await anybody.get("/v1/certificate-keys/gateway.1")
        assert others.json()["code"] == "badge-key-not-found"


def replace_key(keys: Path, folder: Path) -> None:
    """Copy the apps' keys into `folder`, with a second one by which participants signs from now on."""
    for file in keys.glob("*.json"):
        (folder / file.name).write_bytes(file.read_bytes())
    # As `qoldau keys` makes them: with the name of the algorithm.
    new = OKPKey.generate_key("Ed25519", {"kid": "participants.2", "use": "sig", "alg": "Ed25519"})
    public = json.loads((keys / "public.json").read_text())["keys"]
    (folder / "participants.json").write_text(json.dumps(new.as_dict(private=True)))
    (folder / "public.json").write_text(json.dumps({"keys": [*public, new.as_dict(private=False)]}))


def decoded(signed: str, key: OKPKey) -> dict[str, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)
        return dict(jwt.decode(signed, key, algorithms=["EdDSA"]).claims)


async def status_list(course: Course) -> str:
    answer = await course.door.as_().get("/v1/certificates/status-list")
    assert answer.status_code == 200, answer.text
    return answer.text


def bits_of(signed: str) -> set[int]:
    """Return the places that are set, read by hand from the JWT's payload."""
    payload = signed.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return set_bits(claims["credentialSubject"]["encodedList"])


def set_bits(encoded: str) -> set[int]:
    packed = gzip.decompress(base64.urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4)))
    assert len(packed) * 8 >= 131_072
    return {n * 8 + bit for n, byte in enumerate(packed) for bit in range(8) if byte & (0x80 >> bit)}


@pytest.mark.parametrize("places", [set(), {0}, {7, 8, 131_071}, {131_072, 200_001}])
def test_the_status_list_sets_the_bits_it_is_told(places: set[int]) -> None:
    assert set_bits(encode_status_list(places)) == places


@pytest.mark.parametrize(
    ("name", "printed"),
    [("Zahra زهرا", True), ("Ҷамшед Ӯ", True), ("გიორგი", False), ("Հայկ", False), ("1", True)],
)
def test_names_are_printed_in_the_scripts_that_the_fonts_have(name: str, printed: bool) -> None:
    assert is_printable(name) is printed
