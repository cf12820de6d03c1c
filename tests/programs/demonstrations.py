"""What the demonstration tests enter: synthetic, all of it."""

from typing import Any
from uuid import UUID

import httpx

PLAN = {
    "code": "SYN-1",
    "title": {"en": "A synthetic course"},
    "public_text": {"kk": "Ойдан шығарылған", "ru": "Вымышленный", "en": "Made up"},
    "period": "2031-05-05/2031-05-07",
    "provenance": "synthetic",
    "host_places": [{"name": "Astana", "country": "KZ"}],
    "call_opens_at": "2031-03-01T00:00:00Z",
    "call_closes_at": "2031-04-01T00:00:00Z",
    "eligibility_rules": [],
    "allocation": {"basis": "authority_rank"},
    "form_version_id": str(UUID(int=7)),
    "sectors": [{"code": "12181", "share": "100"}],
}


async def enter(client: httpx.AsyncClient, path: str, row: dict[str, Any]) -> dict[str, Any]:
    """Post a row and return the answer, which must be that it was entered."""
    answer = await client.post(path, json=row)
    assert answer.status_code == 201, answer.text
    entered: dict[str, Any] = answer.json()
    return entered


async def step(client: httpx.AsyncClient, edition: dict[str, Any], state: str) -> None:
    """Change the edition's state, which must be possible."""
    answer = await client.post(f"/v1/editions/{edition['id']}/state-changes", json={"state": state})
    assert answer.status_code == 200, answer.text


def voucher_scheme(provider_id: str) -> dict[str, Any]:
    """Return a synthetic voucher scheme that may be agreed."""
    return {
        "code": "syn-vouchers",
        "title": {"en": "Synthetic vouchers"},
        "recipient_country": "TJ",
        "quantity": 100,
        "unit": "voucher",
        "sectors": [{"code": "11330", "share": "100"}],
        "details": {
            "kind": "voucher_scheme",
            "provider_id": provider_id,
            "training": "Synthetic training",
            "valid_until": "2031-12-31",
        },
        "provenance": "synthetic",
    }
