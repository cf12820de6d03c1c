"""Routes of what a partner shared, gave and got, and of what the editions of a program cost."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from services.common.clock import Provenance
from services.common.http.callers import Caller
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession
from services.common.money import Money
from services.common.wire_codes import CurrencyCode
from services.programs.api.cost_answers import EditionCost, reckon_editions
from services.programs.db import partner_accounts as questions
from services.programs.db.money_scopes import require_within_reach
from services.programs.db.tables import Edition
from services.programs.domain.evidence import SubjectKind
from services.programs.domain.problems import OrganizationNotFound, SubjectNotFound
from services.programs.schemas.partner_accounts import PartnerAccount, ProgramCosts

router = house_router("partner accounts", "")
Asked = Annotated[Provenance, Query(description="Synthetic money counts only if asked for by name.")]


@router.get(
    "/partners/{organization_id}/account",
    response_model=PartnerAccount,
    responses=problems(OrganizationNotFound),
)
async def read_partner_account(
    session: ReadSession,
    caller: Caller,
    organization_id: UUID,
    currency: CurrencyCode = "KZT",
    provenance: Asked = Provenance.REAL,
) -> PartnerAccount:
    """Read what an organization shares with the agency: editions, contributions, its part of what they cost.

    Partners read their own, managers see the editions of their programs.
    """
    partner = await questions.get_partner(session, organization_id, visible_to=caller)
    given = await questions.sum_contributions(session, organization_id, provenance, visible_to=caller)
    editions, roles = await questions.list_shared_editions(
        session, organization_id, provenance, visible_to=caller
    )
    costs = await reckon_editions(session, [edition.id for edition in editions], currency, provenance)
    return PartnerAccount.model_validate(
        {
            "organization": {"id": partner.id, "label": partner.label, "href": partner.href},
            "names": partner.names,
            "provenance": provenance,
            "currency": currency,
            "contributions": [
                {"kind": kind, "money": Money(amount, unit)} for kind, unit, amount in given if amount
            ],
            "editions": [
                _edition(edition, costs[edition.id])
                | {
                    "roles": roles[edition.id],
                    "share": _share(costs[edition.id], str(organization_id)),
                }
                for edition in editions
            ],
        }
    )


@router.get("/programs/{program_id}/costs", response_model=ProgramCosts, responses=problems(SubjectNotFound))
async def read_program_costs(
    session: ReadSession,
    caller: Caller,
    program_id: UUID,
    currency: CurrencyCode = "KZT",
    provenance: Asked = Provenance.REAL,
) -> ProgramCosts:
    """Read what each edition of a program has cost, in all and per participant, side by side."""
    await require_within_reach(session, SubjectKind.PROGRAM, program_id, caller)
    editions = await questions.list_program_editions(session, program_id, provenance, visible_to=caller)
    costs = await reckon_editions(session, [edition.id for edition in editions], currency, provenance)
    return ProgramCosts.model_validate(
        {
            "program_id": program_id,
            "provenance": provenance,
            "currency": currency,
            "editions": [_edition(edition, costs[edition.id]) for edition in editions],
        }
    )


def _edition(edition: Edition, cost: EditionCost) -> dict[str, Any]:
    program, reported = edition.program, cost.reckoned and cost.reckoned.reported
    return {
        "id": edition.id,
        "href": edition.href,
        "code": edition.code,
        "title": edition.title,
        "program": {"id": program.id, "label": program.label, "href": program.href},
        "period": edition.period,
        "state": edition.state,
        "participants": cost.participants,
        "currencies": cost.currencies,
        "reported": reported.total if reported else None,
        "per_participant": reported.per_head if reported else None,
    }


def _share(cost: EditionCost, owner: str) -> Money | None:
    """Return the owner's part of the reported cost: nothing where it gave to no fund that paid."""
    if cost.reckoned is None:
        return None
    reported = cost.reckoned.reported
    own = [part.money for part in reported.donors if part.owner == owner]
    return sum(own, Money(reported.total.amount * 0, reported.total.currency))
