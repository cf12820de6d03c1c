"""The part of webhooks in the permission matrix: operation -> role -> reach."""

from typing import Final

from services.common.identity import Reach
from services.common.permissions import Matrix, only

_ADMINISTRATOR: Final = only(administrator=Reach.ALL)
_KEEPERS: Final = only(administrator=Reach.ALL, auditor=Reach.ALL, data_protection_officer=Reach.ALL)

WEBHOOK_PERMISSIONS: Final[Matrix] = {
    "list_webhook_event_types": _KEEPERS,
    "create_webhook_endpoint": _ADMINISTRATOR,
    "list_webhook_endpoints": _KEEPERS,
    "read_webhook_endpoint": _KEEPERS,
    "change_webhook_endpoint": _ADMINISTRATOR,
    "rotate_webhook_secret": _ADMINISTRATOR,
    "list_webhook_deliveries": _KEEPERS,
    "read_webhook_delivery": _KEEPERS,
    "redeliver_webhook": _ADMINISTRATOR,
}
