"""Other systems are told what has happened: signatures, retries, refusals, and addresses that are never asked."""

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from sqlalchemy import update
from standardwebhooks import Webhook, WebhookVerificationError

from gateway.app import ROUTES
from gateway.routing import load_routes
from gateway.vault import SecretUnreadableError, Vault
from gateway.webhooks.db.tables import WebhookEndpoint
from gateway.webhooks.domain.addresses import Lookup, find_fault, may_be_reached, read_literal
from gateway.webhooks.domain.deliveries import MOST_ATTEMPTS, PAUSES, WebhookOutcome, judge, next_pause
from gateway.webhooks.domain.event_types import EVENT_TYPES
from gateway.webhooks.inbox.events import tell_endpoints
from gateway.webhooks.operations.courier import Courier, look_up, open_courier
from gateway.webhooks.operations.deliveries import forget_deliveries
from services.common.identity import Role
from services.common.inbox import receive_event
from services.common.jobs import WHOLE_ROOM, Job
from services.evaluation.domain.events import EVENTS as EVALUATION
from services.programs.domain.events import EVENTS as PROGRAMS
from tests.events import arriving
from tests.gateways import Gateway, OpenGateway
from tests.servers import PATIENCE, conversing, read_request

ANNOUNCED = "programs.edition.announced.v1"
ORIGIN = "http://qoldau.test"
LOOPBACK = {"127.0.0.0/8"}
ALWAYS = timedelta(days=30)


@dataclass
class Receiver:
    """An endpoint of another system, which answers each request with the next of `answers`, the last for ever."""

    answers: list[bytes] = field(default_factory=lambda: [b"204 No Content\r\n"])
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    pause: float = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await read_request(reader)).decode()
        headers = {
            name.lower(): value
            for name, _, value in (line.partition(": ") for line in head.split("\r\n")[1:] if line)
        }
        body = await reader.readexactly(int(headers["content-length"]))
        self.received.append((headers, body))
        await asyncio.sleep(self.pause)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        writer.write(b"HTTP/1.1 " + answer + b"\r\n")
        await writer.drain()


@dataclass
class Setting:
    """A gateway whose webhooks a test sends by hand, an administrator, and one receiver."""

    gateway: Gateway
    admin: httpx.AsyncClient
    courier: Courier
    receiver: Receiver
    address: str

    async def enter(self, url: str | None = None, *types: str) -> dict[str, Any]:
        body = {"url": url or self.address, "description": "Test", "event_types": list(types or (ANNOUNCED,))}
        answer = await self.admin.post("/v1/webhook-endpoints", json=body)
        assert answer.status_code == 201, answer.text
        entered: dict[str, Any] = answer.json()
        return entered

    async def happen(self, kind: str = ANNOUNCED, **data: Any) -> UUID:
        event = arriving(kind, {"aggregate_id": str(uuid4())} | data)
        async with self.gateway.sessions.transaction() as session:
            await receive_event(session, tell_endpoints(ORIGIN), event)
        return event.id

    async def send(self, ahead: timedelta = timedelta(0)) -> None:
        while await self.courier.send_due(ahead=ahead):
            await self.courier.finish()

    async def read(self, path: str) -> Any:
        answer = await self.admin.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def change(self, endpoint: dict[str, Any], **changes: Any) -> httpx.Response:
        path = f"/v1/webhook-endpoints/{endpoint['id']}"
        etag = (await self.admin.get(path)).headers["etag"]
        return await self.admin.patch(path, json=changes, headers={"If-Match": etag})


@asynccontextmanager
async def open_setting(gateway_before: OpenGateway, **options: Any) -> AsyncIterator[Setting]:
    gateway = await gateway_before(webhook_networks=LOOPBACK)
    admin = await gateway.signed_in("admin@synthetic.example", Role.ADMINISTRATOR)
    receiver, networks = Receiver(), gateway.settings.webhook_networks
    vault = Vault.open(gateway.settings.signing_key)
    async with (
        conversing(receiver, tcp=True) as address,
        open_courier(gateway.sessions, vault, networks, **options) as courier,
    ):
        yield Setting(gateway, admin, courier, receiver, f"{address}/hook")


@pytest.fixture
async def setting(gateway_before: OpenGateway) -> AsyncIterator[Setting]:
    async with open_setting(gateway_before) as setting:
        yield setting


class TestDelivery:
    async def test_the_reference_library_verifies_what_arrives(self, setting: Setting) -> None:
        endpoint = await setting.enter()
        event = await setting.happen(provenance="synthetic")
        await setting.send()
        ((headers, body),) = setting.receiver.received
        payload = Webhook(endpoint["secret"]).verify(body, headers)
        assert headers["webhook-id"] == str(event)
        assert payload["type"] == ANNOUNCED
        subject = payload["data"]["id"]
        assert payload["data"] == {
            "id": subject,
            "version": 1,
            "href": f"{ORIGIN}/v1/editions/{subject}",
            "provenance": "synthetic",
        }
        with pytest.raises(WebhookVerificationError):
            Webhook(endpoint["secret"]).verify(body.replace(b"edition", b"Edition"), headers)

    async def test_a_rotated_secret_signs_beside_the_former_one_for_a_day(self, setting: Setting) -> None:
        endpoint = await setting.enter()
        rotated = (
            await setting.admin.post(f"/v1/webhook-endpoints/{endpoint['id']}/secret-rotations")
        ).json()
        assert rotated["secret"] != endpoint["secret"]
        await setting.happen()
        await setting.send()
        headers, body = setting.receiver.received[0]
        for secret in (endpoint["secret"], rotated["secret"]):
            Webhook(secret).verify(body, headers)
        async with setting.gateway.sessions.transaction() as session:
            await session.execute(
                update(WebhookEndpoint).values(former_until=datetime.now(UTC) - timedelta(seconds=1))
            )
        await setting.happen()
        await setting.send()
        headers, body = setting.receiver.received[1]
        Webhook(rotated["secret"]).verify(body, headers)
        with pytest.raises(WebhookVerificationError):
            Webhook(endpoint["secret"]).verify(body, headers)

    async def test_only_what_was_asked_for_is_told_and_each_event_once(self, setting: Setting) -> None:
        await setting.enter(None, "programs.edition.cancelled.v1")
        await setting.happen()
        event = arriving("programs.edition.cancelled.v1", {"aggregate_id": str(uuid4())})
        for _ in range(2):
            async with setting.gateway.sessions.transaction() as session:
                await receive_event(session, tell_endpoints(ORIGIN), event)
        await setting.happen("programs.edition.unheard_of.v9")
        await setting.send()
        assert [json.loads(body)["type"] for _, body in setting.receiver.received] == [event.kind]

    async def test_a_receiver_that_is_down_for_three_days_is_told_in_the_end(self, setting: Setting) -> None:
        await setting.enter()
        setting.receiver.answers = [b"503 Down\r\nContent-Length: 0\r\n"] * (MOST_ATTEMPTS - 1)
        setting.receiver.answers.append(b"200 OK\r\nContent-Length: 0\r\n")
        event = await setting.happen()
        waited = timedelta(0)
        for attempt in range(1, MOST_ATTEMPTS):
            await setting.courier.send_due(ahead=ALWAYS)
            await setting.courier.finish()
            (delivery,) = (await setting.read("/v1/webhook-deliveries"))["items"]
            assert (delivery["state"], delivery["attempts"]) == ("waiting", attempt)
            planned = datetime.fromisoformat(delivery["next_attempt_at"]) - datetime.now(UTC)
            slack = timedelta(seconds=5)  # what the test itself takes
            assert PAUSES[attempt - 1] - slack <= planned <= PAUSES[attempt - 1] * 1.2
            waited += planned
        assert timedelta(days=3) <= waited + timedelta(minutes=1) <= timedelta(days=4)
        await setting.courier.send_due(ahead=ALWAYS)
        await setting.courier.finish()
        assert (await setting.read(f"/v1/webhook-deliveries/{delivery['id']}"))["state"] == "delivered"
        assert {headers["webhook-id"] for headers, _ in setting.receiver.received} == {str(event)}
        assert len({body for _, body in setting.receiver.received}) == 1

    async def test_after_the_last_attempt_it_is_given_up_and_can_be_sent_again(
        self, setting: Setting
    ) -> None:
        await setting.enter()
        setting.receiver.answers = [b"500 No\r\nContent-Length: 0\r\n"]
        await setting.happen()
        await setting.send(ALWAYS)
        assert len(setting.receiver.received) == MOST_ATTEMPTS
        (delivery,) = (await setting.read("/v1/webhook-deliveries?state=given_up"))["items"]
        read = await setting.read(f"/v1/webhook-deliveries/{delivery['id']}")
        assert [(entry["outcome"], entry["status"]) for entry in read["log"]] == [
            ("refused", 500)
        ] * MOST_ATTEMPTS
        setting.receiver.answers = [b"200 OK\r\nContent-Length: 0\r\n"]
        again = await setting.admin.post(f"/v1/webhook-deliveries/{delivery['id']}/redelivery")
        assert (again.status_code, again.json()["state"]) == (200, "waiting")
        await setting.send()
        assert (await setting.read("/v1/webhook-deliveries?state=delivered"))["items"] != []

    async def test_410_disables_the_endpoint(self, setting: Setting) -> None:
        endpoint = await setting.enter()
        setting.receiver.answers = [b"410 Gone\r\nContent-Length: 0\r\n"]
        await setting.happen()
        await setting.send(ALWAYS)
        await setting.happen()
        await setting.send(ALWAYS)
        assert len(setting.receiver.received) == 1
        assert (await setting.read(f"/v1/webhook-endpoints/{endpoint['id']}"))["status"] == "disabled"
        (entry,) = (await setting.read("/v1/gateway/audit-entries?action=webhook_endpoint.disabled"))["items"]
        assert entry["actor"] == "gateway"

    async def test_a_redirect_is_a_failure_and_not_followed(self, setting: Setting) -> None:
        await setting.enter()
        setting.receiver.answers = [
            f"307 Moved\r\nLocation: {setting.address}/x\r\nContent-Length: 0\r\n".encode()
        ]
        await setting.happen()
        await setting.send()
        (delivery,) = (await setting.read("/v1/webhook-deliveries"))["items"]
        (entry,) = (await setting.read(f"/v1/webhook-deliveries/{delivery['id']}"))["log"]
        assert (entry["outcome"], entry["status"], len(setting.receiver.received)) == ("refused", 307, 1)

    async def test_a_huge_answer_is_not_read(self, setting: Setting) -> None:
        await setting.enter()
        setting.receiver.answers = [b"200 OK\r\nContent-Length: 100000000000\r\n\r\n" + b"x" * 1_000_000]
        await setting.happen()
        async with asyncio.timeout(PATIENCE):
            await setting.send()
        assert (await setting.read("/v1/webhook-deliveries?state=delivered"))["items"] != []

    async def test_a_paused_endpoint_is_told_when_it_goes_on(self, setting: Setting) -> None:
        endpoint = await setting.enter()
        assert (await setting.change(endpoint, status="paused")).json()["status"] == "paused"
        await setting.happen()
        await setting.send(ALWAYS)
        assert setting.receiver.received == []
        assert (await setting.change(endpoint, status="active")).status_code == 200
        await setting.send()
        assert len(setting.receiver.received) == 1

    async def test_a_slow_endpoint_keeps_nobody_else_waiting(self, gateway_before: OpenGateway) -> None:
        async with open_setting(gateway_before, answer_seconds=PATIENCE) as setting:
            setting.receiver.pause = PATIENCE
            quick = Receiver()
            async with conversing(quick, tcp=True) as address:
                await setting.enter()
                for _ in range(20):
                    await setting.happen()
                await setting.enter(address)
                await setting.happen()
                async with asyncio.timeout(PATIENCE / 2):
                    while not quick.received:
                        await setting.courier.send_due()
                        await asyncio.sleep(0.01)
            assert len(setting.receiver.received) <= 5

    async def test_a_silent_endpoint_times_out(self, gateway_before: OpenGateway) -> None:
        async with open_setting(gateway_before, answer_seconds=0.2) as setting:
            setting.receiver.pause = PATIENCE
            await setting.enter()
            await setting.happen()
            await setting.send()
            (delivery,) = (await setting.read("/v1/webhook-deliveries"))["items"]
            (entry,) = (await setting.read(f"/v1/webhook-deliveries/{delivery['id']}"))["log"]
            assert (entry["outcome"], entry["status"]) == ("timed_out", None)

    async def test_old_deliveries_are_forgotten(self, setting: Setting) -> None:
        await setting.enter()
        old = arriving(ANNOUNCED, {"aggregate_id": str(uuid4())})
        old = old.model_copy(update={"time": datetime.now(UTC) - timedelta(days=31)})
        async with setting.gateway.sessions.transaction() as session:
            await receive_event(session, tell_endpoints(ORIGIN), old)
        kept = await setting.happen()
        async with setting.gateway.sessions.transaction() as session:
            await forget_deliveries(session, Job(uuid4(), "webhooks.forget_deliveries", WHOLE_ROOM, {}, 1))
        (left,) = (await setting.read("/v1/webhook-deliveries"))["items"]
        assert left["event_id"] == str(kept)


SPELLINGS = (
    "127.0.0.1",
    "2130706433",
    "0x7f000001",
    "017700000001",
    "0x7f.1",
    "127.1",
    "127.0.1",
    "0",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "169.254.169.254",
    "10.0.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "[fe80::1]",
    "[fd00::1]",
    "224.0.0.1",
)


def certificate(folder: Path, name: str) -> Path:
    """Return a file with a key and a certificate that `name` gave itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(secret + made.public_bytes(Encoding.PEM))
    return file


class TestAddresses:
    @pytest.mark.parametrize("host", SPELLINGS)
    def test_no_spelling_of_the_inside_is_taken(self, host: str) -> None:
        literal = read_literal(host.strip("[]"))
        assert literal is not None
        assert not may_be_reached(literal, ())
        assert find_fault(f"https://{host}/hook", ()) == "not a public address"

    @pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8"])
    def test_public_addresses_are(self, address: str) -> None:
        assert may_be_reached(ip_address(address), ())

    def test_what_the_operator_allows_is(self) -> None:
        allowed = (ip_network("10.1.0.0/16"),)
        assert may_be_reached(ip_address("10.1.2.3"), allowed)
        assert not may_be_reached(ip_address("10.2.2.3"), allowed)
        assert find_fault("http://10.1.2.3:8080/hook", allowed) is None

    @pytest.mark.parametrize(
        "url",
        [
            "http://example.org/",
            "ftp://example.org/",
            "https://",
            "https:///hook",
            "https://user:secret@example.org/",
            "https://user@example.org/",
            "https://example.org/#part",
            "https://example.org:0/",
            "https://example.org:99999/",
            "https://exam ple.org/",
            "https://example.org/\r\nX: y",
            "https://пример.example/",
            "https://[::1",
            "https://example.org\\@127.0.0.1/",
            "https://example.org/" + "x" * 2000,
            "hook",
        ],
    )
    def test_what_is_no_endpoint(self, url: str) -> None:
        assert find_fault(url, ()) is not None

    def test_names_are_judged_when_they_are_resolved(self) -> None:
        assert find_fault("https://localhost/hook", ()) is None
        assert read_literal("localhost") is None
        assert read_literal("example.org") is None

    async def test_an_endpoint_inside_is_refused_when_it_is_entered(self, gateway: Gateway) -> None:
        admin = await gateway.signed_in("admin@synthetic.example", Role.ADMINISTRATOR)
        body = {"url": "https://127.1/hook", "description": "x", "event_types": [ANNOUNCED]}
        answer = await admin.post("/v1/webhook-endpoints", json=body)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/url"
        assert "127.1" not in answer.text
        assert (await admin.get("/v1/webhook-endpoints")).json()["items"] == []

    async def outcome(self, setting: Setting, url: str) -> str:
        await setting.enter(url)
        await setting.happen()
        await setting.send()
        delivery = (await setting.read("/v1/webhook-deliveries"))["items"][0]
        (entry,) = (await setting.read(f"/v1/webhook-deliveries/{delivery['id']}"))["log"]
        told: str = entry["outcome"]
        return told

    @pytest.mark.parametrize("found", [["10.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::1"], ["fe80::1%lo"], []])
    async def test_a_name_that_leads_inside_is_not_asked(
        self, gateway_before: OpenGateway, found: list[str]
    ) -> None:
        async def lookup(_host: str, _port: int) -> Sequence[str]:
            return found

        async with open_setting(gateway_before, lookup=lookup) as setting:
            assert await self.outcome(setting, "https://hook.example.org/") == "address_refused"

    async def test_localhost_is_not_asked(self, gateway_before: OpenGateway) -> None:
        gateway = await gateway_before()
        async with open_setting(gateway_before) as setting:
            setting.courier.allowed = gateway.settings.webhook_networks
            lookup: Lookup = look_up
            async with open_courier(
                setting.gateway.sessions, setting.courier.vault, (), lookup=lookup
            ) as strict:
                setting.courier = strict
                assert await self.outcome(setting, setting.address.replace("127.0.0.1", "localhost")) == (
                    "address_refused"
                )
        assert setting.receiver.received == []

    async def test_the_connection_goes_to_the_address_that_was_checked(
        self, gateway_before: OpenGateway
    ) -> None:
        """DNS rebinding: the name server gives a harmless address first, and another when asked again."""
        asked = 0

        async def lookup(_host: str, _port: int) -> Sequence[str]:
            nonlocal asked
            asked += 1
            return ["127.0.0.1"] if asked == 1 else ["10.0.0.1"]

        async with open_setting(gateway_before, lookup=lookup) as setting:
            url = setting.address.replace("127.0.0.1", "rebinding.example.org")
            assert await self.outcome(setting, url) == "delivered"
            ((headers, _),) = setting.receiver.received
            assert headers["host"].startswith("rebinding.example.org")
            assert asked == 1
            await setting.happen()
            await setting.send()
            assert (asked, len(setting.receiver.received)) == (2, 1)

    @pytest.mark.parametrize(
        ("vouched_for", "name", "outcome"),
        [
            (True, "hook.example.org", "delivered"),
            (False, "hook.example.org", "unreachable"),
            (True, "other.example.org", "unreachable"),
        ],
    )
    async def test_certificates_are_checked_against_the_name(
        self,
        gateway_before: OpenGateway,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        *,
        vouched_for: bool,
        name: str,
        outcome: str,
    ) -> None:
        """Though the connection goes to an address; negative control is the certificate that fits."""
        file = certificate(tmp_path, "hook.example.org")
        served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        served.load_cert_chain(file)
        if vouched_for:
            trusting = ssl.create_default_context(cafile=file)
            monkeypatch.setattr("aiohttp.connector._SSL_CONTEXT_VERIFIED", trusting)

        async def lookup(_host: str, _port: int) -> Sequence[str]:
            return ["127.0.0.1"]

        async with (
            open_setting(gateway_before, lookup=lookup) as setting,
            conversing(setting.receiver, tcp=True, tls=served) as address,
        ):
            assert await self.outcome(setting, address.replace("127.0.0.1", name)) == outcome
            assert len(setting.receiver.received) == (outcome == "delivered")

    @pytest.mark.parametrize("host", SPELLINGS[1:8])
    def test_these_spellings_do_lead_inside(self, host: str) -> None:
        """Negative control: what looks at the text finds no address, what connects finds this machine."""
        with pytest.raises(ValueError, match="does not appear to be an IPv4 or IPv6 address"):
            ip_address(host)
        found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        assert {place[4][0] for place in found} <= {"127.0.0.1", "0.0.0.0"}  # noqa: S104  nobody listens there

    async def test_the_environment_names_no_proxy(
        self, gateway_before: OpenGateway, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, "http://127.0.0.1:1")
        async with open_setting(gateway_before) as setting:
            assert await self.outcome(setting, setting.address) == "delivered"

    async def test_an_endpoint_that_is_down(self, gateway_before: OpenGateway) -> None:
        async with open_setting(gateway_before) as setting:
            assert await self.outcome(setting, "http://127.0.0.1:1/hook") == "unreachable"


class TestRights:
    @pytest.mark.parametrize("role", [Role.MANAGER, Role.AUDITOR])
    async def test_only_administrators_enter_endpoints(self, gateway: Gateway, role: Role) -> None:
        person = await gateway.signed_in("person@synthetic.example", role)
        body = {"url": "https://example.org/", "description": "x", "event_types": [ANNOUNCED]}
        assert (await person.post("/v1/webhook-endpoints", json=body)).status_code == 403

    async def test_the_secret_is_told_once_and_kept_encrypted(self, setting: Setting) -> None:
        endpoint = await setting.enter()
        assert endpoint["secret"].startswith("whsec_")
        assert (await setting.read(f"/v1/webhook-endpoints/{endpoint['id']}"))["secret"] is None
        assert "secret" not in (await setting.read("/v1/webhook-endpoints"))["items"][0]
        async with setting.gateway.sessions.reading() as session:
            kept = await session.get_one(WebhookEndpoint, UUID(endpoint["id"]))
        vault = Vault.open(setting.gateway.settings.signing_key)
        secret = vault.unseal(kept.sealed_secret, kept.id)
        assert secret not in kept.sealed_secret
        with pytest.raises(SecretUnreadableError):
            vault.unseal(kept.sealed_secret, uuid4())

    async def test_a_secret_under_a_key_that_is_gone_is_told_as_such(self, setting: Setting) -> None:
        await setting.enter()
        async with setting.gateway.sessions.transaction() as session:
            await session.execute(update(WebhookEndpoint).values(sealed_secret=bytes(60)))
        await setting.happen()
        await setting.send()
        (delivery,) = (await setting.read("/v1/webhook-deliveries"))["items"]
        (entry,) = (await setting.read(f"/v1/webhook-deliveries/{delivery['id']}"))["log"]
        assert entry["outcome"] == "secret_unreadable"

    async def test_types_that_nobody_knows_are_refused(self, setting: Setting) -> None:
        known = await setting.read("/v1/webhook-event-types")
        assert ANNOUNCED in {kind["name"] for kind in known["items"]}
        body = {"url": setting.address, "description": "x", "event_types": ["programs.edition.exploded.v1"]}
        assert (await setting.admin.post("/v1/webhook-endpoints", json=body)).status_code == 422

    @pytest.mark.parametrize("path", ["webhook-endpoints", "webhook-deliveries"])
    async def test_what_is_not_there(self, setting: Setting, path: str) -> None:
        assert (await setting.admin.get(f"/v1/{path}/{uuid4()}")).status_code == 404


class TestRules:
    @pytest.mark.parametrize(
        ("status", "outcome"),
        [(200, WebhookOutcome.DELIVERED), (299, WebhookOutcome.DELIVERED), (410, WebhookOutcome.GONE)]
        + [(status, WebhookOutcome.REFUSED) for status in (100, 300, 304, 400, 404, 429, 500)],
    )
    def test_what_answers_mean(self, status: int, outcome: WebhookOutcome) -> None:
        assert judge(status) is outcome

    def test_pauses_grow_and_end(self) -> None:
        pauses = [next_pause(attempt, 0) for attempt in range(1, MOST_ATTEMPTS)]
        assert pauses == list(PAUSES)
        assert next_pause(1, 0.999) == PAUSES[0] * (1 + 0.2 * 0.999)
        assert next_pause(MOST_ATTEMPTS, 0) is None
        assert timedelta(days=3) <= sum(PAUSES, timedelta()) <= timedelta(days=4)


def test_every_type_is_an_event_that_a_service_sends_here() -> None:
    sent = {
        kind.name
        for registry in (PROGRAMS, EVALUATION)
        for kind in registry.kinds.values()
        if "gateway" in kind.destinations
    }
    assert sent == set(EVENT_TYPES)


def test_links_lead_to_operations() -> None:
    known = {route.path for route in load_routes(ROUTES).all if route.method == "GET"}
    shapes = {"/".join("{}" if part.startswith("{") else part for part in path.split("/")) for path in known}
    assert {kind.path.replace("{id}", "{}") for kind in EVENT_TYPES.values() if kind.path} <= shapes
