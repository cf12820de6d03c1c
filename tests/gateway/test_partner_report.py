"""A partner's report as PDF and as workbook, in three languages (facts are synthetic)."""

import io
from typing import Any
from uuid import UUID

import httpx
import pytest
from openpyxl import load_workbook

from services.common.identity import Role
from services.common.problems import NotFound, NotPermitted
from tests.documents import text_of
from tests.gateway.test_compositions import service
from tests.gateways import Gateway, OpenGateway

PARTNER, EDITION = UUID(int=1), UUID(int=2)
PDF, XLSX = (f"/v1/partners/{PARTNER}/report.{form}" for form in ("pdf", "xlsx"))


def money(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "KZT"}


ACCOUNT = {
    "names": {"en": "Synthetic Fund", "ru": "Вымышленный фонд", "kk": "Ойдан шығарылған қор"},
    "currency": "KZT",
    "contributions": [{"kind": "receipt", "money": {"amount": "600.00", "currency": "USD"}}],
    "editions": [
        {
            "id": str(EDITION),
            "code": "SYN-1",
            "title": {"en": "=1+1 A course", "ru": "Курс", "kk": "Курс"},
            "period": "2025-04",
            "participants": 3,
            "currencies": [money("100.00")],
            "reported": money("100.00"),
            "per_participant": [
                {"participants": 2, "money": money("33.33")},
                {"participants": 1, "money": money("33.34")},
            ],
            "share": money("66.67"),
        },
        {
            "id": str(UUID(int=3)),
            "code": "SYN-2",
            "title": {"en": "Without a rate"},
            "period": "2026",
            "participants": 0,
            "currencies": [],
            "reported": None,
            "per_participant": None,
            "share": None,
        },
    ],
}
RESULTS = {
    "rows": [
        {
            "phase": "end",
            "text": {"en": "Overall", "ru": "В целом", "kk": "Жалпы"},
            "editions": [
                {"edition_id": str(EDITION), "n": 12, "mean": 4.25, "suppressed": False},
                {"edition_id": str(UUID(int=3)), "n": None, "mean": None, "suppressed": True},
            ],
        }
    ]
}


def services(account: Any = ACCOUNT, results: Any = RESULTS) -> dict[str, Any]:
    return {
        "programs": service(**{f"partners__{PARTNER}__account": account}),
        "evaluation": service(**{"partner-results": results}),
    }


async def finance(gateway: Gateway) -> httpx.AsyncClient:
    return await gateway.signed_in("finance@synthetic.example", Role.FINANCE)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["Report for Synthetic Fund", "Received", "600.00 USD", "April 2025", "33.33 KZT; 33.34 KZT",
                "66.67 KZT", "Overall", "4.25", "Not shown, by rule", "=1+1 A course"]),
        ("ru", ["Отчёт для партнёра: Вымышленный фонд", "600,00 USD", "В целом", "4,25"]),
        ("kk", ["Серіктеске есеп: Ойдан шығарылған қор", "Жалпы"]),
    ],
)  # fmt: skip
async def test_a_partner_reads_its_report(
    gateway_before: OpenGateway, language: str, said: list[str]
) -> None:
    client = await finance(await gateway_before(services()))
    answer = await client.get(PDF, params={"language": language})
    assert answer.status_code == 200, answer.text
    printed = text_of(answer.content).replace("\u00a0", " ")
    for part in said:
        assert part in printed, part


async def test_the_workbook_holds_numbers_and_no_formula(gateway_before: OpenGateway) -> None:
    client = await finance(await gateway_before(services()))
    answer = await client.get(XLSX)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"] == 'attachment; filename="partner-report.xlsx"'
    book = load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["Contributions", "Editions shared", "Results"]
    given, editions, results = (list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets)
    assert given[1] == ("Received", 600, "USD")
    assert editions[1][:6] == ("=1+1 A course", "2025-04", 3, 100, 66.67, "KZT")
    assert book.worksheets[1]["A2"].data_type == "s"
    assert results[1] == ("Overall", "end", "SYN-1", 12, 4.25)
    assert results[2] == ("Overall", "end", "SYN-2", None, None)


async def test_a_report_stands_without_results_and_not_without_the_account(
    gateway_before: OpenGateway,
) -> None:
    alone = {"programs": services()["programs"]}
    client = await finance(await gateway_before(alone))
    assert "Results could not be had." in text_of((await client.get(PDF)).content)
    assert (await client.get(XLSX)).status_code == 200


@pytest.mark.parametrize(
    ("account", "status"), [(NotFound("No."), 404), (NotPermitted("No."), 403), (None, 404)]
)
async def test_what_programs_refuses_is_refused(
    gateway_before: OpenGateway, account: Any, status: int
) -> None:
    gateway = await gateway_before(services(account=account))
    client = await finance(gateway)
    for path in (PDF, XLSX):
        assert (await client.get(path)).status_code == status
        assert (await gateway.client().get(path)).status_code == 401


async def test_without_programs_there_is_no_report(gateway_before: OpenGateway) -> None:
    client = await finance(await gateway_before({}))
    answer = await client.get(PDF)
    assert (answer.status_code, answer.json()["code"]) == (503, "upstream-unavailable")
    assert int(answer.headers["retry-after"]) >= 1


async def test_a_partner_without_editions_has_a_report_that_says_so(gateway_before: OpenGateway) -> None:
    nothing = ACCOUNT | {"editions": [], "contributions": []}
    gateway = await gateway_before(services(account=nothing))
    partner = await gateway.signed_in("partner@synthetic.example", Role.PARTNER)
    answer = await partner.get(PDF, params={"provenance": "synthetic"})
    assert answer.status_code == 200, answer.text
    assert text_of(answer.content).count("Nothing is known.") == 3
