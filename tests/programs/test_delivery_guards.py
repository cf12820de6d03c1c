"""When a delivery may take a step, as tables: each guard stands alone in the way once."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from services.programs.domain.deliveries import (
    DELIVERY_LIFE,
    NEEDED_TO_AGREE,
    DeliveryFacts,
    DeliveryKind,
    DeliveryState,
    DeliveryStep,
    DocumentKind,
    unmet_delivery_guards,
)
from services.programs.schemas.delivery_details import DETAILS, ORGANIZATION_DETAILS

TODAY = date(2026, 3, 2)
K, S, D = DeliveryKind, DeliveryState, DocumentKind
UNSETTLED: tuple[Any, ...] = (None, [])
DETAIL: dict[DeliveryKind, dict[str, Any]] = {
    K.TECHNICAL_GRANT: {"product": "Software"},
    K.SOFTWARE_TRANSFER: {"product": "Software", "license": "MIT"},
    K.EQUIPMENT: {"items": [{"name": "Microscope", "quantity": 3}]},
    K.VOUCHER_SCHEME: {"provider_id": "1", "training": "Data"},
    K.CONSULTING: {"days": 10, "deliverable": "Report"},
    K.CONSTRUCTION: {"object": "School", "progress_percent": 100},
    K.EXPERT_MISSION: {"experts": 2, "days": 5},
    K.MOBILITY: {"home_university_id": "1", "host_university_id": "2", "credits": 30, "supervisor_id": "3"},
}


def facts(kind: DeliveryKind, state: DeliveryState, **more: Any) -> DeliveryFacts:
    """A delivery in whose way nothing stands."""
    known: dict[str, Any] = {
        "details": DETAIL[kind],
        "has_recipient": True,
        "quantity": 100,
        "sector_shares": [Decimal(60), Decimal(40)],
        "documents": frozenset(D),
        "open_milestones": 0,
        "last_step_on": None,
    }
    return DeliveryFacts(state=state, kind=kind, **known | more)


def codes(delivery: DeliveryFacts, target: DeliveryState, **more: Any) -> list[str]:
    step = DeliveryStep(target, **{"on": TODAY, "today": TODAY} | more)
    return [fault.code for fault in unmet_delivery_guards(delivery, step)]


@pytest.mark.parametrize("kind", K)
def test_a_complete_delivery_takes_every_step_of_its_life_and_no_other(kind: DeliveryKind) -> None:
    for state, target in product(S, S):
        expected = [] if DELIVERY_LIFE.may_become(state, target) else ["no_such_step"]
        assert codes(facts(kind, state), target, reason="Because") == expected, (state, target)


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in K for name in NEEDED_TO_AGREE[kind]])
def test_each_detail_must_be_settled_before_it_is_agreed(kind: DeliveryKind, name: str) -> None:
    for unsettled in UNSETTLED:
        delivery = facts(kind, S.PLANNED, details=DETAIL[kind] | {name: unsettled})
        assert codes(delivery, S.AGREED) == ["detail_missing"]
    assert name in DETAILS[kind].model_fields


@pytest.mark.parametrize(
    ("kind", "state", "target", "lacking", "code"),
    [
        (K.CONSULTING, S.PLANNED, S.AGREED, {"has_recipient": False}, "recipient_missing"),
        (K.CONSULTING, S.PLANNED, S.AGREED, {"sector_shares": [Decimal(99)]}, "sector_shares"),
        (K.CONSULTING, S.PLANNED, S.AGREED, {"sector_shares": [None]}, "sector_shares"),
        (K.VOUCHER_SCHEME, S.PLANNED, S.AGREED, {"quantity": None}, "quantity_missing"),
        (K.MOBILITY, S.PLANNED, S.AGREED, {"quantity": 0}, "quantity_missing"),
        (K.MOBILITY, S.PLANNED, S.AGREED, {"documents": frozenset()}, "agreement_missing"),
        (K.CONSTRUCTION, S.PLANNED, S.AGREED, {"documents": {D.PHOTO}}, "agreement_missing"),
        (K.EQUIPMENT, S.IN_DELIVERY, S.HANDED_OVER, {"open_milestones": 1}, "milestones_open"),
        (K.CONSTRUCTION, S.IN_DELIVERY, S.HANDED_OVER, {"documents": {D.ACCEPTANCE}}, "photo_missing"),
        (K.CONSULTING, S.IN_DELIVERY, S.HANDED_OVER, {"documents": {D.OTHER}}, "deliverable_missing"),
        *(
            (
                kind,
                S.HANDED_OVER,
                S.ACCEPTED,
                {"documents": frozenset(D) - {D.ACCEPTANCE}},
                "acceptance_missing",
            )
            for kind in (K.TECHNICAL_GRANT, K.SOFTWARE_TRANSFER, K.EQUIPMENT, K.CONSTRUCTION)
        ),
        (K.EQUIPMENT, S.AGREED, S.IN_DELIVERY, {"last_step_on": TODAY + timedelta(1)}, "before_last_step"),
    ],
)
def test_each_guard_stands_in_the_way_alone(
    kind: DeliveryKind, state: DeliveryState, target: DeliveryState, lacking: dict[str, Any], code: str
) -> None:
    assert codes(facts(kind, state, **lacking), target) == [code]


@pytest.mark.parametrize("kind", [K.CONSULTING, K.VOUCHER_SCHEME, K.EXPERT_MISSION, K.MOBILITY])
def test_what_changes_no_hands_is_accepted_without_a_signature(kind: DeliveryKind) -> None:
    assert codes(facts(kind, S.HANDED_OVER, documents=frozenset()), S.ACCEPTED) == []


@pytest.mark.parametrize("progress", [None, 0, 99])
def test_what_is_not_built_is_not_handed_over(progress: int | None) -> None:
    unbuilt = facts(K.CONSTRUCTION, S.IN_DELIVERY, details={"object": "School", "progress_percent": progress})
    assert codes(unbuilt, S.HANDED_OVER) == ["not_complete"]


def test_cancelling_needs_a_reason_and_nothing_happens_tomorrow() -> None:
    planned = facts(K.CONSULTING, S.PLANNED)
    assert codes(planned, S.CANCELLED) == ["reason_missing"]
    assert codes(planned, S.AGREED, on=TODAY + timedelta(1)) == ["in_future"]
    assert codes(replace(planned, last_step_on=TODAY), S.AGREED) == []


def test_every_kind_has_its_details_and_what_is_needed_of_them() -> None:
    assert DETAILS.keys() == NEEDED_TO_AGREE.keys() == set(K)
    named = {name for model in DETAILS.values() for name in model.model_fields if name.endswith("_id")}
    assert named - {"supervisor_id"} == set(ORGANIZATION_DETAILS)
