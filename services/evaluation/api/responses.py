"""Routes of the response resource: what respondents themselves call."""

from typing import Annotated

from fastapi import Header, Request, Response, status

from services.common.http.callers import Caller
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.evaluation.domain.campaigns import notice
from services.evaluation.domain.forms import describe_block
from services.evaluation.domain.problems import InvitationNotUsable
from services.evaluation.operations import ballot_box as operations
from services.evaluation.schemas.responses import BallotPaper, ResponseSubmit

router = house_router("responses", "/responses")
BallotTokenHeader = Annotated[str, Header(alias="Ballot-Token", min_length=1, max_length=100)]


@router.get("/paper", response_model=BallotPaper, responses=problems(InvitationNotUsable))
async def read_ballot_paper(
    _: Caller,
    request: Request,
    response: Response,
    ballot_token: BallotTokenHeader,
    accept_language: Annotated[str | None, Header()] = None,
) -> object:
    """Read what is asked, and who will see what is answered; the token stands in a header, never in a URL."""
    token_hash = operations.hash_token(ballot_token)
    paper = await operations.require_paper(request.app.state.ballot_box, token_hash)
    response.headers["Cache-Control"] = "no-store"
    survey = paper.survey
    return {
        "title": survey.title,
        "notice": notice(survey.thresholds, survey.anonymity, survey.phase),
        "paired": survey.paired,
        "delivery": survey.delivery,
        "closes_at": survey.closes_at.isoformat() if survey.closes_at else None,
        "blocks": [
            {
                "subject": subject,
                "form": describe_block(paper.wording.about(subject["kind"]), accept_language),
            }
            for subject in survey.subjects
        ],
    }


@router.post("", status_code=status.HTTP_204_NO_CONTENT, responses=problems(InvitationNotUsable))
async def submit_response(
    _: Caller, request: Request, ballot_token: BallotTokenHeader, body: ResponseSubmit
) -> Response:
    """Send all answers, sealed until the survey closes; a repeat of the same submission changes nothing."""
    await operations.submit_response(request.app.state.ballot_box, ballot_token, body)
    return Response(status_code=status.HTTP_204_NO_CONTENT)
