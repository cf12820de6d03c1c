"""The life of an account."""

from enum import StrEnum


class AccountStatus(StrEnum):
    """Whether an account can be used."""

    ACTIVE = "active"
    DISABLED = "disabled"


class LetterPurpose(StrEnum):
    """Why somebody with an account is written to."""

    INVITATION = "invitation"
    RESET = "reset"


class SignInMethod(StrEnum):
    """By what somebody signed in."""

    PASSWORD = "password"  # noqa: S105  the name of a method
    LINK = "link"
