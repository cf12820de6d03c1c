"""The life of an organization's record."""

from enum import StrEnum
from typing import Final

from services.common.states import LifeCycle


class OrganizationStatus(StrEnum):
    """How sure the agency is of whom the record stands for."""

    UNRESOLVED = "unresolved"
    """Named in a source, but it is not known who is meant."""
    PROPOSED = "proposed"
    """Entered, and not yet checked against a register."""
    VERIFIED = "verified"
    """Checked against a register or with the organization itself."""
    MERGED = "merged"
    """The same as another record, which has taken its place."""


ORGANIZATION_LIFE: Final = LifeCycle(
    initial=OrganizationStatus.PROPOSED,
    transitions={
        OrganizationStatus.UNRESOLVED: frozenset(
            {OrganizationStatus.PROPOSED, OrganizationStatus.VERIFIED, OrganizationStatus.MERGED}
        ),
        OrganizationStatus.PROPOSED: frozenset(
            {OrganizationStatus.UNRESOLVED, OrganizationStatus.VERIFIED, OrganizationStatus.MERGED}
        ),
        OrganizationStatus.VERIFIED: frozenset({OrganizationStatus.MERGED}),
        OrganizationStatus.MERGED: frozenset(),
    },
)
