"""Which events of other rooms this room acts on."""

from typing import Final

from services.common.inbox import Consumers
from services.participants.inbox import awards, dispatches, erasures, mirrors, tests, vouchers

_EDITION_EVENTS: Final = (
    "planned",
    "announced",
    "changed",
    "postponed",
    "cancelled",
    "call_opened",
    "call_closed",
    "started",
    "completed",
)

CONSUMERS: Final[Consumers] = {
    "programs.organization.changed.v1": mirrors.mirror_organization,
    **{f"programs.edition.{name}.v1": mirrors.mirror_edition for name in _EDITION_EVENTS},
    **{
        f"programs.training_session.{name}.v1": mirrors.mirror_training_session
        for name in ("scheduled", "moved", "held", "cancelled")
    },
    "programs.voucher_scheme.agreed.v1": vouchers.mirror_scheme,
    "programs.award.made.v1": awards.note_award,
    "evaluation.dispatch.requested.v1": dispatches.queue_dispatch,
    "evaluation.erasure.confirmed.v1": erasures.note_confirmation,
    "programs.erasure.confirmed.v1": erasures.note_confirmation,
    "gateway.erasure.confirmed.v1": erasures.note_confirmation,
    "evaluation.test.finalized.v1": tests.note_test_result,
}
"""Kind of event -> what is done about it, in the transaction that records its arrival."""
