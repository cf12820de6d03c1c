"""What this room does on events of programs and participants."""

from datetime import UTC, date
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.common.inbox import Consumers, Event
from services.common.outbox import publish
from services.evaluation.db.learning import forget_learning
from services.evaluation.db.mirrors import (
    forget_pseudonyms,
    is_erased,
    keep_mirror,
    keep_voucher_count,
    mark_bounced,
)
from services.evaluation.db.tables import (
    MirrorCohort,
    MirrorDelivery,
    MirrorEdition,
    MirrorTrainingSession,
    MirrorVoucherScheme,
)
from services.evaluation.domain.events import ERASURE_CONFIRMED, ErasureConfirmedData
from services.evaluation.operations.campaign_plans import follow_edition


async def mirror_edition(session: AsyncSession, event: Event) -> None:
    """Keep what an edition is called, its dates and countries, and let its surveys follow them."""
    data = event.data
    starts_on, ends_on = data.get("starts_on"), data.get("ends_on")
    row = {
        "id": UUID(data["aggregate_id"]),
        "version": event.aggregate_version,
        "program_id": UUID(data["program_id"]),
        "title": data["title"],
        "state": data["state"],
        "provenance": Provenance(data["provenance"]),
        "starts_on": date.fromisoformat(starts_on) if starts_on else None,
        "ends_on": date.fromisoformat(ends_on) if ends_on else None,
        "zone": data.get("zone"),
        "modality": data.get("modality"),
        "pass_mark_percent": (data.get("certificate_policy") or {}).get("pass_mark_percent"),
        "countries": data["countries"],
    }
    await keep_mirror(session, MirrorEdition, row)
    await follow_edition(session, row["id"])


async def mirror_delivery(session: AsyncSession, event: Event) -> None:
    """Keep that a delivery was accepted: an output of its program."""
    data = event.data
    row = {
        "id": UUID(data["aggregate_id"]),
        "version": event.aggregate_version,
        "program_id": UUID(data["program_id"]) if data.get("program_id") else None,
        "kind": data["kind"],
        "recipient_country": data["recipient_country"],
        "accepted_on": date.fromisoformat(data["accepted_on"]),
        "provenance": Provenance(data["provenance"]),
    }
    await keep_mirror(session, MirrorDelivery, row)


async def mirror_voucher_scheme(session: AsyncSession, event: Event) -> None:
    """Keep whose program a voucher scheme belongs to."""
    data = event.data
    row = {
        "id": UUID(data["aggregate_id"]),
        "version": event.aggregate_version,
        "program_id": UUID(data["program_id"]) if data.get("program_id") else None,
        "recipient_country": data["recipient_country"],
        "provenance": Provenance(data["provenance"]),
    }
    await keep_mirror(session, MirrorVoucherScheme, row)


async def count_vouchers(session: AsyncSession, event: Event) -> None:
    """Keep how many vouchers of a scheme were redeemed by the day of the event."""
    scheme_id = UUID(event.data["aggregate_id"])
    day = event.time.astimezone(UTC).date()
    await keep_voucher_count(session, scheme_id, day, event.aggregate_version, event.data["redeemed"])


async def mirror_training_session(session: AsyncSession, event: Event) -> None:
    """Keep who teaches in an edition."""
    data = event.data
    stand_ins = [each for each in data["lecturers"] if each.get("stands_in_for")]
    row = {
        "id": UUID(data["aggregate_id"]),
        "version": event.aggregate_version,
        "edition_id": UUID(data["edition_id"]),
        "module_id": UUID(data["module_id"]) if data.get("module_id") else None,
        "state": data["state"],
        "lecturers": [lecturer["lecturer_id"] for lecturer in data["lecturers"]],
        "interpreted": [each["lecturer_id"] for each in data["lecturers"] if each.get("interpreted")],
        "stand_ins": [each["lecturer_id"] for each in stand_ins],
        "replaced": [each["stands_in_for"] for each in stand_ins],
        "modality": data.get("modality"),
        "delivery_language": data.get("delivery_language"),
    }
    await keep_mirror(session, MirrorTrainingSession, row)


async def mirror_participation(session: AsyncSession, event: Event) -> None:
    """Keep a pseudonym of an edition's cohort."""
    data = event.data
    if await is_erased(session, str(data["pseudonym"])):
        return
    row = {
        "id": UUID(data["aggregate_id"]),
        "version": event.aggregate_version,
        "edition_id": UUID(data["edition_id"]),
    } | {name: data.get(name) for name in ("pseudonym", "state", "country", "sex", "audience", "language")}
    await keep_mirror(session, MirrorCohort, row)


async def note_dispatch(session: AsyncSession, event: Event) -> None:
    """Note an invitation that could not be delivered."""
    if event.data["outcome"] != "sent":
        await mark_bounced(session, UUID(event.data["aggregate_id"]))


async def erase_pseudonyms(session: AsyncSession, event: Event) -> None:
    """Forget a person's pseudonyms and confirm it; sealed and counted answers were never tied to them."""
    await forget_learning(session, event.data["pseudonyms"])
    await forget_pseudonyms(session, event.data["pseudonyms"])
    confirmed = ErasureConfirmedData(
        aggregate_id=UUID(event.data["aggregate_id"]),
        aggregate_version=event.aggregate_version,
        kept=["anonymous_answers"],
    )
    await publish(session, ERASURE_CONFIRMED, confirmed)


CONSUMERS: Final[Consumers] = {
    "programs.delivery.accepted.v1": mirror_delivery,
    "programs.voucher_scheme.agreed.v1": mirror_voucher_scheme,
    "participants.voucher.redeemed.v1": count_vouchers,
    **{
        f"programs.edition.{name}.v1": mirror_edition
        for name in (
            *("planned", "announced", "changed", "postponed", "cancelled"),
            *("call_opened", "call_closed", "started", "completed"),
        )
    },
    **{
        f"programs.training_session.{name}.v1": mirror_training_session
        for name in ("scheduled", "moved", "held", "cancelled")
    },
    **{
        f"participants.participation.{name}.v1": mirror_participation
        for name in ("enrolled", "withdrawn", "completed")
    },
    "participants.dispatch.reported.v1": note_dispatch,
    "participants.person.erased.v1": erase_pseudonyms,
}
"""Kind of event -> what is done about it, in the transaction that records its arrival."""
