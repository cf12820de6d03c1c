"""What is published where, and the life of a publication."""

from enum import StrEnum
from typing import Final

from services.common.states import LifeCycle


class PublicationChannel(StrEnum):
    """A file that is published at an address of its own."""

    IATI_ACTIVITIES = "iati_activities"
    IATI_ORGANISATION = "iati_organisation"
    CRS = "crs"
    TOSSD = "tossd"
    ACTIVITIES_CSV = "activities_csv"
    ACTIVITIES_JSONL = "activities_jsonl"
    ACTIVITIES_JSONLD = "activities_jsonld"
    TRANSACTIONS_CSV = "transactions_csv"
    TRANSACTIONS_JSONL = "transactions_jsonl"
    ORGANIZATIONS_CSV = "organizations_csv"
    ORGANIZATIONS_JSONL = "organizations_jsonl"


OPEN_DATA: Final = "/v1/publications/open-data"

PATHS: Final = {
    PublicationChannel.IATI_ACTIVITIES: "/v1/publications/iati/activities.xml",
    PublicationChannel.IATI_ORGANISATION: "/v1/publications/iati/organisation.xml",
    PublicationChannel.CRS: "/v1/publications/crs.csv",
    PublicationChannel.TOSSD: "/v1/publications/tossd.csv",
    PublicationChannel.ACTIVITIES_CSV: f"{OPEN_DATA}/activities.csv",
    PublicationChannel.ACTIVITIES_JSONL: f"{OPEN_DATA}/activities.jsonl",
    PublicationChannel.ACTIVITIES_JSONLD: f"{OPEN_DATA}/activities.jsonld",
    PublicationChannel.TRANSACTIONS_CSV: f"{OPEN_DATA}/transactions.csv",
    PublicationChannel.TRANSACTIONS_JSONL: f"{OPEN_DATA}/transactions.jsonl",
    PublicationChannel.ORGANIZATIONS_CSV: f"{OPEN_DATA}/organizations.csv",
    PublicationChannel.ORGANIZATIONS_JSONL: f"{OPEN_DATA}/organizations.jsonl",
}
"""Where each file stands, for good."""

_TYPES: Final = {
    "xml": "application/xml",
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl",
    "jsonld": "application/ld+json",
}
MEDIA_TYPES: Final = {channel: _TYPES[path.rpartition(".")[2]] for channel, path in PATHS.items()}


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
