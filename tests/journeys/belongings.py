"""What the story leaves out, entered for one side of a border: money, vouchers, posts, alumni, results."""

from uuid import uuid4

from services.common.identity import GrantKind, Role
from tests.journeys.desk import Desk


async def enter_money(desk: Desk, organization_id: str, person_id: str, edition_id: str) -> dict[str, str]:
    """Let the organization fund the edition, and plan and award money for it."""
    (fund, *_) = await desk.items("/v1/funds")
    edition = {"kind": "edition", "id": edition_id}
    await _fund(desk, organization_id, edition)
    amount = {"amount": "100.00", "currency": "USD"}
    gift = {"organization_id": organization_id, "kind": "receipt", "money": amount, "dated": "2026-06-01"}
    budget = {"subject": edition, "status": "indicative", "money": amount}
    award = {
        "code": _code(),
        "kind": "scholarship",
        "title": {"en": "Scholarship (synthetic)"},
        "fund_id": fund["id"],
        "edition_id": edition_id,
        "person_id": person_id,
        "instalments": [{"money": amount, "due_on": "2026-12-01"}],
        "provenance": "synthetic",
    }
    entered = {
        "transaction_id": await desk.enter(
            f"/v1/funds/{fund['id']}/contributions", gift | {"provenance": "synthetic"}
        ),
        "budget_id": await desk.enter(
            "/v1/budgets", budget | {"starts_on": "2026-01-01", "ends_on": "2026-12-31"}
        ),
        "award_id": await desk.enter("/v1/awards", award),
    }
    await desk.await_answer(f"/v1/awards/{entered['award_id']}/recipient")
    return entered


async def enter_vouchers(
    desk: Desk, country: str, authority_id: str, organization_id: str, person_id: str
) -> dict[str, str]:
    """Agree a scheme with the organization, and give the person one of its vouchers, which is redeemed there."""
    scheme = {
        "code": _code(),
        "title": {"en": f"Vouchers for {country} (synthetic)"},
        "recipient_country": country,
        "quantity": 2,
        "unit": "voucher",
        "sectors": [{"code": "11330", "share": "100"}],
        "details": {
            "kind": "voucher_scheme",
            "provider_id": organization_id,
            "training": "Digital skills (synthetic)",
            "valid_until": "2036-12-31",
        },
        "provenance": "synthetic",
    }
    delivery_id = await desk.enter("/v1/deliveries", scheme)
    await _fund(desk, organization_id, {"kind": "delivery", "id": delivery_id})
    await desk.post(f"/v1/deliveries/{delivery_id}/state-changes", {"state": "agreed"})
    await desk.await_answer(f"/v1/voucher-schemes/{delivery_id}/report")
    batch = {"scheme_id": delivery_id, "authority_id": authority_id, "quantity": 1}
    await desk.post("/v1/vouchers/batches", batch)
    (voucher,) = await desk.items("/v1/vouchers", scheme_id=delivery_id)
    at = f"/v1/vouchers/{voucher['id']}"
    assigned = await desk.post(f"{at}/assignment", {"person_id": person_id})
    provider = await desk.credential(
        "provider", [(Role.VOUCHER_PROVIDER, GrantKind.ORGANIZATION, organization_id)]
    )
    await desk.post("/v1/vouchers/redemptions", {"code": assigned["code"]}, provider)
    return {"delivery_id": delivery_id, "voucher_id": str(voucher["id"])}


async def enter_journey(desk: Desk, person_id: str, participation_id: str, passport: str) -> None:
    """Say how the person travels; their passport they enter themselves."""
    await desk.put(f"/v1/participations/{participation_id}/logistics", {"needs_visa": True})
    themselves = await desk.credential("person", [(Role.PARTICIPANT, GrantKind.PERSON, person_id)])
    await desk.put(f"/v1/persons/{person_id}/sensitive-data", {"passport_number": passport}, themselves)


async def enter_post_and_profile(desk: Desk, country: str, person_id: str) -> dict[str, str]:
    """Say where the person works, and what they share as an alumnus."""
    person = f"/v1/persons/{person_id}"
    consent = {
        "purpose": "alumni_contact",
        "text_version": "1",
        "language_tag": "en",
        "evidence": "electronic",
    }
    await desk.enter(f"{person}/consents", consent | {"cross_border": True})
    profile = {"shown_name": f"Synthetic alumnus of {country}", "country": country, "listed": False}
    await desk.put(f"/v1/alumni/{person_id}", profile)
    post = {"organization_name": f"Clinic of {country} (synthetic)", "post": "Physician"}
    return {"affiliation_id": await desk.enter(f"{person}/affiliations", post)}


async def enter_outcomes(desk: Desk, country: str, program_id: str, edition_id: str) -> dict[str, str]:
    """Enter what changed in the country, and an indicator of its own."""
    outcome = {
        "country": country,
        "edition_id": edition_id,
        "provenance": "synthetic",
        "change": {"en": f"Synthetic change in {country}"},
        "contribution": "The course drafted the rule (synthetic).",
        "evidence": [{"kind": "document", "note": "Order of a clinic (synthetic)"}],
        "observed": "2026-05",
    }
    indicator = {
        "code": _code(),
        "program_id": program_id,
        "country": country,
        "provenance": "synthetic",
        "title": {"en": f"Clinics of {country} that follow the rule (synthetic)"},
        "measure": "count",
        "level": "outcome",
    }
    return {
        "outcome_id": await desk.enter("/v1/outcome-evidence", outcome),
        "indicator_id": await desk.enter("/v1/indicators", indicator),
    }


async def enter_results(desk: Desk, edition_id: str) -> dict[str, str]:
    """Publish what partners may be shown of the edition's survey."""
    (campaign,) = [
        one for one in await desk.items("/v1/campaigns", edition_id=edition_id) if one["phase"] == "end"
    ]
    wished = {"campaign_id": campaign["id"], "visibility": "partner"}
    return {"result_id": await desk.publish("/v1/results", wished)}


async def enter_score(desk: Desk) -> str:
    """Say by which weights results are scored, and return that version's id: whoever reads a score may know it."""
    parts = [{"comparable_key": key, "weight": 1} for key in ("overall", "advise")]
    score = {
        "code": _code(),
        "title": {"en": "Score (synthetic)"},
        "rationale": "Even weights",
        "components": parts,
    }
    composite_id = await desk.enter("/v1/composites", score)
    await desk.post(f"/v1/composites/{composite_id}/publication")
    return composite_id


async def _fund(desk: Desk, organization_id: str, subject: dict[str, str]) -> None:
    partnership = {
        "code": _code(),
        "organization_id": organization_id,
        "functional_role": "funder",
        "certainty": "stated",
        "subjects": [subject],
    }
    await desk.enter("/v1/partnerships", partnership)


def _code() -> str:
    return f"side-{uuid4().hex[:12]}"
