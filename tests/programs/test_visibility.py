"""What the public sees of synthetic rows (invariant P11): nothing."""

from typing import Any

from tests.apps import Door
from tests.programs.demonstrations import enter

DELIVERY = {
    "code": "syn-delivery",
    "title": {"en": "A synthetic delivery"},
    "recipient_country": "TJ",
    "period": "2031",
    "details": {"kind": "technical_grant", "product": "Synthetic"},
    "provenance": "synthetic",
}


async def test_synthetic_rows_exist_for_staff_only(demonstration: Door, edition: dict[str, Any]) -> None:
    staff, public = demonstration.as_("evaluator"), demonstration.as_()
    delivery = await enter(demonstration.as_("manager"), "/v1/deliveries", DELIVERY)
    singles = [f"/v1/editions/{edition['id']}{part}" for part in ("", "/countries", "/training-sessions")]
    for path in [*singles, f"/v1/deliveries/{delivery['id']}"]:
        assert (await staff.get(path)).status_code == 200
        for stranger in (public, demonstration.as_("partner")):
            assert (await stranger.get(path)).status_code == 404


async def test_staff_ask_for_synthetic_rows_by_name(demonstration: Door, edition: dict[str, Any]) -> None:
    staff, public = demonstration.as_("evaluator"), demonstration.as_()
    await enter(demonstration.as_("manager"), "/v1/deliveries", DELIVERY)
    by_name = {"provenance": "synthetic"}
    for path in ("/v1/editions", "/v1/deliveries"):
        assert len((await staff.get(path, params=by_name)).json()["items"]) == 1
        assert (await staff.get(path)).json()["items"] == []
        assert (await public.get(path, params=by_name)).json()["items"] == []
    dossier = "/v1/countries/TJ/deliveries"
    (year,) = (await staff.get(dossier, params=by_name)).json()["years"]
    assert {entry["code"] for entry in year["entries"]} == {edition["code"], DELIVERY["code"]}
    for asked in ((await staff.get(dossier)), (await public.get(dossier, params=by_name))):
        assert asked.json()["years"] == []
