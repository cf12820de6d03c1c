"""What matches, pairs and merges look like on the wire."""

from datetime import datetime
from uuid import UUID

from services.common.actions import Action
from services.common.wire import Answer, Id, Request, Resource
from services.participants.domain.matching import CandidateState, Feature


class PersonMatch(Answer):
    """Somebody who may be the same human being."""

    person_id: UUID
    score: int
    """60 to 100."""
    features: list[Feature]


class DuplicateCandidateItem(Resource):
    """Two records that may be of one human being, in a list."""

    older_id: UUID
    newer_id: UUID
    score: int
    """60 to 100."""
    features: list[Feature]
    state: CandidateState


class DuplicateCandidateRead(DuplicateCandidateItem):
    """Two records that may be of one human being, with what this caller may do."""

    actions: list[Action]


class MergeCreate(Request):
    """Whose record is to become part of this person's."""

    duplicate_id: Id


class MergeRead(Resource):
    """Two records made one, and until when they can be parted."""

    survivor_id: UUID
    duplicate_id: UUID
    merged_at: datetime
    reversible_until: datetime
    reversed_at: datetime | None
