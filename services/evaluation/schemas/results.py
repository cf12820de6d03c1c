"""What results look like on the wire."""

from typing import Any
from uuid import UUID

from services.common.clock import Provenance
from services.common.wire import Id, Request, Resource
from services.evaluation.domain.campaigns import Phase
from services.evaluation.domain.results import InferenceTarget, SnapshotState
from services.evaluation.domain.suppression import Audience, SuppressionRule


class ResultCreate(Request):
    """Figures of a counted survey for one audience; about a lecturer if one is named, else the edition."""

    campaign_id: Id
    visibility: Audience
    lecturer_id: Id | None = None
    inference_target: InferenceTarget = InferenceTarget.THIS_COHORT


class ResultRead(Resource):
    """Figures as they may be shown to one audience."""

    campaign_id: UUID
    edition_id: UUID
    provenance: Provenance
    phase: Phase
    subject_kind: str
    subject_id: UUID
    visibility: Audience
    state: SnapshotState
    rule: SuppressionRule | None
    figures: dict[str, Any]
