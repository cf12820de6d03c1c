"""Every problem this service can answer with, beyond those of the house."""

from typing import ClassVar

from services.common.problems import Problem, Title, title


class OrganizationNotFound(Problem):
    """No such organization."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "organization-not-found"
    title: ClassVar[Title] = title(
        en="Organization not found", ru="Организация не найдена", kk="Ұйым табылмады"
    )


class OrganizationExists(Problem):
    """An organization with this code is entered already."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "organization-exists"
    title: ClassVar[Title] = title(
        en="The organization exists already", ru="Такая организация уже есть", kk="Мұндай ұйым бар"
    )


class TransitionRefused(Problem):
    """The life-cycle has no such step from the present state."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "transition-refused"
    title: ClassVar[Title] = title(
        en="The present state does not allow this",
        ru="Текущее состояние этого не допускает",
        kk="Қазіргі күйі бұған жол бермейді",
    )
