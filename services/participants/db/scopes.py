"""Whose rows a caller sees: the one place where grants become conditions (R3)."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, Uuid, any_, bindparam, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY
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


def reach_condition(
    authority_id: InstrumentedAttribute[Any], person_id: InstrumentedAttribute[Any]
) -> ColumnElement[bool]:
    """Return `in_reach` with the caller's grants as parameters, for lists that are compiled once."""
    organizations = bindparam("organizations", type_=ARRAY(Uuid))
    countries, persons = bindparam("countries", type_=ARRAY(Text)), bindparam("persons", type_=ARRAY(Uuid))
    authorities = select(Authority.id).where(
        or_(Authority.organization_id == any_(organizations), Authority.country == any_(countries))
    )
    became = select(Person.merged_into).where(Person.id == any_(persons), Person.merged_into.is_not(None))
    return or_(authority_id.in_(authorities), person_id == any_(persons), person_id.in_(became))


def reach_values(caller: Caller) -> dict[str, Any]:
    """Return the values of `reach_condition` by name; none for who reaches every row."""
    if caller.reach is Reach.ALL:
        return {}
    return {
        "reach": True,
        "organizations": [UUID(id_) for id_ in caller.granted(GrantKind.ORGANIZATION, Role.NOMINATOR)],
        "countries": sorted(caller.granted(GrantKind.COUNTRY, Role.NOMINATOR)),
        "persons": [UUID(id_) for id_ in caller.granted(GrantKind.PERSON, Role.PARTICIPANT)],
    }


def about(caller: Caller, person_id: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """Return the condition for rows about the caller's own person, whatever else the caller may see.

    Who holds a link to a record that was merged since reaches the record that it became.
    """
    own = [UUID(id_) for id_ in caller.granted(GrantKind.PERSON, Role.PARTICIPANT)]
    became = select(Person.merged_into).where(Person.id.in_(own), Person.merged_into.is_not(None))
    return or_(person_id.in_(own), person_id.in_(became))
