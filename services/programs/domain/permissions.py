"""This room's part of the permission matrix: operation -> role -> reach."""

from typing import Final

from services.common.audit import AUDIT_READERS
from services.common.file_purposes import file_permissions
from services.common.identity import Reach, Role
from services.common.operations import OPERATION_READERS
from services.common.permissions import Matrix, everyone, only

_STAFF: Final = {"manager": Reach.ALL, "administrator": Reach.ALL, "importer": Reach.ALL}
_READERS: Final = _STAFF | {
    "evaluator": Reach.ALL,
    "approver": Reach.ALL,
    "finance": Reach.ALL,
    "auditor": Reach.ALL,
    "service": Reach.ALL,
}

_WRITES: Final = (
    "create_source",
    "create_organization",
    "change_organization",
    "create_program",
    "change_program",
    "create_component",
    "create_edition",
    "change_edition",
    "change_edition_state",
    "clone_edition",
    "add_edition_country",
    "create_country_invitation",
    "answer_country_invitation",
    "delete_edition",
    "create_seat_line",
    "change_seat_line",
    "create_training_session",
    "move_training_session",
    "cancel_training_session",
    "create_lecturer",
    "change_lecturer",
    "create_partnership",
    "create_delivery",
    "change_delivery",
    "change_delivery_state",
    "create_delivery_document",
    "withdraw_delivery_document",
    "create_fund",
    "create_statement",
    "create_milestone",
    "change_milestone",
    "achieve_milestone",
    "cancel_milestone",
    "create_risk",
    "change_risk",
    "change_risk_state",
    "create_status_report",
    "put_publication_profile",
    "import_organizations",
    "import_editions",
    "import_training_sessions",
)
_PUBLIC_READS: Final = (
    "list_sources",
    "read_agency",
    "list_organizations",
    "read_organization",
    "list_programs",
    "read_program",
    "list_components",
    "list_editions",
    "read_edition",
    "list_edition_countries",
    "list_public_texts",
    "list_training_sessions",
    "read_edition_calendar",
    "read_lecturer_calendar",
    "list_lecturers",
    "read_lecturer",
    "list_partnerships",
    "list_deliveries",
    "read_delivery",
    "read_delivery_chain",
    "list_delivery_documents",
    "list_delivery_kinds",
    "list_funds",
    "list_statements",
    "read_country_deliveries",
    "read_codelist",
    "read_iati_activities",
    "read_iati_organisation",
    "read_crs_file",
    "read_tossd_file",
    "read_open_data_file",
    "list_publication_records",
    "read_publication_record",
    "export_organizations",
    "export_editions",
    "export_training_sessions",
)
_INTERNAL_READS: Final = (
    "list_country_invitations",
    "list_edition_history",
    "list_rule_versions",
    "list_seat_lines",
    "read_monitoring",
    "list_design_tasks",
    "list_milestones",
    "read_milestone",
    "list_risks",
    "read_risk",
    "list_status_reports",
    "list_overdue_items",
    "list_publication_profiles",
    "read_publication_profile",
    "check_publication",
)

_BOOKKEEPERS: Final = {"finance": Reach.ALL, "administrator": Reach.ALL}
_BOOK_READERS: Final = _BOOKKEEPERS | {"approver": Reach.ALL, "auditor": Reach.ALL}
_MONEY_WRITES: Final = (
    "create_contribution",
    "create_allocation",
    "create_exchange",
    "create_transaction",
    "import_transactions",
    "reverse_transaction",
    "create_exchange_rates",
    "create_fiscal_closure",
    "create_budget",
    "revise_budget",
)
_MONEY_READS: Final = (
    "list_transactions",
    "export_transactions",
    "read_transaction",
    "list_budgets",
    "read_budget",
    "read_edition_costs",
    "read_delivery_costs",
    "read_edition_finance",
    "read_delivery_finance",
    "read_program_finance",
    "list_awards",
    "read_award",
    "list_award_instalments",
)
_AWARDS: Final = _BOOKKEEPERS | {"manager": Reach.ALL}
_APPROVERS: Final = {"approver": Reach.ALL, "administrator": Reach.ALL}

PERMISSIONS: Final[Matrix] = {
    **{operation: only(**_BOOKKEEPERS) for operation in _MONEY_WRITES},
    **{operation: only(**_BOOK_READERS, manager=Reach.OWN, partner=Reach.OWN) for operation in _MONEY_READS},
    **{operation: only(**_AWARDS) for operation in ("create_award", "cancel_award", "cancel_instalment")},
    "approve_instalment": only(**_APPROVERS),
    "return_instalment": only(**_APPROVERS),
    "pay_instalment": only(**_BOOKKEEPERS),
    "read_fund_statement": only(**_BOOK_READERS),
    "list_exchange_rates": only(**_READERS),
    "list_fiscal_closures": only(**_READERS),
    **{operation: only(**_STAFF) for operation in _WRITES},
    **{operation: everyone(**_READERS) for operation in _PUBLIC_READS},
    **{operation: only(**_READERS) for operation in _INTERNAL_READS},
    "list_programs_enumerations": everyone(),
    "list_programs_audit_entries": AUDIT_READERS,
    "read_programs_operation": OPERATION_READERS,
    **file_permissions("programs", uploaders=_STAFF | {"finance": Reach.ALL}, readers=_READERS),
    "put_agency": only(administrator=Reach.ALL, importer=Reach.ALL),
    "publish_file": only(manager=Reach.ALL, administrator=Reach.ALL),
    "withdraw_publication": only(manager=Reach.ALL, administrator=Reach.ALL),
    "verify_organization": only(manager=Reach.ALL, administrator=Reach.ALL),
    "finish_design_task": only(manager=Reach.ALL, administrator=Reach.ALL),
}


def permits(operation: str, roles: frozenset[Role]) -> bool:
    """Say whether any of `roles` may use `operation`."""
    return not roles.isdisjoint(PERMISSIONS[operation])
