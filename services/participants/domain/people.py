"""People: what is recorded of them, and what they agreed to."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID


class FindableKind(StrEnum):
    """What can be found in this room by words."""

    PERSON = "person"


class Sex(StrEnum):
    """As in the travel document (ICAO 9303)."""

    FEMALE = "female"
    MALE = "male"
    UNSPECIFIED = "unspecified"


class LanguageLevel(StrEnum):
    """How well somebody uses a language, by the Common European Framework."""

    A1 = "A1"
    A2 = "A2"
    B1 = "B1"
    B2 = "B2"
    C1 = "C1"
    C2 = "C2"
    NATIVE = "native"


class ConsentPurpose(StrEnum):
    """What a person agrees to; each purpose is agreed to on its own."""

    PROCESS_APPLICATION = "process_application"
    SHARE_WITH_PARTNER = "share_with_partner"
    LINK_ACROSS_EDITIONS = "link_across_editions"
    ALUMNI_CONTACT = "alumni_contact"
    PUBLISH_NAME = "publish_name"
    ASK_SUPERVISOR = "ask_supervisor"
    """That the supervisor is asked, after the course, what it changed."""


class ConsentEvidence(StrEnum):
    """How it can be shown that somebody agreed."""

    ELECTRONIC = "electronic"
    PAPER_SCAN = "paper_scan"
    DIGITAL_SIGNATURE = "digital_signature"


class ReadPurpose(StrEnum):
    """Why somebody reads a sensitive block; kept in the read log."""

    OWN_DATA = "own_data"
    VISA_SUPPORT = "visa_support"
    EMERGENCY = "emergency"
    SUBJECT_REQUEST = "subject_request"


def is_in_force(granted_at: datetime, valid_until: datetime | None, now: datetime) -> bool:
    """Say whether a consent that was not withdrawn holds at `now`."""
    return granted_at <= now and (valid_until is None or now < valid_until)


def context_of_sensitive_block(person_id: UUID) -> str:
    """Return what the ciphertext of a person's sensitive block is bound to."""
    return f"person:{person_id}:sensitive"
