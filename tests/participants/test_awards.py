"""Awards: programs pays them, participants knows who is behind them, and both say the same whoever says it."""

from typing import Any
from uuid import UUID, uuid4

import asyncpg

from services.common.invariants import audit_invariants
from services.participants.db.tables import Base
from services.programs.inbox.awards import take_recipient
from tests.apps import Door
from tests.delivery import Deliver
from tests.events import arriving
from tests.participants.courses import Course
from tests.participants.test_affiliations import admin
from tests.programs.books import Books, money
from tests.programs.conftest import books
from tests.programs.demonstrations import enter

__all__ = ["admin", "books"]


async def award(books: Books, code: str, **whom: Any) -> str:
    """Return a new scholarship."""
    row: dict[str, Any] = {"code": code, "kind": "scholarship", "title": {"en": "Synthetic scholarship"}}
    row |= {"fund_id": books.fund, "edition_id": books.edition}
    row |= {"instalments": [{"money": money("300.00 USD"), "due_on": "2026-12-01"}]}
    return str((await enter(books.finance, "/v1/awards", row | whom))["id"])


async def paid_to(books: Books, award_id: str) -> str | None:
    """Return who is behind an award, as programs has it."""
    read = await books.finance.get(f"/v1/awards/{award_id}")
    assert read.status_code == 200, read.text
    person: str | None = read.json()["person_id"]
    return person


async def named(course: Course, award_id: str) -> str | None:
    """Return who is behind an award, as participants has it."""
    read = await course.manager.get(f"/v1/awards/{award_id}/recipient")
    return str(read.json()["person_id"]) if read.status_code == 200 else None


async def test_whoever_names_the_recipient_both_rooms_say_the_same(
    course: Course, books: Books, deliver: Deliver
) -> None:
    one, other = await course.person("TJ"), await course.person("UZ")
    stated, open_ = await award(books, "stated", person_id=one), await award(books, "open")
    stranger = await award(books, "stranger", person_id=str(uuid4()))
    await deliver()
    assert (await named(course, stated), await paid_to(books, stated)) == (one, one)
    assert (await named(course, open_), await paid_to(books, open_)) == (None, None)
    # An id that nobody has names nobody, on either side.
    assert (await named(course, stranger), await paid_to(books, stranger)) == (None, None)
    for award_id in (stated, open_):
        put = await course.manager.put(f"/v1/awards/{award_id}/recipient", json={"person_id": other})
        assert put.status_code == 200, put.text
    await deliver()
    for award_id in (stated, open_):
        assert (await named(course, award_id), await paid_to(books, award_id)) == (other, other)


async def test_an_award_of_an_organization_has_nobody_behind_it(
    course: Course, books: Books, deliver: Deliver
) -> None:
    person = await course.person("TJ")
    granted = await award(books, "grant", organization_id=books.donors[0])
    await deliver()
    refused = await course.manager.put(f"/v1/awards/{granted}/recipient", json={"person_id": person})
    assert (refused.status_code, refused.json()["code"]) == (409, "award-for-organization")
    assert (await course.manager.get(f"/v1/awards/{granted}/recipient")).status_code == 404
    early = await award(books, "early", organization_id=books.donors[1])
    put = await course.manager.put(f"/v1/awards/{early}/recipient", json={"person_id": person})
    assert put.status_code == 200
    await deliver()
    assert (await named(course, early), await paid_to(books, early)) == (None, None)


async def test_merges_and_erasures_are_followed(
    course: Course, books: Books, deliver: Deliver, admin: asyncpg.Connection
) -> None:
    one, other = await course.person("TJ"), await course.person("TJ")
    held = await award(books, "held", person_id=other)
    await deliver()
    merged = await course.manager.post(f"/v1/persons/{one}/merge", json={"duplicate_id": other})
    assert merged.status_code == 201, merged.text
    await deliver()
    assert await paid_to(books, held) == one
    # Who was merged since is named by what they became.
    late = await award(books, "late", person_id=other)
    await deliver()
    assert (await named(course, late), await paid_to(books, late)) == (one, one)
    parted = await course.manager.post(f"/v1/merges/{merged.json()['id']}/reversal")
    assert parted.status_code == 200, parted.text
    await deliver()
    assert (await paid_to(books, held), await paid_to(books, late)) == (other, one)
    asking, approving = (course.door.as_("data_protection_officer", subject=uuid4()) for _ in range(2))
    at = (await asking.post("/v1/erasures", json={"person_id": other})).headers["location"]
    assert (await approving.post(f"{at}/approval")).status_code == 200
    await deliver()
    assert (await named(course, held), await paid_to(books, held)) == (None, None)
    erased = await award(books, "erased", person_id=other)
    await deliver()
    assert await paid_to(books, erased) is None
    again = await course.manager.put(f"/v1/awards/{held}/recipient", json={"person_id": one})
    assert again.status_code == 200
    await deliver()
    assert await paid_to(books, held) == one
    for name, statement in audit_invariants(Base).items():
        assert await admin.fetch(statement) == [], name


async def test_what_was_said_before_does_not_undo_what_was_said_since(programs: Door, books: Books) -> None:
    award_id, one, other = await award(books, "late"), uuid4(), uuid4()

    async def tell(version: int, person: UUID | None) -> str | None:
        data = {"aggregate_id": award_id, "aggregate_version": version, "person_id": person and str(person)}
        async with programs.app.state.sessions.transaction() as session:
            await take_recipient(session, arriving("participants.award_recipient.named.v1", data))
        return await paid_to(books, award_id)

    assert await tell(2, other) == str(other)
    assert await tell(1, one) == str(other)
    assert await tell(3, None) is None
