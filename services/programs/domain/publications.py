"""What is published where, and the life of a publication."""

from enum import StrEnum
from typing import Final

from services.common.states import LifeCycle


class PublicationChannel(StrEnum):
    """A file that is published at an address of its own."""

    IATI_ACTIVITIES = "iati_activities"
    IATI_ORGANISATION = "iati_organisation"


PATHS: Final = {
    PublicationChannel.IATI_ACTIVITIES: "/v1/publications/iati/activities.xml",
    PublicationChannel.IATI_ORGANISATION: "/v1/publications/iati/organisation.xml",
}
"""Where each file stands, for good."""

MEDIA_TYPES: Final = {
    PublicationChannel.IATI_ACTIVITIES: "application/xml",
    PublicationChannel.IATI_ORGANISATION: "application/xml",
}


class PublicationState(StrEnum):
    """Where a publication stands."""

    PREPARING = "preparing"
    """Its file is being made and checked."""
    REFUSED = "refused"
    """The checks found errors; nothing was published."""
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    """A later publication of the same file has taken its place."""
    WITHDRAWN = "withdrawn"
    """Taken back, with a reason; its address says so."""


P = PublicationState

PUBLICATION_LIFE: Final = LifeCycle(
    initial=P.PREPARING,
    transitions={
        P.PREPARING: frozenset({P.PUBLISHED, P.REFUSED}),
        P.REFUSED: frozenset(),
        P.PUBLISHED: frozenset({P.SUPERSEDED, P.WITHDRAWN}),
        P.SUPERSEDED: frozenset(),
        P.WITHDRAWN: frozenset(),
    },
)
