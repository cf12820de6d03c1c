"""This room's part of the permission matrix: operation -> role -> reach."""

from typing import Final

from services.common.audit import AUDIT_READERS
from services.common.file_purposes import file_permissions
from services.common.identity import Reach
from services.common.operations import OPERATION_READERS
from services.common.permissions import Matrix, everyone, only

_ALL: Final = Reach.ALL
_EVALUATORS: Final = {"evaluator": _ALL, "administrator": _ALL}
_STAFF: Final = _EVALUATORS | {"manager": _ALL}
_READERS: Final = _STAFF | {"approver": _ALL, "auditor": _ALL}

PERMISSIONS: Final[Matrix] = {
    "list_evaluation_enumerations": everyone(),
    "list_evaluation_audit_entries": AUDIT_READERS,
    "read_evaluation_operation": OPERATION_READERS,
    **file_permissions("evaluation", uploaders=_STAFF, readers=_READERS),
    "create_instrument": only(**_STAFF),
    "list_instruments": only(**_READERS),
    "read_instrument": only(**_READERS),
    "create_instrument_version": only(**_STAFF),
    "read_instrument_version": only(**_READERS),
    "publish_instrument_version": only(**_STAFF),
    "retire_instrument_version": only(**_STAFF),
    "list_instrument_versions": only(**_READERS),
    "replace_instrument_version": only(**_STAFF),
    "review_translation": only(**_STAFF),
    "submit_instrument_version": only(**_STAFF),
    "return_instrument_version": only(**_STAFF),
    "read_instrument_schema": only(**_READERS),
    "read_instrument_surveyjs": only(**_READERS),
    "try_instrument_version": only(**_READERS),
    "import_xlsform": only(**_STAFF),
    "export_xlsform": only(**_READERS),
    "create_campaign": only(**_STAFF),
    "list_campaigns": only(**_READERS),
    "read_campaign": only(**_READERS),
    "read_campaign_progress": only(**_READERS),
    "schedule_campaign": only(**_STAFF),
    "open_campaign": only(**_STAFF),
    "hand_out_slips": only(**_STAFF),
    "close_campaign": only(**_STAFF),
    "cancel_campaign": only(**_STAFF),
    "read_ballot_paper": everyone(),
    "submit_response": everyone(),
    "create_result": only(**_EVALUATORS),
    "freeze_result": only(**_EVALUATORS),
    "publish_result": only(**_EVALUATORS),
    "withdraw_result": only(**_EVALUATORS),
    "list_results": everyone(**_READERS, partner=Reach.OWN),
    "read_result": everyone(**_READERS, partner=Reach.OWN),
    "reply_to_result": only(lecturer=Reach.OWN),
    "compare_results": everyone(**_READERS, partner=Reach.OWN),
    **dict.fromkeys(
        (
            "list_result_charts",
            "draw_result_chart",
            "read_result_chart",
            "print_result",
            "write_result_workbook",
            "write_result_data",
        ),
        everyone(**_READERS, partner=Reach.OWN),
    ),
    "list_lecturer_results": only(**_READERS, lecturer=Reach.OWN),
    "list_edition_results": everyone(**_READERS, partner=Reach.OWN, lecturer=Reach.OWN),
    "read_country_outcomes": everyone(**_READERS),
    # E12: who is evaluated moderates nothing, so a manager reads what has been moderated.
    "list_suggestions": everyone(**_READERS, lecturer=Reach.OWN),
    "create_suggestion": only(**_EVALUATORS),
    "moderate_suggestion": only(**_EVALUATORS),
    "translate_suggestion": only(**_EVALUATORS),
    "code_suggestion": only(**_EVALUATORS),
    "create_code_frame": only(**_EVALUATORS),
    "publish_code_frame": only(**_EVALUATORS),
    "retire_code_frame": only(**_EVALUATORS),
    "list_code_frames": only(**_READERS),
    "read_code_frame": only(**_READERS),
    "count_edition_themes": only(**_READERS),
    "list_overdue_recommendations": only(**_READERS),
    "read_you_said_we_did": everyone(),
    "implement_recommendation": only(**_STAFF),
    "lapse_recommendation": only(manager=_ALL, approver=_ALL, administrator=_ALL),
    "create_recommendation": only(**_EVALUATORS),
    "list_recommendations": only(**_READERS),
    "read_recommendation": only(**_READERS),
    "respond_to_recommendation": only(manager=_ALL, approver=_ALL, administrator=_ALL),
    "record_design_change": only(**_STAFF),
    "verify_recommendation": only(**_EVALUATORS),
    "create_indicator": only(**_STAFF),
    "list_indicators": only(**_READERS),
    "read_indicator": only(**_READERS),
    "create_indicator_period": only(**_STAFF),
    "list_indicator_periods": only(**_READERS),
    "report_indicator_actual": only(**_STAFF),
    "approve_indicator_actual": only(**_EVALUATORS, approver=_ALL),
    "return_indicator_actual": only(**_EVALUATORS, approver=_ALL),
    "lock_indicator_actual": only(**_EVALUATORS, approver=_ALL),
    "roll_up_indicator": only(**_READERS),
}
