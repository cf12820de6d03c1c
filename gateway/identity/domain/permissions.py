"""The gateway's part of the permission matrix: operation -> role -> reach."""

from typing import Final

from services.common.audit import AUDIT_READERS
from services.common.identity import Reach, Role
from services.common.permissions import Matrix, everyone, only

_SIGNED_IN: Final = {str(role): Reach.OWN for role in Role if role not in {Role.PUBLIC, Role.SERVICE}}
_ADMINISTRATOR: Final = only(administrator=Reach.ALL)
_STAFF: Final = only(
    manager=Reach.ALL,
    administrator=Reach.ALL,
    evaluator=Reach.ALL,
    approver=Reach.ALL,
    finance=Reach.ALL,
    auditor=Reach.ALL,
)
_PARTNERS: Final = only(
    partner=Reach.OWN,
    manager=Reach.OWN,
    finance=Reach.ALL,
    administrator=Reach.ALL,
    approver=Reach.ALL,
    auditor=Reach.ALL,
)
_KEEPERS: Final = only(administrator=Reach.ALL, auditor=Reach.ALL, data_protection_officer=Reach.ALL)

_OPEN_DATA: Final = (
    "list_public_programs",
    "read_public_program",
    "list_public_editions",
    "read_public_edition",
    "list_public_deliveries",
    "read_public_delivery",
    "list_public_results",
    "read_public_country",
    "read_public_file",
    "read_public_catalog",
)

PERMISSIONS: Final[Matrix] = {
    **{operation: everyone() for operation in _OPEN_DATA},
    "issue_token": everyone(),
    "revoke_token": everyone(),
    "read_issuer": everyone(),
    "list_signing_keys": everyone(),
    "request_password_reset": everyone(),
    "set_password": everyone(),
    "list_own_sign_ins": only(**_SIGNED_IN),
    "revoke_own_sign_in": only(**_SIGNED_IN),
    "sign_out_everywhere": only(**_SIGNED_IN),
    "read_authenticator": only(**_SIGNED_IN),
    "start_authenticator": only(**_SIGNED_IN),
    "confirm_authenticator": only(**_SIGNED_IN),
    "remove_authenticator": only(**_SIGNED_IN),
    "break_glass": _ADMINISTRATOR,
    "read_me": only(**_SIGNED_IN),
    "create_account": _ADMINISTRATOR,
    "list_accounts": _KEEPERS,
    "read_account": _KEEPERS,
    "change_account": _ADMINISTRATOR,
    "reset_authenticator": _ADMINISTRATOR,
    "create_grant": _ADMINISTRATOR,
    "list_grants": _KEEPERS,
    "read_grant": _KEEPERS,
    "withdraw_grant": _ADMINISTRATOR,
    "create_api_key": _ADMINISTRATOR,
    "list_api_keys": _KEEPERS,
    "read_api_key": _KEEPERS,
    "revoke_api_key": _ADMINISTRATOR,
    "read_edition_overview": everyone(),
    "read_program_overview": everyone(),
    "read_portfolio_overview": everyone(),
    "read_lecturer_profile": everyone(),
    "read_country_dossier": everyone(),
    "print_partner_report": _PARTNERS,
    "write_partner_workbook": _PARTNERS,
    "print_country_brief": _STAFF,
    "write_country_brief": _STAFF,
    "list_all_enumerations": everyone(),
    "search_everything": everyone(),
    "list_audit_entries": AUDIT_READERS,
    "list_gateway_audit_entries": AUDIT_READERS,
}

INTERNAL_PERMISSIONS: Final[Matrix] = {"mint_link": only(service=Reach.ALL)}
"""What other apps may ask, at an address that the outside cannot reach."""
