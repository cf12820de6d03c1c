"""Letters, authenticator apps, sign-ins and emergencies: what people do to their own access."""

import statistics
import time
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from email.policy import default
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pyotp
import pytest
from limits import RateLimitItemPerMinute
from sqlalchemy import select, update

from gateway.identity.db.tables import Account, Admission, Letter, RoleGrant
from gateway.identity.domain.access_tokens import AccessTokens
from gateway.identity.operations.attempts import Attempts
from gateway.identity.operations.letters import SEND_LETTER, Post, sending_letters
from gateway.identity.operations.passwords import Passwords
from gateway.identity.operations.sign_ins import Reception
from gateway.rate_limits import LocalCounter
from gateway.vault import Vault
from services.common.identity import Role
from services.common.jobs import run_due_jobs
from services.common.mail import put_into_folder
from tests.gateways import PASSWORD, Gateway

LOGIN = "synthetic.person@example.org"
NEW = "another correct horse"
PAGE = "https://front.test/password"


async def letters(gateway: Gateway, folder: Path) -> list[Message]:
    """Send what waits, and return every letter so far."""
    vault = Vault.open(gateway.settings.signing_key)
    facts = gateway.settings
    tokens = AccessTokens.read(facts.public_url, facts.signing_key, facts.public_keys)
    attempts = Attempts(LocalCounter())
    reception = Reception(gateway.sessions, tokens, Passwords(), attempts, demonstration=False, vault=vault)

    async def deliver(name: str, mail: Any) -> Any:
        return await put_into_folder(folder, name, mail)

    work = sending_letters(reception, Post(deliver, "Qoldau <qoldau@example.org>", PAGE))
    await run_due_jobs(gateway.sessions, {SEND_LETTER: work})
    found = sorted(folder.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)  # noqa: ASYNC240
    return [message_from_bytes(file.read_bytes(), policy=default) for file in found]


def token_of(letter: Message) -> str:
    text: str = letter.get_content()  # type: ignore[attr-defined]
    assert f"{PAGE}#" in text
    return text.partition(f"{PAGE}#")[2].split()[0]


async def set_password(gateway: Gateway, token: str, password: str = NEW) -> httpx.Response:
    return await gateway.client().post("/v1/auth/passwords", json={"token": token, "password": password})


async def ask_reset(gateway: Gateway, login: str, language: str = "en") -> httpx.Response:
    headers = {"Accept-Language": language}
    return await gateway.client().post("/v1/auth/password-resets", json={"login": login}, headers=headers)


class TestLetters:
    async def test_whoever_is_invited_sets_a_password_and_signs_in(
        self, gateway: Gateway, tmp_path: Path
    ) -> None:
        admin = await gateway.signed_in("admin@example.org", Role.ADMINISTRATOR)
        body = {"login": LOGIN, "display_name": "Synthetic"}
        invited = await admin.post("/v1/accounts", json=body, headers={"Accept-Language": "kk"})
        assert invited.status_code == 201, invited.text
        assert (await gateway.sign_in(LOGIN, PASSWORD)).status_code == 401
        (letter,) = await letters(gateway, tmp_path)
        assert (letter["To"], letter["Subject"]) == (LOGIN, "Есептік жазбаңыз дайын")
        token = token_of(letter)
        assert (await set_password(gateway, token)).status_code == 204
        assert (await gateway.sign_in(LOGIN, NEW)).status_code == 200
        assert (await set_password(gateway, token)).status_code == 401, "it works once"

    async def test_a_reset_ends_every_sign_in(self, gateway: Gateway, tmp_path: Path) -> None:
        await gateway.enter(LOGIN, Role.MANAGER)
        refresh = (await gateway.sign_in(LOGIN)).json()["refresh_token"]
        assert (await ask_reset(gateway, LOGIN, "ru")).status_code == 202
        (letter,) = await letters(gateway, tmp_path)
        assert letter["Subject"] == "Задайте новый пароль"
        assert (await set_password(gateway, token_of(letter))).status_code == 204
        body = {"grant_type": "refresh_token", "refresh_token": refresh}
        assert (await gateway.client().post("/v1/auth/token", json=body)).status_code == 401
        assert (await gateway.sign_in(LOGIN, PASSWORD)).status_code == 401
        assert (await gateway.sign_in(LOGIN, NEW)).status_code == 200

    async def test_a_later_letter_makes_the_earlier_one_useless(
        self, gateway: Gateway, tmp_path: Path
    ) -> None:
        await gateway.enter(LOGIN, Role.MANAGER)
        for _ in range(2):
            await ask_reset(gateway, LOGIN)
            sent = await letters(gateway, tmp_path)
        tokens = [token_of(letter) for letter in sent]
        answers = [(await set_password(gateway, token)).status_code for token in tokens]
        assert sorted(answers) == [204, 401]

    async def test_a_letter_has_its_time(self, gateway: Gateway, tmp_path: Path) -> None:
        await gateway.enter(LOGIN, Role.MANAGER)
        await ask_reset(gateway, LOGIN)
        (letter,) = await letters(gateway, tmp_path)
        async with gateway.sessions.transaction() as session:
            await session.execute(update(Admission).values(expires_at=datetime.now(UTC)))
        assert (await set_password(gateway, token_of(letter))).status_code == 401

    async def test_nothing_tells_whether_there_is_an_account(self, gateway: Gateway, tmp_path: Path) -> None:
        await gateway.enter(LOGIN, Role.MANAGER)
        known, unknown = await ask_reset(gateway, LOGIN), await ask_reset(gateway, "nobody@example.org")
        assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
        assert known.headers.keys() == unknown.headers.keys()
        assert [letter["To"] for letter in await letters(gateway, tmp_path)] == [LOGIN]
        async with gateway.sessions.reading() as session:
            assert (await session.scalars(select(Letter))).all() == [], "what was asked is forgotten"

    @pytest.mark.parametrize("what", ["reset", "sign-in"])
    async def test_time_does_not_tell_either(
        self, gateway: Gateway, monkeypatch: pytest.MonkeyPatch, what: str
    ) -> None:
        """Measured: the medians lie within each other's spread, where a hash more or less is 20 ms and more."""
        for limit in ("PER_LOGIN", "PER_ADDRESS"):
            monkeypatch.setattr(
                f"gateway.identity.operations.attempts.{limit}",
                RateLimitItemPerMinute(10_000, namespace=limit),
            )
        await gateway.enter(LOGIN, Role.MANAGER)
        taken: dict[str, list[float]] = {LOGIN: [], "nobody@example.org": []}
        for _ in range(15):
            for login, times in taken.items():
                begun = time.perf_counter()
                answer = await (
                    ask_reset(gateway, login)
                    if what == "reset"
                    else gateway.sign_in(login, "a wrong password")
                )
                times.append(time.perf_counter() - begun)
                assert answer.status_code in {202, 401}
        known, unknown = (statistics.median(times) for times in taken.values())
        spread = max(max(times) - min(times) for times in taken.values())
        assert abs(known - unknown) <= spread

    @pytest.mark.parametrize("token", ["x", "qa_" + "A" * 43, "qr_" + "A" * 43])
    async def test_a_token_that_nobody_was_sent(self, gateway: Gateway, token: str) -> None:
        answer = await set_password(gateway, token)
        assert (answer.status_code, answer.json()["code"]) == (401, "sign-in-refused")
        assert token not in answer.text or token == "x"

    async def test_a_short_password_is_refused_and_uses_nothing_up(
        self, gateway: Gateway, tmp_path: Path
    ) -> None:
        await gateway.enter(LOGIN, Role.MANAGER)
        await ask_reset(gateway, LOGIN)
        (letter,) = await letters(gateway, tmp_path)
        assert (await set_password(gateway, token_of(letter), "short")).status_code == 422
        assert (await set_password(gateway, token_of(letter))).status_code == 204


class TestAuthenticator:
    async def begin(self, gateway: Gateway) -> tuple[httpx.AsyncClient, pyotp.TOTP, list[str]]:
        person = await gateway.signed_in(LOGIN, Role.MANAGER)
        started = await person.post("/v1/me/authenticator")
        assert started.status_code == 201, started.text
        assert started.json()["uri"].startswith("otpauth://totp/Qoldau:")
        app = pyotp.TOTP(started.json()["secret"])
        assert (await gateway.sign_in(LOGIN)).status_code == 200, "it is not asked for before it is confirmed"
        wrong = await person.post("/v1/me/authenticator/confirmation", json={"code": "000000"})
        assert (wrong.status_code, wrong.json()["code"]) == (409, "code-refused")
        before = app.at(datetime.now(UTC), counter_offset=-1)
        confirmed = await person.post("/v1/me/authenticator/confirmation", json={"code": before})
        assert confirmed.status_code == 200, confirmed.text
        return person, app, confirmed.json()["codes"]

    async def sign_in(self, gateway: Gateway, code: str | None, password: str = PASSWORD) -> httpx.Response:
        body = {"grant_type": "password", "login": LOGIN, "password": password} | (
            {"code": code} if code else {}
        )
        return await gateway.client().post("/v1/auth/token", json=body)

    async def test_the_code_is_asked_for_and_taken_once(self, gateway: Gateway) -> None:
        _, app, _ = await self.begin(gateway)
        missing = await self.sign_in(gateway, None)
        assert (missing.status_code, missing.json()["code"]) == (401, "second-factor-required")
        wrong = await self.sign_in(gateway, None, "a wrong password")
        assert wrong.json()["code"] == "sign-in-refused", "who does not know the password learns nothing"
        code = app.now()
        assert (await self.sign_in(gateway, code)).status_code == 200
        assert (await self.sign_in(gateway, code)).status_code in {401, 429}

    async def test_a_recovery_code_stands_for_the_app_once(self, gateway: Gateway) -> None:
        _, _, codes = await self.begin(gateway)
        assert len(set(codes)) == 10
        assert [(await self.sign_in(gateway, codes[0])).status_code for _ in range(2)] == [200, 401]

    async def test_it_can_be_removed_with_a_code_only(self, gateway: Gateway) -> None:
        person, _, codes = await self.begin(gateway)
        assert (await person.post("/v1/me/authenticator")).status_code == 409
        assert (
            await person.post("/v1/me/authenticator/confirmation", json={"code": codes[1]})
        ).status_code == 409
        refused = await person.post("/v1/me/authenticator/removal", json={"code": "000000"})
        assert refused.status_code == 409
        assert (await person.post("/v1/me/authenticator/removal", json={"code": codes[2]})).status_code == 204
        assert (await gateway.sign_in(LOGIN)).status_code == 200

    async def test_its_state_is_told(self, gateway: Gateway) -> None:
        person, _, codes = await self.begin(gateway)
        told = (await person.get("/v1/me/authenticator")).json()
        assert (told["confirmed_at"] is not None, told["recovery_codes_left"]) == (True, 10)
        assert (await self.sign_in(gateway, codes[0])).status_code == 200
        assert (await person.get("/v1/me/authenticator")).json()["recovery_codes_left"] == 9
        other = await gateway.signed_in("other@example.org", Role.MANAGER)
        assert (await other.get("/v1/me/authenticator")).json() == {
            "confirmed_at": None,
            "recovery_codes_left": 0,
        }

    async def test_a_code_may_be_typed_as_the_app_shows_it(self, gateway: Gateway) -> None:
        _, app, _ = await self.begin(gateway)
        code = app.now()
        assert (await self.sign_in(gateway, f"{code[:3]} {code[3:]}")).status_code == 200

    async def test_who_has_lost_it_is_let_in_by_an_administrator(self, gateway: Gateway) -> None:
        person, _, codes = await self.begin(gateway)
        refresh = (await self.sign_in(gateway, codes[0])).json()["refresh_token"]
        subject = (await person.get("/v1/me")).json()["subject"]
        admin = await gateway.signed_in("admin@example.org", Role.ADMINISTRATOR)
        at = f"/v1/accounts/{subject}"
        assert (await admin.get(at)).json()["authenticator_since"] is not None
        assert (await person.post(f"{at}/authenticator-reset")).status_code == 403
        reset = await admin.post(f"{at}/authenticator-reset")
        assert (reset.status_code, reset.json()["authenticator_since"]) == (200, None)
        assert (await gateway.sign_in(LOGIN)).status_code == 200
        body = {"grant_type": "refresh_token", "refresh_token": refresh}
        assert (await gateway.client().post("/v1/auth/token", json=body)).status_code == 401
        (entry,) = (await admin.get("/v1/gateway/audit-entries?action=account.authenticator_reset")).json()[
            "items"
        ]
        assert entry["subject_id"] == subject

    async def test_nobody_resets_their_own(self, gateway: Gateway) -> None:
        admin = await gateway.signed_in("admin@example.org", Role.ADMINISTRATOR)
        subject = (await admin.get("/v1/me")).json()["subject"]
        refused = await admin.post(f"/v1/accounts/{subject}/authenticator-reset")
        assert (refused.status_code, refused.json()["code"]) == (409, "code-refused")
        assert (await admin.post(f"/v1/accounts/{uuid4()}/authenticator-reset")).status_code == 404

    async def test_codes_cannot_be_guessed_for_long(self, gateway: Gateway) -> None:
        person, _, _ = await self.begin(gateway)
        guesses = [
            (await person.post("/v1/me/authenticator/removal", json={"code": f"{n:06}"})).status_code
            for n in range(12)
        ]
        assert 429 in guesses

    async def test_the_secret_is_kept_encrypted(self, gateway: Gateway) -> None:
        person = await gateway.signed_in(LOGIN, Role.MANAGER)
        secret = (await person.post("/v1/me/authenticator")).json()["secret"]
        async with gateway.sessions.reading() as session:
            kept = (await session.scalars(select(Account).where(Account.login == LOGIN))).one()
        assert kept.sealed_authenticator is not None
        assert secret.encode() not in kept.sealed_authenticator


class TestSignIns:
    async def test_they_are_listed_and_ended_one_by_one(self, gateway: Gateway) -> None:
        person = await gateway.signed_in(LOGIN, Role.MANAGER)
        other = (await gateway.sign_in(LOGIN)).json()
        await gateway.signed_in("stranger@example.org", Role.MANAGER)
        listed = (await person.get("/v1/me/sign-ins")).json()["items"]
        assert [entry["method"] for entry in listed] == ["password", "password"]
        assert (await person.post(f"/v1/me/sign-ins/{listed[0]['id']}/revocation")).status_code == 204
        body = {"grant_type": "refresh_token", "refresh_token": other["refresh_token"]}
        assert (await gateway.client().post("/v1/auth/token", json=body)).status_code == 401
        assert len((await person.get("/v1/me/sign-ins")).json()["items"]) == 1

    async def test_those_of_others_do_not_exist(self, gateway: Gateway) -> None:
        person = await gateway.signed_in(LOGIN, Role.MANAGER)
        stranger = await gateway.signed_in("stranger@example.org", Role.ADMINISTRATOR)
        (theirs,) = (await stranger.get("/v1/me/sign-ins")).json()["items"]
        for sign_in in (theirs["id"], uuid4()):
            assert (await person.post(f"/v1/me/sign-ins/{sign_in}/revocation")).status_code == 404
        assert (await stranger.get("/v1/me/sign-ins")).status_code == 200

    async def test_signing_out_everywhere(self, gateway: Gateway) -> None:
        person = await gateway.signed_in(LOGIN, Role.MANAGER)
        other = (await gateway.sign_in(LOGIN)).json()
        assert (await person.post("/v1/me/sign-outs")).status_code == 204
        body = {"grant_type": "refresh_token", "refresh_token": other["refresh_token"]}
        assert (await gateway.client().post("/v1/auth/token", json=body)).status_code == 401
        assert (await gateway.client(other["access_token"]).get("/v1/me")).status_code == 401


class TestBreakGlass:
    async def test_an_administrator_takes_a_role_for_hours_and_everybody_can_see_it(
        self, gateway: Gateway
    ) -> None:
        admin = await gateway.signed_in("admin@example.org", Role.ADMINISTRATOR)
        body = {"role": "data_protection_officer", "reason": "Synthetic emergency", "hours": 2}
        taken = await admin.post("/v1/glass-breakings", json=body)
        assert taken.status_code == 201, taken.text
        ends = datetime.fromisoformat(taken.json()["expires_at"])
        assert timedelta(minutes=110) < ends - datetime.now(UTC) <= timedelta(hours=2)
        again = gateway.client((await gateway.sign_in("admin@example.org")).json()["access_token"])
        assert "data_protection_officer" in (await again.get("/v1/me")).json()["roles"]
        (entry,) = (await admin.get("/v1/gateway/audit-entries?action=glass.broken")).json()["items"]
        assert entry["subject_id"] == taken.json()["id"]
        async with gateway.sessions.transaction() as session:
            await session.execute(
                update(RoleGrant).where(RoleGrant.reason.is_not(None)).values(expires_at=datetime.now(UTC))
            )
        later = gateway.client((await gateway.sign_in("admin@example.org")).json()["access_token"])
        assert "data_protection_officer" not in (await later.get("/v1/me")).json()["roles"]
        account = taken.json()["account_id"]
        held = (await admin.get(f"/v1/grants?account_id={account}")).json()["items"]
        assert [grant["role"] for grant in held] == ["administrator"]
        assert (await admin.post("/v1/glass-breakings", json=body)).status_code == 201, "the next emergency"
        ended = (await admin.get("/v1/gateway/audit-entries?action=grant.expired")).json()["items"]
        assert [entry["subject_id"] for entry in ended] == [taken.json()["id"]]

    @pytest.mark.parametrize(
        "changes",
        [{"role": "administrator"}, {"hours": 5}, {"hours": 0}, {"reason": ""}, {"role": "service"}],
    )
    async def test_what_cannot_be_taken(self, gateway: Gateway, changes: dict[str, Any]) -> None:
        admin = await gateway.signed_in("admin@example.org", Role.ADMINISTRATOR)
        body = {"role": "manager", "reason": "Synthetic emergency", "hours": 1} | changes
        refused = await admin.post("/v1/glass-breakings", json=body)
        assert refused.status_code == 422
        if "role" in changes:
            expected = "Input should be 'manager' or 'data_protection_officer'"
            assert refused.json()["errors"][0]["detail"] == expected

    async def test_nobody_else_can(self, gateway: Gateway) -> None:
        person = await gateway.signed_in(LOGIN, Role.MANAGER)
        body = {"role": "data_protection_officer", "reason": "x", "hours": 1}
        assert (await person.post("/v1/glass-breakings", json=body)).status_code == 403
