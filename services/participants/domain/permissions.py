"""This room's part of the permission matrix: operation -> role -> reach."""

from typing import Final

from services.common.audit import AUDIT_READERS
from services.common.file_purposes import file_permissions
from services.common.identity import Reach
from services.common.operations import OPERATION_READERS
from services.common.permissions import Matrix, everyone, only

_STAFF: Final = {"manager": Reach.ALL, "administrator": Reach.ALL}
_LOADERS: Final = _STAFF | {"importer": Reach.ALL}
_OFFICERS: Final = _LOADERS | {"nominator": Reach.OWN}
_CONCERNED: Final = _OFFICERS | {"participant": Reach.OWN}
_READERS: Final = _CONCERNED | {"auditor": Reach.ALL, "data_protection_officer": Reach.ALL}
_AGENCY: Final = _READERS | {"evaluator": Reach.ALL, "approver": Reach.ALL, "service": Reach.ALL}
_PRIVACY: Final = {"data_protection_officer": Reach.ALL, "administrator": Reach.ALL}
_CORRESPONDENCE: Final = _STAFF | {
    "auditor": Reach.ALL,
    "data_protection_officer": Reach.ALL,
    "participant": Reach.OWN,
}

PERMISSIONS: Final[Matrix] = {
    "list_calls": everyone(**_AGENCY),
    "read_call": everyone(**_AGENCY),
    "read_pipeline": everyone(**_AGENCY),
    "list_participants_enumerations": everyone(),
    "list_participants_audit_entries": AUDIT_READERS,
    "read_participants_operation": OPERATION_READERS,
    **file_permissions("participants", uploaders=_CONCERNED, readers=_READERS),
    "decide_applications": only(**_STAFF),
    "release_decisions": only(**_STAFF),
    "create_authority": only(**_LOADERS),
    "list_authorities": only(**_LOADERS, nominator=Reach.OWN, auditor=Reach.ALL),
    "read_authority": only(**_LOADERS, nominator=Reach.OWN, auditor=Reach.ALL),
    "extend_deadline": only(**_STAFF),
    "keep_delegation": only(**_OFFICERS),
    "read_authority_call": only(**_LOADERS, nominator=Reach.OWN, auditor=Reach.ALL),
    "change_person": only(**_LOADERS, participant=Reach.OWN),
    "create_person": only(**_OFFICERS),
    "list_persons": only(**_READERS),
    "read_person": only(**_READERS),
    "record_consent": only(**_CONCERNED),
    "list_consents": only(**_READERS),
    "read_consent": only(**_READERS),
    "withdraw_consent": only(**_CONCERNED),
    "keep_sensitive_data": only(participant=Reach.OWN),
    "read_sensitive_data": only(participant=Reach.OWN, manager=Reach.ALL, data_protection_officer=Reach.ALL),
    "nominate": only(**_OFFICERS),
    "list_nominations": only(**_READERS),
    "read_nomination": only(**_READERS),
    "rank_nominations": only(**_OFFICERS),
    "invite_nominee": only(**_OFFICERS),
    "renew_invitation": only(**_OFFICERS),
    "change_nomination": only(**_OFFICERS),
    "certify_nominations": only(**_OFFICERS),
    "renew_session": everyone(),
    "begin_application": only(participant=Reach.OWN),
    "read_application_file": only(**_READERS),
    "answer_form": only(participant=Reach.OWN),
    "submit_application": only(participant=Reach.OWN),
    "return_application": only(**_OFFICERS),
    "refuse_nomination": only(**_OFFICERS),
    "add_document": only(participant=Reach.OWN),
    "judge_document": only(**_STAFF),
    "read_document_content": only(**_READERS),
    "create_form": only(**_LOADERS),
    "list_forms": everyone(**_LOADERS),
    "read_form": everyone(**_LOADERS),
    "change_form": only(**_LOADERS),
    "publish_form": only(**_LOADERS),
    "retire_form": only(**_LOADERS),
    "list_applications": only(**_READERS),
    "read_application": only(**_READERS),
    "withdraw_application": only(**_CONCERNED),
    "make_offer": only(**_STAFF),
    "list_offers": only(**_READERS),
    "read_offer": only(**_READERS),
    "accept_offer": only(participant=Reach.OWN),
    "decline_offer": only(participant=Reach.OWN),
    "withdraw_offer": only(**_STAFF),
    "list_participations": only(**_READERS),
    "read_participation": only(**_READERS),
    "change_participation_state": only(**_STAFF),
    "list_attendance": only(**_READERS),
    "take_attendance": only(**_STAFF),
    "finalize_attendance": only(**_STAFF),
    "issue_certificates": only(**_STAFF),
    "list_certificates": only(**_READERS),
    "read_certificate": only(**_READERS),
    "revoke_certificate": only(**_STAFF),
    "verify_certificate": everyone(),
    "list_matches": only(**_STAFF),
    "list_duplicate_candidates": only(**_STAFF),
    "dismiss_duplicate": only(**_STAFF),
    "merge_persons": only(**_STAFF),
    "list_merges": only(**_STAFF, auditor=Reach.ALL, data_protection_officer=Reach.ALL),
    "read_merge": only(**_STAFF, auditor=Reach.ALL, data_protection_officer=Reach.ALL),
    "part_persons": only(**_STAFF),
    "list_data_inventory": everyone(),
    "read_subject_data": only(participant=Reach.OWN, data_protection_officer=Reach.ALL),
    "list_sensitive_reads": only(participant=Reach.OWN, data_protection_officer=Reach.ALL, auditor=Reach.ALL),
    "place_legal_hold": only(**_PRIVACY),
    "list_legal_holds": only(**_PRIVACY, auditor=Reach.ALL),
    "release_legal_hold": only(**_PRIVACY),
    "request_erasure": only(**_PRIVACY, manager=Reach.ALL, participant=Reach.OWN),
    "list_erasures": only(**_PRIVACY, manager=Reach.ALL, auditor=Reach.ALL, participant=Reach.OWN),
    "read_erasure": only(**_PRIVACY, manager=Reach.ALL, auditor=Reach.ALL, participant=Reach.OWN),
    "approve_erasure": only(**_PRIVACY),
    "refuse_erasure": only(**_PRIVACY),
    "list_messages": only(**_CORRESPONDENCE),
    "read_message": only(**_CORRESPONDENCE),
}
