"""What may come into an app, how much of it, and how long an answer may take.

Pure ASGI, next inside `access`, which gives the request its id. It checks each complete head, counts the body
while it streams, keeps the time and turns a `Problem` that escapes the app into its answer. What happens before
a head is complete is in `server`.

Where the request names an `Idempotency-Key` it leaves in `scope["state"]` a `fingerprint`: a function that gives
the SHA-256 of method, path, canonical query and raw body, once the body has been read.
"""

import asyncio
import contextlib
import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain
from typing import ClassVar, Final
from urllib.parse import parse_qsl, urlencode

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.common.http.problem_responses import problem_response
from services.common.problems import InternalError, Problem, RequestUnreadable, Title, Unavailable, title

Header = tuple[bytes, bytes]

MIB: Final = 1024 * 1024
UPLOAD_BYTES: Final = 20 * MIB
HEAD_FIELDS: Final = 100
HEAD_BYTES: Final = 32 * 1024
TARGET_BYTES: Final = 8 * 1024
LINGER_SECONDS: Final = 2.0
LINGER_BYTES: Final = 4 * MIB

_SINGLE: Final = frozenset(
    {
        b"authorization",
        b"content-length",
        b"content-type",
        b"expect",
        b"host",
        b"idempotency-key",
        b"transfer-encoding",
        b"x-request-id",
    }
)
_HOST: Final = re.compile(rb"(?=.{1,255}\Z)(?:[A-Za-z0-9][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")


class RequestTimedOut(Problem):
    """The client stopped sending its request, or took too long over it."""

    status: ClassVar[int] = 408
    slug: ClassVar[str] = "request-timed-out"
    title: ClassVar[Title] = title(
        en="The request did not arrive in time",
        ru="Запрос не поступил вовремя",
        kk="Сұраныс уақытында келмеді",
    )


class BodyTooLarge(Problem):
    """The body is larger than this operation accepts."""

    status: ClassVar[int] = 413
    slug: ClassVar[str] = "body-too-large"
    title: ClassVar[Title] = title(
        en="The body is too large", ru="Тело запроса слишком велико", kk="Сұраныс денесі тым үлкен"
    )


class TargetTooLong(Problem):
    """Path and query together are longer than any address of this interface."""

    status: ClassVar[int] = 414
    slug: ClassVar[str] = "target-too-long"
    title: ClassVar[Title] = title(
        en="The address is too long", ru="Адрес запроса слишком длинный", kk="Сұраныс мекенжайы тым ұзын"
    )


class ExpectationFailed(Problem):
    """`Expect` asks for something other than `100-continue`."""

    status: ClassVar[int] = 417
    slug: ClassVar[str] = "expectation-failed"
    title: ClassVar[Title] = title(
        en="The expectation cannot be met",
        ru="Ожидание не может быть выполнено",
        kk="Күтілетін талап орындалмайды",
    )


class HeadTooLarge(Problem):
    """The request has too many header fields, or too long ones."""

    status: ClassVar[int] = 431
    slug: ClassVar[str] = "head-too-large"
    title: ClassVar[Title] = title(
        en="The headers are too large",
        ru="Заголовки запроса слишком велики",
        kk="Сұраныс тақырыптары тым үлкен",
    )


def json_body(_scope: Scope) -> int:
    """Return the limit of every JSON body."""
    return MIB


@dataclass(frozen=True)
class Limits:
    """What an app accepts; times in seconds, sizes in bytes."""

    answer_seconds: float
    """From the last byte of the request to the first of the answer; what streams after it is not cut."""
    late: type[Problem] = Unavailable
    """What the client is told when the answer takes longer."""
    body_bytes: Callable[[Scope], int] = json_body
    """Asked only for requests that have a body."""
    body_idle_seconds: float = 30.0
    body_seconds: float = 600.0


def limit_requests(app: ASGIApp, limits: Limits) -> ASGIApp:
    """Return `app` behind `limits`."""

    async def limited(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await _Exchange(scope, receive, send, limits).run(app)
        else:
            await app(scope, receive, send)

    return limited


class _Exchange:
    """One request and its answer, while they pass."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, limits: Limits) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._limits = limits
        self._headers: dict[bytes, bytes] = dict(scope["headers"])
        self._deadline: asyncio.Timeout | None = None
        self._refusal: Problem | None = None
        self._started = False
        self._body_complete = True
        self._body_bytes = 0
        self._body_limit = 0
        self._body_due = 0.0
        self._digest: hashlib._Hash | None = None

    async def run(self, app: ASGIApp) -> None:
        """Serve the request with `app`; whatever escapes it before an answer has begun becomes the answer."""
        self._scope.setdefault("state", {})
        await self._conclude(await self._attempt(app))

    async def _attempt(self, app: ASGIApp) -> Exception | None:
        """Let `app` answer in time; return what escaped it."""
        try:
            self._admit()
            async with asyncio.timeout(self._limits.answer_seconds) as self._deadline:
                await app(self._scope, self._receive_part, self._send_part)
        except Exception as error:  # noqa: BLE001  the edge: nothing may leave without an answer
            if self._deadline is not None and self._deadline.expired():
                return self._limits.late("The answer took too long.")
            return error
        else:
            return None
        finally:
            self._deadline = None

    def fingerprint(self) -> str:
        """Return hexadecimal digits that tell this request from another with the same `Idempotency-Key`."""
        if self._digest is None or not self._body_complete:
            raise RuntimeError("The body has not been read.")
        return self._digest.hexdigest()

    def _admit(self) -> None:
        """Check the head and make ready for the body."""
        check_head(self._scope)
        if b"idempotency-key" in self._headers:
            self._digest = _start_digest(self._scope)
            self._scope["state"]["fingerprint"] = self.fingerprint
        length = int(self._headers.get(b"content-length", b"0"))
        if length == 0 and b"transfer-encoding" not in self._headers:
            return
        self._body_complete = False
        self._body_limit = self._limits.body_bytes(self._scope)
        self._body_due = asyncio.get_running_loop().time() + self._limits.body_seconds
        if length > self._body_limit:
            raise self._too_large()

    async def _receive_part(self) -> Message:
        if self._refusal is not None:
            return {"type": "http.disconnect"}
        if self._body_complete:
            return await self._receive()
        now = asyncio.get_running_loop().time()
        self._stop_clock()  # the time that the client takes is not ours
        try:
            async with asyncio.timeout_at(min(now + self._limits.body_idle_seconds, self._body_due)):
                message = await self._receive()
        except TimeoutError:
            return self._refuse(RequestTimedOut("The body did not arrive in time."))
        finally:
            self._start_clock()
        return self._count(message)

    def _count(self, message: Message) -> Message:
        part: bytes = message.get("body", b"")
        self._body_bytes += len(part)
        if self._body_bytes > self._body_limit:
            return self._refuse(self._too_large())
        if self._digest is not None:
            self._digest.update(part)
        self._body_complete = message["type"] == "http.request" and not message.get("more_body", False)
        return message

    def _refuse(self, problem: Problem) -> Message:
        """Remember what the client will be told; to the app it looks as if the client had left."""
        self._refusal = problem
        return {"type": "http.disconnect"}

    async def _send_part(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if self._refusal is not None:
                return
            self._stop_clock()
            self._started = True
            message["headers"] = self._finish_headers(message.get("headers", ()))
        elif not self._started:
            return
        await self._send(message)

    async def _conclude(self, failure: Exception | None) -> None:
        """Answer for the app where it has not done so itself."""
        if self._started:
            # What has begun cannot be taken back: left incomplete, it makes the server drop the connection.
            if failure is not None and self._refusal is None and not isinstance(failure, Problem):
                raise failure
            return
        problem = self._refusal or self._problem_of(failure)
        if problem is not None:
            await self._answer(problem)
        if isinstance(problem, InternalError) and failure is not None:
            raise failure

    def _problem_of(self, failure: Exception | None) -> Problem | None:
        if failure is None or isinstance(failure, Problem):
            return failure
        return InternalError("The request id finds this fault in the log.")

    async def _answer(self, problem: Problem) -> None:
        language = self._headers.get(b"accept-language", b"").decode("latin-1") or None
        response = problem_response(problem, language=language)
        unread = not self._body_complete
        headers = self._finish_headers(response.raw_headers, closing=unread)
        await self._send({"type": "http.response.start", "status": response.status_code, "headers": headers})
        await self._send({"type": "http.response.body", "body": response.body, "more_body": unread})
        if unread:
            await self._linger()
            await self._send({"type": "http.response.body"})

    async def _linger(self) -> None:
        """Read on for a moment: closing on unread bytes resets the connection, and the answer may be lost."""
        left = LINGER_BYTES
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LINGER_SECONDS):
                while left > 0:
                    message = await self._receive()
                    if not message.get("more_body", False):
                        return
                    left -= len(message["body"])

    def _finish_headers(self, headers: Iterable[Header], *, closing: bool = False) -> list[Header]:
        finished = list(headers)
        # A client told to wait for "100 Continue" sends no body after a final answer: the connection is lost.
        if closing or (b"expect" in self._headers and not self._body_complete):
            finished.append((b"connection", b"close"))
        return finished

    def _stop_clock(self) -> None:
        if self._deadline is not None and not self._started:
            self._deadline.reschedule(None)

    def _start_clock(self) -> None:
        if self._deadline is not None and not self._started:
            self._deadline.reschedule(asyncio.get_running_loop().time() + self._limits.answer_seconds)

    def _too_large(self) -> Problem:
        return BodyTooLarge(f"This operation accepts bodies of up to {self._body_limit // MIB} MiB.")


def _start_digest(scope: Scope) -> "hashlib._Hash":
    pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True, encoding="latin-1")
    query = urlencode(sorted(pairs), encoding="latin-1")
    # No part can hold a line feed, so no two requests run into the same bytes.
    return hashlib.sha256(b"\n".join((scope["method"].encode(), scope["raw_path"], query.encode(), b"")))


def check_head(scope: Scope) -> None:
    """Raise the problem with the head of the request, if there is one."""
    headers: list[Header] = scope["headers"]
    if len(headers) > HEAD_FIELDS or sum(map(len, chain.from_iterable(headers))) > HEAD_BYTES:
        raise HeadTooLarge(
            f"At most {HEAD_FIELDS} header fields of {HEAD_BYTES // 1024} KiB together are read."
        )
    if len(scope["raw_path"]) + len(scope["query_string"]) > TARGET_BYTES:
        raise TargetTooLong(f"Path and query may have {TARGET_BYTES // 1024} KiB together.")
    named: dict[bytes, bytes] = {}
    for name, value in headers:
        if name in _SINGLE:
            if name in named:
                raise RequestUnreadable(f"The header {name.decode()} may stand only once.")
            named[name] = value
    if not _HOST.fullmatch(named.get(b"host", b"")):
        raise RequestUnreadable("The request must name exactly one valid Host.")
    _check_framing(named, scope["http_version"])
    if named.get(b"expect", b"100-continue").lower() != b"100-continue":
        raise ExpectationFailed("Only 100-continue can be expected.")


def _check_framing(named: dict[bytes, bytes], http_version: str) -> None:
    """Refuse a body whose end two readers could see in different places (RFC 9112 section 11.2)."""
    coding = named.get(b"transfer-encoding")
    if coding is not None and (
        coding.lower() != b"chunked" or b"content-length" in named or http_version == "1.0"
    ):
        raise RequestUnreadable("The length of the body is not clear.")
    if not named.get(b"content-length", b"0").isdigit():
        raise RequestUnreadable("Content-Length is not a number.")
