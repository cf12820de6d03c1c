"""The error catalogue of identity."""

from typing import ClassVar

from services.common.problems import Conflict, NotAuthenticated, NotFound, Problem, Title, title


class SignInRefused(NotAuthenticated):
    """The login, password, token or link is not valid; which of them, and why, is not told."""

    status: ClassVar[int] = 401
    slug: ClassVar[str] = "sign-in-refused"
    title: ClassVar[Title] = title(en="Sign-in refused", ru="Вход не выполнен", kk="Кіру орындалмады")


class TooManyAttempts(Problem):
    """Too many attempts to sign in with this login or from this address; wait for `Retry-After` seconds."""

    status: ClassVar[int] = 429
    slug: ClassVar[str] = "too-many-attempts"
    title: ClassVar[Title] = title(
        en="Too many attempts", ru="Слишком много попыток", kk="Әрекет саны тым көп"
    )
    retry_after: ClassVar[int | None] = 60


class SecondFactorRequired(NotAuthenticated):
    """The password is right, and this account has an authenticator app: send its `code` too."""

    status: ClassVar[int] = 401
    slug: ClassVar[str] = "second-factor-required"
    title: ClassVar[Title] = title(en="A code is needed too", ru="Нужен также код", kk="Код та қажет")


class CodeRefused(Conflict):
    """The code is not valid now."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "code-refused"
    title: ClassVar[Title] = title(en="Code refused", ru="Код не принят", kk="Код қабылданбады")


class AuthenticatorKnown(Conflict):
    """The account has an authenticator app already."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "authenticator-known"
    title: ClassVar[Title] = title(
        en="There is an authenticator already",
        ru="Приложение-аутентификатор уже настроено",
        kk="Аутентификатор қосымшасы бұрыннан бар",
    )


class SignInNotFound(NotFound):
    """There is no such sign-in, or it is somebody else's."""

    slug: ClassVar[str] = "sign-in-not-found"
    title: ClassVar[Title] = title(en="Sign-in not found", ru="Вход не найден", kk="Кіру табылмады")


class LoginTaken(Conflict):
    """There is an account with this login already."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "login-taken"
    title: ClassVar[Title] = title(en="The login is taken", ru="Логин уже занят", kk="Бұл логин бос емес")


class GrantExists(Conflict):
    """The account holds this role in this scope already."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "grant-exists"
    title: ClassVar[Title] = title(
        en="The role is granted already", ru="Роль уже предоставлена", kk="Рөл бұған дейін берілген"
    )


class AccountNotFound(NotFound):
    """There is no such account."""

    slug: ClassVar[str] = "account-not-found"
    title: ClassVar[Title] = title(
        en="Account not found", ru="Учётная запись не найдена", kk="Есептік жазба табылмады"
    )


class GrantNotFound(NotFound):
    """There is no such grant."""

    slug: ClassVar[str] = "grant-not-found"
    title: ClassVar[Title] = title(en="Grant not found", ru="Полномочие не найдено", kk="Өкілеттік табылмады")


class ApiKeyNotFound(NotFound):
    """There is no such API key."""

    slug: ClassVar[str] = "api-key-not-found"
    title: ClassVar[Title] = title(en="API key not found", ru="Ключ API не найден", kk="API кілті табылмады")
