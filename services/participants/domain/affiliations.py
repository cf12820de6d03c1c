"""Where people work, and the supervisor who may be asked what a course changed."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from services.common.edtf import parse_edtf
from services.participants.domain.people import ConsentEvidence

SUPERVISOR_KEPT: Final = timedelta(days=550)
"""How long a supervisor is known after the person's last edition ended: over the survey of twelve months."""


class PostLevel(StrEnum):
    """How high a post stands in its organization."""

    HEAD = "head"
    SENIOR_MANAGER = "senior_manager"
    MANAGER = "manager"
    SPECIALIST = "specialist"
    ASSISTANT = "assistant"
    OTHER = "other"


@dataclass(frozen=True)
class Supervisor:
    """Somebody who can say what a course changed at work, and what they agreed to."""

    name: str
    email: str
    preferred_language: str
    text_version: str | None
    evidence: ConsentEvidence | None
    agreed_at: datetime | None
    """When they agreed to be asked by e-mail; None: nobody writes to them."""


def is_current(period: str | None, today: date) -> bool:
    """Say whether an affiliation holds on a day; one without a period does, and doubt is on its side."""
    if period is None:
        return True
    known = parse_edtf(period)
    if "/" not in period:
        # A single date says since when.
        return known.earliest is None or known.earliest <= today
    begun = known.earliest is None or known.earliest <= today
    return begun and (known.latest is None or today <= known.latest)
