"""A webhook's whole way: a change through the gateway, the event, the courier, and a receiver of another system."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import uuid4

import httpx
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from services.common.identity import Role
from tests.contracts.conftest import Portfolio
from tests.instances import wait_until

pytestmark = pytest.mark.process
CHANGED = "programs.organization.changed.v1"


@dataclass
class Receiver:
    """Another system on loopback, which answers as it is told and keeps what it was sent."""

    url: str
    status: int = 204
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def listening() -> Iterator[Receiver]:
    receiver = Receiver("")

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.received.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(receiver.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Hook) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()


def enter_organization(manager: httpx.Client) -> str:
    body = {"code": f"hook-{uuid4()}", "names": {"en": "Synthetic partner"}, "provenance": "synthetic"}
    made = manager.post("/v1/organizations", json=body)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def test_what_has_happened_is_told_verified_and_looked_up(portfolio: Portfolio) -> None:
    manager, administrator = portfolio.client(Role.MANAGER), portfolio.client(Role.ADMINISTRATOR)
    with listening() as receiver:
        wish = {"url": receiver.url, "description": "Synthetic", "event_types": [CHANGED]}
        endpoint = administrator.post("/v1/webhook-endpoints", json=wish)
        assert endpoint.status_code == 201, endpoint.text
        library = Webhook(endpoint.json()["secret"])

        organization_id = enter_organization(manager)
        wait_until(lambda: len(receiver.received) == 1, "the receiver is told")
        headers, body = receiver.received[0]
        told = library.verify(body, headers)
        assert (told["type"], told["data"]["id"]) == (CHANGED, organization_id)
        assert b"Synthetic partner" not in body
        with pytest.raises(WebhookVerificationError):
            library.verify(body.replace(b"changed", b"planned"), headers)
        read = manager.get(httpx.URL(told["data"]["href"]).path)
        assert read.json()["names"] == {"en": "Synthetic partner"}

        deliveries = administrator.get("/v1/webhook-deliveries").json()["items"]
        (delivery,) = [one for one in deliveries if one["event_id"] == headers["webhook-id"]]
        assert administrator.post(f"/v1/webhook-deliveries/{delivery['id']}/redelivery").is_success
        wait_until(lambda: len(receiver.received) == 2, "it is sent again")
        again, same = receiver.received[1]
        assert (again["webhook-id"], json.loads(same)) == (headers["webhook-id"], json.loads(body))
        library.verify(same, again)

        receiver.status = 410
        enter_organization(manager)
        at = f"/v1/webhook-endpoints/{endpoint.json()['id']}"
        wait_until(lambda: administrator.get(at).json()["status"] == "disabled", "the endpoint is disabled")
        enter_organization(manager)
        assert len(receiver.received) == 3
