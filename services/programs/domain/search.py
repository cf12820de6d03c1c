"""What can be found in this room by words."""

from enum import StrEnum


class FindableKind(StrEnum):
    """What can be found."""

    PROGRAM = "program"
    EDITION = "edition"
    DELIVERY = "delivery"
    ORGANIZATION = "organization"
    LECTURER = "lecturer"
    DOCUMENT = "document"
    """A paper or photo about a delivery."""
    SOURCE = "source"
    PUBLICATION = "publication"
    """A file of open data."""
