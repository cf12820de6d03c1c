"""What a role may be limited to."""

from uuid import UUID

from services.common.codelists.iso import is_country
from services.common.identity import GrantKind


def can_be(kind: GrantKind, id_: str) -> bool:
    """Say whether something of this kind can have this id: a country its code, else a UUID in lower case."""
    if kind is GrantKind.COUNTRY:
        return is_country(id_)
    try:
        return str(UUID(id_)) == id_
    except ValueError:
        return False
