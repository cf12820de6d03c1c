"""Nobody asks too much: per caller, and per address for the public. The windows are hours, so no test waits."""

from ipaddress import ip_network
from typing import Any

import pytest
from limits import parse
from pydantic import ValidationError

from gateway.rate_limits import LocalCounter, client_address
from gateway.settings import Settings
from services.common.identity import Role
from tests.gateways import OpenGateway

PATH = "/v1/me"
OPEN = "/.well-known/jwks.json"


async def test_a_caller_is_told_what_is_left_and_then_refused(gateway_before: OpenGateway) -> None:
    gateway = await gateway_before(rate_limit="2/hour")
    person = await gateway.signed_in("person@synthetic.example", Role.MANAGER)
    first, second, third = [await person.get(PATH) for _ in range(3)]
    assert first.headers["ratelimit-policy"] == '"signed-in";q=2;w=3600'
    assert first.headers["ratelimit"].startswith('"signed-in";r=1;t=')
    assert second.headers["ratelimit"].startswith('"signed-in";r=0;t=')
    assert (third.status_code, third.json()["code"]) == (429, "too-many-requests")
    assert 0 < int(third.headers["retry-after"]) <= 3600
    assert third.headers["ratelimit"].startswith('"signed-in";r=0;t=')


async def test_one_caller_does_not_use_up_what_another_has(gateway_before: OpenGateway) -> None:
    gateway = await gateway_before(rate_limit="1/hour")
    one = await gateway.signed_in("one@synthetic.example", Role.MANAGER)
    other = await gateway.signed_in("other@synthetic.example", Role.MANAGER)
    assert [(await one.get(PATH)).status_code for _ in range(2)] == [200, 429]
    assert (await other.get(PATH)).status_code == 200


async def test_a_second_sign_in_gives_no_second_allowance(gateway_before: OpenGateway) -> None:
    gateway = await gateway_before(rate_limit="1/hour")
    first = await gateway.signed_in("one@synthetic.example", Role.MANAGER)
    again = gateway.client((await gateway.sign_in("one@synthetic.example")).json()["access_token"])
    assert [(await caller.get(PATH)).status_code for caller in (first, again)] == [200, 429]


async def test_the_public_is_counted_by_address_and_guesses_count(gateway_before: OpenGateway) -> None:
    gateway = await gateway_before(anonymous_rate_limit="2/hour")
    assert (await gateway.client("not-a-token").get(PATH)).status_code == 401
    assert (await gateway.client().get(PATH)).status_code == 401
    assert (await gateway.client("not-a-token").get(PATH)).status_code == 429
    assert (await gateway.client().get("/health/live")).status_code == 200


async def test_an_address_is_believed_from_a_trusted_proxy_only(gateway_before: OpenGateway) -> None:
    for trusted, expected in (({"127.0.0.0/8"}, [401, 401]), (set(), [401, 429])):
        gateway = await gateway_before(anonymous_rate_limit="1/hour", trusted_proxies=trusted)
        answers = [
            await gateway.client().get(PATH, headers={"X-Forwarded-For": address})
            for address in ("192.0.2.1", "192.0.2.2")
        ]
        assert [answer.status_code for answer in answers] == expected


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        (None, "10.0.0.1"),
        ("192.0.2.7", "192.0.2.7"),
        ("198.51.100.1, 192.0.2.7", "192.0.2.7"),
        ("198.51.100.1, 192.0.2.7, 10.0.0.2", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::1"),
        ("not an address, 10.0.0.2", "10.0.0.2"),
        ("192.0.2.7, spoofed", "10.0.0.1"),
    ],
)
def test_the_nearest_address_that_is_not_ours_counts(forwarded: str | None, address: str) -> None:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    scope: dict[str, Any] = {"client": ("10.0.0.1", 5), "headers": headers}
    assert client_address(scope, {ip_network("10.0.0.0/8")}) == address


def test_a_caller_over_a_unix_socket_has_no_address() -> None:
    assert client_address({"client": None, "headers": []}, set()) == "local"


@pytest.mark.parametrize("limit", ["", "many", "10", "10/fortnight"])
def test_a_limit_that_means_nothing_stops_the_start(limit: str) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({"rate_limit": limit})


async def test_windows_begin_with_the_first_hit_and_end() -> None:
    now = 50.0
    counter, limit = LocalCounter(lambda: now), parse("2/minute")
    assert await counter.count(limit, "one") == (True, 1, 60)
    now += 20
    assert await counter.count(limit, "one") == (True, 0, 40)
    assert await counter.count(limit, "one") == (False, 0, 40)
    assert await counter.count(limit, "other") == (True, 1, 60)
    now += 40
    assert await counter.count(limit, "one") == (True, 1, 60)


async def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.rate_limits._MOST_WINDOWS", 2)
    counter, limit = LocalCounter(), parse("1/minute")
    told = [(await counter.count(limit, key))[0] for key in ("one", "two", "three", "three", "one")]
    assert told == [True, True, True, False, True]
