"""What was done with a country: every delivery, and what came of it."""

from fastapi import Response

from gateway.compositions.parts import Reading, Seen, collect
from gateway.upstream import MissingPart, UpstreamFailed, UpstreamTimedOut
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.problems import NotFound
from services.common.wire import Answer
from services.common.wire_codes import CountryCode

router = house_router("countries", "/countries")


class CountryDossier(Answer):
    """What was done with a country; a part that could not be had is null and named in `missing`."""

    country: str
    deliveries: Seen
    """Everything delivered to the country, dated as precisely as it is known, each with its source."""
    outcomes: Seen | None
    """People by year, indicators, published results, substantiated changes."""
    calls: Seen | None
    """Calls that are open to the country now."""
    missing: list[MissingPart]


@router.get(
    "/{country_code}/dossier",
    response_model=CountryDossier,
    responses=problems(NotFound, UpstreamFailed, UpstreamTimedOut),
)
async def read_country_dossier(
    country_code: CountryCode, reading: Reading, response: Response
) -> CountryDossier:
    """Read everything that was done with a country, and what came of it.

    Nothing synthetic stands in it. The deliveries are required, outcomes and open calls optional.
    """
    below = f"/v1/countries/{country_code}"
    parts, missing = await collect(
        required={"deliveries": reading.read("programs", f"{below}/deliveries", Seen)},
        optional_parts={
            "outcomes": reading.read("evaluation", f"{below}/outcomes", Seen),
            "calls": reading.read("participants", f"/v1/calls?open_to={country_code}&limit=200", Seen),
        },
    )
    if missing:
        response.headers["Cache-Control"] = "no-store"
    return CountryDossier(country=country_code, **parts, missing=missing)
