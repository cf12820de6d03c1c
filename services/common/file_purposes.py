"""What files may be uploaded for, and what follows from it: types, sizes and who may read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.common.identity import Reach, Role
from services.common.media_types import DOCX, XLSX
from services.common.permissions import Matrix, everyone, only

MIB: Final = 1 << 20
LARGEST: Final = 19 * MIB
"""With what stands around it, a file of this size is within the 20 MiB that an upload may have."""

TABLES: Final[Mapping[str, int]] = {"text/csv": LARGEST, XLSX: LARGEST}
PICTURES: Final[Mapping[str, int]] = {"image/jpeg": 10 * MIB, "image/png": 10 * MIB, "image/webp": 10 * MIB}
DOCUMENTS: Final[Mapping[str, int]] = {"application/pdf": LARGEST, DOCX: LARGEST, **PICTURES}


class Visibility(StrEnum):
    """Who may read a file by its own address."""

    PUBLIC = "public"
    """Everybody, without signing in."""
    INTERNAL = "internal"
    """Who uploaded it, and everybody who reaches all rows of the room."""
    PRIVATE = "private"
    """Who uploaded it; others only through what it is attached to."""


@dataclass(frozen=True)
class FilePurpose:
    """One thing that files are uploaded for."""

    name: str
    accept: Mapping[str, int]
    """Media type (judged by content) -> largest size in bytes."""
    visibilities: tuple[Visibility, ...]
    """Which of them the uploader may choose; the first unless said."""


def file_permissions(room: str, *, uploaders: Mapping[str, Reach], readers: Mapping[str, Reach]) -> Matrix:
    """Return the permissions of the room's `files_router`.

    `readers` reach internal files; everybody who may upload reads their own, and the public what is public.
    """
    own = {str(role): Reach.OWN for role in Role if role is not Role.PUBLIC} | dict(readers)
    return {
        f"create_{room}_file": only(**dict.fromkeys(uploaders, Reach.OWN)),
        f"delete_{room}_file": only(**dict.fromkeys(uploaders, Reach.OWN)),
        f"create_{room}_file_link": only(**own),
        f"read_{room}_file": everyone(**own),
        f"read_{room}_file_content": everyone(**own),
        f"list_{room}_file_purposes": everyone(),
    }
