"""This room's part of the permission matrix: operation -> role -> reach."""

from typing import Final

from services.common.identity import Reach
from services.common.permissions import Matrix, everyone, only

_STAFF: Final = {"manager": Reach.ALL, "administrator": Reach.ALL, "importer": Reach.ALL}
_READERS: Final = _STAFF | {
    "evaluator": Reach.ALL,
    "approver": Reach.ALL,
    "finance": Reach.ALL,
    "auditor": Reach.ALL,
}

PERMISSIONS: Final[Matrix] = {
    "create_organization": only(**_STAFF),
    "list_organizations": everyone(**_READERS, service=Reach.ALL),
    "read_organization": everyone(**_READERS, service=Reach.ALL),
    "change_organization": only(**_STAFF),
    "verify_organization": only(manager=Reach.ALL, administrator=Reach.ALL),
}
