"""Where facts come from, and how sure they are."""

from enum import StrEnum


class SourceKind(StrEnum):
    """What a fact is read from."""

    INTERVIEW = "interview"
    NEWS = "news"
    DOCUMENT = "document"
    REGISTER = "register"
    WEBSITE = "website"


class Confidence(StrEnum):
    """How a fact follows from its source."""

    STATED = "stated"
    """The source says so."""
    INFERRED = "inferred"
    """We conclude it from what the source says."""
    UNRESOLVED = "unresolved"
    """The source can be read in more than one way."""


class SubjectKind(StrEnum):
    """What a citation, a statement or a partnership may concern; the names are those of the tables."""

    AGENCY = "agency"
    ORGANIZATION = "organization"
    PROGRAM = "program"
    COMPONENT = "component"
    EDITION = "edition"
    DELIVERY = "delivery"
    FUND = "fund"
    PARTNERSHIP = "partnership"
    STATEMENT = "statement"
    EDITION_COUNTRY = "edition_country"
    COUNTRY_PRIORITY = "country_priority"


class StatementKind(StrEnum):
    """What the agency (or a reader of its sources) states."""

    POLICY_FRAME = "policy_frame"
    PRINCIPLE = "principle"
    STRATEGIC_PRIORITY = "strategic_priority"
    STRATEGIC_DIRECTION = "strategic_direction"
    CHALLENGE = "challenge"
    RESPONSE = "response"
    GEOGRAPHY = "geography"
    SECTOR = "sector"
    COOPERATION_FORM = "cooperation_form"
    INSTRUMENT = "instrument"
    PARTNER = "partner"
    CULTURAL_PROGRAM = "cultural_program"
    EFFECTIVENESS = "effectiveness"
    GAP = "gap"
    CONTRADICTION = "contradiction"
    REMARK = "remark"
