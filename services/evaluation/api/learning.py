"""Routes of learning: what tests and attitudes before and after say of an edition."""

from uuid import UUID

from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession
from services.evaluation.db.learning import list_learning_figures
from services.evaluation.domain.learning import LEARNING_METHODS
from services.evaluation.domain.learning_figures import K, LearningKind
from services.evaluation.schemas.learning import EditionLearning

router = house_router("learning", "/editions/{edition_id}/learning")


@router.get("", response_model=EditionLearning)
async def read_edition_learning(session: ReadSession, edition_id: UUID) -> object:
    """Read what people learned: pre-tests and post-tests of one form by pairs, attitudes by their own codes.

    `retrospective` is a fallback with a method of its own: asked afterwards how it was before, and how it is now.

    Nothing is told of fewer pairs than the agency's threshold, nor where a difference to all would tell of them.
    Figures are settled when a survey has been counted, and again only once enough people have joined them.
    """
    told = await list_learning_figures(session, edition_id)
    tests, attitudes, retrospective = (
        [figure.figures for figure in told if figure.kind is kind] for kind in LearningKind
    )
    return {
        "edition_id": edition_id,
        "threshold": K,
        "methods": list(LEARNING_METHODS),
        "tests": tests,
        "attitudes": attitudes,
        "retrospective": retrospective,
    }
