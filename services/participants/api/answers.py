"""Single resources as they are answered: with what this caller may do to them next."""

from typing import Final

from services.common.actions import Step, list_actions, post_action
from services.common.identity import Caller
from services.common.problems import Fault
from services.participants.db.tables import Application, Certificate, Offer, Participation
from services.participants.domain.applications import APPLICATION_LIFE, ApplicationState
from services.participants.domain.certificates import CERTIFICATE_LIFE, CertificateState
from services.participants.domain.offers import OFFER_LIFE, OfferState
from services.participants.domain.participations import PARTICIPATION_LIFE, SET_BY_PEOPLE
from services.participants.domain.permissions import PERMISSIONS
from services.participants.schemas.applications import ApplicationRead, OfferRead
from services.participants.schemas.certificates import CertificateRead
from services.participants.schemas.participations import ParticipationRead

_APPLICATION_STEPS: Final = (
    Step("submit_application", "submission", ApplicationState.SUBMITTED),
    Step("return_application", "return", ApplicationState.RETURNED),
    Step("refuse_nomination", "non-nomination", ApplicationState.NOT_NOMINATED),
    Step("withdraw_application", "withdrawal", ApplicationState.WITHDRAWN),
    Step("void_application", "voiding", ApplicationState.VOID),
)
_SEATED: Final = Fault("/state", "offer_accepted", "The offer was accepted; end the participation.")
_OFFER_STEPS: Final = (
    Step("accept_offer", "acceptance", OfferState.ACCEPTED),
    Step("decline_offer", "decline", OfferState.DECLINED),
    Step("withdraw_offer", "withdrawal", OfferState.WITHDRAWN),
)
_PARTICIPATION_STEPS: Final = tuple(
    Step("change_participation_state", "state-changes", state) for state in sorted(SET_BY_PEOPLE)
)
_CERTIFICATE_STEPS: Final = (Step("revoke_certificate", "revocation", CertificateState.REVOKED),)


def answer_application(caller: Caller, row: Application, *, seated: bool = False) -> ApplicationRead:
    """Return the application and what `caller` may do to it: nothing ends it once its offer was accepted."""
    href = f"/v1/applications/{row.id}"
    steps = list_actions(PERMISSIONS, caller, href, APPLICATION_LIFE, row.state, _APPLICATION_STEPS)
    if seated:
        steps = [post_action(one.name, one.href, [_SEATED]) if one.allowed else one for one in steps]
    return ApplicationRead.of(row, actions=steps)


def answer_offer(caller: Caller, row: Offer) -> OfferRead:
    """Return the offer and what `caller` may do to it."""
    href = f"/v1/offers/{row.id}"
    steps = list_actions(PERMISSIONS, caller, href, OFFER_LIFE, row.state, _OFFER_STEPS)
    return OfferRead.of(row, actions=steps)


def answer_participation(caller: Caller, row: Participation) -> ParticipationRead:
    """Return the participation and what `caller` may do to it."""
    href = f"/v1/participations/{row.id}"
    steps = list_actions(PERMISSIONS, caller, href, PARTICIPATION_LIFE, row.state, _PARTICIPATION_STEPS)
    return ParticipationRead.of(row, actions=steps)


def answer_certificate(caller: Caller, row: Certificate) -> CertificateRead:
    """Return the certificate and what `caller` may do to it."""
    href = f"/v1/certificates/{row.id}"
    steps = list_actions(PERMISSIONS, caller, href, CERTIFICATE_LIFE, row.state, _CERTIFICATE_STEPS)
    return CertificateRead.of(row, actions=steps)
