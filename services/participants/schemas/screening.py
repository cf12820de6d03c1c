"""What eligibility results and waivers look like on the wire."""

from datetime import datetime
from typing import Any
from uuid import UUID

from services.common.wire import Answer, Line, Request, Resource
from services.participants.domain.screening import Verdict


class WaiverWrite(Request):
    """Why a rule is set aside."""

    reason: Line


class WaiverRead(Resource):
    """A rule that was set aside for one application."""

    application_id: UUID
    rule_id: str
    reason: str


class RuleResultRead(Answer):
    """What one rule says of an application, and what it was told."""

    id: str
    severity: str
    message: dict[str, str]
    expression: str
    holds: bool | None
    """Null where it cannot be told."""
    code: str | None
    """Why it cannot be told."""
    missing: str | None
    """The first variable that is not known."""
    evidence: dict[str, Any]
    waived: bool


class EligibilityRead(Resource):
    """What the edition's rules say of an application."""

    application_id: UUID
    checked_at: datetime
    verdict: Verdict
    rules: list[RuleResultRead]


class EligibilityCount(Answer):
    """How many applications were checked, by verdict."""

    passed: int
    failed: int
    unknown: int
