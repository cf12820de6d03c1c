"""Invitations and resets by mail: a token that sets a password once, sent to whoever reads that address.

Asking for a letter does the same work whether there is such an account or not, so neither text nor time tells. The
token is made when the letter leaves and kept as a digest; the letter is its only place.
"""

from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Final
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.identity.db.accounts import find_account, get_account
from gateway.identity.db.admissions import find_admission, forget_admissions
from gateway.identity.db.tables import Admission, Letter
from gateway.identity.domain.accounts import LetterPurpose
from gateway.identity.domain.credentials import digest, new_secret
from gateway.identity.domain.letters import LANGUAGES, VALID, write_letter
from gateway.identity.domain.problems import SignInRefused
from gateway.identity.operations.accounts import end_sign_ins
from gateway.identity.operations.sign_ins import Reception
from services.common.audit import record_change
from services.common.clock import real_now
from services.common.i18n import pick
from services.common.identity import Caller
from services.common.jobs import Job, Work, schedule_job
from services.common.mail import Deliver, Receipt

SEND_LETTER: Final = "identity.send_letter"
_ADMISSION: Final = "qa_"


@dataclass(frozen=True)
class Post:
    """What letters are sent with."""

    deliver: Deliver
    sender: str
    page: str | None
    """Where readers set their password; the token stands in the fragment of the link."""


class LetterDelayedError(RuntimeError):
    """No mail server took the letter; its job tries again."""


async def ask_for_letter(
    session: AsyncSession, purpose: LetterPurpose, login: str, accept_language: str | None
) -> None:
    """Let a letter be sent to `login`, if there is such an account."""
    language = pick({tag: tag for tag in LANGUAGES}, accept_language, LANGUAGES).tag
    letter = Letter(purpose=purpose, login=login.lower(), language=language)
    session.add(letter)
    await session.flush()
    await schedule_job(session, SEND_LETTER, letter.id, await real_now(session))


async def set_password(reception: Reception, token: SecretStr, password: SecretStr) -> None:
    """Set the password of the account that the token was sent to; ends its sign-ins; raises `SignInRefused`."""
    kept = await reception.passwords.keep(password.get_secret_value())
    async with reception.sessions.transaction() as session:
        admission = await find_admission(session, digest(token.get_secret_value()))
        now = await real_now(session)
        if admission is None or admission.used_at is not None or admission.expires_at <= now:
            raise SignInRefused("The token is not valid, or not any more.")
        account = await get_account(session, admission.account_id, lock=True)
        if not reception.admits(account):
            raise SignInRefused("The token is not valid, or not any more.")
        admission.used_at = now
        account.password_hash = kept
        await end_sign_ins(session, account.id)
        await record_change(session, Caller(account.id), "account.password_set", account, ["password_hash"])


def sending_letters(reception: Reception, post: Post | None) -> Work:
    """Return the job that sends one letter; without a post it waits."""

    async def work(session: AsyncSession, job: Job) -> None:
        if post is None:
            raise LetterDelayedError("neither GATEWAY_SMTP_URL nor GATEWAY_MAIL_FOLDER is set")
        packed = await _pack(
            reception, post, job.subject
        )  # a transaction of its own: none waits for a server
        if packed is not None and await post.deliver(str(job.subject), packed) is Receipt.DELAYED:
            raise LetterDelayedError
        letter = await session.get(Letter, job.subject)
        if letter is not None:
            await session.delete(letter)

    return work


async def _pack(reception: Reception, post: Post, letter_id: UUID) -> EmailMessage | None:
    async with reception.sessions.transaction() as session:
        letter = await session.get(Letter, letter_id)
        account = await find_account(session, letter.login) if letter else None
        if letter is None or account is None or not reception.admits(account):
            return None
        await forget_admissions(session, account.id)
        secret, valid = new_secret(_ADMISSION), VALID[letter.purpose]
        expires_at = await real_now(session) + valid
        session.add(
            Admission(digest=digest(secret), account_id=account.id, expires_at=expires_at, used_at=None)
        )
        mail = EmailMessage()
        mail["From"], mail["To"] = post.sender, account.login
        mail["Subject"], text = write_letter(letter.purpose, letter.language, secret, post.page)
        mail["Message-ID"] = make_msgid(str(letter.id), domain="qoldau.invalid")
        mail.set_content(text)
        return mail
