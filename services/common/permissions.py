"""The permission matrix: which role may use which operation, and how far it reaches. Deny by default."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from services.common.identity import Caller, Reach, Role
from services.common.problems import NotAuthenticated, NotPermitted

Matrix = Mapping[str, Mapping[Role, Reach]]
"""Operation (its `operationId`) -> role -> reach."""

_WIDENING: Final = list(Reach)


def everyone(**roles: Reach) -> dict[Role, Reach]:
    """Return an entry open to the public, with a wider reach for the roles named."""
    return {Role.PUBLIC: Reach.PUBLISHED} | only(**roles)


def only(**roles: Reach) -> dict[Role, Reach]:
    """Return an entry for the roles named and nobody else."""
    return {Role(role): reach for role, reach in roles.items()}


def admit(matrix: Matrix, operation: str, caller: Caller) -> Caller:
    """Return `caller` with the reach it has in `operation`: the widest that its roles give.

    Raises `NotAuthenticated` for the anonymous public and `NotPermitted` for others where no role suffices.
    """
    entry = matrix[operation]
    reaches = [entry[role] for role in caller.roles if role in entry]
    if reaches:
        reach = max(reaches, key=_WIDENING.index)
        return caller if reach is caller.reach else replace(caller, reach=reach)
    if caller.subject is None and caller.service is None:
        raise NotAuthenticated("This operation needs a signed-in caller.")
    raise NotPermitted("None of your roles includes this operation.")
