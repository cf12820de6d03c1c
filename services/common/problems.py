"""The one kind of error: every layer may raise it, the edge turns it into RFC 9457 problem details.

No web framework in here: `domain` imports it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

Title = Mapping[str, str]


def title(*, en: str, ru: str, kk: str) -> Title:
    """Return a problem's title in the three languages of the house."""
    return {"en": en, "ru": ru, "kk": kk}


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a request.

    `pointer` is an RFC 6901 pointer into the body, or `/query/<name>`, `/path/<name>`, `/header/<name>`.
    Neither `code` nor `detail` ever quotes the rejected value: it may be a passport number.
    """

    pointer: str
    code: str
    detail: str


class Problem(Exception):  # noqa: N818  RFC 9457's own word for it
    """An error a caller may meet; its subclasses are the error catalogue.

    A subclass states `status` (HTTP), `slug` (last part of the problem's stable URI, equal to its `code`) and
    `title`; an instance adds the `detail` of this occurrence, which never quotes personal data.
    """

    status: ClassVar[int]
    slug: ClassVar[str]
    title: ClassVar[Title]
    retry_after: ClassVar[int | None] = None
    """Seconds after which the same request may succeed; sent as `Retry-After`."""

    def __init__(self, detail: str, *, errors: Sequence[Fault] = (), **extensions: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)
        self.extensions = extensions
        self.headers: dict[str, str] = {}

    def with_headers(self, **headers: str) -> Self:
        """Return the problem with response headers added; `_` in a name stands for `-`."""
        self.headers |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self


def catalogue() -> list[type[Problem]]:
    """Return every problem class that can be raised by what is imported, by slug."""

    def descend(problem: type[Problem]) -> Iterator[type[Problem]]:
        for child in problem.__subclasses__():
            if hasattr(child, "slug"):
                yield child
            yield from descend(child)

    return sorted(set(descend(Problem)), key=lambda problem: problem.slug)


class BodyUnreadable(Problem):
    """The body is not I-JSON: bad syntax, a duplicate key, NaN, a lone surrogate, too deep."""

    status: ClassVar[int] = 400
    slug: ClassVar[str] = "body-unreadable"
    title: ClassVar[Title] = title(
        en="The body cannot be read", ru="Тело запроса не читается", kk="Сұраныс денесін оқу мүмкін емес"
    )


class RequestUnreadable(Problem):
    """The request itself is malformed: its target, its headers or its cursor."""

    status: ClassVar[int] = 400
    slug: ClassVar[str] = "request-unreadable"
    title: ClassVar[Title] = title(
        en="The request cannot be read", ru="Запрос не читается", kk="Сұранысты оқу мүмкін емес"
    )


class CursorUnusable(Problem):
    """The cursor is not ours, or belongs to another list, filter or caller."""

    status: ClassVar[int] = 400
    slug: ClassVar[str] = "cursor-unusable"
    title: ClassVar[Title] = title(
        en="The cursor belongs to another list",
        ru="Курсор относится к другому списку",
        kk="Курсор басқа тізімге тиесілі",
    )


class IdempotencyKeyMissing(Problem):
    """This request does harm when repeated, so it needs an `Idempotency-Key`."""

    status: ClassVar[int] = 400
    slug: ClassVar[str] = "idempotency-key-missing"
    title: ClassVar[Title] = title(
        en="An Idempotency-Key is required",
        ru="Требуется Idempotency-Key",
        kk="Idempotency-Key тақырыбы қажет",
    )


class NotAuthenticated(Problem):
    """No credential, or one that is not valid (any more)."""

    status: ClassVar[int] = 401
    slug: ClassVar[str] = "not-authenticated"
    title: ClassVar[Title] = title(en="Sign in first", ru="Сначала войдите", kk="Алдымен жүйеге кіріңіз")

    def __init__(self, detail: str, **extensions: Any) -> None:
        super().__init__(detail, **extensions)
        self.with_headers(WWW_Authenticate='Bearer realm="qoldau"')


class NotPermitted(Problem):
    """The caller's roles do not include this function."""

    status: ClassVar[int] = 403
    slug: ClassVar[str] = "not-permitted"
    title: ClassVar[Title] = title(
        en="Your role does not include this",
        ru="Ваша роль этого не допускает",
        kk="Рөліңіз бұған рұқсат бермейді",
    )


class NotFound(Problem):
    """There is nothing at this address, or nothing that this caller may see."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "not-found"
    title: ClassVar[Title] = title(en="Not found", ru="Не найдено", kk="Табылмады")


class MethodNotAllowed(Problem):
    """The address exists, the method does not."""

    status: ClassVar[int] = 405
    slug: ClassVar[str] = "method-not-allowed"
    title: ClassVar[Title] = title(
        en="Method not allowed", ru="Метод не поддерживается", kk="Әдіске рұқсат жоқ"
    )


class Conflict(Problem):
    """The request contradicts what is stored: a natural key is taken, or a row is referred to."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "conflict"
    title: ClassVar[Title] = title(
        en="In conflict with what is stored",
        ru="Противоречит сохранённым данным",
        kk="Сақталған деректерге қайшы",
    )


class RequestInFlight(Problem):
    """The first request with this `Idempotency-Key` is still being worked on."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "request-in-flight"
    title: ClassVar[Title] = title(
        en="The same request is being worked on",
        ru="Такой же запрос уже выполняется",
        kk="Дәл осы сұраныс орындалуда",
    )
    retry_after: ClassVar[int | None] = 1


class PreconditionFailed(Problem):
    """The resource has changed since the version named in `If-Match`."""

    status: ClassVar[int] = 412
    slug: ClassVar[str] = "precondition-failed"
    title: ClassVar[Title] = title(
        en="The resource has changed meanwhile", ru="Ресурс уже изменился", kk="Ресурс осы арада өзгерді"
    )


class MediaTypeUnsupported(Problem):
    """The body is of a type this operation does not read."""

    status: ClassVar[int] = 415
    slug: ClassVar[str] = "media-type-unsupported"
    title: ClassVar[Title] = title(
        en="Unsupported media type", ru="Неподдерживаемый тип содержимого", kk="Мазмұн түріне қолдау жоқ"
    )


class RequestInvalid(Problem):
    """The request is well-formed, but what it says is not valid; `errors` points at each fault."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "request-invalid"
    title: ClassVar[Title] = title(
        en="The request is not valid", ru="Запрос содержит ошибки", kk="Сұраныс жарамсыз"
    )


class IdempotencyKeyReused(Problem):
    """The `Idempotency-Key` was used for a different request."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "idempotency-key-reused"
    title: ClassVar[Title] = title(
        en="This Idempotency-Key belongs to another request",
        ru="Этот Idempotency-Key принадлежит другому запросу",
        kk="Бұл Idempotency-Key басқа сұранысқа тиесілі",
    )


class PreconditionRequired(Problem):
    """A change must say in `If-Match` which version it is based on."""

    status: ClassVar[int] = 428
    slug: ClassVar[str] = "precondition-required"
    title: ClassVar[Title] = title(
        en="If-Match is required", ru="Требуется If-Match", kk="If-Match тақырыбы қажет"
    )


class InternalError(Problem):
    """A fault of ours; the request id finds it in the log."""

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "internal-error"
    title: ClassVar[Title] = title(en="A fault of ours", ru="Внутренняя ошибка", kk="Ішкі қате")


class Unavailable(Problem):
    """The database (or another part) cannot serve this right now; the same request may succeed shortly."""

    status: ClassVar[int] = 503
    slug: ClassVar[str] = "unavailable"
    title: ClassVar[Title] = title(
        en="Temporarily unavailable", ru="Временно недоступно", kk="Уақытша қолжетімсіз"
    )
    retry_after: ClassVar[int | None] = 2
