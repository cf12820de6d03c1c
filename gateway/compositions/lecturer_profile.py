"""A lecturer: who they are to the agency, and what participants said of their sessions, with rights."""

from uuid import UUID

from fastapi import Response

from gateway.compositions.parts import Reading, Seen, collect
from gateway.upstream import MissingPart, UpstreamFailed, UpstreamTimedOut
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.problems import NotFound
from services.common.wire import Answer

router = house_router("lecturers", "/lecturers")


class LecturerProfile(Answer):
    """A lecturer; a part that could not be had, or that is not the caller's to see, is null and in `missing`."""

    lecturer: Seen
    training_sessions: Seen | None
    """What the lecturer teaches and taught, by time."""
    results: Seen | None
    """What participants said, small groups protected; lecturers see their own."""
    missing: list[MissingPart]


@router.get(
    "/{lecturer_id}/profile",
    response_model=LecturerProfile,
    responses=problems(NotFound, UpstreamFailed, UpstreamTimedOut),
)
async def read_lecturer_profile(lecturer_id: UUID, reading: Reading, response: Response) -> LecturerProfile:
    """Read a lecturer's record, timetable and results. The record is required, all else is optional."""
    below = f"/v1/lecturers/{lecturer_id}"
    parts, missing = await collect(
        required={"lecturer": reading.read("programs", below, Seen)},
        optional_parts={
            "training_sessions": reading.read("programs", f"{below}/training-sessions?limit=200", Seen),
            "results": reading.read("evaluation", f"{below}/results", Seen),
        },
    )
    response.headers["Cache-Control"] = "no-store"
    return LecturerProfile(**parts, missing=missing)
