"""The form of cooperation: what the parties make of it, and where that contradicts what is stated.

Sources: OECD, Global Partnership Initiative on Effective Triangular Co-operation (facilitating, pivotal and
beneficiary partners); IATI CollaborationType; design/programs.md, invariant P2.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.programs.domain.programs import CooperationForm, TriangularRole


class CollaborationType(StrEnum):
    """IATI CollaborationType, as far as an agency like this can derive it."""

    BILATERAL = "1"
    """Also where a multilateral or foreign agency is the channel."""
    TRIANGULAR = "8"


class CooperationDoubt(StrEnum):
    """What does not fit; a warning, never a silent correction."""

    FACILITATOR_MISSING = "facilitator_missing"
    PIVOTAL_MISSING = "pivotal_missing"
    BENEFICIARY_MISSING = "beneficiary_missing"
    TOO_FEW_PARTIES = "too_few_parties"
    """The three roles are played by fewer than three countries or institutions."""
    NO_SOUTH_SOUTH = "no_south_south"
    """No developing country shares its experience with another one."""
    FORM_CONTRADICTED = "form_contradicted"
    """The parties make another form of it than the one stated."""


_MISSING: Final = {
    TriangularRole.FACILITATOR: CooperationDoubt.FACILITATOR_MISSING,
    TriangularRole.PIVOTAL: CooperationDoubt.PIVOTAL_MISSING,
    TriangularRole.BENEFICIARY: CooperationDoubt.BENEFICIARY_MISSING,
}
_FORMS: Final = {
    CollaborationType.BILATERAL: CooperationForm.BILATERAL,
    CollaborationType.TRIANGULAR: CooperationForm.TRILATERAL,
}


@dataclass(frozen=True)
class Party:
    """Who plays a triangular role: an institution with its country, or a country by itself."""

    role: TriangularRole
    institution: str | None
    """Any stable key; None for a country by itself."""
    country: str | None


@dataclass(frozen=True)
class Cooperation:
    """What the parties make of it."""

    collaboration_type: CollaborationType
    doubts: Sequence[CooperationDoubt]


def derive_cooperation(
    stated: CooperationForm | None,
    parties: Iterable[Party],
    recipients: Iterable[str],
    is_developing: Callable[[str], bool],
) -> Cooperation:
    """Return the IATI collaboration type that `parties` make, with what does not fit.

    `recipients` are the countries of the undertaking: they are the beneficiaries where no party is named as one and
    somebody plays another triangular role. Triangular needs all three roles, by at least three countries or
    institutions, and a developing country that shares with another one; anything less is bilateral.
    """
    known = list(parties)
    claimed = bool(known) or stated is CooperationForm.TRILATERAL
    if claimed and all(party.role is not TriangularRole.BENEFICIARY for party in known):
        known += [Party(TriangularRole.BENEFICIARY, None, country) for country in recipients]
    doubts = _doubts_of(known, is_developing) if claimed else []
    found = CollaborationType.TRIANGULAR if claimed and not doubts else CollaborationType.BILATERAL
    if stated is not None and stated is not _FORMS[found]:
        doubts.append(CooperationDoubt.FORM_CONTRADICTED)
    return Cooperation(found, doubts)


def _doubts_of(parties: Sequence[Party], is_developing: Callable[[str], bool]) -> list[CooperationDoubt]:
    roles = {party.role for party in parties}
    doubts = [doubt for role, doubt in _MISSING.items() if role not in roles]
    if doubts:
        return doubts
    if len({party.institution or party.country for party in parties}) < len(_MISSING):
        doubts.append(CooperationDoubt.TOO_FEW_PARTIES)
    south = {
        role: {
            party.country for party in parties if party.role is role and is_developing(party.country or "")
        }
        for role in (TriangularRole.PIVOTAL, TriangularRole.BENEFICIARY)
    }
    pairs = (
        (shares, receives)
        for shares in south[TriangularRole.PIVOTAL]
        for receives in south[TriangularRole.BENEFICIARY]
    )
    if all(shares == receives for shares, receives in pairs):
        doubts.append(CooperationDoubt.NO_SOUTH_SOUTH)
    return doubts
