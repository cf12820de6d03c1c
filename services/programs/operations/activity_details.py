"""The rarer blocks of an activity, read from its publication profile."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from services.programs.domain.activities import Part, Value
from services.programs.domain.activity_details import (
    Contact,
    Details,
    Forecasts,
    HumanitarianScope,
    LegacyFact,
    Location,
)


def details_of(said: Mapping[str, Any] | None) -> Details:
    """Return what `PublicationDetailsWrite` has kept."""
    if not said:
        return Details()
    spend = said["capital_spend"]
    return Details(
        contacts=[Contact(**contact) for contact in said["contacts"]],
        locations=[_location(place) for place in said["locations"]],
        budget_items=[
            Part(item["code"], None if item["share"] is None else Decimal(item["share"]), item["text"])
            for item in said["budget_items"]
        ],
        humanitarian_scopes=[HumanitarianScope(**scope) for scope in said["humanitarian_scopes"]],
        capital_spend=None if spend is None else Decimal(spend),
        legacy=[LegacyFact(**fact) for fact in said["legacy"]],
        other_flags=said["other_flags"],
        forecasts=_forecasts(said["forecasts"]) if said["forecasts"] else None,
    )


def _location(said: Mapping[str, Any]) -> Location:
    code, latitude = said["gazetteer_code"], said["latitude"]
    return Location(
        name=said["name"],
        gazetteer=(said["gazetteer"], code) if code else None,
        point=f"{latitude} {said['longitude']}" if latitude else None,
        exactness=said["exactness"],
    )


def _forecasts(said: Mapping[str, Any]) -> Forecasts:
    years = [
        (
            one["year"],
            Value(
                Decimal(one["money"]["amount"]),
                one["money"]["currency"],
                date.fromisoformat(one["valued_on"]),
            ),
        )
        for one in said["years"]
    ]
    return Forecasts(date.fromisoformat(said["extracted"]), said["priority"], said["phase_out"], years)
