"""What the letter of an offer says."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.i18n import InterfaceLanguage
from services.participants.db.mirrors import get_edition
from services.participants.db.tables import MirrorEdition, Offer, Person
from services.participants.domain.calls import words_of_deadline
from services.participants.domain.enumerations import label_of
from services.participants.operations.papers import name_to_print, text_in, words_in


async def write_offer_letter(
    session: AsyncSession, offer: Offer, language: InterfaceLanguage
) -> dict[str, Any]:
    """Return what the letter says: who is offered which seat, what it covers, and until when to answer."""
    words = words_in(language)
    edition = await get_edition(session, offer.edition_id)
    person = await session.get_one(Person, offer.person_id)
    covered = ", ".join(label_of("benefit", one, language) for one in offer.benefits)
    told = {
        "dates": _dates_of(edition) or words["dates_open"],
        "reply_by": words_of_deadline(offer.reply_by, edition.zone),
    }
    if covered:
        told["benefits"] = covered
    return {
        "title": words["offer"],
        "words": dict(words),
        "number": f"{edition.code}-O-{offer.number:04}",
        "name": name_to_print(person.names, language),
        "edition": text_in(edition.title, language),
        "facts": [{"label": words[name], "value": value} for name, value in told.items()],
    }


def _dates_of(edition: MirrorEdition) -> str:
    days = [day.isoformat() for day in (edition.starts_on, edition.ends_on) if day is not None]
    return " – ".join(days)
