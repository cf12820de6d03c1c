"""Whose rows a caller sees: the one place where grants become conditions (R3)."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from services.common.identity import Caller, GrantKind, Reach, Role
from services.participants.db.tables import Authority, Person


def authority_in_reach(caller: Caller) -> ColumnElement[bool]:
    """Return the condition for authorities whose officer the caller is."""
    if caller.reach is Reach.ALL:
        return true()
    organizations = [UUID(id_) for id_ in caller.granted(GrantKind.ORGANIZATION, Role.NOMINATOR)]
    return or_(
        Authority.organization_id.in_(organizations),
        Authority.country.in_(caller.granted(GrantKind.COUNTRY, Role.NOMINATOR)),
    )


def in_reach(
    caller: Caller, authority_id: InstrumentedAttribute[Any], person_id: InstrumentedAttribute[Any]
) -> ColumnElement[bool]:
    """Return the condition for rows of the caller's own authorities, or about the caller's own person."""
    if caller.reach is Reach.ALL:
        return true()
    authorities = select(Authority.id).where(authority_in_reach(caller))
    return or_(authority_id.in_(authorities), about(caller, person_id))


def about(caller: Caller, person_id: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """Return the condition for rows about the caller's own person, whatever else the caller may see.

    Who holds a link to a record that was merged since reaches the record that it became.
    """
    own = [UUID(id_) for id_ in caller.granted(GrantKind.PERSON, Role.PARTICIPANT)]
    became = select(Person.merged_into).where(Person.id.in_(own), Person.merged_into.is_not(None))
    return or_(person_id.in_(own), person_id.in_(became))
