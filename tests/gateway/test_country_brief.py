"""A country's brief: what it says, in three languages, and what it leaves out (facts are synthetic)."""

import io
from typing import Any

import docx
import httpx
import pytest
from starlette.applications import Starlette

from services.common.identity import Role
from services.common.problems import NotPermitted
from tests.documents import text_of
from tests.gateway.test_compositions import service
from tests.gateways import Gateway, OpenGateway

PDF, DOCX = "/v1/countries/TJ/brief.pdf", "/v1/countries/TJ/brief.docx"
DOUBT = {"code": "doubt", "kind": "gap", "text": {"en": "The day is not known.", "ru": "День неизвестен."}}


def texts(word: str) -> dict[str, str]:
    return {"en": word, "ru": f"{word} по-русски", "kk": f"{word} қазақша"}


def entry(kind: str, name: str, state: str, **more: Any) -> dict[str, Any]:
    partner = {
        "organization": {"id": "1", "label": "Synthetic partner", "href": "/"},
        "functional_role": "lead",
    }
    return {
        "code": name,
        "kind": kind,
        "title": texts(name),
        "topic": None,
        "date_text": {"en": "March 2024", "ru": "март 2024 г.", "kk": "2024 ж. наурыз"},
        "state": state,
        "quantity": None,
        "partners": [partner, partner],
        "notes": [],
    } | more


DELIVERIES = {
    "country": "TJ",
    "label": {"en": "Tajikistan", "ru": "Таджикистан", "kk": "Тәжікстан"},
    "years": [
        {
            "year": 2023,
            "entries": [
                entry("course", "Seminar", "completed", notes=[DOUBT], topic=texts("Quality")),
                entry("voucher_scheme", "Vouchers", "closed", quantity=100, notes=[DOUBT]),
            ],
        },
        {"year": 2027, "entries": [entry("course", "Next course", "planned")]},
        {"year": None, "entries": [entry("equipment", "Laboratory", "agreed", date_text=None)]},
    ],
    "notes": [{"code": "gap", "kind": "gap", "text": texts("Sums are not known")}],
}
OUTCOMES = {
    "country": "TJ",
    "outputs": [
        {
            "year": 2024,
            "participants": 1250,
            "completed": {"group": "completed", "n": 1100, "suppressed": False, "rule": None},
            "by_sex": [
                {"group": "female", "n": None, "suppressed": True, "rule": "small_group"},
                {"group": "male", "n": None, "suppressed": True, "rule": "complement"},
            ],
        }
    ],
    "indicators": [
        {"title": texts("Trained"), "unit": texts("people"), "period": "2024", "suppressed": False,
         "actual": {"country": "TJ", "numerator": "12", "denominator": None, "value": "12"}},
        {"title": texts("Satisfied"), "unit": None, "period": "2024", "suppressed": True, "actual": None},
    ],
    "results": [{"id": "1"}],
    "outcome_evidence": [
        {"change": texts("A new rule"), "observed": "2025", "state": "substantiated"},
        {"change": texts("Mere claim"), "observed": "2025", "state": "claimed"},
    ],
    "recommendations": [
        {"title": texts("More practice"), "edition_title": texts("Seminar"), "state": "agreed"},
        {"title": texts("Done long ago"), "edition_title": texts("Seminar"), "state": "verified"},
    ],
}  # fmt: skip
COSTS = {
    "currencies": [{"amount": "1234567.50", "currency": "KZT"}, {"amount": "100", "currency": "JPY"}],
    "reported": {"amount": "1234900.00", "currency": "KZT"},
}
CALLS = {
    "items": [
        {"title": texts("Open course"), "state": "open", "closes_at": "2027-01-15T12:00:00Z",
         "seat_lines": [{"country": "TJ", "seats": 5, "left": 2}, {"country": "UZ", "seats": 9, "left": 9}]},
        {"title": texts("Others only"), "state": "open", "closes_at": None,
         "seat_lines": [{"country": "UZ", "seats": 9, "left": 9}]},
        {"title": texts("Closed"), "state": "closed", "closes_at": None,
         "seat_lines": [{"country": "TJ", "seats": 5, "left": 2}]},
    ],
    "next_cursor": None,
}  # fmt: skip
VOCABULARY = {
    "items": [
        {"name": "edition_state", "values": [{"code": "completed", "label": texts("Completed")}]},
        {"name": "delivery_kind", "values": [{"code": "voucher_scheme", "label": texts("Voucher scheme")}]},
    ]
}


def services(**changes: Any) -> dict[str, Starlette]:
    known = {
        "countries__TJ__deliveries": DELIVERIES,
        "countries__TJ__costs": COSTS,
        "programs__enumerations": VOCABULARY,
        "countries__TJ__outcomes": OUTCOMES,
        "calls": CALLS,
    } | changes
    return dict.fromkeys(("programs", "participants", "evaluation"), service(**known))


async def staff(gateway: Gateway) -> httpx.AsyncClient:
    return await gateway.signed_in("manager@synthetic.example", Role.MANAGER)


def words_of(content: bytes) -> str:
    opened = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    notes = [p.blob.decode() for p in opened.part.package.iter_parts() if "footnotes" in p.partname]
    return "\n".join([*(paragraph.text for paragraph in opened.paragraphs), *cells, *notes])


SAID = {
    "en": ["Cooperation with Tajikistan", "What was done", "March 2024", "Voucher scheme", "Seminar: Quality",
           "Vouchers (100)", "The day is not known.", "1,250", "1,234,567.50 KZT; 100 JPY", "Open course",
           "January 15, 2027", "More practice", "To be handed over: Laboratory (undated)",
           "Sums are not known", "Trained, people", "A new rule (2025)"],
    "ru": ["Сотрудничество со страной: Таджикистан", "Что сделано", "март 2024 г.", "День неизвестен.",
           "1 250", "1 234 567,50 KZT", "15 января 2027", "Открытые наборы"],
    "kk": ["Ынтымақтастық: Тәжікстан", "Не істелді", "2024 ж. наурыз", "Vouchers қазақша", "Ашық қабылдаулар"],
}  # fmt: skip
UNSAID = ("Mere claim", "Done long ago", "Others only", "Closed")


@pytest.mark.parametrize("language", list(SAID))
async def test_a_brief_tells_everything_in_the_readers_language(
    gateway_before: OpenGateway, language: str
) -> None:
    client = await staff(await gateway_before(services()))
    printed = await client.get(PDF, params={"language": language})
    assert printed.status_code == 200, printed.text
    assert printed.headers["content-type"] == "application/pdf"
    assert printed.headers["content-disposition"] == 'attachment; filename="TJ-brief.pdf"'
    assert printed.headers["cache-control"] == "no-store"
    written = await client.get(DOCX, headers={"Accept-Language": f"{language}, de;q=0.5"})
    assert written.status_code == 200
    in_word = words_of(written.content).replace("\u00a0", " ")
    in_print = text_of(printed.content).replace("\u00a0", " ")
    for said in SAID[language]:
        assert said in in_word, said
        assert said in in_print, said
    for unsaid in UNSAID:
        assert unsaid not in in_word
    doubt = "The day is not known." if language == "en" else "День неизвестен."
    assert (in_word.count(doubt), in_print.count(doubt)) == (1, 1)


async def test_what_a_rule_hides_is_said_to_be_hidden(gateway_before: OpenGateway) -> None:
    client = await staff(await gateway_before(services()))
    opened = docx.Document(io.BytesIO((await client.get(DOCX)).content))
    rows = [[cell.text for cell in row.cells] for table in opened.tables for row in table.rows]
    (year,) = [row for row in rows if row[0] == "2024"]
    assert year[:3] == ["2024", "1,250", "1,100"]
    assert all(cell.startswith("…") for cell in year[3:])
    assert "Not shown, by rule" in words_of((await client.get(DOCX)).content)


async def test_what_is_not_the_readers_or_not_there_is_named(gateway_before: OpenGateway) -> None:
    refused = services(countries__TJ__costs=NotPermitted("None of your roles includes this."))
    del refused["evaluation"]
    client = await staff(await gateway_before(refused))
    said = words_of((await client.get(DOCX)).content)
    assert "Money: not within the reader's rights" in said
    assert "Outcomes: not to be had just now" in said
    assert "KZT" not in said


async def test_a_brief_needs_the_deliveries_and_a_reader_of_the_agency(gateway_before: OpenGateway) -> None:
    without = {name: app for name, app in services().items() if name != "programs"}
    gateway = await gateway_before(without)
    client = await staff(gateway)
    for path in (PDF, DOCX):
        answer = await client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (503, "upstream-unavailable")
        assert int(answer.headers["retry-after"]) >= 1
        assert (await gateway.client().get(path)).status_code == 401
    lecturer = await gateway.signed_in("lecturer@synthetic.example", Role.LECTURER)
    assert (await lecturer.get(PDF)).status_code == 403
    assert (await client.get("/v1/countries/XX/brief.pdf")).status_code == 422
    assert (await client.get(PDF, params={"language": "de"})).status_code == 422


async def test_a_country_without_anything_has_a_brief_that_says_so(gateway_before: OpenGateway) -> None:
    nothing = services(
        countries__TJ__deliveries=DELIVERIES | {"years": [], "notes": []},
        countries__TJ__outcomes=OUTCOMES
        | {name: [] for name in ("outputs", "indicators", "results", "outcome_evidence")}
        | {"recommendations": None},
        calls={"items": [], "next_cursor": None},
        programs__enumerations=None,
    )
    client = await staff(await gateway_before(nothing))
    answer = await client.get(DOCX, params={"provenance": "synthetic"})
    assert answer.status_code == 200, answer.text
    said = words_of(answer.content)
    assert "Nothing is known." in said
    assert "No call is open for the country." in said
    assert "Synthetic: invented for demonstration" in said
    assert "What is owed next" not in said
