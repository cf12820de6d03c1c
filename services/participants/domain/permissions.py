"""This room's part of the permission matrix: operation -> role -> reach."""

from typing import Final

from services.common.permissions import Matrix

PERMISSIONS: Final[Matrix] = {}
