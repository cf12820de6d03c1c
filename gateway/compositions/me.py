"""What the caller can do and must do next."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from fastapi import Request
from pydantic import SerializeAsAny

from gateway.compositions.next_steps import (
    UNSETTLED,
    NextStep,
    SeenApproval,
    SeenCall,
    SeenDesignTask,
    SeenNeedsSurvey,
    SeenOffer,
    SeenOverdueItem,
    SeenRecommendation,
    concerns,
    find_next_steps,
)
from gateway.compositions.parts import Reading, Seen, collect
from gateway.identity.db.tables import Account
from gateway.identity.schemas.accounts import HeldScope
from gateway.upstream import MissingPart
from services.common.clock import Provenance, real_now
from services.common.http.callers import Caller
from services.common.http.routes import house_router
from services.common.identity import Caller as CallerIdentity
from services.common.identity import GrantKind, Role
from services.common.problems import NotAuthenticated
from services.common.wire import Answer

router = house_router("me", "/me")

ItemT = TypeVar("ItemT", bound=Seen)


class SeenPage(Seen, Generic[ItemT]):
    """The beginning of a list."""

    items: list[ItemT]
    next_cursor: str | None


class Listed(Answer):
    """What a list holds for the caller."""

    href: str
    """The list itself."""
    items: list[SerializeAsAny[Seen]]
    more: bool
    """Whether the list goes on after what was looked at here."""


class MeRead(Answer):
    """Who the caller is to the system, what concerns them, and what they have to do.

    What none of the caller's roles has to do with is null; what could not be had is null and named in `missing`.
    """

    subject: UUID
    login: str | None
    """Null for API keys and for people who came by a link."""
    display_name: str | None
    roles: list[Role]
    grants: list[HeldScope]
    applications: Listed | None
    offers: Listed | None
    """Seats that wait for the participant's answer."""
    certificates: Listed | None
    calls: Listed | None
    """Calls that are open to the nominator's countries."""
    nominations: Listed | None
    needs_surveys: Listed | None
    """Surveys of needs that wait for the nominator's answer."""
    selection_rounds: Listed | None
    """Where the reviewer scores."""
    approvals: Listed | None
    """Requests that wait for signatures."""
    overdue_items: Listed | None
    """Milestones, reviews and deliveries that are late."""
    design_tasks: Listed | None
    """What coming editions are still asked to do better."""
    recommendations: Listed | None
    """Those that wait for a response, for what was agreed on, or to be verified."""
    own_accounts: list[str] | None
    """What a partner's organizations share with the agency."""
    own_results: list[str] | None
    """Where a lecturer's own results are."""
    next: list[NextStep]
    """The most urgent first."""
    missing: list[MissingPart]


@dataclass(frozen=True)
class _Wish:
    """A part that is asked for if the caller holds one of `roles`, and in these roles only."""

    roles: frozenset[Role]
    service: str
    target: str
    model: type[SeenPage[Any]]
    keeps: Callable[[Any, Caller], bool] = lambda _item, _caller: True


DECISIVE: Final = (
    "offers",
    "calls",
    "needs_surveys",
    "approvals",
    "overdue_items",
    "design_tasks",
    "recommendations",
)
"""The parts from which there follows something to do."""
_PARTICIPANT: Final = frozenset({Role.PARTICIPANT})
_NOMINATOR: Final = frozenset({Role.NOMINATOR})


def _wishes(provenance: Provenance) -> Mapping[str, _Wish]:
    """Return every part by its name in the answer."""
    # Where no parameter selects what is wanted, as much is read as a list gives at once.
    return {
        "applications": _Wish(_PARTICIPANT, "participants", "/v1/applications", SeenPage[Seen]),
        "offers": _Wish(_PARTICIPANT, "participants", "/v1/offers?state=offered", SeenPage[SeenOffer]),
        "certificates": _Wish(_PARTICIPANT, "participants", "/v1/certificates", SeenPage[Seen]),
        "calls": _Wish(
            _NOMINATOR,
            "participants",
            f"/v1/calls?provenance={provenance}&limit=200",
            SeenPage[SeenCall],
            concerns,
        ),
        "nominations": _Wish(_NOMINATOR, "participants", "/v1/nominations", SeenPage[Seen]),
        "needs_surveys": _Wish(
            _NOMINATOR,
            "programs",
            f"/v1/needs-surveys?provenance={provenance}&state=open",
            SeenPage[SeenNeedsSurvey],
        ),
        "selection_rounds": _Wish(
            frozenset({Role.REVIEWER}), "participants", "/v1/selection-rounds", SeenPage[Seen]
        ),
        "approvals": _Wish(
            frozenset({Role.APPROVER}), "programs", "/v1/approvals?state=pending", SeenPage[SeenApproval]
        ),
        "overdue_items": _Wish(
            frozenset({Role.MANAGER}),
            "programs",
            f"/v1/overdue-items?provenance={provenance}",
            SeenPage[SeenOverdueItem],
        ),
        "design_tasks": _Wish(
            frozenset({Role.MANAGER, Role.EVALUATOR}),
            "programs",
            f"/v1/design-tasks?provenance={provenance}&state=open",
            SeenPage[SeenDesignTask],
        ),
        "recommendations": _Wish(
            frozenset({Role.MANAGER, Role.APPROVER, Role.EVALUATOR}),
            "evaluation",
            f"/v1/recommendations?provenance={provenance}&limit=200",
            SeenPage[SeenRecommendation],
            lambda recommendation, _: recommendation.state in UNSETTLED,
        ),
    }


@router.get("", response_model=MeRead)
async def read_me(request: Request, caller: Caller, reading: Reading) -> MeRead:
    """Read who you are to the system, what it grants you, what concerns you, and what you have to do next.

    Each part is read in the role that it belongs to: a manager who also takes part in a course finds here their
    own applications, not everybody's. Surveys are not among the parts: to know who has still to answer one would
    break the anonymity of its answers. Demonstration accounts are shown what concerns synthetic editions.
    """
    if caller.subject is None:
        raise NotAuthenticated("This operation needs a signed-in caller.")
    # A session of its own, so that no connection waits for the services.
    async with request.app.state.sessions.reading() as session:
        account = await session.get(Account, caller.subject)
        today = (await real_now(session)).date()
    provenance = Provenance.SYNTHETIC if account and account.demonstration else Provenance.REAL
    wishes = _wishes(provenance)
    asked = {name: wish for name, wish in wishes.items() if wish.roles & caller.roles}
    parts, missing = await collect(
        required={},
        optional_parts={
            name: reading.in_roles(wish.roles).read(wish.service, wish.target, wish.model)
            for name, wish in asked.items()
        },
    )
    lists = {name: _list(wish, parts.get(name), caller) for name, wish in wishes.items()}
    decisive: dict[str, Any] = {name: found.items if (found := lists[name]) else [] for name in DECISIVE}
    return MeRead(
        subject=caller.subject,
        login=account.login if account else None,
        display_name=account.display_name if account else None,
        roles=sorted(caller.roles),
        grants=[
            HeldScope.model_validate(grant)
            for grant in sorted(caller.grants, key=lambda grant: (grant.role, grant.kind, grant.id))
        ],
        **lists,
        own_accounts=_find_own(caller, Role.PARTNER, GrantKind.ORGANIZATION, "/v1/partners/{}/account"),
        own_results=_find_own(caller, Role.LECTURER, GrantKind.LECTURER, "/v1/lecturers/{}/results"),
        next=find_next_steps(caller, today, **decisive),
        missing=missing,
    )


def _list(wish: _Wish, page: SeenPage[Any] | None, caller: Caller) -> Listed | None:
    if page is None:
        return None
    items = [item for item in page.items if wish.keeps(item, caller)]
    return Listed(href=wish.target, items=items, more=page.next_cursor is not None)


def _find_own(caller: CallerIdentity, role: Role, kind: GrantKind, address: str) -> list[str] | None:
    """Return where the caller's own things of a kind are; None for who does not hold the role."""
    if role not in caller.roles:
        return None
    return [address.format(id_) for id_ in sorted(caller.granted(kind, role))]
